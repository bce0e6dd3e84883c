/** Somebody who can be given submissions. `capacity` counts what is fixed on them too. */
export interface SolverAssessor {
  readonly id: string;
  readonly capacity: number;
}

/** A submission with those whom no hard rule bars from it. */
export interface SolverSubmission {
  readonly id: string;
  readonly candidates: readonly string[];
  readonly hub: string;
  readonly level: string;
  readonly previousAssessor: string | null;
}

export interface SolverProblem {
  readonly assessors: readonly SolverAssessor[];
  readonly submissions: readonly SolverSubmission[];
  readonly weights: {
    readonly previousAssessor: number;
    /** For each submission of a hub beyond the first with one assessor. */
    readonly hubSpread: number;
    /** For each submission of a rarer level (less than half of all) beyond the first with one assessor. */
    readonly levelMix?: number | undefined;
  };
  /** Pairs of now that stay whatever happens (accepted work). */
  readonly fixed: readonly Pair[];
  /** Pairs of now that may change, but as few as possible; present even if empty, it makes this a re-solve. */
  readonly movable?: readonly Pair[];
}
export interface Pair {
  readonly submission: string;
  readonly assessor: string;
}

/** The problem in sorted order with what is fixed taken out. */
export interface Shape {
  readonly problem: SolverProblem;
  readonly assessors: readonly SolverAssessor[];
  readonly fixedLoad: readonly number[];
  readonly fixed: ReadonlyMap<string, string>;
  /** Free submissions that have a candidate. */
  readonly free: readonly SolverSubmission[];
  /** Free submissions that nobody may read. */
  readonly hopeless: readonly string[];
  readonly columns: readonly Column[];
  readonly spreads: readonly Spread[];
}
export interface Column {
  readonly submission: number;
  readonly assessor: number;
  readonly cost: number;
  readonly kept: boolean;
}
/** Submissions of one group with one assessor: those beyond the first cost `weight`. */
export interface Spread {
  readonly columns: readonly number[];
  readonly fixed: number;
  readonly weight: number;
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Sorts the problem and takes out what is fixed. */
export function shapeOf(problem: SolverProblem): Shape {
  const assessors = [...problem.assessors].sort(byId);
  const indexOf = new Map(assessors.map(({ id }, index) => [id, index]));
  const fixed = new Map(problem.fixed.map(({ submission, assessor }) => [submission, assessor]));
  const movable = new Map((problem.movable ?? []).map(({ submission, assessor }) => [submission, assessor]));
  const fixedLoad = assessors.map(() => 0);
  for (const assessor of fixed.values()) {
    const index = indexOf.get(assessor);
    if (index !== undefined) fixedLoad[index] = (fixedLoad[index] ?? 0) + 1;
  }
  const sorted = [...problem.submissions].sort(byId);
  const open = sorted.filter(({ id }) => !fixed.has(id));
  const free = open.filter(({ candidates }) => candidates.some((id) => indexOf.has(id)));
  const placeable = new Set(free.map(({ id }) => id));
  const columns: Column[] = [];
  for (const [submission, one] of free.entries()) {
    const candidates = [...new Set(one.candidates)]
      .flatMap((id) => indexOf.get(id) ?? [])
      .sort((a, b) => a - b);
    for (const assessor of candidates) {
      const id = assessors[assessor]?.id;
      columns.push({
        submission,
        assessor,
        cost: one.previousAssessor === id ? problem.weights.previousAssessor : 0,
        kept: movable.get(one.id) === id,
      });
    }
  }
  return {
    problem,
    assessors,
    fixedLoad,
    fixed,
    free,
    hopeless: open.filter((one) => !placeable.has(one.id)).map(({ id }) => id),
    columns,
    spreads: spreadsOf(problem, sorted, free, fixed, indexOf, columns),
  };
}

function spreadsOf(
  { weights }: SolverProblem,
  all: readonly SolverSubmission[],
  free: readonly SolverSubmission[],
  fixed: ReadonlyMap<string, string>,
  indexOf: ReadonlyMap<string, number>,
  columns: readonly Column[],
): Spread[] {
  const perLevel = Map.groupBy(all, ({ level }) => level);
  const rare = (level: string): boolean => (perLevel.get(level)?.length ?? 0) * 2 < all.length;
  const kinds: readonly { weight: number; group: (one: SolverSubmission) => string | undefined }[] = [
    { weight: weights.hubSpread, group: (one) => `hub ${one.hub}` },
    { weight: weights.levelMix ?? 0, group: (one) => (rare(one.level) ? `level ${one.level}` : undefined) },
  ];
  return kinds
    .filter(({ weight }) => weight > 0)
    .flatMap(({ weight, group }) => {
      const cells = new Map<string, { columns: number[]; fixed: number }>();
      const cell = (name: string, assessor: number) => {
        const key = `${name}#${assessor}`;
        const known = cells.get(key) ?? { columns: [], fixed: 0 };
        cells.set(key, known);
        return known;
      };
      for (const one of all) {
        const assessor = indexOf.get(fixed.get(one.id) ?? '');
        const name = group(one);
        if (assessor !== undefined && name !== undefined) cell(name, assessor).fixed++;
      }
      for (const [index, column] of columns.entries()) {
        const one = free[column.submission];
        const name = one === undefined ? undefined : group(one);
        if (name !== undefined) cell(name, column.assessor).columns.push(index);
      }
      return [...cells.values()]
        .filter((one) => one.columns.length > 0 && one.columns.length + one.fixed > 1)
        .map((one) => ({ ...one, weight }));
    });
}

/** Cost that what is fixed has already. */
export function fixedCost(shape: Shape): number {
  const { weights, submissions } = shape.problem;
  const byHub = new Map<string, number>();
  const byLevel = new Map<string, number>();
  let cost = 0;
  const perLevel = Map.groupBy(submissions, ({ level }) => level);
  for (const one of submissions) {
    const assessor = shape.fixed.get(one.id);
    if (assessor === undefined) continue;
    if (one.previousAssessor === assessor) cost += weights.previousAssessor;
    const hub = `${one.hub}#${assessor}`;
    if ((byHub.get(hub) ?? 0) > 0) cost += weights.hubSpread;
    byHub.set(hub, (byHub.get(hub) ?? 0) + 1);
    if ((perLevel.get(one.level)?.length ?? 0) * 2 >= submissions.length) continue;
    const level = `${one.level}#${assessor}`;
    if ((byLevel.get(level) ?? 0) > 0) cost += weights.levelMix ?? 0;
    byLevel.set(level, (byLevel.get(level) ?? 0) + 1);
  }
  return cost;
}
