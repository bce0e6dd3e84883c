import { readRound } from '../programme/store.ts';
import { findRegistration } from '../registration/store.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { type Actor, change } from '../shared/table/change.ts';
import { queueIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { toEachRegistration } from './allocate.ts';
import { isSettledInvoice } from './balance.ts';
import { dueDay } from './due.ts';
import { DEBTORS_QUEUE, invoiceKey } from './keys.ts';
import { type Invoice, invoice } from './model.ts';
import { invoicesOfRegistration, listInvoices } from './store.ts';

const mover: Actor = { kind: 'system', id: 'move-due-days' };
const AT_ONCE = 10;

/**
 * Moves the due day of every invoice of the round with money owed to where the round's payment was moved; returns how
 * many moved. A school with a moved day of its own keeps it. Safe to repeat, and to go on where it broke off.
 */
export async function moveDueDaysOfRound(roundId: string, now: Date): Promise<number> {
  const open = (await listInvoices(roundId)).filter(isOpen);
  const moved = await inParallel(open, AT_ONCE, (one) => moveDueDay(one, now));
  return moved.filter(Boolean).length;
}

/** Moves the due day of one registration's invoice, where money is owed on it, to its own moved day or the round's. */
export async function moveDueDayOf(registrationId: string, now: Date): Promise<number> {
  const open = (await invoicesOfRegistration(registrationId)).filter(isOpen);
  const moved = await inParallel(open, 1, (one) => moveDueDay(one, now));
  return moved.filter(Boolean).length;
}

const isOpen = (of: Invoice): boolean => of.closedAt === null && !isSettledInvoice(of);

/**
 * One transaction an invoice: the day, its place among the debtors, the version of its PDF, which whoever pays is sent
 * again, and the event that wakes the machine waiting for the money.
 */
async function moveDueDay(of: Invoice, now: Date): Promise<boolean> {
  const { registrationId, roundId, invoiceNumber } = of;
  const [round, registration] = await Promise.all([readRound(roundId), findRegistration(registrationId)]);
  const own = registration?.movedDeadlines.paymentDue;
  let moved = false;
  await change<Invoice>(invoice, invoiceKey(registrationId, invoiceNumber), now, (current) => {
    const dueOn = own ?? dueDay(round, current.issuedOn, current.termsDays);
    moved = isOpen(current) && current.dueOn !== dueOn;
    if (!moved) return undefined;
    return {
      next: {
        ...withoutStored(current),
        dueOn,
        pdfVersion: Math.max(1, current.pdfVersion) + 1,
        ...queueIndex(DEBTORS_QUEUE, `${dueOn}#${invoiceNumber}`),
      },
      audit: { action: 'invoice.move-due-day', actor: mover },
      events: toEachRegistration('InvoiceDueMoved', current),
    };
  });
  return moved;
}
