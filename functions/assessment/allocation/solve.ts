import type { SolvedStage } from '../model.ts';
import { LinearProgram } from './linear-program.ts';
import { loadSolver } from './load-solver.ts';
import type { Outcome } from './objective.ts';
import { TOLERANCE } from './price.ts';
import { type Pair, type Shape, type SolverProblem, shapeOf, softCostOf } from './shape.ts';

export { SolverError } from './linear-program.ts';
export type { Pair, SolverAssessor, SolverProblem, SolverSubmission } from './shape.ts';

export interface SolverResult {
  /** Every placed submission, the fixed ones included, in order of the submissions' ids. */
  readonly assignments: readonly Pair[];
  readonly unplaced: readonly string[];
  /**
   * Objective and proven bound of each stage, in order: `placed`, `changed` (a re-solve alone), `maximumLoad`,
   * `softCost`. Equal numbers: no better answer exists. After a time limit they differ by the gap that is left.
   */
  readonly stages: readonly SolvedStage[];
  /** Greatest number of submissions that one assessor holds. */
  readonly maximumLoad: number;
}

export interface SolveOptions {
  /** For all stages together (240). */
  readonly timeLimitSeconds?: number | undefined;
  /** Pairs of each submission that the solver begins with (4): has no influence on the objectives. */
  readonly firstPairs?: number | undefined;
  /** Only the first stage counts: how many can be placed. */
  readonly placedOnly?: boolean | undefined;
}

/**
 * Allocates submissions to assessors in lexicographic stages, each proven before the next: place as many as possible,
 * (re-solve) change as few present pairs as possible, lowest maximum load, lowest soft cost. Every stage but the mix of
 * levels is a network flow, so that its linear program has whole-numbered corners; where a stage is not, integrality is
 * asked for. Deterministic, and independent of the order of the input. Throws `SolverError`.
 */
export async function solveAllocation(
  problem: SolverProblem,
  options: SolveOptions = {},
): Promise<SolverResult> {
  const shape = shapeOf(problem);
  const deadline = performance.now() + (options.timeLimitSeconds ?? 240) * 1000;
  if (shape.free.length === 0) return resultOf(shape, [], stagesOf(shape, [], {}));
  const highs = await loadSolver();
  return highs.withModel((model) => {
    const program = new LinearProgram(highs, model, shape, { deadline, firstPairs: options.firstPairs });
    return solveStages(program, shape, options.placedOnly === true);
  });
}

/** What has been proven of each stage; a stage without a bound here has the one that counting gives. */
interface Bounds {
  placed?: number;
  changed?: number;
  maximumLoad?: number;
  softCost?: number;
}

