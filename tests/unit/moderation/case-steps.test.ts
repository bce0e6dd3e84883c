import { describe, expect, it } from 'vitest';
import {
  type CaseFacts,
  nextCaseStep,
  readingReminderCause,
} from '../../../functions/moderation/case-steps.ts';
import type { Reading } from '../../../functions/moderation/model.ts';
import { nextModerationStep } from '../../../functions/moderation/round-steps.ts';
import { sampleCase, sampleOutcome, sampleReading } from '../../support/moderating.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const facts = (change: Partial<CaseFacts> = {}): CaseFacts => ({
  round,
  registration: sampleRegistration({ status: 'IN_MODERATION' }),
  moderationCase: sampleCase(),
  readings: [sampleReading()],
  outcome: undefined,
  sent: new Set(),
  ...change,
});
const at = (iso: string): Date => new Date(iso);
const adjudication = (change: Partial<Reading> = {}): Reading =>
  sampleReading({ readingId: 'REG1.02', kind: 'ADJUDICATION', readerId: 'M2', ...change });

describe('the next step of a moderation case', () => {
  it('waits for the second reading, reminds of it once, and takes it back when it is overdue', () => {
    const step = nextCaseStep(facts(), at('2027-08-10T12:00:00Z'));
    expect(step).toMatchObject({ do: 'WAIT', until: '2027-08-22T08:00:00.000Z' });
    const morning = at('2027-08-22T08:30:00Z');
    expect(nextCaseStep(facts(), morning)).toEqual({ do: 'REMIND_READER', readingId: 'REG1.01' });
    const sent = new Set([readingReminderCause('REG1.01')]);
    expect(nextCaseStep(facts({ sent }), morning)).toMatchObject({
      do: 'WAIT',
      until: '2027-08-24T23:00:00.000Z',
    });
    expect(nextCaseStep(facts({ sent }), at('2027-08-24T23:00:00Z'))).toEqual({
      do: 'EXPIRE_READING',
      readingId: 'REG1.01',
    });
  });

  it.each(['REFUSED', 'EXPIRED'] as const)('gives a reading that was %s to somebody else', (status) => {
    expect(
      nextCaseStep(facts({ readings: [sampleReading({ status })] }), at('2027-08-20T12:00:00Z')),
    ).toEqual({
      do: 'GIVE_READING',
      kind: 'SECOND_READING',
    });
  });

  it('waits for an admin where nobody can read it, and asks again each period', () => {
    const moderationCase = sampleCase({ nobodySince: '2027-08-10T08:00:00.000Z' });
    const nobody = facts({ moderationCase, readings: [] });
    expect(nextCaseStep(nobody, at('2027-08-11T08:00:00Z'))).toMatchObject({
      do: 'WAIT',
      waitingFor: 'an admin to name a moderator',
    });
    const late = at('2027-08-18T08:00:00Z');
    expect(nextCaseStep(nobody, late)).toEqual({ do: 'ESCALATE', about: 'READER' });
    const asked = facts({ moderationCase: { ...moderationCase, escalations: 1 }, readings: [] });
    expect(nextCaseStep(asked, late)).toMatchObject({ do: 'WAIT' });
  });

  it('compares, has differing readings adjudicated, and proposes', () => {
    const now = at('2027-08-20T12:00:00Z');
    const returned = sampleReading({ status: 'RETURNED' });
    expect(nextCaseStep(facts({ readings: [returned] }), now)).toEqual({ do: 'COMPARE' });
    const agreed = sampleCase({ status: 'AGREED' });
    expect(nextCaseStep(facts({ moderationCase: agreed, readings: [returned] }), now)).toEqual({
      do: 'PROPOSE',
    });
    const differing = sampleCase({ status: 'ADJUDICATION' });
    const differ = facts({ moderationCase: differing, readings: [returned] });
    expect(nextCaseStep(differ, now)).toEqual({ do: 'GIVE_READING', kind: 'ADJUDICATION' });
    const open = { ...differ, readings: [returned, adjudication()] };
    expect(nextCaseStep(open, now)).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the adjudication of a moderator',
    });
    const done = { ...differ, readings: [returned, adjudication({ status: 'RETURNED' })] };
    expect(nextCaseStep(done, now)).toEqual({ do: 'PROPOSE' });
  });

  it('waits for the panel, counts each period that it is late, and ends when it has confirmed', () => {
    const outcome = sampleOutcome();
    const proposed = facts({ outcome, moderationCase: sampleCase({ status: 'AGREED' }) });
    expect(nextCaseStep(proposed, at('2027-08-25T12:00:00Z'))).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the panel to confirm the outcome',
    });
    const late = at('2027-09-01T12:00:00Z');
    expect(nextCaseStep(proposed, late)).toEqual({ do: 'ESCALATE', about: 'PANEL' });
    const counted = facts({ outcome, moderationCase: sampleCase({ status: 'AGREED', escalations: 1 }) });
    expect(nextCaseStep(counted, late)).toMatchObject({ do: 'WAIT' });
    const confirmed = facts({ outcome: sampleOutcome({ status: 'CONFIRMED' }) });
    expect(nextCaseStep(confirmed, late)).toEqual({ do: 'ENDED', result: 'CONFIRMED' });
  });

  it('closes the case of a school that left', () => {
    const registration = sampleRegistration({ status: 'WITHDRAWN' });
    const now = at('2027-08-20T12:00:00Z');
    expect(nextCaseStep(facts({ registration }), now)).toEqual({ do: 'CLOSE' });
    const closed = facts({ registration, moderationCase: sampleCase({ status: 'CLOSED' }) });
    expect(nextCaseStep(closed, now)).toEqual({ do: 'ENDED', result: 'CLOSED' });
  });
});

describe("the next step of a round's moderation", () => {
  const drawn = { status: 'DRAWN', pages: 2, pagesDone: 1, selected: 9, cohort: 50 } as const;
  it('draws where reviews wait, opens page by page, writes, ends', () => {
    expect(nextModerationStep(undefined, 0)).toEqual({ do: 'ENDED', result: 'nothing to moderate' });
    expect(nextModerationStep(undefined, 3)).toEqual({ do: 'DRAW' });
    expect(nextModerationStep(drawn, 0)).toEqual({ do: 'OPEN', page: 2 });
    expect(nextModerationStep({ ...drawn, pagesDone: 2 }, 0)).toEqual({ do: 'WRITE_TO_MODERATORS' });
    expect(nextModerationStep({ ...drawn, status: 'OPENED' }, 0)).toEqual({ do: 'WRITE_TO_MODERATORS' });
    expect(nextModerationStep({ ...drawn, status: 'COMPLETED' }, 0)).toEqual({
      do: 'ENDED',
      result: '9 drawn of a cohort of 50',
    });
  });
});
