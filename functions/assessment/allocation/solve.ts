import type { Model, ObjectiveSense, SymbolDisposable } from 'highs';
import type { SolvedStage } from '../model.ts';
import { loadSolver } from './load-solver.ts';
import { fixedCost, type Pair, type Shape, type SolverProblem, shapeOf } from './shape.ts';

export type { Pair, SolverAssessor, SolverProblem, SolverSubmission } from './shape.ts';

export interface SolverResult {
  /** Every placed submission, the fixed ones included, in order of the submissions' ids. */
  readonly assignments: readonly Pair[];
  readonly unplaced: readonly string[];
  /**
   * Objective and proven bound of each stage, in order: `placed`, `changed` (a re-solve alone), `maximumLoad`,
   * `softCost`. Equal numbers: no better answer exists.
   */
  readonly stages: readonly SolvedStage[];
  /** Greatest number of submissions that one assessor holds. */
  readonly maximumLoad: number;
}

/** The solver gave no usable answer (its status in the message); a larger time limit or a smaller problem may help. */
export class SolverError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SolverError';
  }
}

const OPTIMAL = 7;
const INFEASIBLE = 8;
const INFEASIBLE_OR_UNBOUNDED = 9;
const TIME_LIMIT = 14;
const EPSILON = 1e-6;

/**
 * Allocates submissions to assessors in lexicographic stages, each proven before the next: place as many as possible,
 * (re-solve) change as few present pairs as possible, lowest maximum load, lowest soft cost. Every stage but the mix of
 * levels is a network flow, so that its linear program has whole-numbered corners; where a stage is not, integrality is
 * asked for. Deterministic, and the objectives do not depend on the order of the input. Throws `SolverError`.
 */
export async function solveAllocation(
  problem: SolverProblem,
  options: { readonly timeLimitSeconds?: number } = {},
): Promise<SolverResult> {
  const shape = shapeOf(problem);
  if (shape.free.length === 0) return resultOf(shape, new Map(), trivialStages(shape));
  const highs = await loadSolver();
  return highs.withModel((model) => {
    model.options.set({ output_flag: false, time_limit: options.timeLimitSeconds ?? 240, random_seed: 1 });
    return solveStages(highs.constants.objectiveSense.minimize, model, shape);
  });
}

/**
 * The one model of all stages. Columns: x (submission with assessor), u (submission unplaced), l (free load of an
 * assessor), L (maximum load), y (beyond the first of a spread). Stages change costs and bounds only, so that each
 * starts from the basis of the one before.
 */