function solveStages(program: LinearProgram, shape: Shape, placedOnly: boolean): SolverResult {
  const bounds: Bounds = {};
  const end = (chosen: readonly number[]): SolverResult =>
    resultOf(shape, chosen, stagesOf(shape, chosen, bounds));
  const nothing = { unplaced: 0, over: 0, group: 0, pair: () => 0 };
  const isResolve = shape.problem.movable !== undefined;
  const levelOf = (load: number) => (assessor: number) => load - (shape.fixedLoad[assessor] ?? 0);

  // Placed. A first solve keeps below the lowest load that counting allows on the way: one more placed raises what is
  // over by at most one, so that with costs of 2 and 1 placing comes first. Most rounds need nothing more.
  const lowest = leastLoad(shape, Math.min(shape.free.length, sum(shape.room)), 0);
  program.setLevel(levelOf(lowest), true);
  let outcome = program.minimise({ ...nothing, unplaced: isResolve ? 1 : 2, over: isResolve ? 0 : 1 });
  let chosen = outcome.chosen ?? [];
  if (!outcome.inTime) return end(chosen);
  if (chosen.length === shape.free.length) program.placeAll();
  else {
    if (!isResolve) outcome = program.minimise({ ...nothing, unplaced: 1 });
    chosen = outcome.chosen ?? chosen;
    bounds.placed = shape.fixed.size + shape.free.length - Math.ceil(outcome.bound - TOLERANCE);
    if (!outcome.inTime) return end(chosen);
    program.restrictToOptimal(outcome.duals);
  }
  if (placedOnly) return end(chosen);

  if (isResolve) {
    const kept = shape.pairs.filter((pair) => pair.kept).length;
    outcome = program.minimise({ ...nothing, pair: (index) => (shape.pairs[index]?.kept === true ? -1 : 0) });
    chosen = outcome.chosen ?? chosen;
    const lost = (shape.problem.movable ?? []).length;
    bounds.changed = lost + Math.max(-kept, Math.ceil(outcome.bound - TOLERANCE));
    if (!outcome.inTime) return end(chosen);
    program.restrictToOptimal(outcome.duals);
  }

  // Maximum load. Each failed level proves by its duals how far the next must be.
  let load = leastLoad(
    shape,
    chosen.length,
    highest(
      shape.room.map((room, index) => (program.isTight(index) ? room + (shape.fixedLoad[index] ?? 0) : 0)),
    ),
  );
  for (;;) {
    bounds.maximumLoad = load;
    if (loadOf(shape, chosen) <= load) break;
    program.setLevel(levelOf(load), true);
    outcome = program.minimise({ ...nothing, over: 1 });
    const found = outcome.chosen;
    if (found !== undefined && loadOf(shape, found) < loadOf(shape, chosen)) chosen = found;
    if (!outcome.inTime) return end(chosen);
    if (loadOf(shape, chosen) > load) load = nextLoad(shape, load, outcome);
  }

  program.setLevel(levelOf(load), false);
  program.countGroups();
  const soft = { ...nothing, group: 1, pair: (index: number) => shape.pairs[index]?.cost ?? 0 };
  outcome = program.minimise(soft);
  if (outcome.inTime && outcome.chosen === undefined) outcome = program.minimiseWhole(soft, outcome);
  chosen = outcome.chosen ?? chosen;
  const reached = scaledCost(shape, chosen);
  bounds.softCost =
    outcome.bound >= reached - TOLERANCE * Math.max(1, reached)
      ? costOf(shape, chosen)
      : costOf(shape, []) + Math.max(0, outcome.bound) * shape.costUnit;
  return end(chosen);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** The highest of the values and 0; there may be more of them than arguments of a call. */
const highest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

/** The least maximum load, not below `from`, at which there is room for `count` free submissions by counting alone. */
function leastLoad({ room, fixedLoad }: Shape, count: number, from: number): number {
  let load = Math.max(from, highest(fixedLoad));
  const held = (most: number): number =>
    sum(room.map((own, index) => Math.min(own, Math.max(0, most - (fixedLoad[index] ?? 0)))));
  while (held(load) < count) load++;
  return load;
}

/** The least load above `load` that the duals of a failed level do not rule out. */
function nextLoad({ room, fixedLoad }: Shape, load: number, { bound, duals }: Outcome): number {
  const gain = (more: number): number => {
    let value = 0;
    for (const [index, price] of duals.assessor.entries()) {
      const most = room[index] ?? 0;
      const level = (at: number): number => Math.min(most, Math.max(0, at - (fixedLoad[index] ?? 0)));
      value -= Math.min(0, price) * (level(load + more) - level(load));
    }
    return value;
  };
  let more = 1;
  const most = highest(room) + highest(fixedLoad);
  while (load + more < most && gain(more) < bound - TOLERANCE) more++;
  return load + more;
}

/** The allocation that chosen pairs make, what is fixed included. */
function assessorsOf(shape: Shape, chosen: readonly number[]): Map<string, string> {
  const assessorOf = new Map(shape.fixed);
  for (const index of chosen) {
    const pair = shape.pairs[index];
    const submission = shape.free[pair?.submission ?? -1];
    const assessor = shape.assessors[pair?.assessor ?? -1];
    if (submission !== undefined && assessor !== undefined) assessorOf.set(submission.id, assessor.id);
  }
  return assessorOf;
}

function loadOf({ fixedLoad, pairs }: Shape, chosen: readonly number[]): number {
  const loads = [...fixedLoad];
  for (const index of chosen) {
    const assessor = pairs[index]?.assessor ?? -1;
    loads[assessor] = (loads[assessor] ?? 0) + 1;
  }
  return highest(loads);
}

/** Soft cost in the shape's scale of what is not fixed. */
function scaledCost({ pairs, groups }: Shape, chosen: readonly number[]): number {
  const counts = new Map<number, number>();
  let cost = 0;
  for (const index of chosen) {
    cost += pairs[index]?.cost ?? 0;
    for (const group of pairs[index]?.groups ?? []) {
      const count = counts.get(group) ?? 0;
      if (count > 0) cost += groups[group] ?? 0;
      counts.set(group, count + 1);
    }
  }
  return cost;
}

const costOf = (shape: Shape, chosen: readonly number[]): number =>
  softCostOf(shape.problem, assessorsOf(shape, chosen));

/** Every stage as an allocation fulfils it, with what is proven of it. */
function stagesOf(shape: Shape, chosen: readonly number[], bounds: Bounds): SolvedStage[] {
  const { movable } = shape.problem;
  const kept = chosen.filter((index) => shape.pairs[index]?.kept === true).length;
  const keepable = shape.pairs.filter((pair) => pair.kept).length;
  const most = shape.fixed.size + Math.min(shape.free.length, sum(shape.room));
  const changed = (movable ?? []).length;
  return [
    { name: 'placed', objective: shape.fixed.size + chosen.length, bound: bounds.placed ?? most },
    ...(movable === undefined
      ? []
      : [{ name: 'changed', objective: changed - kept, bound: bounds.changed ?? changed - keepable }]),
    {
      name: 'maximumLoad',
      objective: loadOf(shape, chosen),
      bound: bounds.maximumLoad ?? leastLoad(shape, chosen.length, 0),
    },
    {
      name: 'softCost',
      objective: costOf(shape, chosen),
      bound: bounds.softCost ?? costOf(shape, []),
    },
  ];
}

function resultOf(shape: Shape, chosen: readonly number[], stages: SolvedStage[]): SolverResult {
  const assessorOf = assessorsOf(shape, chosen);
  const assignments = [...assessorOf]
    .map(([submission, assessor]) => ({ submission, assessor }))
    .sort((a, b) => (a.submission < b.submission ? -1 : 1));
  const loads = new Map<string, number>();
  for (const { assessor } of assignments) loads.set(assessor, (loads.get(assessor) ?? 0) + 1);
  return {
    assignments,
    unplaced: [...shape.hopeless, ...shape.free.map(({ id }) => id)]
      .filter((id) => !assessorOf.has(id))
      .sort(),
    stages,
    maximumLoad: highest([...loads.values()]),
  };
}
