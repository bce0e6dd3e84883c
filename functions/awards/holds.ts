import type { Registration } from '../registration/model.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import { type Actor, change, create } from '../shared/table/change.ts';
import { queueIndex } from '../shared/table/keys.ts';
import { type ResultHold, resultHold } from './model.ts';
import { findHold, holdKey } from './store.ts';

/** Statuses in which a result can be held: proposed or decided, and not yet released. */
const holdable: readonly Registration['status'][] = ['IN_MODERATION', 'DECIDED'];

/** Holds a result back; the others of the round are released without it. Throws `RefusedError` hold-not-possible. */
export async function holdResult(
  registration: Registration,
  reason: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  if (!holdable.includes(registration.status)) throw new RefusedError('hold-not-possible');
  const { registrationId, roundId } = registration;
  const key = holdKey(registrationId);
  const next: ResultHold = {
    status: 'HELD',
    reason,
    by: actor.id,
    at: now.toISOString(),
    ...queueIndex('HELD-RESULT', now.toISOString()),
  };
  const told = {
    audit: { action: 'hold-result', actor, reason },
    events: [{ name: 'ResultHeld', detail: { registrationId, roundId } }] as const,
  };
  if ((await findHold(registrationId)) === undefined) {
    await create(key, { next, ...told }, now);
    return;
  }
  await change(resultHold, key, now, (current) =>
    current.status === 'HELD' ? undefined : { next, ...told },
  );
}

/** Lifts a hold: the result is released at once where its day has come. Throws `RefusedError` hold-not-there. */
export async function liftHold(
  registration: Registration,
  reason: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  if ((await findHold(registrationId)) === undefined) throw new RefusedError('hold-not-there');
  await change(resultHold, holdKey(registrationId), now, (current) => {
    if (current.status === 'LIFTED') return undefined;
    const next: ResultHold = { status: 'LIFTED', reason: current.reason, by: current.by, at: current.at };
    return {
      next,
      audit: { action: 'lift-hold', actor, reason },
      events: [{ name: 'ResultHoldLifted', detail: { registrationId, roundId } }],
    };
  });
}
