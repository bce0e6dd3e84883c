import { describe, expect, it } from 'vitest';
import { failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';

/** The machine over a statement of so many pages; functions do to it what the real ones do. */
function statement(pages: number, refused = false, fail: Partial<Record<string, string[]>> = {}) {
  const record = {
    status: 'UPLOADED',
    pages: 0,
    nextPage: 0,
    matched: [] as number[],
    ended: 0,
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const walk: MachineWalk = walkMachine(
    'reconciliation',
    {
      CheckStatement: () => {
        failOnce('CheckStatement');
        if (record.status === 'UPLOADED') {
          record.status = refused ? 'REFUSED' : 'MATCHING';
          record.pages = refused ? 0 : pages;
        }
        return { status: record.status, pages: record.pages, nextPage: record.nextPage };
      },
      MatchPage: (event) => {
        failOnce('MatchPage');
        const { page } = event as { page: number };
        record.matched.push(page);
        record.nextPage = page + 1;
        return { nextPage: record.nextPage, pages: record.pages };
      },
      EndStatement: () => {
        failOnce('EndStatement');
        record.ended++;
        if (record.status === 'MATCHING') record.status = 'RECONCILED';
        return { status: record.status };
      },
    },
    { statementId: 'ST1' },
  );
  return { record, walk };
}
const anHour = (walk: MachineWalk) => walk.passUntil(new Date(walk.now().getTime() + 3_600_000));

describe('the reconciliation machine', () => {
  it('reads a statement, matches its pages in order and says that it is done', async () => {
    const { record, walk } = statement(3);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await walk.states(arn)).at(-1)).toBe('The statement is done');
    expect(record).toMatchObject({ status: 'RECONCILED', matched: [0, 1, 2], ended: 1 });
    walk.cloud.close();
  });

  it.each([
    ['is refused', true],
    ['has no payments', false],
  ])('matches nothing where the statement %s', async (_what, refused) => {
    const { record, walk } = statement(0, refused);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(record).toMatchObject({ status: refused ? 'REFUSED' : 'RECONCILED', matched: [], ended: 1 });
    walk.cloud.close();
  });

  it('lets one execution have a statement; a new attempt goes on where the last one stopped', async () => {
    const { record, walk } = statement(2, false, { EndStatement: ['MessageRejected'] });
    const first = await walk.start();
    expect(await walk.describe(first)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    const third = await walk.start(2);
    expect(await walk.describe(third)).toMatchObject({ status: 'SUCCEEDED' });
    expect(record).toMatchObject({ status: 'RECONCILED', matched: [0, 1], ended: 1 });
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { record, walk } = statement(2, false, {
      CheckStatement: ['Lambda.ServiceException'],
      MatchPage: ['ConcurrentChangeError', 'States.Timeout'],
      EndStatement: ['Lambda.TooManyRequestsException'],
    });
    const arn = await walk.start();
    await anHour(walk);
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(record).toMatchObject({ status: 'RECONCILED', matched: [0, 1] });
    walk.cloud.close();
  });

  it.each(['CheckStatement', 'MatchPage', 'EndStatement'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk } = statement(1, false, { [name]: ['AccessDenied'] });
      const arn = await walk.start();
      await anHour(walk);
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      expect((await walk.states(arn)).at(-1)).toBe('The statement cannot go on');
      walk.cloud.close();
    },
  );

  it('stays far below the limit of a history, however long the statement', async () => {
    const { walk } = statement(200);
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    const { events } = await walk.cloud.call('GetExecutionHistory', {
      executionArn: arn,
      maxResults: 1,
      reverseOrder: true,
    });
    expect((events as { id: number }[])[0]?.id).toBeLessThan(2500);
    walk.cloud.close();
  });
});
