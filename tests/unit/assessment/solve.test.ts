import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SolverProblem, solveAllocation } from '../../../functions/assessment/allocation/solve.ts';

const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** Problems small enough to try every allocation. */
const smallProblem = fc
  .record({
    assessors: fc.integer({ min: 1, max: 3 }),
    submissions: fc.integer({ min: 1, max: 5 }),
    seed: fc.infiniteStream(fc.nat(1000)),
  })
  .map(({ assessors, submissions, seed }): SolverProblem => {
    const next = (below: number): number => (seed.next().value as number) % below;
    const people = ids('a', assessors).map((id) => ({ id, capacity: next(4) }));
    const works = ids('s', submissions).map((id) => ({
      id,
      candidates: people.filter(() => next(4) > 0).map((one) => one.id),
      hub: `h${next(2)}`,
      level: next(3) === 0 ? 'GILT' : 'PSQM',
      previousAssessor: next(3) === 0 ? 'a0' : null,
    }));
    const fixed = works.slice(0, next(3)).flatMap(({ id, candidates }) => {
      const [assessor] = candidates;
      return assessor === undefined ? [] : [{ submission: id, assessor }];
    });
    return {
      assessors: people,
      submissions: works,
      weights: { previousAssessor: next(3) * 1.5, hubSpread: next(4), levelMix: next(2) },
      fixed,
      ...(next(2) === 0
        ? {}
        : {
            movable: works
              .filter(({ id }) => next(3) > 0 && fixed.every((one) => one.submission !== id))
              // Anybody: the pair of now may have become barred.
              .map(({ id }) => ({ submission: id, assessor: `a${next(assessors)}` })),
          }),
    };
  });

interface Value {
  placed: number;
  changed: number;
  load: number;
  cost: number;
}
const better = (a: Value, b: Value): boolean =>
  a.placed !== b.placed
    ? a.placed > b.placed
    : a.changed !== b.changed
      ? a.changed < b.changed
      : a.load !== b.load
        ? a.load < b.load
        : a.cost < b.cost;

/** Objectives of a complete allocation, counted by hand. */
function worthOf(problem: SolverProblem, holder: ReadonlyMap<string, string>): Value {
  const loads = new Map<string, number>();
  const cells = new Map<string, number>();
  let cost = 0;
  const rare = (level: string): boolean =>
    problem.submissions.filter((one) => one.level === level).length * 2 < problem.submissions.length;
  for (const one of problem.submissions) {
    const assessor = holder.get(one.id);
    if (assessor === undefined) continue;
    loads.set(assessor, (loads.get(assessor) ?? 0) + 1);
    if (one.previousAssessor === assessor) cost += problem.weights.previousAssessor;
    const groups = [
      { key: `hub ${one.hub} ${assessor}`, weight: problem.weights.hubSpread },
      ...(rare(one.level)
        ? [{ key: `level ${one.level} ${assessor}`, weight: problem.weights.levelMix ?? 0 }]
        : []),
    ];
    for (const { key, weight } of groups) {
      if ((cells.get(key) ?? 0) > 0) cost += weight;
      cells.set(key, (cells.get(key) ?? 0) + 1);
    }
  }
  const changed = (problem.movable ?? []).filter(
    ({ submission, assessor }) => holder.get(submission) !== assessor,
  ).length;
  return { placed: holder.size, changed, load: Math.max(0, ...loads.values()), cost };
}

/** The best that any allocation reaches, by trying all. */
function bestOf(problem: SolverProblem): Value {
  const fixed = new Map(problem.fixed.map(({ submission, assessor }) => [submission, assessor]));
  const open = problem.submissions.filter(({ id }) => !fixed.has(id));
  const room = new Map(problem.assessors.map(({ id, capacity }) => [id, capacity]));
  for (const assessor of fixed.values()) room.set(assessor, Math.max(0, (room.get(assessor) ?? 0) - 1));
  let best = worthOf(problem, fixed);
  const holder = new Map(fixed);
  const visit = (at: number): void => {
    const one = open[at];
    if (one === undefined) {
      const value = worthOf(problem, holder);
      if (better(value, best)) best = value;
      return;
    }
    visit(at + 1);
    for (const assessor of one.candidates) {
      if ((room.get(assessor) ?? 0) <= 0) continue;
      room.set(assessor, (room.get(assessor) ?? 0) - 1);
      holder.set(one.id, assessor);
      visit(at + 1);
      holder.delete(one.id);
      room.set(assessor, (room.get(assessor) ?? 0) + 1);
    }
  };
  visit(0);
  return best;
}

const objective = (result: Awaited<ReturnType<typeof solveAllocation>>, name: string): number | undefined =>
  result.stages.find((stage) => stage.name === name)?.objective;

