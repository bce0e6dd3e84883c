import type { Basis, Highs, Model, Solution, SymbolDisposable } from 'highs';
import { firstPairs } from './first-pairs.ts';
import type { Costs, Duals, Outcome } from './objective.ts';
import { price, TOLERANCE } from './price.ts';
import type { Shape } from './shape.ts';

/** The solver gave no usable answer (its status in the message). */
export class SolverError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SolverError';
  }
}

const FIRST_PAIRS = 4;

export interface ProgramOptions {
  /** Instant (performance.now) at which to stop. */
  readonly deadline: number;
  /** Pairs of each submission to begin with; the others join when the duals ask for them. */
  readonly firstPairs?: number | undefined;
}

/**
 * The linear program of an allocation, a network: each submission is placed by one pair or unplaced; an assessor takes
 * up to the level of load, and up to their room beyond it ("over"); in each group what is beyond the first is counted.
 *
 * It begins with a few pairs of each submission. After each solve the duals tell which of the others could help (their
 * reduced cost is negative); these join, and the solver goes on from where it was. When none is left, the answer is
 * optimal over all pairs. The bound is computed from the duals over all pairs by weak duality, so it is a proof that
 * does not rest on the solver's own word.
 */
export class LinearProgram {
  private readonly shape: Shape;
  private readonly highs: Highs;
  private readonly model: SymbolDisposable<Model>;
  private readonly deadline: number;
  private readonly overAt: number;
  /** Of each column after unplaced and over: the pair (0 and above) or the group (-1 - group) that it stands for. */
  private readonly columns: number[] = [];
  readonly columnOfPair: Int32Array;
  readonly rowOfGroup: Int32Array;
  private readonly activeOfGroup: number[][];
  readonly excluded: Uint8Array;
  readonly unplacedUpper: Float64Array;
  readonly overUpper: Float64Array;
  readonly level: Float64Array;
  readonly tight: Uint8Array;
  private rows: number;
  private grouped = false;
  /** Where the last run ended; the solver forgets its solution (not its basis) when the program changes. */
  private last: { basis?: Basis; values?: Float64Array } = {};

  constructor(highs: Highs, model: SymbolDisposable<Model>, shape: Shape, options: ProgramOptions) {
    const { free, assessors, pairs, groups } = shape;
    this.highs = highs;
    this.model = model;
    this.shape = shape;
    this.deadline = options.deadline;
    this.overAt = free.length;
    this.columnOfPair = new Int32Array(pairs.length).fill(-1);
    this.rowOfGroup = new Int32Array(groups.length).fill(-1);
    this.activeOfGroup = groups.map(() => []);
    this.excluded = new Uint8Array(pairs.length);
    this.unplacedUpper = new Float64Array(free.length).fill(1);
    this.overUpper = new Float64Array(assessors.length);
    this.level = Float64Array.from(shape.room);
    this.tight = new Uint8Array(assessors.length);
    this.rows = free.length + assessors.length;
    model.options.set({
      output_flag: false,
      random_seed: 1,
      // Every change of costs leaves the last answer feasible: the primal simplex goes on from it, and whatever it has
      // when a time limit strikes is an allocation.
      solver: 'simplex',
      simplex_strategy: 4,
      presolve: 'off',
    });
    this.passModel();
    this.extend(firstPairs(shape, options.firstPairs ?? FIRST_PAIRS), [], false);
  }

  /** Submissions that each assessor takes before they count as over; what is above it is allowed only if `over`. */
  setLevel(level: (assessor: number) => number, over: boolean): void {
    for (const [index, most] of this.shape.room.entries()) {
      if (this.tight[index] === 1) continue;
      const own = Math.min(most, Math.max(0, level(index)));
      this.setLoad(index, Number.NEGATIVE_INFINITY, own, over ? most - own : 0);
    }
  }

  private setLoad(assessor: number, lowest: number, level: number, over: number): void {
    this.level[assessor] = level;
    this.overUpper[assessor] = over;
    this.model.changeColBounds(this.overAt + assessor, 0, over);
    this.model.changeRowBounds(this.shape.free.length + assessor, lowest, level);
  }

  /** Minimises. Throws `SolverError` where there is no answer at all. */
  minimise(costs: Costs): Outcome {
    for (;;) {
      this.setCosts(costs);
      const inTime = this.run();
      const solution = this.model.getSolution();
      this.last = { basis: this.model.getBasis(), values: solution.colValue };
      const { bound, duals, wanted } = price(this.shape, this, costs, solution.rowDual);
      if (!inTime || wanted.length === 0) {
        return { chosen: this.chosen(solution), bound, inTime, duals };
      }
      this.extend(wanted, []);
    }
  }

