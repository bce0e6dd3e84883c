import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration, RegistrationStatus } from '../registration/model.ts';
import { placeKey } from '../registration/store.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { ExtraWrite, Stored } from '../shared/table/change.ts';
import { hubRoundKey } from '../shared/table/keys.ts';
import { actorOf, type Person } from './store.ts';

/** Statuses from which a school may withdraw: until its result has been decided. */
export const withdrawable: readonly RegistrationStatus[] = [
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

/**
 * Withdraws a school from the round: its place in the hub and its one place in the round are free with the same
 * transaction. Machines that wait for it are woken by the event and end. The same again changes nothing.
 */
export function withdraw(
  registration: Registration,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Registration>> {
  const { registrationId, roundId, schoolId, hubId } = registration;
  if (registration.status !== 'WITHDRAWN' && !withdrawable.includes(registration.status))
    throw new RefusedError('withdraw-too-late');
  const freed: ExtraWrite[] = [
    { delete: placeKey(schoolId, roundId) },
    ...(hubId === null ? [] : [{ update: hubRoundKey(hubId, roundId), add: { placed: -1 } }]),
  ];
  return moveRegistration(registrationId, now, {
    from: withdrawable,
    to: 'WITHDRAWN',
    action: 'withdraw',
    actor: actorOf(by),
    reason,
    set: { ended: { reason, at: now.toISOString() } },
    events: [{ name: 'RegistrationWithdrawn', detail: { registrationId, roundId } }],
    also: freed,
  });
}
