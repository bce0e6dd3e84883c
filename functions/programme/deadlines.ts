import type { Registration } from '../registration/model.ts';
import { endOfLondonDay } from '../shared/time/london.ts';
import type { DeadlineName, Round } from './model.ts';

/** The day of a deadline for one registration: its own moved one, else the round's. */
export function deadlineDay(
  round: Pick<Round, 'calendar'>,
  registration: Pick<Registration, 'movedDeadlines'>,
  name: DeadlineName,
): string {
  return registration.movedDeadlines[name] ?? round.calendar[name];
}

/** The instant after which it is too late: 23:59:59.999 in London on that day (domain.md 1.3). */
export function deadlineFor(
  round: Pick<Round, 'calendar'>,
  registration: Pick<Registration, 'movedDeadlines'>,
  name: DeadlineName,
): Date {
  return endOfLondonDay(deadlineDay(round, registration, name));
}
