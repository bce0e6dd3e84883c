import * as z from 'zod';
import { deadlineDay } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addDays, endOfLondonDay, londonDate, londonTime } from '../shared/time/london.ts';
import { waitStep, waitUntil } from '../shared/waits/waits.ts';
import {
  type ModerationCase,
  type ProposedOutcome,
  type Reading,
  type ReadingKind,
  readingKind,
} from './model.ts';

/** What the machine of a moderation case does next. */
export const caseStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('GIVE_READING'), kind: readingKind }),
  z.object({ do: z.literal('REMIND_READER'), readingId: z.string() }),
  z.object({ do: z.literal('EXPIRE_READING'), readingId: z.string() }),
  z.object({ do: z.literal('COMPARE') }),
  z.object({ do: z.literal('PROPOSE') }),
  z.object({ do: z.literal('ESCALATE'), about: z.enum(['READER', 'PANEL']) }),
  z.object({ do: z.literal('CLOSE') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type CaseStep = z.output<typeof caseStep>;

export interface CaseFacts {
  readonly round: Round;
  readonly registration: Registration;
  readonly moderationCase: ModerationCase;
  /** In the order in which they were given. */
  readonly readings: readonly Reading[];
  readonly outcome: ProposedOutcome | undefined;
  /** Causes of the emails that were sent in the registration's collection. */
  readonly sent: ReadonlySet<string>;
}

export const readingReminderCause = (readingId: string): string => `reading-reminder-${readingId}`;

/**
 * Day by which a reading is due: the policy's days after it was given, and never before the round's moderation is due
 * to end where that date was moved for this school.
 */
export function readingDueOn(
  round: Round,
  registration: Pick<Registration, 'movedDeadlines'>,
  given: Pick<Reading, 'dueOn'>,
): string {
  if (registration.movedDeadlines.moderationDue === undefined) return given.dueOn;
  const moved = deadlineDay(round, registration, 'moderationDue');
  if (moved > given.dueOn) return moved;
  return given.dueOn;
}

/** The next step of a case at `now`: reading, comparison, adjudication, the panel; a missing person is asked for. */
export function nextCaseStep(facts: CaseFacts, now: Date): CaseStep {
  const { registration, moderationCase, outcome } = facts;
  if (registration.status === 'WITHDRAWN' || registration.status === 'LAPSED') {
    return moderationCase.status === 'CLOSED' ? { do: 'ENDED', result: 'CLOSED' } : { do: 'CLOSE' };
  }
  if (outcome?.status === 'CONFIRMED') return { do: 'ENDED', result: 'CONFIRMED' };
  if (outcome !== undefined) return waitForPanel(facts, outcome, now);
  switch (moderationCase.status) {
    case 'READING':
      return stepOfReading(facts, 'SECOND_READING', now);
    case 'ADJUDICATION':
      return stepOfReading(facts, 'ADJUDICATION', now);
    case 'AGREED':
    case 'ADJUDICATED':
      return { do: 'PROPOSE' };
    case 'CLOSED':
      return { do: 'ENDED', result: 'CLOSED' };
  }
}

function stepOfReading(facts: CaseFacts, kind: ReadingKind, now: Date): CaseStep {
  const { round, registration, moderationCase, readings, sent } = facts;
  const current = readings.filter((one) => one.kind === kind).at(-1);
  if (current === undefined || current.status === 'REFUSED' || current.status === 'EXPIRED') {
    if (moderationCase.nobodySince === null) return { do: 'GIVE_READING', kind };
    const days = round.policies.moderation.adjudicationDays * (moderationCase.escalations + 1);
    const until = endOfLondonDay(addDays(londonDate(new Date(moderationCase.nobodySince)), days));
    if (now > until) return { do: 'ESCALATE', about: 'READER' };
    return waitUntil(justAfter(until), 'an admin to name a moderator', 'moderator named', now);
  }
  if (current.status === 'RETURNED') return kind === 'SECOND_READING' ? { do: 'COMPARE' } : { do: 'PROPOSE' };
  const due = readingDueOn(round, registration, current);
  const dueAt = endOfLondonDay(due);
  if (now > dueAt) return { do: 'EXPIRE_READING', readingId: current.readingId };
  const reminder = londonTime(addDays(due, -round.policies.moderation.reminderDaysBefore), '09:00');
  const reminded = sent.has(readingReminderCause(current.readingId));
  if (!reminded && now >= reminder && reminder > new Date(current.offeredAt)) {
    return { do: 'REMIND_READER', readingId: current.readingId };
  }
  const whom =
    kind === 'SECOND_READING' ? 'the second reading of a moderator' : 'the adjudication of a moderator';
  return !reminded && reminder > now
    ? waitUntil(reminder, whom, `reminder of the reading due on ${due}`, now)
    : waitUntil(justAfter(dueAt), whom, 'reading due', now);
}

function waitForPanel({ round, moderationCase }: CaseFacts, outcome: ProposedOutcome, now: Date): CaseStep {
  const period = round.policies.moderation.confirmationDays;
  const until = endOfLondonDay(addDays(outcome.confirmBy, period * moderationCase.escalations));
  if (now > until) return { do: 'ESCALATE', about: 'PANEL' };
  return waitUntil(justAfter(until), 'the panel to confirm the outcome', 'confirmation due', now);
}

/** Deadlines are the last millisecond of a day; the machine looks again at the first of the next. */
const justAfter = (deadline: Date): Date => new Date(deadline.getTime() + 1);
