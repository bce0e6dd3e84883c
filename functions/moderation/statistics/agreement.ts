import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** How two readers placed the same thing on an ordered scale: places from 0. */
export interface RatedPair {
  readonly first: number;
  readonly second: number;
}

/** An estimate with the interval in which 95 of 100 repetitions would have it. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Share of pairs in which both chose the same place, 0 to 1; undefined without pairs. */
export function exactAgreement(pairs: readonly RatedPair[]): number | undefined {
  if (pairs.length === 0) return undefined;
  return pairs.filter(({ first, second }) => first === second).length / pairs.length;
}

/**
 * Cohen's weighted kappa with quadratic weights (J. Cohen, Psychological Bulletin 70, 1968, 213-220; J. L. Fleiss and
 * J. Cohen, Educational and Psychological Measurement 33, 1973, 613-619): 1 - sum(w o) / sum(w e), w = (i - j)^2, o the
 * observed pairs and e those expected from both readers' own distributions. 1 is full agreement, 0 what chance gives.
 * Undefined without pairs, and where chance would agree fully (both always chose one place).
 */
export function weightedKappa(pairs: readonly RatedPair[]): number | undefined {
  const n = pairs.length;
  if (n === 0) return undefined;
  let observed = 0;
  const sums = { first: 0, second: 0, firstSquares: 0, secondSquares: 0 };
  for (const { first, second } of pairs) {
    observed += (first - second) ** 2;
    sums.first += first;
    sums.second += second;
    sums.firstSquares += first ** 2;
    sums.secondSquares += second ** 2;
  }
  // The mean of (i - j)^2 over all n x n combinations of the two distributions, without going through them.
  const expected = (sums.firstSquares + sums.secondSquares) / n - (2 * sums.first * sums.second) / n ** 2;
  return expected <= 0 ? undefined : 1 - observed / n / expected;
}

const RESAMPLES = 2_000;
/** Fewer cases say nothing of how a statistic varies. */
export const FEWEST_CASES = 5;

/**
 * The 95 % percentile interval of a statistic by the cluster bootstrap (B. Efron, Annals of Statistics 7, 1979, 1-26; C. A.
 * Field and A. H. Welsh, Journal of the Royal Statistical Society B 69, 2007, 369-390): whole cases are drawn with
 * replacement, because the judgements of one case go together. `seed` makes it the same at every look. Undefined below
 * five cases.
 */
export function bootstrapInterval<T>(
  cases: readonly (readonly T[])[],
  statistic: (items: readonly T[]) => number | undefined,
  seed: string,
): Interval | undefined {
  if (cases.length < FEWEST_CASES) return undefined;
  const random = generator(seed);
  const values: number[] = [];
  for (let time = 0; time < RESAMPLES; time++) {
    const drawn: T[] = [];
    for (let index = 0; index < cases.length; index++)
      drawn.push(...(cases[uniformInt(random, 0, cases.length - 1)] ?? []));
    const value = statistic(drawn);
    if (value !== undefined) values.push(value);
  }
  if (values.length < RESAMPLES / 2) return undefined;
  values.sort((a, b) => a - b);
  return { lower: quantile(values, 0.025), upper: quantile(values, 0.975) };
}

/** A generator of random numbers that is the same for the same text. */
export function generator(seed: string): RandomGenerator {
  return xoroshiro128plus(createHash('sha256').update(seed).digest().readInt32BE(0));
}

/** The value below which a share of sorted values lies, interpolated (type 7 of Hyndman and Fan, 1996). */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const [low = Number.NaN, high = low] = [sorted[below], sorted[below + 1]];
  return low + (high - low) * (at - below);
}