  /**
   * Asks for whole numbers where the corner of the linear program is fractional (two kinds of groups at once are no
   * network). Pairs whose reduced cost is within the gap join first: no other can be part of a better answer.
   */
  minimiseWhole(costs: Costs, linear: Outcome): Outcome {
    for (;;) {
      const all = Int32Array.from(this.columnOfPair)
        .filter((column) => column >= 0)
        .sort();
      this.model.changeColsIntegrality({ kind: 'set', indices: all }, new Int32Array(all.length).fill(1));
      this.model.options.set({ solver: 'choose', mip_rel_gap: 0, mip_abs_gap: TOLERANCE });
      this.setCosts(costs);
      const inTime = this.run();
      const solution = this.model.getSolution();
      const chosen = this.chosen(solution);
      if (!inTime || chosen === undefined) return { ...linear, chosen, inTime };
      const objective = this.model.getObjectiveValue();
      const wanted = [...linear.duals.pair.entries()]
        .filter(
          ([pair, reduced]) =>
            this.columnOfPair[pair] === -1 &&
            this.excluded[pair] === 0 &&
            linear.bound + reduced < objective - TOLERANCE,
        )
        .map(([pair]) => pair);
      if (wanted.length === 0) return { ...linear, chosen, bound: objective, inTime };
      this.extend(wanted, [], false);
    }
  }

  /**
   * Leaves only the optimal answers of an objective whose duals these are: what has a reduced cost stays at its bound,
   * what has a price is used up. In a network with whole costs they are whole numbers, so nothing is left to tolerance.
   */
  restrictToOptimal({ pair, unplaced, assessor }: Duals): void {
    for (const [index, reduced] of pair.entries()) {
      if (reduced <= TOLERANCE || this.excluded[index] === 1) continue;
      this.excluded[index] = 1;
      const column = this.columnOfPair[index] ?? -1;
      if (column >= 0) this.model.changeColBounds(column, 0, 0);
    }
    for (const [index, reduced] of unplaced.entries()) {
      if (reduced <= TOLERANCE) continue;
      this.unplacedUpper[index] = 0;
      this.model.changeColBounds(index, 0, 0);
    }
    for (const [index, price] of assessor.entries()) {
      if (price >= -TOLERANCE || this.tight[index] === 1) continue;
      const room = this.shape.room[index] ?? 0;
      this.tight[index] = 1;
      this.setLoad(index, room, room, 0);
    }
  }

  /** Leaves only answers that place everything. */
  placeAll(): void {
    for (const index of this.unplacedUpper.keys()) {
      this.unplacedUpper[index] = 0;
      this.model.changeColBounds(index, 0, 0);
    }
  }

  /** Counts what is beyond the first of each group from now on; before, groups would only be a burden. */
  countGroups(): void {
    if (this.grouped) return;
    this.grouped = true;
    this.extend([], [...this.activeOfGroup.keys()]);
  }

  /** Assessors who take all their room in every answer that is left. */
  isTight(assessor: number): boolean {
    return this.tight[assessor] === 1;
  }

  private passModel(): void {
    const { free, assessors } = this.shape;
    const numCols = free.length + assessors.length;
    const starts = Int32Array.from({ length: numCols + 1 }, (_, index) => index);
    const rowLower = new Float64Array(this.rows).fill(Number.NEGATIVE_INFINITY);
    const rowUpper = new Float64Array(this.rows).fill(1);
    rowLower.fill(1, 0, free.length);
    rowUpper.set(this.level, free.length);
    const colUpper = new Float64Array(numCols);
    // Without an upper bound of its own (the row has it), nothing but what is in use can have a negative reduced cost.
    colUpper.fill(Number.POSITIVE_INFINITY, 0, free.length);
    this.model.passModel({
      numCols,
      numRows: this.rows,
      sense: this.highs.constants.objectiveSense.minimize,
      colCost: new Float64Array(numCols),
      colLower: new Float64Array(numCols),
      colUpper,
      rowLower,
      rowUpper,
      matrix: {
        format: 'csc',
        numRows: this.rows,
        numCols,
        starts,
        indices: Int32Array.from({ length: numCols }, (_, index) => index),
        values: Float64Array.from({ length: numCols }, (_, index) => (index < free.length ? 1 : -1)),
      },
    });
  }

  /** Runs what is left of the time; false where it struck. */
  private run(): boolean {
    const { modelStatus } = this.highs.constants;
    this.model.zeroAllClocks();
    this.model.options.set({ time_limit: Math.max(0, (this.deadline - performance.now()) / 1000) });
    const status = this.model.run().modelStatus;
    if (status === modelStatus.optimal || status === modelStatus.empty) return true;
    if (status === modelStatus.timeLimit) return false;
    throw new SolverError(`the solver ended with status ${status}`);
  }

  private setCosts(costs: Costs): void {
    const { free, assessors, groups } = this.shape;
    const values = new Float64Array(this.overAt + assessors.length + this.columns.length);
    values.fill(costs.unplaced, 0, free.length);
    values.fill(costs.over, free.length, free.length + assessors.length);
    for (const [index, what] of this.columns.entries()) {
      values[free.length + assessors.length + index] =
        what >= 0 ? costs.pair(what) : costs.group * (groups[-1 - what] ?? 0);
    }
    this.model.changeColsCost({ kind: 'range', from: 0, to: values.length - 1 }, values);
  }

