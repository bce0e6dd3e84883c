import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SolverProblem, solveAllocation } from '../../../functions/assessment/allocation/solve.ts';
import { lotOf } from '../../../functions/assessment/lots.ts';

/** Schools and assessors without a difference, under ids that begin with `prefix`, in the order of `turn`. */
function problem(prefix: string, schools: number, assessors: number, turn: boolean): SolverProblem {
  const ids = (kind: string, count: number): { id: string; lot: string }[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `${prefix}${turn ? count - index : index}-${kind}${index}`,
      lot: lotOf('R26', `${kind}${index}`),
    }));
  const readers = ids('assessor', assessors).map((one) => ({ ...one, capacity: schools }));
  const submissions = ids('school', schools).map((one) => ({
    ...one,
    candidates: readers.map(({ id }) => id),
    hub: 'H1',
    level: 'PSQM',
    previousAssessor: null,
  }));
  return {
    assessors: turn ? readers.reverse() : readers,
    submissions: turn ? submissions.reverse() : submissions,
    weights: { previousAssessor: 1, hubSpread: 1 },
    fixed: [],
  };
}

/** Who reads what, by names instead of ids. */
const named = ({ assignments }: Awaited<ReturnType<typeof solveAllocation>>): string[] =>
  assignments
    .map(({ submission, assessor }) => `${submission.split('-')[1]} to ${assessor.split('-')[1]}`)
    .sort();

describe('equals in an allocation', () => {
  it('are told apart in the same way whatever their ids and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (schools, people) => {
          const one = named(await solveAllocation(problem('a', schools, people, false)));
          const other = named(await solveAllocation(problem('z', schools, people, true)));
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 20 },
    );
  });
});
