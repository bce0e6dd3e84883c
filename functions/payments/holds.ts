import { RefusedError } from '../shared/runtime/errors.ts';
import { change, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type Decision, toEachRegistration } from './allocate.ts';
import { isSettledInvoice } from './balance.ts';
import { isHeld } from './hold.ts';
import { invoiceKey } from './keys.ts';
import { type Invoice, type InvoiceHold, invoice } from './model.ts';
import { readInvoice } from './store.ts';

/**
 * Stops reminders and lapse of an invoice with the reason. A promise has a day that is still to come. Refused where
 * nothing is owed. The same again changes nothing.
 */
export function holdInvoice(
  invoiceNumber: string,
  { kind, until }: Pick<InvoiceHold, 'kind' | 'until'>,
  decision: Decision,
  now: Date,
): Promise<Stored<Invoice>> {
  if (kind === 'PROMISE' && until === null) throw new RefusedError('promise-needs-day', { field: 'until' });
  if (until !== null && until < londonDate(now)) throw new RefusedError('day-is-past', { field: 'until' });
  return changeHold(invoiceNumber, decision, now, (current) => {
    if (current.closedAt !== null || isSettledInvoice(current))
      throw new RefusedError('nothing-owed', { values: { invoice: current.invoiceNumber } });
    const { hold } = current;
    const same = hold !== undefined && isHeld(current, now) && hold.kind === kind && hold.until === until;
    if (same && hold.reason === decision.reason) return undefined;
    const { actor, reason } = decision;
    return { kind, until, reason, by: actor.id, at: now.toISOString(), endedAt: null };
  });
}

/** Ends a hold: reminders begin again where they are. One that has ended stays as it is. */
export function endHold(invoiceNumber: string, decision: Decision, now: Date): Promise<Stored<Invoice>> {
  return changeHold(invoiceNumber, decision, now, (current) =>
    current.hold === undefined || !isHeld(current, now)
      ? undefined
      : { ...current.hold, endedAt: now.toISOString() },
  );
}

async function changeHold(
  number: string,
  { actor, reason }: Decision,
  now: Date,
  decide: (current: Invoice) => InvoiceHold | undefined,
): Promise<Stored<Invoice>> {
  const { registrationId, invoiceNumber } = await readInvoice(number);
  return change<Invoice>(invoice, invoiceKey(registrationId, invoiceNumber), now, (current) => {
    const hold = decide(current);
    if (hold === undefined) return undefined;
    return {
      next: { ...withoutStored(current), hold },
      audit: { action: hold.endedAt === null ? 'invoice.hold' : 'invoice.end-hold', actor, reason },
      events: toEachRegistration('InvoiceHeld', current),
    };
  });
}
