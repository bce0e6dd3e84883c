import * as z from 'zod';
import type { Decision } from '../moderation/model.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addDays, londonDate, londonTime } from '../shared/time/london.ts';
import { type WaitStep, waitStep, waitUntil } from '../shared/waits/waits.ts';
import type { Certificate, ResultHold } from './model.ts';
import { bringsAward, RELEASE_TIME, releaseAt } from './rules.ts';

/** What holds a result up, so that somebody is asked about it. */
export const awardObstacle = z.enum(['MONEY', 'HOLD']);
export type AwardObstacle = z.output<typeof awardObstacle>;

/** What the machine of a decision does next. */
export const awardStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('ESCALATE'), about: awardObstacle, number: z.number().int().nonnegative() }),
  z.object({ do: z.literal('PREPARE_CERTIFICATE') }),
  z.object({ do: z.literal('RELEASE') }),
  z.object({ do: z.literal('SEND_LETTERS') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type AwardStep = z.output<typeof awardStep>;

export interface AwardFacts {
  readonly round: Round;
  readonly registration: Registration;
  readonly decision: Decision;
  readonly hold: ResultHold | undefined;
  readonly certificate: Certificate | undefined;
  /** Fee settled or covered (domain.md 2.3: no result before payment is settled). */
  readonly settled: boolean;
  /** Escalations that were made, `<about>#<number>`. */
  readonly escalated: ReadonlySet<string>;
  /** Letters that have not been sent. */
  readonly lettersOwed: number;
}

/** Days after which somebody is asked again about what holds a result up. */
const ASK_AGAIN_DAYS = 7;

/**
 * The next step of a decision at `now`: nothing before the results day at nine, nothing while the result is held or the
 * fee is open; then the certificate, the release in one moment, the letters.
 */
export function nextAwardStep(facts: AwardFacts, now: Date): AwardStep {
  const { round, registration, decision, hold, certificate, settled } = facts;
  switch (registration.status) {
    case 'AWARDED':
    case 'AWARDED_LOWER':
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
      return facts.lettersOwed > 0 ? { do: 'SEND_LETTERS' } : { do: 'ENDED', result: registration.status };
    case 'WITHDRAWN':
    case 'LAPSED':
    case 'MISSED':
      return { do: 'ENDED', result: registration.status };
    default:
      break;
  }
  const at = releaseAt(round, registration);
  if (now < at) return waitUntil(at, 'the results day of the round', 'results', now);
  if (hold?.status === 'HELD') {
    const heldSince = new Date(hold.at);
    return obstacle(facts, 'HOLD', heldSince > at ? heldSince : at, 1, 'the panel to lift the hold', now);
  }
  if (!settled) return obstacle(facts, 'MONEY', at, 0, 'the fee to be settled or covered', now);
  if (bringsAward(decision) && (certificate === undefined || certificate.key === null)) {
    return { do: 'PREPARE_CERTIFICATE' };
  }
  return { do: 'RELEASE' };
}

/** Waits on, asking about the obstacle every week; `first` 0 asks at once, 1 after the first week. */
function obstacle(
  { escalated }: AwardFacts,
  about: AwardObstacle,
  since: Date,
  first: number,
  waitingFor: string,
  now: Date,
): WaitStep | Extract<AwardStep, { do: 'ESCALATE' }> {
  const instantOf = (number: number): Date =>
    number === 0 ? since : londonTime(addDays(londonDate(since), number * ASK_AGAIN_DAYS), RELEASE_TIME);
  let number = first;
  while (instantOf(number + 1) <= now) number++;
  if (instantOf(number) <= now && !escalated.has(`${about}#${number}`))
    return { do: 'ESCALATE', about, number };
  const next = instantOf(number) > now ? instantOf(number) : instantOf(number + 1);
  return waitUntil(next, waitingFor, 'asked about again', now);
}
