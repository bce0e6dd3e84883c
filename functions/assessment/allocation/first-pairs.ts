import type { Shape } from './shape.ts';

/**
 * The pairs to begin with: the kept one, and of the others those whose assessor and group have been taken least so far
 * for their room, those that cost by themselves last.
 */
export function firstPairs({ pairs, free, room, assessors }: Shape, count: number): number[] {
  const taken = assessors.map(() => 0);
  const inGroup = new Map<number, number>();
  const first: number[] = [];
  let at = 0;
  for (const submission of free.keys()) {
    const own: { index: number; score: number }[] = [];
    for (; pairs[at]?.submission === submission; at++) {
      const pair = pairs[at];
      if (pair === undefined) break;
      const crowd = pair.groups.reduce((sum, group) => sum + (inGroup.get(group) ?? 0), 0);
      const load = (taken[pair.assessor] ?? 0) / Math.max(room[pair.assessor] ?? 0, 0.01);
      own.push({ index: at, score: pair.kept ? -1 : load + crowd + (pair.cost > 0 ? count : 0) });
    }
    for (const { index } of own.sort((a, b) => a.score - b.score || a.index - b.index).slice(0, count)) {
      first.push(index);
      const pair = pairs[index];
      if (pair === undefined) continue;
      taken[pair.assessor] = (taken[pair.assessor] ?? 0) + 1;
      for (const group of pair.groups) inGroup.set(group, (inGroup.get(group) ?? 0) + 1);
    }
  }
  return first;
}
