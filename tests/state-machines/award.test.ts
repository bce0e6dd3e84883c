import { describe, expect, it } from 'vitest';
import type { Certificate, ResultHold } from '../../functions/awards/model.ts';
import { releaseAt } from '../../functions/awards/rules.ts';
import { nextAwardStep } from '../../functions/awards/steps.ts';
import type { Decision } from '../../functions/moderation/model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import { sampleDecision } from '../support/moderating.ts';
import { sampleRegistration, sampleRound } from '../support/school-year.ts';

// The engine's clock starts on 1 September 2026.
const round = sampleRound('2025-11-01');
round.calendar.results = '2026-10-05';

function awarding(fail: Partial<Record<string, string[]>> = {}, decision: Decision = sampleDecision()) {
  const records: {
    registration: Registration;
    hold: ResultHold | undefined;
    certificate: Certificate | undefined;
    settled: boolean;
    escalated: Set<string>;
    lettersOwed: number;
    releasedAt: Date | undefined;
  } = {
    registration: sampleRegistration({ status: 'DECIDED' }),
    hold: undefined,
    certificate: undefined,
    settled: true,
    escalated: new Set(),
    lettersOwed: 2,
    releasedAt: undefined,
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const walk: MachineWalk = walkMachine(
    'award',
    {
      PlanAward: () => {
        failOnce('PlanAward');
        beginDecisionOn(walk);
        return nextAwardStep({ round, decision, ...records }, walk.now());
      },
      EscalateAward: (event) => {
        failOnce('EscalateAward');
        const { about, number } = event as { about: string; number: number };
        records.escalated.add(`${about}#${number}`);
        return { written: 2 };
      },
      PrepareCertificate: () => {
        failOnce('PrepareCertificate');
        records.certificate = {
          certificateNumber: 'PSQM-2026-ABCDEFGH',
          registrationId: 'REG1',
          roundId: round.roundId,
          key: 'certificates/x.pdf',
          sha256: 'a'.repeat(64),
          awardedOn: round.calendar.results,
          expiresOn: '2029-10-05',
        };
        return { certificateNumber: 'PSQM-2026-ABCDEFGH' };
      },
      ReleaseResult: () => {
        failOnce('ReleaseResult');
        records.registration = { ...records.registration, status: decision.outcome };
        records.releasedAt = walk.now();
        return { released: true };
      },
      SendLetters: () => {
        failOnce('SendLetters');
        records.lettersOwed = 0;
        return { letters: 2 };
      },
      EndAward: (event) => ({ result: (event as { result: string }).result }),
    },
    { registrationId: 'REG1', roundId: round.roundId, outcome: decision.outcome },
  );
  const release = releaseAt(round, records.registration);
  const passDays = (days: number): Promise<void> =>
    walk.passUntil(new Date(release.getTime() + days * 86_400_000 + 5000));
  return { records, walk, release, passDays };
}

describe('the award machine', () => {
  it('does nothing before the results day at nine, then certificate, release and letters', async () => {
    const { records, walk, release, passDays } = awarding();
    const arn = await walk.start();
    expect(walk.wait()).toMatchObject({
      deadline: { S: release.toISOString() },
      deadlineName: { S: 'results' },
    });
    await walk.passUntil(new Date(release.getTime() - 1000));
    expect(records.certificate).toBeUndefined();
    await passDays(0);
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records).toMatchObject({ registration: { status: 'AWARDED' }, lettersOwed: 0 });
    expect(records.releasedAt!.getTime()).toBeGreaterThanOrEqual(release.getTime());
    walk.cloud.close();
  });

  it('makes no certificate for another outcome', async () => {
    const { records, walk, passDays } = awarding(
      {},
      sampleDecision({ outcome: 'WORKING_TOWARDS', level: null }),
    );
    const arn = await walk.start();
    await passDays(0);
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.certificate).toBeUndefined();
    walk.cloud.close();
  });

  it('asks about an open fee every week and releases when it is settled', async () => {
    const { records, walk, passDays } = awarding();
    records.settled = false;
    const arn = await walk.start();
    await passDays(15);
    expect([...records.escalated]).toEqual(['MONEY#0', 'MONEY#1', 'MONEY#2']);
    expect(records.releasedAt).toBeUndefined();
    records.settled = true;
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it('keeps a held result back until the hold is lifted', async () => {
    const { records, walk, passDays } = awarding();
    records.hold = { status: 'HELD', reason: 'An appeal', by: 'P1', at: walk.now().toISOString() };
    const arn = await walk.start();
    await passDays(8);
    expect([...records.escalated]).toEqual(['HOLD#1']);
    expect(records.releasedAt).toBeUndefined();
    records.hold = { ...records.hold, status: 'LIFTED' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it('reads a moved results day when it is woken', async () => {
    const { records, walk, passDays } = awarding();
    await walk.start();
    records.registration = { ...records.registration, movedDeadlines: { results: '2026-11-02' } };
    await walk.wake();
    expect(walk.wait()).toMatchObject({ deadline: { S: '2026-11-02T09:00:00.000Z' } });
    await passDays(1);
    expect(records.releasedAt).toBeUndefined();
    walk.cloud.close();
  });

  it('ends for a school that left before its result', async () => {
    const { records, walk } = awarding();
    const arn = await walk.start();
    records.registration = { ...records.registration, status: 'WITHDRAWN' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.releasedAt).toBeUndefined();
    walk.cloud.close();
  });

  it('lets only one execution have the decision, and decides anew when it was poked', async () => {
    const { walk } = awarding();
    walk.poke();
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk, passDays } = awarding({
      SendLetters: ['TooManyRequestsException', 'Lambda.ServiceException'],
      PrepareCertificate: ['States.Timeout'],
    });
    const arn = await walk.start();
    await passDays(1);
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.lettersOwed).toBe(0);
    walk.cloud.close();
  });

  it.each(['PlanAward', 'PrepareCertificate', 'ReleaseResult', 'SendLetters'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk, passDays } = awarding({ [name]: ['MessageRejected'] });
      const arn = await walk.start();
      await passDays(0);
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
      expect((await walk.states(arn)).at(-1)).toBe('Stop for an admin');
      walk.cloud.close();
    },
  );

  it('fails by name when nobody can be asked about the fee', async () => {
    const { records, walk, passDays } = awarding({ EscalateAward: ['MessageRejected'] });
    records.settled = false;
    const arn = await walk.start();
    await passDays(0);
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    walk.cloud.close();
  });
});
