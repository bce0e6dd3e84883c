import { invoiceKey } from '../payments/keys.ts';
import { awaitedOf, liveInvoicesOf } from '../payments/store.ts';
import { funderPlacesKey } from '../programme/store.ts';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import type { Actor, ExtraWrite, Stored } from '../shared/table/change.ts';
import { type Move, moveRegistration } from './lifecycle.ts';
import type { Registration, RegistrationStatus } from './model.ts';
import { givePlaceBack } from './placement.ts';
import { leaveQueue, placeKey, readRegistration } from './store.ts';

/** Statuses in which a registration may still end before a decision. */
const beforeDecision: readonly RegistrationStatus[] = [
  'SUBMITTED',
  'ACCEPTED',
  'AWAITING_PAYMENT',
  'PAID',
  'COVERED',
  'IN_TRAINING',
  'READY_TO_SUBMIT',
  'SUBMITTED_WORK',
  'IN_ASSESSMENT',
  'IN_MODERATION',
];

/** The writes that free what a registration holds: the school's place in the round, the hub's and the funder's. */
export function releaseWrites(registration: Registration): ExtraWrite[] {
  const { roundId, hubId, funderId, status } = registration;
  return [
    { delete: placeKey(registration.schoolId, roundId) },
    leaveQueue(registration.registrationId),
    ...(hubId === null || status === 'SUBMITTED' ? [] : [givePlaceBack(hubId, roundId)]),
    ...(funderId === null
      ? []
      : [{ update: funderPlacesKey(funderId, roundId), add: { used: -1, version: 1 } }]),
  ];
}

/**
 * Ends a registration as LAPSED or WITHDRAWN and frees its places, in one transaction. One that has ended already, or
 * was paid while it was about to lapse, is returned as it is.
 */
export async function endRegistration(
  registrationId: string,
  to: 'LAPSED' | 'WITHDRAWN',
  reason: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Registration>> {
  const current = await readRegistration(registrationId);
  const from: readonly RegistrationStatus[] = to === 'LAPSED' ? ['AWAITING_PAYMENT'] : beforeDecision;
  if (!from.includes(current.status)) return current;
  const detail = { registrationId, roundId: current.roundId };
  const event: DomainEvent =
    to === 'LAPSED' ? { name: 'RegistrationLapsed', detail } : { name: 'RegistrationWithdrawn', detail };
  const move: Move = {
    from,
    to,
    action: to === 'LAPSED' ? 'registration.lapse' : 'registration.withdraw',
    actor,
    reason,
    set: { ended: { reason, at: now.toISOString() } },
    events: [event],
    also: [...(await unpaidCheck(to, current)), ...releaseWrites(current)],
    ...(to === 'LAPSED' ? { refusals: { 0: () => new PaidMeanwhileError() } } : {}),
  };
  try {
    return await moveRegistration(registrationId, now, move);
  } catch (error) {
    if (error instanceof PaidMeanwhileError) return readRegistration(registrationId);
    throw error;
  }
}

/** The money came while the registration was about to lapse. */
class PaidMeanwhileError extends Error {}

/** An unpaid registration lapses only as long as its invoice is not settled: the transaction itself makes sure. */
async function unpaidCheck(to: 'LAPSED' | 'WITHDRAWN', of: Registration): Promise<ExtraWrite[]> {
  const awaited = to === 'WITHDRAWN' ? undefined : awaitedOf(await liveInvoicesOf(of.registrationId));
  if (awaited === undefined) return [];
  return [
    {
      check: invoiceKey(awaited.registrationId, awaited.invoiceNumber),
      condition: {
        expression: '#status <> :paid',
        names: { '#status': 'status' },
        values: { ':paid': 'PAID' },
      },
    },
  ];
}