function buildModel(sense: ObjectiveSense, model: SymbolDisposable<Model>, shape: Shape) {
  const { columns, free, assessors, spreads, fixedLoad } = shape;
  const u = columns.length;
  const l = u + free.length;
  const L = l + assessors.length;
  const y = L + 1;
  const numCols = y + spreads.length;
  const submissionRow = 0;
  const assessorRow = free.length;
  const maximumRow = assessorRow + assessors.length;
  const spreadRow = maximumRow + assessors.length;
  const placedRow = spreadRow + spreads.length;
  const keptRow = placedRow + 1;
  const numRows = keptRow + 1;

  const entries: [row: number, value: number][][] = Array.from({ length: numCols }, () => []);
  const put = (column: number, row: number, value: number): void => {
    entries[column]?.push([row, value]);
  };
  for (const [index, column] of columns.entries()) {
    put(index, submissionRow + column.submission, 1);
    put(index, assessorRow + column.assessor, 1);
    if (column.kept) put(index, keptRow, 1);
  }
  for (const index of free.keys()) {
    put(u + index, submissionRow + index, 1);
    put(u + index, placedRow, 1);
  }
  for (const index of assessors.keys()) {
    put(l + index, assessorRow + index, -1);
    put(l + index, maximumRow + index, 1);
    put(L, maximumRow + index, -1);
  }
  for (const [index, spread] of spreads.entries()) {
    for (const column of spread.columns) put(column, spreadRow + index, 1);
    put(y + index, spreadRow + index, -1);
  }
  const starts = new Int32Array(numCols + 1);
  for (const [index, list] of entries.entries()) starts[index + 1] = (starts[index] ?? 0) + list.length;
  const flat = entries.flat();
  const fill = (length: number, value: number): Float64Array => new Float64Array(length).fill(value);
  const colUpper = fill(numCols, 1);
  for (const [index, { capacity }] of assessors.entries()) {
    colUpper[l + index] = Math.max(0, capacity - (fixedLoad[index] ?? 0));
  }
  for (let index = y; index < numCols; index++) colUpper[index] = Number.POSITIVE_INFINITY;
  colUpper[L] = Number.POSITIVE_INFINITY;
  const rowLower = fill(numRows, Number.NEGATIVE_INFINITY);
  const rowUpper = fill(numRows, 0);
  for (const index of free.keys()) {
    rowLower[submissionRow + index] = 1;
    rowUpper[submissionRow + index] = 1;
  }
  for (const index of assessors.keys()) {
    rowLower[assessorRow + index] = 0;
    rowUpper[maximumRow + index] = -(fixedLoad[index] ?? 0);
  }
  for (const [index, spread] of spreads.entries()) {
    // With something fixed in the group every further one costs; what the fixed ones cost is counted apart.
    rowUpper[spreadRow + index] = spread.fixed > 0 ? 0 : 1;
  }
  rowUpper[placedRow] = free.length;
  rowUpper[keptRow] = Number.POSITIVE_INFINITY;
  model.passModel({
    numCols,
    numRows,
    sense,
    colCost: fill(numCols, 0),
    colLower: fill(numCols, 0),
    colUpper,
    rowLower,
    rowUpper,
    matrix: {
      format: 'csc',
      numRows,
      numCols,
      starts,
      indices: Int32Array.from(flat, ([row]) => row),
      values: Float64Array.from(flat, ([, value]) => value),
    },
  });
  return { u, l, L, y, numCols, placedRow, keptRow };
}
function solveStages(sense: ObjectiveSense, model: SymbolDisposable<Model>, shape: Shape): SolverResult {
  const at = buildModel(sense, model, shape);
  const stages: SolvedStage[] = [];
  const total = shape.free.length;
  const lowest = lowestConceivableLoad(shape);
  const setCosts = (cost: (column: number) => number): void => {
    model.changeColsCost(
      { kind: 'range', from: 0, to: at.numCols - 1 },
      Float64Array.from({ length: at.numCols }, (_, column) => cost(column)),
    );
  };
  const softCost = (column: number): number => {
    if (column >= at.y) return shape.spreads[column - at.y]?.weight ?? 0;
    return shape.columns[column]?.cost ?? 0;
  };
  const movable = shape.problem.movable !== undefined;
  const present = shape.columns.filter(({ kept }) => kept).length;

  // Most rounds: everything placed, all kept, the lowest conceivable load. Then one program proves every stage.
  if (lowest !== undefined) {
    model.changeRowBounds(at.placedRow, 0, 0);
    model.changeRowBounds(at.keptRow, present, Number.POSITIVE_INFINITY);
    model.changeColBounds(at.L, lowest, lowest);
    setCosts(softCost);
    if (run(model) !== 'INFEASIBLE') {
      stages.push({ name: 'placed', objective: placedOf(shape, 0), bound: placedOf(shape, 0) });
      if (movable) stages.push({ name: 'changed', objective: 0, bound: 0 });
      stages.push({ name: 'maximumLoad', objective: lowest, bound: lowest });
      return finish(model, shape, stages, at);
    }
    model.changeRowBounds(at.placedRow, 0, total);
    model.changeRowBounds(at.keptRow, 0, Number.POSITIVE_INFINITY);
    model.changeColBounds(at.L, 0, Number.POSITIVE_INFINITY);
  }

  setCosts((column) => (column >= at.u && column < at.l ? 1 : 0));
  const notPlaced = optimum(model);
  stages.push(stage('placed', placedOf(shape, notPlaced.objective), placedOf(shape, notPlaced.bound)));
  model.changeRowBounds(at.placedRow, 0, Math.round(notPlaced.objective));

  if (movable) {
    setCosts((column) => (shape.columns[column]?.kept === true ? -1 : 0));
    const kept = optimum(model);
    const lost = (shape.problem.movable ?? []).length;
    stages.push(stage('changed', lost + Math.round(kept.objective), lost + Math.round(kept.bound)));
    model.changeRowBounds(at.keptRow, -Math.round(kept.objective), Number.POSITIVE_INFINITY);
  }

  setCosts((column) => (column === at.L ? 1 : 0));
  const load = optimum(model);
  // The program with whole capacities is whole-numbered: the least whole load is the ceiling of the fractional least.
  const maximum = Math.ceil(load.objective - EPSILON);
  stages.push(stage('maximumLoad', maximum, Math.ceil(load.bound - EPSILON)));
  model.changeColBounds(at.L, maximum, maximum);
  setCosts(softCost);
  if (run(model) === 'INFEASIBLE') throw new SolverError('the last stage contradicts the ones before');
  return finish(model, shape, stages, at);
}

/** `+ 0` turns the solver's -0 into 0. */
const stage = (name: string, objective: number, bound: number): SolvedStage => ({
  name,
  objective: objective + 0,
  bound: bound + 0,
});

