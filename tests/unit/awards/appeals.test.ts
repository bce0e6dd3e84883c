import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Appeal } from '../../../functions/awards/appeals/model.ts';
import {
  appealUntil,
  nextAppealStep,
  rankOf,
  refusalOfAppeal,
  refusalOfAppealDecision,
} from '../../../functions/awards/appeals/rules.ts';
import { decidedOutcomes, levels } from '../../../functions/programme/model.ts';
import { endOfLondonDay } from '../../../functions/shared/time/london.ts';
import { sampleReader } from '../../support/assessing.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const lower = sampleRegistration({ status: 'AWARDED_LOWER', targetLevel: 'GILT' });
const day = appealUntil(round, lower);
const last = endOfLondonDay(day);
const free = [sampleReader('P8'), sampleReader('P9')];
const appeal: Appeal = {
  registrationId: 'REG1',
  roundId: round.roundId,
  status: 'LODGED',
  ground: 'bias',
  statement: 'Somebody of the panel teaches next door.',
  lodgedBy: 'P-head',
  lodgedAt: '2027-11-01T09:00:00.000Z',
  against: { outcome: 'AWARDED_LOWER', level: 'PSQM' },
  decideBy: '2027-11-29',
  stayed: null,
  escalations: 0,
  decision: null,
};

describe('appealing', () => {
  it('is possible once, on a ground of the policy, until the last moment of its window', () => {
    expect(refusalOfAppeal(round, lower, undefined, 'bias', last)).toBeUndefined();
    expect(refusalOfAppeal(round, lower, undefined, 'bias', new Date(last.getTime() + 1))).toBe(
      'appeal-too-late',
    );
    expect(refusalOfAppeal(round, lower, undefined, 'we disagree', last)).toBe('no-such-ground');
    expect(refusalOfAppeal(round, lower, appeal, 'bias', last)).toBe('appealed-already');
  });

  it('is not possible before there is a result, nor against an award at the target level', () => {
    for (const status of ['DECIDED', 'IN_MODERATION', 'WITHDRAWN'] as const)
      expect(refusalOfAppeal(round, { ...lower, status }, undefined, 'bias', last)).toBe('no-result');
    expect(refusalOfAppeal(round, { ...lower, status: 'AWARDED' }, undefined, 'bias', last)).toBe(
      'full-award',
    );
  });
});

describe('deciding an appeal', () => {
  const decide = (
    asked: Partial<Parameters<typeof refusalOfAppealDecision>[4]>,
    involved: readonly string[] = [],
  ) =>
    refusalOfAppealDecision(
      round,
      lower,
      appeal,
      new Set(involved),
      { upheld: true, outcome: 'AWARDED', level: 'GILT', present: free, ...asked },
      'P9',
    );

  it('is for as many as the policy asks, none of whom had a part in the case or has a conflict', () => {
    expect(decide({})).toBeUndefined();
    expect(decide({}, ['P8'])).toBe('involved');
    expect(decide({ present: [sampleReader('P8', {}, { hubIds: ['HUB1'] }), free[1]!] })).toBe('involved');
    expect(decide({ present: [free[1]!] })).toBe('appeal-quorum');
    expect(decide({ present: [free[0]!] })).toBe('asker-not-present');
  });

  it('never lowers a result, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...decidedOutcomes),
        fc.option(fc.constantFrom(...levels)),
        fc.boolean(),
        (outcome, level, upheld) => {
          const refusal = decide({ outcome, level, upheld });
          if (refusal !== undefined) return;
          expect(rankOf({ outcome, level })).toBeGreaterThanOrEqual(rankOf(appeal.against));
          expect(upheld).toBe(rankOf({ outcome, level }) > rankOf(appeal.against));
        },
      ),
    );
    expect(decide({ upheld: false, outcome: 'AWARDED_LOWER', level: 'PSQM' })).toBeUndefined();
    expect(decide({ upheld: false, outcome: 'NOT_AWARDED', level: null })).toBe('may-not-lower');
    expect(decide({ upheld: true, outcome: 'AWARDED_LOWER', level: 'PSQM' })).toBe('upheld-needs-better');
  });
});

describe('the machine of an appeal', () => {
  const due = endOfLondonDay(appeal.decideBy);
  const owed = { lodged: false, decided: true };

  it('writes, waits for the decision day, tells of it weekly, writes the decision and ends', () => {
    expect(nextAppealStep(appeal, { lodged: true, decided: true }, due)).toEqual({
      do: 'WRITE',
      what: 'lodged',
    });
    expect(nextAppealStep(appeal, owed, new Date(due.getTime() - 1000))).toMatchObject({ do: 'WAIT' });
    const after = new Date(due.getTime() + 1);
    expect(nextAppealStep(appeal, owed, after)).toEqual({ do: 'ESCALATE', number: 1 });
    expect(nextAppealStep({ ...appeal, escalations: 1 }, owed, after)).toMatchObject({ do: 'WAIT' });
    const decided = { ...appeal, status: 'DISMISSED' } as const;
    expect(nextAppealStep(decided, owed, after)).toEqual({ do: 'WRITE', what: 'decided' });
    expect(nextAppealStep(decided, { lodged: false, decided: false }, after)).toEqual({
      do: 'ENDED',
      result: 'DISMISSED',
    });
  });
});
