import type { Round } from '../programme/model.ts';
import { londonTime } from '../shared/time/london.ts';
import type { TrainingSession } from './model.ts';

/** Hour in London at which reminders go out, and at which submissions open. */
export const MORNING = '08:00';

/** The instant at which submissions open: the morning of the round's day. */
export function submissionsOpenAt(round: Pick<Round, 'calendar'>): Date {
  return londonTime(round.calendar.submissionOpens, MORNING);
}

/** Sessions of a hub in a round: its own dates, else the round's calendar. */
export function sessionsOf(
  round: Pick<Round, 'calendar'>,
  own: readonly TrainingSession[] | undefined,
): TrainingSession[] {
  if (own !== undefined) return [...own];
  return round.calendar.sessions.map((date, index) => ({
    session: index + 1,
    date,
    time: null,
    place: null,
  }));
}
