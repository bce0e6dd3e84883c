/** Somebody who can be given submissions. `capacity` counts what is fixed on them too. */
export interface SolverAssessor {
  readonly id: string;
  /** What equals are told apart by, the id where absent: where ids are drawn anew, the same problem has one solution. */
  readonly lot?: string;
  readonly capacity: number;
}

/** A submission with those whom no hard rule bars from it. */
export interface SolverSubmission {
  readonly id: string;
  /** As an assessor's. */
  readonly lot?: string;
  readonly candidates: readonly string[];
  readonly hub: string;
  readonly level: string;
  readonly previousAssessor: string | null;
}

export interface SolverWeights {
  readonly previousAssessor: number;
  /** For each submission of a hub beyond the first with one assessor. */
  readonly hubSpread: number;
  /** For each submission of a rarer level (less than half of all) beyond the first with one assessor. */
  readonly levelMix?: number | undefined;
}

export interface SolverProblem {
  readonly assessors: readonly SolverAssessor[];
  readonly submissions: readonly SolverSubmission[];
  readonly weights: SolverWeights;
  /** Pairs of now that stay whatever happens (accepted work). */
  readonly fixed: readonly Pair[];
  /** Pairs of now that may change, but as few as possible; present even if empty, it makes this a re-solve. */
  readonly movable?: readonly Pair[];
}
export interface Pair {
  readonly submission: string;
  readonly assessor: string;
}

/** The problem in sorted order with what is fixed taken out: the order of the input has no influence from here on. */
export interface Shape {
  readonly problem: SolverProblem;
  readonly assessors: readonly SolverAssessor[];
  readonly fixed: ReadonlyMap<string, string>;
  /** Fixed submissions of each assessor. */
  readonly fixedLoad: readonly number[];
  /** What each assessor can still take. */
  readonly room: readonly number[];
  /** Free submissions that have a candidate. */
  readonly free: readonly SolverSubmission[];
  /** Free submissions that nobody may read. */
  readonly hopeless: readonly string[];
  /** The possible pairs of free submissions, in order of submission and assessor. */
  readonly pairs: readonly PossiblePair[];
  /** Weight of each group: its submissions with one assessor beyond the first cost so much each. */
  readonly groups: readonly number[];
  /** Original size of a cost of 1. */
  readonly costUnit: number;
}
export interface PossiblePair {
  readonly submission: number;
  readonly assessor: number;
  /** What it costs by itself. */
  readonly cost: number;
  /** It is the movable pair of now. */
  readonly kept: boolean;
  /** Groups that it belongs to: its hub with its assessor, its level with its assessor. */
  readonly groups: readonly number[];
}

const byLot = (a: { id: string; lot?: string }, b: { id: string; lot?: string }): number => {
  const [one, other] = [a.lot ?? a.id, b.lot ?? b.id];
  return one < other ? -1 : one > other ? 1 : 0;
};

/** Sorts the problem and takes out what is fixed. Pairs with an assessor who is not in the problem are left out. */
export function shapeOf(problem: SolverProblem): Shape {
  const assessors = [...problem.assessors].sort(byLot);
  const indexOf = new Map(assessors.map(({ id }, index) => [id, index]));
  const fixed = new Map(problem.fixed.map(({ submission, assessor }) => [submission, assessor]));
  const fixedLoad = assessors.map(() => 0);
  for (const assessor of fixed.values()) {
    const index = indexOf.get(assessor);
    if (index !== undefined) fixedLoad[index] = (fixedLoad[index] ?? 0) + 1;
  }
  const sorted = [...problem.submissions].sort(byLot);
  const open = sorted.filter(({ id }) => !fixed.has(id));
  const free = open.filter(({ candidates }) => candidates.some((id) => indexOf.has(id)));
  const placeable = new Set(free.map(({ id }) => id));
  const { unit, weights } = scaled(problem.weights, free.length);
  const { pairs, groups } = pairsOf(problem, weights, free, fixed, indexOf);
  return {
    problem,
    assessors,
    fixed,
    fixedLoad,
    room: assessors.map(({ capacity }, index) =>
      Math.max(0, Math.min(capacity - (fixedLoad[index] ?? 0), free.length)),
    ),
    free,
    hopeless: open.filter((one) => !placeable.has(one.id)).map(({ id }) => id),
    pairs,
    groups,
    costUnit: unit,
  };
}

/**
 * Weights with the smallest as 1 and none beyond what decides: where one repeat outweighs everything that the smaller
 * weights can add up to, a still larger weight leads to the same allocations. Costs of 1e-9 and 1e12 beside each other
 * would be beyond the solver's tolerance.
 */
