import type { DomainEvent } from '../shared/events/catalogue.ts';
import { WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, change, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { registrationKey } from '../shared/table/keys.ts';
import { type Registration, type RegistrationStatus, registration } from './model.ts';

/** A move of a registration to a status, with what else changes on it at the same moment. */
export interface Move {
  /** Statuses from which the move is allowed; from any other it is a `WrongStateError`. */
  readonly from: readonly RegistrationStatus[];
  readonly to: RegistrationStatus;
  readonly action: string;
  readonly actor: Actor;
  readonly reason?: string;
  readonly set?: Partial<Registration>;
  readonly events: readonly DomainEvent[];
  readonly also?: readonly ExtraWrite[];
  /** Errors for extra writes whose condition fails, by their index. */
  readonly refusals?: Readonly<Record<number, () => Error>>;
}

/**
 * Moves a registration in one transaction with its audit entry and events. The same move again (the registration is
 * already at `to`) changes nothing and returns it, so that a repeated task is safe.
 */
export function moveRegistration(
  registrationId: string,
  now: Date,
  move: Move,
): Promise<Stored<Registration>> {
  return change(registration, registrationKey(registrationId), now, (current) => {
    if (current.status === move.to) return undefined;
    if (!move.from.includes(current.status))
      throw new WrongStateError(`registration ${current.reference}`, current.status);
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    return {
      next: { ...rest, ...move.set, status: move.to, statusSince: now.toISOString() },
      audit: {
        action: move.action,
        actor: move.actor,
        ...(move.reason === undefined ? {} : { reason: move.reason }),
      },
      events: move.events,
      ...(move.also === undefined ? {} : { also: move.also }),
      ...(move.refusals === undefined ? {} : { refusals: move.refusals }),
    };
  });
}
