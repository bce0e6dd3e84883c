import { describe, expect, it } from 'vitest';
import { nextAssessmentStep, reminderCause } from '../../../functions/assessment/steps.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import { sampleAssignment } from '../../support/assessing.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const registration = sampleRegistration({ status: 'IN_ASSESSMENT' });
const sent = new Set<string>();
const at = (iso: string): Date => new Date(iso);
const due = round.calendar.assessmentDue;
const accepted = sampleAssignment({
  status: 'ACCEPTED',
  acceptedAt: `${round.calendar.allocation}T09:00:00.000Z`,
});

describe('the next step of an assignment', () => {
  it('waits for the answer until the offer ends, then takes it back', () => {
    const assignment = sampleAssignment();
    const step = nextAssessmentStep({ round, registration, assignment, sent }, at('2027-06-22T08:00:00Z'));
    expect(step).toMatchObject({ do: 'WAIT', deadline: 'answerBy', until: '2027-06-24T23:00:00.000Z' });
    expect(
      nextAssessmentStep({ round, registration, assignment, sent }, at('2027-06-24T23:00:00.000Z')),
    ).toEqual({
      do: 'EXPIRE',
      code: 'NO_ANSWER',
    });
  });

  it('reminds once for each reminder, the latest alone where several passed', () => {
    const [first, second] = round.policies.assessment.reminderDays as [number, number];
    const morning = at(`${addDays(due, first)}T09:30:00+01:00`);
    const facts = { round, registration, assignment: accepted, sent };
    expect(nextAssessmentStep(facts, morning)).toEqual({ do: 'REMIND', day: first, due });
    const once = new Set([reminderCause(due, first)]);
    expect(nextAssessmentStep({ ...facts, sent: once }, morning)).toMatchObject({
      do: 'WAIT',
      until: at(`${addDays(due, second)}T09:00:00+01:00`).toISOString(),
    });
    const later = at(`${addDays(due, second)}T10:00:00+01:00`);
    expect(nextAssessmentStep(facts, later)).toEqual({ do: 'REMIND', day: second, due });
  });

  it('escalates after the due day and gives the submission to somebody else the policy days later', () => {
    const facts = { round, registration, assignment: accepted, sent };
    expect(nextAssessmentStep(facts, at(`${addDays(due, 1)}T00:30:00Z`))).toEqual({ do: 'ESCALATE', due });
    const escalated = { ...accepted, escalatedAt: `${addDays(due, 1)}T00:30:00.000Z` };
    const end = addDays(due, round.policies.assessment.expireAfterDays + 1);
    expect(nextAssessmentStep({ ...facts, assignment: escalated }, at(`${end}T12:00:00Z`))).toEqual({
      do: 'EXPIRE',
      code: 'NOT_RETURNED',
    });
  });

  it('follows a moved deadline', () => {
    const moved = { ...registration, movedDeadlines: { assessmentDue: addDays(due, 30) } };
    const step = nextAssessmentStep(
      { round, registration: moved, assignment: accepted, sent },
      at(`${addDays(due, 5)}T12:00:00Z`),
    );
    expect(step).toMatchObject({ do: 'WAIT' });
  });

  it.each(['DECLINED', 'EXPIRED', 'WITHDRAWN', 'REASSIGNED'] as const)(
    'has a submission allocated again once after %s',
    (status) => {
      const assignment = sampleAssignment({ status });
      const now = at('2027-06-23T08:00:00Z');
      expect(nextAssessmentStep({ round, registration, assignment, sent }, now)).toEqual({
        do: 'ASK_REALLOCATION',
      });
      const asked = { ...assignment, reallocatedAt: now.toISOString() };
      expect(nextAssessmentStep({ round, registration, assignment: asked, sent }, now)).toEqual({
        do: 'ENDED',
        result: status,
      });
    },
  );

  it('closes the assignment of a school that left, and asks for nobody else', () => {
    const gone = sampleRegistration({ status: 'WITHDRAWN' });
    const now = at('2027-06-23T08:00:00Z');
    expect(nextAssessmentStep({ round, registration: gone, assignment: accepted, sent }, now)).toEqual({
      do: 'CLOSE_FOR_SCHOOL',
    });
    const closed = sampleAssignment({ status: 'REASSIGNED' });
    expect(nextAssessmentStep({ round, registration: gone, assignment: closed, sent }, now)).toEqual({
      do: 'ENDED',
      result: 'REASSIGNED',
    });
  });

  it('ends when the review is returned', () => {
    const returned = sampleAssignment({ status: 'RETURNED' });
    expect(
      nextAssessmentStep({ round, registration, assignment: returned, sent }, at('2028-01-01T00:00:00Z')),
    ).toEqual({ do: 'ENDED', result: 'RETURNED' });
  });
});
