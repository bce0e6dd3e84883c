import * as z from 'zod';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addDays, endOfLondonDay, formatDate, londonTime } from '../shared/time/london.ts';
import { waitStep, waitUntil } from '../shared/waits/waits.ts';
import { type Assignment, liveStatuses } from './model.ts';
import { dueOn } from './rules.ts';

/** What an assignment's machine does next. */
export const assessmentStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('EXPIRE'), code: z.enum(['NO_ANSWER', 'NOT_RETURNED']) }),
  z.object({ do: z.literal('REMIND'), day: z.number().int(), due: z.iso.date() }),
  z.object({ do: z.literal('ESCALATE'), due: z.iso.date() }),
  z.object({ do: z.literal('CLOSE_FOR_SCHOOL') }),
  z.object({ do: z.literal('ASK_REALLOCATION') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type AssessmentStep = z.output<typeof assessmentStep>;

export interface AssessmentFacts {
  readonly round: Round;
  readonly registration: Registration;
  readonly assignment: Assignment;
  /** Causes of the emails that were sent about this assignment. */
  readonly sent: ReadonlySet<string>;
}

/** Cause of a reminder's email: a moved due day is another one. */
export const reminderCause = (due: string, day: number): string => `reminder-${due}-${day}`;

/** Reminders go out at this time in London. */
const MORNING = '09:00';

/**
 * The next step of an assignment at `now` (domain.md 2.3): an offer expires when it is not answered in the policy's
 * working days; accepted work is reminded of around its due day, put before the admins once that has passed, and given
 * to somebody else the policy's days later. Whatever ended without a review is allocated again.
 */
export function nextAssessmentStep(facts: AssessmentFacts, now: Date): AssessmentStep {
  const { assignment, registration } = facts;
  const gone = registration.status === 'WITHDRAWN' || registration.status === 'LAPSED';
  if (gone && liveStatuses.includes(assignment.status)) return { do: 'CLOSE_FOR_SCHOOL' };
  switch (assignment.status) {
    case 'OFFERED': {
      const until = new Date(assignment.answerBy);
      if (now > until) return { do: 'EXPIRE', code: 'NO_ANSWER' };
      return waitUntil(justAfter(until), 'the assessor to accept or decline', 'answerBy', now);
    }
    case 'ACCEPTED':
    case 'IN_REVIEW':
      return nextReadingStep(facts, now);
    case 'RETURNED':
      return { do: 'ENDED', result: 'RETURNED' };
    case 'DECLINED':
    case 'EXPIRED':
    case 'WITHDRAWN':
    case 'REASSIGNED':
      return assignment.reallocatedAt === null && !gone
        ? { do: 'ASK_REALLOCATION' }
        : { do: 'ENDED', result: assignment.status };
  }
}

function nextReadingStep(
  { round, registration, assignment, sent }: AssessmentFacts,
  now: Date,
): AssessmentStep {
  const policy = round.policies.assessment;
  const due = dueOn(round, registration, assignment.acceptedAt ?? assignment.offeredAt);
  const dueAt = endOfLondonDay(due);
  const expiresAt = endOfLondonDay(addDays(due, policy.expireAfterDays));
  if (now > expiresAt) return { do: 'EXPIRE', code: 'NOT_RETURNED' };
  if (now > dueAt && assignment.escalatedAt === null) return { do: 'ESCALATE', due };

  const accepted = new Date(assignment.acceptedAt ?? assignment.offeredAt);
  const reminders = policy.reminderDays
    .map((day) => ({ day, at: londonTime(addDays(due, day), MORNING) }))
    .filter(({ at }) => at > accepted)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const latest = reminders.filter(({ at }) => at <= now).at(-1);
  if (latest !== undefined && !sent.has(reminderCause(due, latest.day))) {
    return { do: 'REMIND', day: latest.day, due };
  }
  const reminder = reminders.find(({ at }) => at > now);
  const stops = [
    ...(reminder === undefined
      ? []
      : [{ at: reminder.at, deadline: `reminder of the assessment due on ${formatDate(due, 'en')}` }]),
    ...(now > dueAt ? [] : [{ at: justAfter(dueAt), deadline: 'assessmentDue' }]),
    { at: justAfter(expiresAt), deadline: 'assessment expires' },
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  const [next] = stops;
  return waitUntil(
    next?.at ?? expiresAt,
    'the assessor to return the review',
    next?.deadline ?? 'assessmentDue',
    now,
  );
}

/** Deadlines are the last millisecond of a day; the machine looks again at the first of the next. */
const justAfter = (deadline: Date): Date => new Date(deadline.getTime() + 1);
