import type { Decision } from '../moderation/model.ts';
import { deadlineDay } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addMonths, londonTime } from '../shared/time/london.ts';
import type { Award, AwardStanding } from './model.ts';

/** Results go out at this time in London on the results day. */
export const RELEASE_TIME = '09:00';

/** The instant before which nobody outside may see a result; the school's own moved date counts. */
export function releaseAt(
  round: Pick<Round, 'calendar'>,
  registration: Pick<Registration, 'movedDeadlines'>,
): Date {
  return londonTime(deadlineDay(round, registration, 'results'), RELEASE_TIME);
}

/** Days of an award: from the results day, valid for the policy's months (domain.md 1.7), stored as a date for good. */
export function validityOf(
  round: Pick<Round, 'calendar' | 'policies'>,
  registration: Pick<Registration, 'movedDeadlines'>,
): { awardedOn: string; expiresOn: string } {
  const awardedOn = deadlineDay(round, registration, 'results');
  return { awardedOn, expiresOn: addMonths(awardedOn, round.policies.award.validityMonths) };
}

/** How an award stands on a day in London: valid up to and with its last day. */
export function standingOf(award: Pick<Award, 'status' | 'expiresOn'>, today: string): AwardStanding {
  if (award.status === 'REVOKED') return 'REVOKED';
  return today > award.expiresOn ? 'EXPIRED' : 'VALID';
}

/** Whether a decision brings a certificate. */
export function bringsAward(decision: Pick<Decision, 'outcome'>): boolean {
  switch (decision.outcome) {
    case 'AWARDED':
    case 'AWARDED_LOWER':
      return true;
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
      return false;
  }
}
