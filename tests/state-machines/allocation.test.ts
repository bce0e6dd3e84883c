import { describe, expect, it } from 'vitest';
import { type AllocationStep, nextAllocationStep } from '../../functions/assessment/allocation/steps.ts';
import { failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';

interface Solve {
  pass: number;
  pages: number;
  pagesDone: number;
  status: 'SOLVED' | 'OFFERED' | 'COMPLETED';
}

/** The machine with the real rule over records of the test; functions do to the records what the real ones do. */
function allocating(open: string[], fail: Partial<Record<string, string[]>> = {}) {
  const records = {
    open: [...open],
    solves: [] as Solve[],
    written: 0,
    asked: 0,
    unplaceable: new Set<string>(),
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const walk: MachineWalk = walkMachine(
    'allocation',
    {
      PlanAllocation: (): AllocationStep => {
        failOnce('PlanAllocation');
        return nextAllocationStep({
          latest: records.solves.at(-1),
          open: records.open,
          knownUnplaced: records.solves.length === 0 ? new Set() : records.unplaceable,
        });
      },
      SolveAllocation: (event) => {
        failOnce('SolveAllocation');
        const { pass } = event as { pass: number };
        records.solves.push({ pass, pages: 2, pagesDone: 0, status: 'SOLVED' });
        return { placed: records.open.length, unplaced: 0, pages: 2 };
      },
      OfferAssignments: (event) => {
        failOnce('OfferAssignments');
        const { page } = event as { page: number };
        const solve = records.solves.at(-1)!;
        solve.pagesDone = page;
        if (page === solve.pages) {
          solve.status = 'OFFERED';
          records.open = records.open.filter((id) => records.unplaceable.has(id));
        }
        return { offered: 1, unplaced: 0 };
      },
      WriteToAssessors: () => {
        failOnce('WriteToAssessors');
        records.written++;
        records.solves.at(-1)!.status = 'COMPLETED';
        return { assessors: 3 };
      },
      EndAllocation: () => {
        failOnce('EndAllocation');
        // What was asked for while it ran makes it decide again.
        if (records.asked > 0) {
          records.asked--;
          records.open.push('declined meanwhile');
          return { ended: false };
        }
        return { ended: true };
      },
    },
    { roundId: 'R26-AUTUMN' },
  );
  return { records, walk };
}

describe('the allocation machine', () => {
  it('solves, offers page by page, writes to the assessors and ends', async () => {
    const { records, walk } = allocating(['R1', 'R2']);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await walk.states(arn)).toEqual(
      expect.arrayContaining([
        'Solve the allocation',
        'Offer a page of assignments',
        'Write to the assessors',
      ]),
    );
    expect(records.solves).toHaveLength(1);
    expect(records.written).toBe(1);
    walk.cloud.close();
  });

  it('goes on where it was asked for more before it ended', async () => {
    const { records, walk } = allocating(['R1']);
    records.asked = 1;
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.solves.map(({ pass }) => pass)).toEqual([1, 2]);
    walk.cloud.close();
  });

  it('ends with what nobody can be given left over', async () => {
    const { records, walk } = allocating(['R1', 'nobody']);
    records.unplaceable.add('nobody');
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.open).toEqual(['nobody']);
    walk.cloud.close();
  });

  it('does nothing where there is nothing to allocate', async () => {
    const { records, walk } = allocating([]);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.solves).toHaveLength(0);
    walk.cloud.close();
  });

  it('lets only one execution have the stage; a new attempt takes it over', async () => {
    const { walk } = allocating([]);
    await walk.start(2);
    const again = await walk.start(2);
    expect((await walk.states(again)).at(-1)).toBe('Already running');
    const next = await walk.start(3);
    expect((await walk.states(next)).at(-1)).toBe('Ended');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk } = allocating(['R1'], {
      SolveAllocation: ['Lambda.ServiceException', 'ConcurrentChangeError'],
      OfferAssignments: ['ThrottlingException'],
    });
    const arn = await walk.start();
    await walk.passUntil(new Date(walk.now().getTime() + 600_000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.written).toBe(1);
    walk.cloud.close();
  });

  it.each(['PlanAllocation', 'SolveAllocation', 'OfferAssignments', 'WriteToAssessors', 'EndAllocation'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk } = allocating(['R1'], { [name]: ['SolverError'] });
      const arn = await walk.start();
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'SolverError' });
      expect((await walk.states(arn)).at(-1)).toBe('Stop for an admin');
      walk.cloud.close();
    },
  );
});