  /** The pairs of a solution, or undefined where it is not whole-numbered or breaks the program. */
  private chosen({ colValue }: Solution): number[] | undefined {
    const { feasible } = this.highs.constants.solutionStatus;
    if (Number(this.model.info.get('primal_solution_status')) !== feasible) return undefined;
    const chosen: number[] = [];
    const from = this.overAt + this.shape.assessors.length;
    for (const [index, what] of this.columns.entries()) {
      if (what < 0) continue;
      const value = colValue[from + index] ?? 0;
      if (Math.abs(value - Math.round(value)) > TOLERANCE) return undefined;
      if (value > 0.5) chosen.push(what);
    }
    return chosen.sort((a, b) => a - b);
  }

  /** Adds pairs, and the rows of groups that now have two or more. */
  private extend(pairs: readonly number[], touchedGroups: Iterable<number>, keepBasis = true): void {
    const { basis, values } = keepBasis ? this.last : {};
    const touched = new Set(touchedGroups);
    if (pairs.length > 0) this.addPairs(pairs, touched);
    const groups = [...touched].filter(
      (group) =>
        this.grouped && this.rowOfGroup[group] === -1 && (this.activeOfGroup[group]?.length ?? 0) > 1,
    );
    const counts = this.addGroups(groups, values);
    if (basis === undefined) return;
    // New pairs are out; the row of a group holds what its pairs hold, so that the last answer stays feasible.
    const { lower, basic, upper } = this.highs.constants.basisStatus;
    this.model.setBasis({
      colStatus: Int32Array.from([
        ...basis.colStatus,
        ...pairs.map(() => lower),
        ...counts.map((count) => (count > 1 ? basic : lower)),
      ]),
      rowStatus: Int32Array.from([...basis.rowStatus, ...counts.map((count) => (count > 1 ? upper : basic))]),
    });
  }

  private addPairs(pairs: readonly number[], touched: Set<number>): void {
    const { free } = this.shape;
    const from = this.overAt + this.shape.assessors.length;
    const starts = new Int32Array(pairs.length + 1);
    const indices: number[] = [];
    for (const [at, index] of pairs.entries()) {
      const pair = this.shape.pairs[index];
      if (pair === undefined) continue;
      this.columnOfPair[index] = from + this.columns.length;
      this.columns.push(index);
      indices.push(pair.submission, free.length + pair.assessor);
      for (const group of pair.groups) {
        this.activeOfGroup[group]?.push(index);
        const row = this.rowOfGroup[group] ?? -1;
        if (row >= 0) indices.push(row);
        else touched.add(group);
      }
      starts[at + 1] = indices.length;
    }
    this.model.addCols({
      cost: new Float64Array(pairs.length),
      lower: new Float64Array(pairs.length),
      upper: new Float64Array(pairs.length).fill(Number.POSITIVE_INFINITY),
      matrix: {
        format: 'csc',
        numRows: this.rows,
        numCols: pairs.length,
        starts,
        indices: Int32Array.from(indices),
        values: new Float64Array(indices.length).fill(1),
      },
    });
  }

  /** Adds the rows of groups with their columns "beyond the first"; answers how much each holds now. */
  private addGroups(groups: readonly number[], values: Float64Array | undefined): number[] {
    if (groups.length === 0) return [];
    const before = this.overAt + this.shape.assessors.length + this.columns.length;
    const counts: number[] = [];
    const starts = new Int32Array(groups.length + 1);
    const indices: number[] = [];
    const coefficients: number[] = [];
    for (const [at, group] of groups.entries()) {
      let count = 0;
      for (const pair of this.activeOfGroup[group] ?? []) {
        const column = this.columnOfPair[pair] ?? -1;
        indices.push(column);
        coefficients.push(1);
        count += Math.round(values?.[column] ?? 0);
      }
      indices.push(before + at);
      coefficients.push(-1);
      starts[at + 1] = indices.length;
      counts.push(count);
      this.columns.push(-1 - group);
      this.rowOfGroup[group] = this.rows + at;
    }
    this.model.addCols({
      cost: new Float64Array(groups.length),
      lower: new Float64Array(groups.length),
      upper: new Float64Array(groups.length).fill(Number.POSITIVE_INFINITY),
      matrix: {
        format: 'csc',
        numRows: this.rows,
        numCols: groups.length,
        starts: new Int32Array(groups.length + 1),
        indices: new Int32Array(0),
        values: new Float64Array(0),
      },
    });
    this.model.addRows({
      lower: new Float64Array(groups.length).fill(Number.NEGATIVE_INFINITY),
      upper: new Float64Array(groups.length).fill(1),
      matrix: {
        format: 'csr',
        numRows: groups.length,
        numCols: before + groups.length,
        starts,
        indices: Int32Array.from(indices),
        values: Float64Array.from(coefficients),
      },
    });
    this.rows += groups.length;
    return counts;
  }
}
