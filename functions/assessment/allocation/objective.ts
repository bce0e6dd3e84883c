/** Costs of one objective, all to be minimised. */
export interface Costs {
  /** Of a submission that stays unplaced. */
  readonly unplaced: number;
  /** Of each submission beyond the level of load. */
  readonly over: number;
  /** Of each possible pair. */
  readonly pair: (pair: number) => number;
  /** Of each submission of a group beyond the first with one assessor, times the group's weight. */
  readonly group: number;
}

/** How a minimisation ended. */
export interface Outcome {
  /** The pairs chosen; undefined where the time limit struck before there was a whole-numbered answer. */
  readonly chosen: readonly number[] | undefined;
  /** No answer costs less than this, whatever the state in which the solver stopped. */
  readonly bound: number;
  /** False where the time limit struck. */
  readonly inTime: boolean;
  /** For each possible pair, u and assessor: what the bound says about it; see `restrictToOptimal`. */
  readonly duals: Duals;
}
export interface Duals {
  readonly pair: Float64Array;
  readonly unplaced: Float64Array;
  readonly assessor: Float64Array;
}
