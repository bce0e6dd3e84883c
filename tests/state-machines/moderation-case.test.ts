import { describe, expect, it } from 'vitest';
import { nextCaseStep, readingReminderCause } from '../../functions/moderation/case-steps.ts';
import type {
  ModerationCase,
  ProposedOutcome,
  Reading,
  ReadingKind,
} from '../../functions/moderation/model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { addDays, londonDate } from '../../functions/shared/time/london.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import { sampleCase, sampleOutcome, sampleReading } from '../support/moderating.ts';
import { sampleRegistration, sampleRound } from '../support/school-year.ts';

const round = sampleRound('2025-11-01');

function moderating(moderators: number, fail: Partial<Record<string, string[]>> = {}) {
  const records: {
    registration: Registration;
    moderationCase: ModerationCase;
    readings: Reading[];
    outcome: ProposedOutcome | undefined;
    sent: Set<string>;
    agree: boolean;
  } = {
    registration: sampleRegistration({ status: 'IN_MODERATION' }),
    moderationCase: sampleCase(),
    readings: [],
    outcome: undefined,
    sent: new Set(),
    agree: true,
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const set = (change: Partial<ModerationCase>): void => {
    records.moderationCase = { ...records.moderationCase, ...change };
  };
  const change = (readingId: string, next: Partial<Reading>): void => {
    records.readings = records.readings.map((one) =>
      one.readingId === readingId ? { ...one, ...next } : one,
    );
  };
  const walk: MachineWalk = walkMachine(
    'moderation-case',
    {
      PlanModerationCase: () => {
        failOnce('PlanModerationCase');
        beginDecisionOn(walk);
        return nextCaseStep({ round, ...records }, walk.now());
      },
      GiveReading: (event) => {
        failOnce('GiveReading');
        const { kind } = event as { kind: ReadingKind };
        const number = records.readings.length + 1;
        if (number > moderators) {
          set({ nobodySince: walk.now().toISOString() });
          return { readingId: null };
        }
        const days = kind === 'SECOND_READING' ? 14 : 7;
        const offeredAt = walk.now().toISOString();
        const dueOn = addDays(londonDate(walk.now()), days);
        const readingId = `REG1.0${number}`;
        records.readings.push(sampleReading({ readingId, kind, readerId: `M${number}`, offeredAt, dueOn }));
        return { readingId };
      },
      RemindReader: (event) => {
        failOnce('RemindReader');
        records.sent.add(readingReminderCause((event as { readingId: string }).readingId));
        return { reminded: true };
      },
      ExpireReading: (event) => {
        failOnce('ExpireReading');
        change((event as { readingId: string }).readingId, { status: 'EXPIRED' });
        return { expired: true };
      },
      CompareReadings: () => {
        failOnce('CompareReadings');
        set({ status: records.agree ? 'AGREED' : 'ADJUDICATION' });
        return { status: records.moderationCase.status };
      },
      ProposeOutcome: () => {
        failOnce('ProposeOutcome');
        records.outcome = sampleOutcome({ confirmBy: addDays(londonDate(walk.now()), 7) });
        set({ status: records.agree ? 'AGREED' : 'ADJUDICATED', escalations: 0 });
        return { proposed: true };
      },
      EscalateCase: () => {
        failOnce('EscalateCase');
        set({ escalations: records.moderationCase.escalations + 1 });
        return { escalations: records.moderationCase.escalations };
      },
      CloseCase: () => {
        failOnce('CloseCase');
        set({ status: 'CLOSED' });
        return { closed: true };
      },
      EndCase: (event) => ({ result: (event as { result: string }).result }),
    },
    { registrationId: 'REG1', roundId: round.roundId },
  );
  /** The moderator of the open reading returns it. */
  const returnReading = async (): Promise<void> => {
    const open = records.readings.find(({ status }) => status === 'OPEN')!;
    change(open.readingId, { status: 'RETURNED' });
    await walk.wake();
  };
  const confirm = async (): Promise<void> => {
    records.outcome = { ...records.outcome!, status: 'CONFIRMED' };
    await walk.wake();
  };
  const days = (count: number): Promise<void> =>
    walk.passUntil(new Date(walk.now().getTime() + count * 86_400_000));
  return { records, walk, returnReading, confirm, days };
}

describe('the machine of a moderation case', () => {
  it('goes from agreeing readings to the confirmed outcome', async () => {
    const { records, walk, returnReading, confirm } = moderating(3);
    const arn = await walk.start();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'the second reading of a moderator' } });
    await returnReading();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'the panel to confirm the outcome' } });
    await confirm();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.readings).toHaveLength(1);
    walk.cloud.close();
  });

  it('has differing readings adjudicated by somebody else', async () => {
    const { records, walk, returnReading, confirm } = moderating(3);
    records.agree = false;
    const arn = await walk.start();
    await returnReading();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'the adjudication of a moderator' } });
    await returnReading();
    await confirm();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.readings.map(({ kind }) => kind)).toEqual(['SECOND_READING', 'ADJUDICATION']);
    walk.cloud.close();
  });

  it('reminds a silent moderator, takes the reading back, and gives it to another', async () => {
    const { records, walk, days } = moderating(3);
    await walk.start();
    await days(16);
    expect(records.readings.map(({ status }) => status)).toEqual(['EXPIRED', 'OPEN']);
    expect(records.sent.size).toBe(1);
    walk.cloud.close();
  });

  it('asks an admin again and again where nobody can read it, and goes on with the one they name', async () => {
    const { records, walk, returnReading, days } = moderating(0);
    await walk.start();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'an admin to name a moderator' } });
    await days(20);
    expect(records.moderationCase.escalations).toBe(2);
    records.moderationCase = { ...records.moderationCase, nobodySince: null };
    records.readings.push(sampleReading({ offeredAt: walk.now().toISOString(), dueOn: '2026-12-01' }));
    await walk.wake();
    await returnReading();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'the panel to confirm the outcome' } });
    walk.cloud.close();
  });

  it('counts each period in which the panel does not confirm', async () => {
    const { records, walk, returnReading, days } = moderating(1);
    await walk.start();
    await returnReading();
    await days(23);
    expect(records.moderationCase.escalations).toBe(3);
    walk.cloud.close();
  });

  it('closes the case of a school that left', async () => {
    const { records, walk } = moderating(1);
    const arn = await walk.start();
    records.registration = { ...records.registration, status: 'WITHDRAWN' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.moderationCase.status).toBe('CLOSED');
    walk.cloud.close();
  });

  it('lets only one execution have the stage, and decides anew when it was poked', async () => {
    const { walk } = moderating(1);
    walk.poke();
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk, days } = moderating(1, {
      GiveReading: ['ConcurrentChangeError', 'States.Timeout'],
    });
    await walk.start();
    await days(1);
    expect(records.readings).toHaveLength(1);
    walk.cloud.close();
  });

  it.each([
    'PlanModerationCase',
    'GiveReading',
    'RemindReader',
    'ExpireReading',
    'CompareReadings',
    'ProposeOutcome',
  ])('fails by name when %s cannot be done, so that an admin sees it', async (name) => {
    const { walk, returnReading, days } = moderating(1, { [name]: ['MessageRejected'] });
    const arn = await walk.start();
    if (name === 'CompareReadings' || name === 'ProposeOutcome') await returnReading();
    await days(16);
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    expect((await walk.states(arn)).at(-1)).toBe('Stop for an admin');
    walk.cloud.close();
  });

  it.each([
    ['EscalateCase', 0],
    ['CloseCase', 1],
  ])('fails by name when %s cannot be done', async (name, moderators) => {
    const { records, walk, days } = moderating(moderators, { [name]: ['MessageRejected'] });
    const arn = await walk.start();
    if (name === 'CloseCase') {
      records.registration = { ...records.registration, status: 'WITHDRAWN' };
      await walk.wake();
    }
    await days(10);
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    walk.cloud.close();
  });
});
