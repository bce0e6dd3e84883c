import type { Costs, Duals } from './objective.ts';
import type { Shape } from './shape.ts';

/** What is less than this apart is the same to the solver. */
export const TOLERANCE = 1e-6;
const PAIRS_A_ROUND = 3;

/** What the bounds of the program are now. */
export interface ProgramState {
  /** Column of each pair that is in the program, -1 of the others. */
  readonly columnOfPair: Int32Array;
  readonly rowOfGroup: Int32Array;
  /** Pairs that no optimal answer of an earlier stage contains. */
  readonly excluded: Uint8Array;
  readonly unplacedUpper: Float64Array;
  readonly overUpper: Float64Array;
  readonly level: Float64Array;
  /** Assessors who take exactly their level. */
  readonly tight: Uint8Array;
}

export interface Priced {
  /** Every answer of the program over all pairs costs at least this (weak duality), whatever the prices are. */
  readonly bound: number;
  readonly duals: Duals;
  /** Pairs that are not in the program and could help. */
  readonly wanted: number[];
}

/**
 * Bound and reduced costs over all pairs from the prices of the rows (submissions, assessors, groups that have a row).
 * A price of the wrong sign counts as none, so that the bound holds for any prices.
 */
export function price(shape: Shape, state: ProgramState, costs: Costs, prices: Float64Array): Priced {
  const { free, assessors, pairs, groups } = shape;
  let bound = 0;
  const unplaced = new Float64Array(free.length);
  for (const index of free.keys()) {
    const own = prices[index] ?? 0;
    unplaced[index] = costs.unplaced - own;
    bound += own + Math.min(0, costs.unplaced - own) * (state.unplacedUpper[index] ?? 0);
  }
  const assessor = new Float64Array(assessors.length);
  for (const index of assessors.keys()) {
    const given = prices[free.length + index] ?? 0;
    const own = state.tight[index] === 1 ? given : Math.min(0, given);
    assessor[index] = own;
    bound += own * (state.level[index] ?? 0);
    bound += Math.min(0, costs.over + own) * (state.overUpper[index] ?? 0);
  }
  const group = new Float64Array(groups.length);
  for (const [index, weight] of groups.entries()) {
    const row = state.rowOfGroup[index] ?? -1;
    if (row < 0) continue;
    const own = Math.max(-costs.group * weight, Math.min(0, prices[row] ?? 0));
    group[index] = own;
    bound += own;
  }
  const pair = new Float64Array(pairs.length);
  const wanted: number[] = [];
  let index = 0;
  for (const submission of free.keys()) {
    // Of each submission's pairs at most one is chosen, so only the most negative can lower the bound.
    let lowest = 0;
    const outside: { index: number; reduced: number }[] = [];
    for (; pairs[index]?.submission === submission; index++) {
      const one = pairs[index];
      if (one === undefined) break;
      let reduced = costs.pair(index) - (prices[submission] ?? 0) - (assessor[one.assessor] ?? 0);
      for (const each of one.groups) reduced -= group[each] ?? 0;
      pair[index] = reduced;
      if (state.excluded[index] === 1) continue;
      lowest = Math.min(lowest, reduced);
      if (reduced < -TOLERANCE && state.columnOfPair[index] === -1) outside.push({ index, reduced });
    }
    bound += lowest;
    outside.sort((a, b) => a.reduced - b.reduced || a.index - b.index);
    for (const one of outside.slice(0, PAIRS_A_ROUND)) wanted.push(one.index);
  }
  return { bound, duals: { pair, unplaced, assessor }, wanted };
}
