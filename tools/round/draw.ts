import { createHash } from 'node:crypto';

/**
 * Chance, drawn from the seed and from what it is about (a school, an assessor, a question) and from nothing else: the
 * same seed gives the same story whatever the order in which things happen.
 */
export class Draw {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A number in [0, 1) for this question. */
  number(...question: readonly (string | number)[]): number {
    return (
      createHash('sha256')
        .update(JSON.stringify([this.#seed, ...question]))
        .digest()
        .readUIntBE(0, 6) /
      2 ** 48
    );
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number, ...question: readonly (string | number)[]): number {
    return low + Math.floor(this.number(...question) * (high - low + 1));
  }

  chance(share: number, ...question: readonly (string | number)[]): boolean {
    return this.number(...question) < share;
  }

  /** One of several by weight. */
  weighted<T>(options: readonly (readonly [T, number])[], ...question: readonly (string | number)[]): T {
    const total = options.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.number(...question) * total;
    for (const [option, weight] of options) {
      left -= weight;
      if (left < 0) return option;
    }
    const last = options.at(-1);
    if (last === undefined) throw new Error('nothing to choose from');
    return last[0];
  }

  /** The same elements in a drawn order. */
  shuffled<T>(elements: readonly T[], ...question: readonly (string | number)[]): T[] {
    return elements
      .map((element, index) => ({ element, rank: this.number(...question, index) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ element }) => element);
  }
}