/** Placed submissions, the fixed ones included, where `notPlaced` of the free ones are not. */
const placedOf = (shape: Shape, notPlaced: number): number =>
  shape.fixed.size + shape.free.length - Math.round(notPlaced);

/** The least maximum load by counting alone; undefined where the capacities cannot hold everything. */
function lowestConceivableLoad(shape: Shape): number | undefined {
  let load = Math.max(0, ...shape.fixedLoad);
  const room = (maximum: number): number =>
    shape.assessors.reduce(
      (sum, { capacity }, index) =>
        sum + Math.max(0, Math.min(capacity, maximum) - (shape.fixedLoad[index] ?? 0)),
      0,
    );
  const most = Math.max(0, load, ...shape.assessors.map(({ capacity }) => capacity));
  while (room(load) < shape.free.length && load < most) load++;
  return room(load) < shape.free.length ? undefined : load;
}

function run(model: SymbolDisposable<Model>): 'OPTIMAL' | 'INFEASIBLE' | 'TIME_LIMIT' {
  const { modelStatus } = model.run();
  if (modelStatus === OPTIMAL) return 'OPTIMAL';
  if (modelStatus === INFEASIBLE || modelStatus === INFEASIBLE_OR_UNBOUNDED) return 'INFEASIBLE';
  if (modelStatus === TIME_LIMIT) return 'TIME_LIMIT';
  throw new SolverError(`the solver ended with status ${modelStatus}`);
}

/** Objective and bound of a linear stage; a time limit before its optimum is an error, since the next would rest on it. */
function optimum(model: SymbolDisposable<Model>): { objective: number; bound: number } {
  const status = run(model);
  if (status !== 'OPTIMAL') throw new SolverError(`a stage ended ${status}`);
  const objective = model.getObjectiveValue();
  return { objective, bound: objective };
}

/** Takes the pairs of the last run; asks for whole numbers where its corner is fractional. */
function finish(
  model: SymbolDisposable<Model>,
  shape: Shape,
  stages: SolvedStage[],
  at: { readonly u: number; readonly numCols: number },
): SolverResult {
  let values = model.getSolution().colValue;
  let bound = model.getObjectiveValue();
  const whole = shape.columns.every((_, index) => {
    const value = values[index] ?? 0;
    return Math.abs(value - Math.round(value)) < EPSILON;
  });
  if (!whole) {
    model.changeColsIntegrality({ kind: 'range', from: 0, to: at.u - 1 }, new Int32Array(at.u).fill(1));
    if (run(model) === 'INFEASIBLE') throw new SolverError('no whole-numbered allocation');
    values = model.getSolution().colValue;
    bound = Number(model.info.get('mip_dual_bound'));
    if (values.length === 0) throw new SolverError('no whole-numbered allocation in time');
  }
  const placed = new Map<string, string>();
  for (const [index, column] of shape.columns.entries()) {
    if ((values[index] ?? 0) < 0.5) continue;
    const submission = shape.free[column.submission];
    const assessor = shape.assessors[column.assessor];
    if (submission !== undefined && assessor !== undefined) placed.set(submission.id, assessor.id);
  }
  const already = fixedCost(shape);
  // Where the stage bound is below what counting gives, what is fixed costs the same in every answer.
  const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
  return resultOf(shape, placed, [
    ...stages,
    stage('softCost', rounded(already + model.getObjectiveValue()), rounded(already + bound)),
  ]);
}

function trivialStages(shape: Shape): SolvedStage[] {
  const load = Math.max(0, ...shape.fixedLoad);
  const lost = (shape.problem.movable ?? []).length;
  return [
    stage('placed', shape.fixed.size, shape.fixed.size),
    ...(shape.problem.movable === undefined ? [] : [stage('changed', lost, lost)]),
    stage('maximumLoad', load, load),
    stage('softCost', fixedCost(shape), fixedCost(shape)),
  ];
}

function resultOf(shape: Shape, placed: ReadonlyMap<string, string>, stages: SolvedStage[]): SolverResult {
  const assignments = [...shape.fixed, ...placed]
    .map(([submission, assessor]) => ({ submission, assessor }))
    .sort((a, b) => (a.submission < b.submission ? -1 : 1));
  const loads = new Map<string, number>();
  for (const { assessor } of assignments) loads.set(assessor, (loads.get(assessor) ?? 0) + 1);
  return {
    assignments,
    unplaced: [...shape.hopeless, ...shape.free.map(({ id }) => id).filter((id) => !placed.has(id))].sort(),
    stages,
    maximumLoad: Math.max(0, ...loads.values()),
  };
}
