import type { Round } from '../programme/model.ts';
import type { RegistrationStatus } from '../registration/model.ts';
import { addDays, londonDate, londonTime } from '../shared/time/london.ts';

/** What the daily keeper knows of a round. */
export interface RoundFacts {
  readonly round: Pick<Round, 'status' | 'calendar' | 'policies' | 'resultsReleasedAt'>;
  readonly statuses: Readonly<Partial<Record<RegistrationStatus, number>>>;
  /** Registrations in assessment whose review has been returned and has not been moderated. */
  readonly returned: number;
  /** Whether the round's machine is at work now. */
  readonly allocating: boolean;
  /** Proposed outcomes that the panel has not confirmed. */
  readonly unconfirmed: number;
  readonly moderating: boolean;
}

export type RoundDuty = 'CLOSE_REGISTRATION' | 'ALLOCATE' | 'MODERATE' | 'CALL_PANEL' | 'RELEASE_RESULTS';

/** Results go out at nine in the morning of their day (London). */
export const RESULTS_TIME = '09:00';

/**
 * Whether at `now` a duty can depend on where the round's schools are: before its first allocation none does, and reading
 * all of them every morning of a year would tell nothing.
 */
export function dependsOnSchools({ calendar }: Pick<Round, 'calendar'>, now: Date): boolean {
  const today = londonDate(now);
  return today >= calendar.allocation || today >= calendar.moderation;
}

/** What is due in a round at `now` (domain.md 1.3: the round's calendar drives it). The same facts give the same duties. */
export function dutiesOf(facts: RoundFacts, now: Date): RoundDuty[] {
  const { round, statuses } = facts;
  const today = londonDate(now);
  const duties: RoundDuty[] = [];
  if (round.status === 'OPEN' && today > round.calendar.registrationCloses) duties.push('CLOSE_REGISTRATION');
  if (today >= round.calendar.allocation && (statuses.SUBMITTED_WORK ?? 0) > 0 && !facts.allocating)
    duties.push('ALLOCATE');
  if (today >= round.calendar.moderation && facts.returned > 0 && !facts.moderating) duties.push('MODERATE');
  const callFrom = addDays(round.calendar.results, -round.policies.panel.callDaysBefore);
  if (today >= callFrom && facts.unconfirmed > 0) duties.push('CALL_PANEL');
  if (round.resultsReleasedAt === null && now >= londonTime(round.calendar.results, RESULTS_TIME))
    duties.push('RELEASE_RESULTS');
  return duties;
}
