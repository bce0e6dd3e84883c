import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../../functions/programme/deadlines.ts';
import { registrationStatuses } from '../../../functions/registration/model.ts';
import { addDays, londonTime } from '../../../functions/shared/time/london.ts';
import { lateOf } from '../../../functions/training/late.ts';
import { nextCodes, nextForSchool, type SchoolFacts } from '../../../functions/training/next-for-school.ts';
import { openStatus } from '../../../functions/training/present.ts';
import { texts } from '../../../functions/training/texts.ts';
import {
  sampleRegistration,
  sampleRound,
  sampleSubmission,
  sampleTraining,
} from '../../support/school-year.ts';

const round = sampleRound();
const facts = (change: Partial<SchoolFacts> = {}): SchoolFacts => ({
  round,
  registration: sampleRegistration({ status: 'IN_TRAINING' }),
  invoice: undefined,
  training: sampleTraining(round),
  submission: undefined,
  missing: 0,
  ...change,
});
const submitting = (status: Parameters<typeof sampleSubmission>[1], missing = 0) =>
  facts({
    registration: sampleRegistration({ status: 'READY_TO_SUBMIT' }),
    submission: sampleSubmission(round, status),
    missing,
  });
const noon = new Date('2027-05-01T12:00:00Z');

describe('what is next for a school', () => {
  it('has words in both languages for each of its answers', () => {
    for (const code of nextCodes) {
      for (const language of ['en', 'cy'] as const) {
        expect(texts.text(language, `next.${code}.title`)).not.toBe('');
        expect(texts.text(language, `next.${code}.text`)).not.toBe('');
      }
    }
  });

  it('is the nearer of the next session and the action plan; a late plan comes first', () => {
    const first = round.calendar.sessions[0] ?? '';
    expect(nextForSchool(facts(), londonTime(addDays(first, -1), '12:00')).code).toBe('attend-session');
    const late = nextForSchool(
      facts(),
      new Date(deadlineFor(round, facts().registration, 'actionPlanDue').getTime() + 1),
    );
    expect(late.code).toBe('send-action-plan');
  });

  it('is to pay by the due day of its invoice, or by its own moved day', () => {
    const registration = sampleRegistration({ status: 'AWAITING_PAYMENT' });
    const invoice = { dueOn: '2026-07-01' };
    expect(nextForSchool(facts({ registration, invoice }), noon)).toMatchObject({
      code: 'pay',
      by: new Date('2026-07-01T22:59:59.999Z'),
    });
    const moved = { ...registration, movedDeadlines: { paymentDue: '2026-08-01' } };
    expect(nextForSchool(facts({ registration: moved, invoice }), noon).by).toEqual(
      new Date('2026-08-01T22:59:59.999Z'),
    );
  });

  it('leads through the submission, each step by its date', () => {
    const registration = sampleRegistration({ status: 'READY_TO_SUBMIT' });
    const signOffDue = deadlineFor(round, registration, 'signOffDue');
    expect(nextForSchool(submitting({ status: 'OPEN' }, 5), noon)).toMatchObject({
      code: 'complete-submission',
      count: 5,
      by: signOffDue,
    });
    expect(nextForSchool(submitting({ status: 'OPEN' }), noon)).toMatchObject({
      code: 'request-sign-off',
      who: 'SCHOOL',
    });
    expect(nextForSchool(submitting({ status: 'SIGN_OFF_REQUESTED' }), noon)).toMatchObject({
      code: 'await-sign-off',
      who: 'HUB_LEADER',
    });
    expect(nextForSchool(submitting({ status: 'RETURNED' }), noon).code).toBe('answer-comments');
    expect(nextForSchool(submitting({ status: 'SIGNED_OFF' }), noon)).toMatchObject({
      code: 'declare',
      by: deadlineFor(round, registration, 'submissionDue'),
    });
  });

  it('answers alike from submission to release, so that nothing of moderation or decision shows', () => {
    const hidden = ['SUBMITTED_WORK', 'IN_ASSESSMENT', 'IN_MODERATION', 'DECIDED'] as const;
    const answers = hidden.map((status) =>
      JSON.stringify(nextForSchool(facts({ registration: sampleRegistration({ status }) }), noon)),
    );
    expect(new Set(answers).size).toBe(1);
    expect(openStatus('DECIDED')).toBe(openStatus('IN_MODERATION'));
  });

  it('has an answer for every status', () => {
    for (const status of registrationStatuses) {
      expect(nextCodes).toContain(
        nextForSchool(facts({ registration: sampleRegistration({ status }) }), noon).code,
      );
    }
  });
});

describe('what is late', () => {
  it('names the plan, unrecorded sessions and an unconfirmed level once their dates have passed, the longest first', () => {
    const registration = sampleRegistration({ status: 'IN_TRAINING' });
    const dayOne = londonTime(round.calendar.trainingStarts, '00:00');
    expect(lateOf(round, registration, sampleTraining(round), undefined, dayOne)).toEqual([]);
    const late = lateOf(
      round,
      registration,
      sampleTraining(round),
      undefined,
      new Date('2027-12-01T00:00:00Z'),
    );
    expect(late.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['action-plan', 'attendance', 'level']),
    );
    expect([...late].sort((a, b) => a.since.getTime() - b.since.getTime())).toEqual(late);
  });

  it('tells who holds up a submission after its sign-off date', () => {
    const registration = sampleRegistration({ status: 'READY_TO_SUBMIT', targetLevelConfirmed: true });
    const after = new Date(deadlineFor(round, registration, 'signOffDue').getTime() + 1);
    const code = (status: 'OPEN' | 'SIGN_OFF_REQUESTED' | 'SIGNED_OFF') =>
      lateOf(round, registration, undefined, { status }, after).map((late) => late.code);
    expect(code('OPEN')).toEqual(['submission']);
    expect(code('SIGN_OFF_REQUESTED')).toEqual(['sign-off']);
    expect(code('SIGNED_OFF')).toEqual(['declaration']);
  });
});
