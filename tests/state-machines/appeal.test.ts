import { describe, expect, it } from 'vitest';
import type { Appeal } from '../../functions/awards/appeals/model.ts';
import { nextAppealStep } from '../../functions/awards/appeals/rules.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';

// The engine's clock starts on 1 September 2026.
function appealing(fail: Partial<Record<string, string[]>> = {}) {
  const records: { appeal: Appeal; lodged: boolean; decided: boolean; told: number } = {
    appeal: {
      registrationId: 'REG1',
      roundId: 'R26-AUTUMN',
      status: 'LODGED',
      ground: 'procedure',
      statement: 'Nobody read our second document.',
      lodgedBy: 'P-head',
      lodgedAt: '2026-09-01T08:00:00.000Z',
      against: { outcome: 'NOT_AWARDED', level: null },
      decideBy: '2026-09-29',
      stayed: null,
      escalations: 0,
      decision: null,
    },
    lodged: false,
    decided: false,
    told: 0,
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const walk: MachineWalk = walkMachine(
    'appeal',
    {
      PlanAppeal: () => {
        failOnce('PlanAppeal');
        beginDecisionOn(walk);
        const { appeal, lodged, decided } = records;
        return nextAppealStep(appeal, { lodged: !lodged, decided: !decided }, walk.now());
      },
      WriteAboutAppeal: (event) => {
        failOnce('WriteAboutAppeal');
        const { what } = event as { what: 'lodged' | 'decided' };
        records[what] = true;
        return { letters: 2 };
      },
      EscalateAppeal: (event) => {
        failOnce('EscalateAppeal');
        const { number } = event as { number: number };
        records.appeal = { ...records.appeal, escalations: number };
        records.told++;
        return { written: 3 };
      },
      EndAppeal: (event) => {
        failOnce('EndAppeal');
        return event;
      },
    },
    { registrationId: 'REG1', roundId: 'R26-AUTUMN' },
  );
  return { walk, records };
}

describe('the machine of an appeal', () => {
  it('tells the school, waits for the panel and tells the school again', async () => {
    const { walk, records } = appealing();
    const arn = await walk.start();
    expect(records.lodged).toBe(true);
    expect(walk.wait()?.waitingFor?.S).toBe('the appeal panel to decide');
    records.appeal = { ...records.appeal, status: 'DISMISSED' };
    await walk.wake();
    expect((await walk.describe(arn)).status).toBe('SUCCEEDED');
    expect(records).toMatchObject({ decided: true, told: 0 });
  });

  it('tells of an overdue appeal each week until somebody decides', async () => {
    const { walk, records } = appealing();
    const arn = await walk.start();
    await walk.passUntil(new Date('2026-09-30T09:00:00Z'));
    expect(records.told).toBe(1);
    await walk.passUntil(new Date('2026-10-14T09:00:00Z'));
    expect(records.told).toBe(3);
    expect((await walk.describe(arn)).status).toBe('RUNNING');
    records.appeal = { ...records.appeal, status: 'UPHELD' };
    await walk.wake();
    expect((await walk.describe(arn)).status).toBe('SUCCEEDED');
  });

  it('leaves a second execution of the same stage without an effect', async () => {
    const { walk } = appealing();
    await walk.start();
    const second = await walk.start();
    expect((await walk.describe(second)).status).toBe('SUCCEEDED');
    expect((await walk.states(second)).at(-1)).toBe('Already running');
  });

  it.each(['PlanAppeal', 'WriteAboutAppeal', 'EscalateAppeal', 'EndAppeal'])(
    'stops for an admin where %s fails for good, and gets over a passing failure',
    async (name) => {
      const broken = appealing({ [name]: ['SomethingElseError'] });
      const arn = await broken.walk.start();
      await broken.walk.passUntil(new Date('2026-09-30T09:00:00Z'));
      broken.records.appeal = { ...broken.records.appeal, status: 'DISMISSED' };
      if ((await broken.walk.describe(arn)).status === 'RUNNING') await broken.walk.wake();
      expect((await broken.walk.describe(arn)).status).toBe('FAILED');
      const passing = appealing({ [name]: ['ConcurrentChangeError'] });
      const again = await passing.walk.start();
      await passing.walk.passUntil(new Date('2026-09-30T09:00:00Z'));
      passing.records.appeal = { ...passing.records.appeal, status: 'DISMISSED' };
      await passing.walk.wake();
      await passing.walk.passUntil(new Date('2026-10-01T09:00:00Z'));
      expect((await passing.walk.describe(again)).status).toBe('SUCCEEDED');
    },
  );
});
