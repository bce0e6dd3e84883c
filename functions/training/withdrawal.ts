import { endRegistration } from '../registration/end.ts';
import type { Registration, RegistrationStatus } from '../registration/model.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { Stored } from '../shared/table/change.ts';
import { actorOf, type Person } from './store.ts';

const decided: readonly RegistrationStatus[] = [
  'DECIDED',
  'AWARDED',
  'AWARDED_LOWER',
  'DEFERRED_FURTHER_EVIDENCE',
  'WORKING_TOWARDS',
  'NOT_AWARDED',
];
const over: readonly RegistrationStatus[] = ['WITHDRAWN', 'LAPSED', 'MISSED'];

/** Whether a school can still withdraw: until its result has been decided, and not after it has ended otherwise. */
export function canWithdraw(status: RegistrationStatus): boolean {
  return !decided.includes(status) && !over.includes(status);
}

/**
 * Withdraws a school from the round; its places in the hub and the round are free at the same moment, and machines that
 * wait for it are woken by the event and end. The same again changes nothing.
 */
export async function withdraw(
  of: Registration,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Registration> | undefined> {
  if (of.status === 'WITHDRAWN') return undefined;
  if (!canWithdraw(of.status)) throw new RefusedError('withdraw-too-late');
  const ended = await endRegistration(of.registrationId, 'WITHDRAWN', reason, actorOf(by), now);
  if (ended.status !== 'WITHDRAWN') throw new RefusedError('withdraw-too-late');
  return ended;
}
