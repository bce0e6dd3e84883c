import { describe, expect, it } from 'vitest';
import { nextModerationStep } from '../../functions/moderation/round-steps.ts';
import { failure, walkMachine } from '../support/machine-walk.ts';

interface DrawState {
  status: 'DRAWN' | 'OPENED' | 'COMPLETED';
  pages: number;
  pagesDone: number;
  selected: number;
  cohort: number;
}

function moderating(undecided: number, fail: Partial<Record<string, string[]>> = {}) {
  const records: { draw: DrawState | undefined; opened: number[] } = { draw: undefined, opened: [] };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const walk = walkMachine(
    'moderation',
    {
      PlanModeration: () => {
        failOnce('PlanModeration');
        return nextModerationStep(records.draw, undecided);
      },
      DrawSample: () => {
        failOnce('DrawSample');
        records.draw = { status: 'DRAWN', pages: 2, pagesDone: 0, selected: 20, cohort: undecided };
        return { drawn: 20 };
      },
      OpenCases: (event) => {
        failOnce('OpenCases');
        const { page } = event as { page: number };
        const draw = records.draw!;
        records.opened.push(page);
        draw.pagesDone = page;
        if (page === draw.pages) draw.status = 'OPENED';
        return { opened: 10, proposed: 30 };
      },
      WriteToModerators: () => {
        failOnce('WriteToModerators');
        records.draw!.status = 'COMPLETED';
        return { moderators: 5 };
      },
      EndModeration: (event) => {
        failOnce('EndModeration');
        return { result: (event as { result: string }).result };
      },
    },
    { roundId: 'R26-AUTUMN' },
  );
  return { records, walk };
}

describe("the machine of a round's moderation", () => {
  it('draws once, opens every page, writes to the moderators and ends', async () => {
    const { records, walk } = moderating(60);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.opened).toEqual([1, 2]);
    expect((await walk.states(arn)).filter((name) => name === 'Draw the sample')).toHaveLength(1);
    walk.cloud.close();
  });

  it('does nothing where no review waits', async () => {
    const { records, walk } = moderating(0);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.draw).toBeUndefined();
    walk.cloud.close();
  });

  it('lets only one execution have the attempt', async () => {
    const { walk } = moderating(60);
    await walk.start();
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { walk } = moderating(60, {
      OpenCases: ['ConcurrentChangeError', 'Lambda.TooManyRequestsException'],
    });
    const arn = await walk.start();
    await walk.passUntil(new Date(walk.now().getTime() + 600_000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it.each(['PlanModeration', 'DrawSample', 'OpenCases', 'WriteToModerators', 'EndModeration'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk } = moderating(60, { [name]: ['MessageRejected'] });
      const arn = await walk.start();
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
      expect((await walk.states(arn)).at(-1)).toBe('Stop for an admin');
      walk.cloud.close();
    },
  );
});
