import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerBy,
  barredBy,
  checkDraft,
  comparable,
  conflictOf,
  dueOn,
  fitsTarget,
  metShare,
} from '../../../functions/assessment/rules.ts';
import { completeDraft, sampleReader } from '../../support/assessing.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const none = new Set<string>();

describe('who may read a submission', () => {
  const submission = sampleRegistration({
    school: { ...sampleRegistration().school, trust: 'The Sample Trust' },
  });
  it.each([
    ['nobody with a declared list and no tie', sampleReader('A1'), undefined],
    ['who has not declared for the round', sampleReader('A1', { conflictsDeclaredFor: [] }), 'NOT_DECLARED'],
    ['a member of the hub', sampleReader('A1', { hubIds: ['HUB1'] }), 'OWN_HUB'],
    ['the leader of the hub', sampleReader('A1', {}, { hubIds: ['HUB1'] }), 'OWN_HUB'],
    ['a contact of the school', sampleReader('P-leader'), 'OWN_SCHOOL'],
    ['who works at the school', sampleReader('A1', { employer: 'sample primary school ' }), 'OWN_SCHOOL'],
    ['who works for its trust', sampleReader('A1', { employer: 'Sample Trust' }), 'EMPLOYER'],
    ['who works for its authority', sampleReader('A1', { employer: 'SAMPLESHIRE' }), 'EMPLOYER'],
    [
      'who declared a conflict',
      sampleReader('A1', { conflicts: [{ schoolId: 'URN-100001', reason: 'My child' }] }),
      'CONFLICT',
    ],
    ['who is not approved for the level', sampleReader('A1', { levels: ['PSQM'] }), 'LEVEL'],
    ['who does not read its language', sampleReader('A1', { languages: ['cy'] }), 'LANGUAGE'],
  ])('bars %s', (_, reader, rule) => {
    expect(barredBy(reader, submission, none)).toBe(rule);
  });

  it('bars a pair that failed before', () => {
    expect(barredBy(sampleReader('A1'), submission, new Set(['A1']))).toBe('BARRED_BEFORE');
  });

  it('does not take an empty employer for an empty trust', () => {
    expect(conflictOf(sampleReader('A1', { employer: '' }), sampleRegistration())).toBeUndefined();
  });

  it('reads names of organisations as people type them', () => {
    expect(comparable('The Ysgol Gŵyl & Partners, Ltd.')).toBe(comparable('ysgol gwyl and partners ltd'));
  });
});

describe('deadlines of an assessment', () => {
  it('lets an offer stand for three working days, over a weekend and until midnight in London', () => {
    // A Thursday in summer time.
    expect(answerBy(round, new Date('2027-06-24T10:00:00Z')).toISOString()).toBe('2027-06-29T22:59:59.999Z');
  });

  it('gives at least the policy days, and at least until the round date', () => {
    const { assessmentDue } = round.calendar;
    expect(dueOn(round, { movedDeadlines: {} }, `${round.calendar.allocation}T09:00:00.000Z`)).toBe(
      assessmentDue,
    );
    expect(dueOn(round, { movedDeadlines: {} }, `${assessmentDue}T09:00:00.000Z`) > assessmentDue).toBe(true);
    const moved = { movedDeadlines: { assessmentDue: '2027-12-01' } };
    expect(dueOn(round, moved, `${round.calendar.allocation}T09:00:00.000Z`)).toBe('2027-12-01');
  });
});

describe('a draft', () => {
  const complete = completeDraft(round, 'GILT');
  const unmet = round.criteria.judgements.find(({ meets }) => !meets)!;
  const first = complete.judgements[0]!;
  const withUnmet = {
    ...complete,
    judgements: [{ ...first, judgement: unmet.id }, ...complete.judgements.slice(1)],
  };

  it('is complete when every criterion is judged, with feedback and a recommendation that fits the target', () => {
    expect(checkDraft(round, 'GILT', complete)).toEqual({ missing: [], inconsistencies: [] });
  });

  it('names what is missing', () => {
    const { missing } = checkDraft(round, 'GILT', {
      ...complete,
      judgements: complete.judgements.slice(1),
      feedback: ' ',
      recommendation: { outcome: 'AWARDED', level: 'PSQM' },
    });
    expect(missing).toEqual([`judgements.${first.criterionId}`, 'feedback', 'recommendation']);
  });

  it('is inconsistent where the recommendation does not follow from the judgements', () => {
    expect(checkDraft(round, 'GILT', withUnmet).inconsistencies).toEqual(['awarded-with-unmet']);
    const lower = { outcome: 'AWARDED_LOWER', level: 'PSQM' } as const;
    expect(checkDraft(round, 'GILT', { ...complete, recommendation: lower }).inconsistencies).toEqual([
      'lower-with-all-met',
    ]);
    expect(checkDraft(round, 'GILT', { ...withUnmet, recommendation: lower }).inconsistencies).toEqual([]);
    const not = { outcome: 'NOT_AWARDED', level: null } as const;
    expect(checkDraft(round, 'GILT', { ...complete, recommendation: not }).inconsistencies).toEqual([
      'not-awarded-with-all-met',
    ]);
  });

  it('measures the share of criteria met between none and all', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1 }), (met) => {
        const judgements = complete.judgements.map((entry, index) => ({
          ...entry,
          judgement: met[index % met.length] ? first.judgement : unmet.id,
        }));
        const share = metShare(round, 'GILT', judgements);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(share === 1).toBe(judgements.every(({ judgement }) => judgement === first.judgement));
      }),
    );
  });
});

describe('outcome and level', () => {
  it.each([
    ['AWARDED', 'GILT', true],
    ['AWARDED', 'PSQM', false],
    ['AWARDED', null, false],
    ['AWARDED_LOWER', 'PSQM', true],
    ['AWARDED_LOWER', 'GILT', false],
    ['AWARDED_LOWER', 'OUTREACH', false],
    ['NOT_AWARDED', null, true],
    ['WORKING_TOWARDS', 'PSQM', false],
  ] as const)('%s at %s for a Gilt target: %s', (outcome, level, fits) => {
    expect(fitsTarget({ outcome, level }, 'GILT')).toBe(fits);
  });
});