describe('an allocation', () => {
  it('reaches in every stage what trying all allocations reaches, and breaks no rule', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(smallProblem, async (problem) => {
        // One pair each to begin with: the others must be found by their reduced costs.
        const result = await solveAllocation(problem, { firstPairs: 1 });
        const best = bestOf(problem);
        expect(result.stages.map(({ name }) => name)).toEqual(
          problem.movable === undefined
            ? ['placed', 'maximumLoad', 'softCost']
            : ['placed', 'changed', 'maximumLoad', 'softCost'],
        );
        expect(objective(result, 'placed')).toBe(best.placed);
        if (problem.movable !== undefined) expect(objective(result, 'changed')).toBe(best.changed);
        expect(objective(result, 'maximumLoad')).toBe(best.load);
        expect(objective(result, 'softCost')).toBeCloseTo(best.cost, 6);
        for (const stage of result.stages) expect(stage.bound).toBe(stage.objective);

        const holder = new Map(result.assignments.map(({ submission, assessor }) => [submission, assessor]));
        expect(worthOf(problem, holder)).toEqual({ ...best, cost: expect.closeTo(best.cost, 6) });
        for (const { submission, assessor } of problem.fixed) expect(holder.get(submission)).toBe(assessor);
        const fixed = new Set(problem.fixed.map(({ submission }) => submission));
        const loads = new Map<string, number>();
        for (const { submission, assessor } of result.assignments) {
          loads.set(assessor, (loads.get(assessor) ?? 0) + 1);
          if (fixed.has(submission)) continue;
          const work = problem.submissions.find(({ id }) => id === submission)!;
          expect(work.candidates).toContain(assessor);
        }
        for (const { id, capacity } of problem.assessors) {
          const held = problem.fixed.filter(({ assessor }) => assessor === id).length;
          expect(loads.get(id) ?? 0).toBeLessThanOrEqual(Math.max(capacity, held));
        }
        expect([...holder.keys(), ...result.unplaced].sort()).toEqual(
          problem.submissions.map(({ id }) => id).sort(),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('has the same objectives whatever the order of its input', async () => {
    await fc.assert(
      fc.asyncProperty(smallProblem, async (problem) => {
        const turned: SolverProblem = {
          ...problem,
          assessors: [...problem.assessors].reverse(),
          submissions: [...problem.submissions]
            .reverse()
            .map((one) => ({ ...one, candidates: [...one.candidates].reverse() })),
        };
        const [a, b] = [await solveAllocation(problem), await solveAllocation(turned)];
        expect(b.stages).toEqual(a.stages);
        expect(b.assignments).toEqual(a.assignments);
      }),
      { numRuns: 40 },
    );
  });

  it('changes as few present pairs as possible when it is solved again', async () => {
    const problem: SolverProblem = {
      assessors: [
        { id: 'a', capacity: 2 },
        { id: 'b', capacity: 2 },
      ],
      submissions: ['s1', 's2', 's3'].map((id) => ({
        id,
        candidates: id === 's3' ? ['a'] : ['a', 'b'],
        hub: 'h',
        level: 'PSQM',
        previousAssessor: null,
      })),
      weights: { previousAssessor: 0, hubSpread: 0 },
      fixed: [],
      movable: [
        { submission: 's1', assessor: 'a' },
        { submission: 's2', assessor: 'a' },
      ],
    };
    const result = await solveAllocation(problem);
    expect(result.stages.map(({ name }) => name)).toEqual(['placed', 'changed', 'maximumLoad', 'softCost']);
    expect(objective(result, 'placed')).toBe(3);
    expect(objective(result, 'changed')).toBe(1);
    expect(result.unplaced).toEqual([]);
  });

  it('keeps the work of an assessor who is over capacity and gives them no more', async () => {
    const result = await solveAllocation({
      assessors: [{ id: 'a', capacity: 1 }],
      submissions: ['s1', 's2', 's3'].map((id) => ({
        id,
        candidates: ['a'],
        hub: 'h',
        level: 'PSQM',
        previousAssessor: null,
      })),
      weights: { previousAssessor: 0, hubSpread: 1 },
      fixed: [
        { submission: 's1', assessor: 'a' },
        { submission: 's2', assessor: 'a' },
      ],
    });
    expect(result.unplaced).toEqual(['s3']);
    expect(objective(result, 'maximumLoad')).toBe(2);
    expect(objective(result, 'softCost')).toBe(1);
  });

  it('weighs repeats against spread by huge and tiny weights alike', async () => {
    const work = (id: string) => ({ id, candidates: ['a', 'b'], hub: 'h', level: 'PSQM' });
    const { stages, assignments } = await solveAllocation({
      assessors: ['a', 'b'].map((id) => ({ id, capacity: 3 })),
      submissions: [
        { ...work('s1'), previousAssessor: 'a' },
        { ...work('s2'), previousAssessor: 'b' },
        { ...work('s3'), previousAssessor: 'a' },
      ],
      weights: { previousAssessor: 1e250, hubSpread: 1e-12 },
      fixed: [],
    });
    expect(assignments.map(({ assessor }) => assessor)).toEqual(['b', 'a', 'b']);
    expect(stages.at(-1)).toEqual({ name: 'softCost', objective: 1e-12, bound: 1e-12 });
  });

  it('reports the gap of every stage that a time limit left open', async () => {
    const problem: SolverProblem = {
      assessors: ids('a', 30).map((id) => ({ id, capacity: 20 })),
      submissions: ids('s', 300).map((id, at) => ({
        id,
        candidates: ids('a', 30).filter((_, index) => (at * 7 + index * 11) % 13 < 6),
        hub: `h${at % 5}`,
        level: 'PSQM',
        previousAssessor: null,
      })),
      weights: { previousAssessor: 1, hubSpread: 1 },
      fixed: [],
    };
    const stopped = await solveAllocation(problem, { timeLimitSeconds: 0 });
    const solved = await solveAllocation(problem);
    const [placed, load] = stopped.stages;
    expect(placed?.objective).toBe(stopped.assignments.length);
    expect(placed?.objective).toBeLessThan(300);
    expect(placed?.bound).toBe(300);
    expect(stopped.assignments.length + stopped.unplaced.length).toBe(300);
    expect(load?.bound).toBeLessThanOrEqual(solved.maximumLoad);
    expect(solved.stages.map(({ objective: own, bound }) => own === bound)).toEqual([true, true, true]);
  });

  it('answers where there is nothing to place', async () => {
    const result = await solveAllocation({
      assessors: [],
      submissions: [],
      weights: { previousAssessor: 1, hubSpread: 1 },
      fixed: [],
    });
    expect(result).toMatchObject({ assignments: [], unplaced: [], maximumLoad: 0 });
  });
});