function scaled(weights: SolverWeights, submissions: number): { unit: number; weights: SolverWeights } {
  const { previousAssessor, hubSpread, levelMix = 0 } = weights;
  const positive = [previousAssessor, hubSpread, levelMix].filter((one) => one > 0).sort((a, b) => a - b);
  const unit = positive[0] ?? 1;
  const known = new Map<number, number>([[0, 0]]);
  let smaller = 0;
  for (const weight of positive) {
    const size = known.get(weight) ?? Math.max(1, Math.min(weight / unit, 1 + smaller * submissions));
    known.set(weight, size);
    smaller += size;
  }
  const of = (weight: number): number => known.get(weight) ?? 0;
  return {
    unit,
    weights: { previousAssessor: of(previousAssessor), hubSpread: of(hubSpread), levelMix: of(levelMix) },
  };
}

type Group = (one: SolverSubmission) => string | undefined;

/** The kinds of groups of the soft cost, each with its weight. */
function groupKinds(
  { hubSpread, levelMix = 0 }: SolverWeights,
  submissions: readonly SolverSubmission[],
): { weight: number; group: Group }[] {
  const perLevel = Map.groupBy(submissions, ({ level }) => level);
  const rare = new Set(
    [...perLevel].flatMap(([level, ones]) => (ones.length * 2 < submissions.length ? [level] : [])),
  );
  const kinds: { weight: number; group: Group }[] = [
    { weight: hubSpread, group: ({ hub }) => hub },
    { weight: levelMix, group: ({ level }) => (rare.has(level) ? level : undefined) },
  ];
  return kinds.filter(({ weight }) => weight > 0);
}

/** Numbers the cells "group of submissions with assessor" as they come. */
class CellNumbers {
  private readonly numbers = new Map<string, Map<number, number>>();
  private next = 0;

  of(group: string, assessor: number): number {
    const row = this.numbers.get(group) ?? new Map<number, number>();
    this.numbers.set(group, row);
    const known = row.get(assessor) ?? this.next++;
    row.set(assessor, known);
    return known;
  }
}

function pairsOf(
  problem: SolverProblem,
  weights: SolverWeights,
  free: readonly SolverSubmission[],
  fixed: ReadonlyMap<string, string>,
  indexOf: ReadonlyMap<string, number>,
): { pairs: PossiblePair[]; groups: number[] } {
  const movable = new Map((problem.movable ?? []).map(({ submission, assessor }) => [submission, assessor]));
  const kinds = groupKinds(weights, problem.submissions).map((kind) => ({
    ...kind,
    cells: new CellNumbers(),
    taken: new Set<number>(),
    groupOf: new Map<number, number>(),
  }));
  for (const one of problem.submissions) {
    const assessor = indexOf.get(fixed.get(one.id) ?? '');
    for (const { group, cells, taken } of kinds) {
      const name = group(one);
      if (assessor !== undefined && name !== undefined) taken.add(cells.of(name, assessor));
    }
  }
  const groups: number[] = [];
  const pairs = free.flatMap((one, submission) =>
    [...new Set(one.candidates)]
      .flatMap((id) => {
        const assessor = indexOf.get(id);
        return assessor === undefined ? [] : [{ id, assessor }];
      })
      .sort((a, b) => a.assessor - b.assessor)
      .map(({ id, assessor }): PossiblePair => {
        let cost = one.previousAssessor === id ? weights.previousAssessor : 0;
        const own: number[] = [];
        for (const { weight, group, cells, taken, groupOf } of kinds) {
          const name = group(one);
          if (name === undefined) continue;
          const cell = cells.of(name, assessor);
          // With something fixed in the group every further submission costs.
          if (taken.has(cell)) cost += weight;
          else {
            const number = groupOf.get(cell) ?? groups.push(weight) - 1;
            groupOf.set(cell, number);
            own.push(number);
          }
        }
        return { submission, assessor, cost, kept: movable.get(one.id) === id, groups: own };
      }),
  );
  return { pairs, groups };
}

/** Soft cost of an allocation by the problem's own weights. */
export function softCostOf(
  { weights, submissions }: Pick<SolverProblem, 'weights' | 'submissions'>,
  assessorOf: ReadonlyMap<string, string>,
): number {
  const repeats = submissions.filter(({ id, previousAssessor }) => {
    const assessor = assessorOf.get(id);
    return assessor !== undefined && assessor === previousAssessor;
  }).length;
  let cost = repeats * weights.previousAssessor;
  for (const { weight, group } of groupKinds(weights, submissions)) {
    const cells = new Map<string, Set<string>>();
    let beyondFirst = 0;
    for (const one of submissions) {
      const assessor = assessorOf.get(one.id);
      const name = group(one);
      if (assessor === undefined || name === undefined) continue;
      const cell = cells.get(name) ?? new Set();
      cells.set(name, cell);
      if (cell.has(assessor)) beyondFirst++;
      else cell.add(assessor);
    }
    cost += beyondFirst * weight;
  }
  return cost;
}
