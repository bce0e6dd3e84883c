import { type Actor, alsoCreate, change, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { registrationPk, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { balanceOf, invoiceStatusOf } from './balance.ts';
import { creditNoteKey, invoiceKey } from './keys.ts';
import { type CreditNote, type Invoice, invoice } from './model.ts';
import { NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { append, creditNoteMovements, postingOf } from './postings.ts';
import { invoicesOfRegistration } from './store.ts';

/**
 * Credits what is still owed on a registration's invoices and closes them: nothing may be allocated any more. What was
 * paid stays; finance decide about it. Safe to repeat: a closed invoice stays as it is.
 */
export async function creditInvoices(
  registrationId: string,
  reason: CreditNote['reason'],
  actor: Actor,
  now: Date,
): Promise<void> {
  for (const each of await invoicesOfRegistration(registrationId)) {
    if (each.closedAt === null) await closeInvoice(each, reason, actor, now);
  }
}

function closeInvoice(
  of: Stored<Invoice>,
  reason: CreditNote['reason'],
  actor: Actor,
  now: Date,
): Promise<Stored<Invoice>> {
  return withNumber(() =>
    change<Invoice>(invoice, invoiceKey(of.registrationId, of.invoiceNumber), now, async (current) => {
      if (current.closedAt !== null) return undefined;
      const balance = balanceOf(current);
      const closed = { ...withoutQueue(withoutStored(current)), closedAt: now.toISOString() };
      const audit = { action: 'credit-invoice', actor, reason };
      if (balance <= 0) return { next: closed, audit, events: [] };
      const number = await nextNumber('CN', londonDate(now));
      const note = noteOf(
        current,
        balance,
        { number: number.number, series: number.series, sequenceNumber: number.sequenceNumber },
        reason,
        now,
      );
      const credited = { ...closed, creditedPence: current.creditedPence + balance };
      const posting = postingOf(
        { cause: 'CREDIT_NOTE', causeId: note.creditNoteNumber, roundId: current.roundId },
        creditNoteMovements(note),
        now,
      );
      const also: ExtraWrite[] = [
        number.take,
        append(registrationPk(current.registrationId), posting),
        ...alsoCreate(creditNoteKey(current.registrationId, note.creditNoteNumber), note, audit, now),
      ];
      return {
        next: { ...credited, status: invoiceStatusOf(credited) },
        audit,
        events: [],
        also,
        refusals: { 0: () => new NumberTakenError(number.series) },
      };
    }),
  );
}

function noteOf(
  of: Invoice,
  grossPence: number,
  number: { number: string; series: string; sequenceNumber: number },
  reason: CreditNote['reason'],
  now: Date,
): CreditNote {
  // Of a part-paid invoice the VAT is credited in proportion, rounded to the penny.
  const vatPence = of.grossPence === 0 ? 0 : Math.round((of.vatPence * grossPence) / of.grossPence);
  return {
    creditNoteNumber: number.number,
    series: number.series,
    sequenceNumber: number.sequenceNumber,
    invoiceNumber: of.invoiceNumber,
    registrationId: of.registrationId,
    issuedAt: now.toISOString(),
    issuedOn: londonDate(now),
    netPence: grossPence - vatPence,
    vatPence,
    grossPence,
    reason,
    pdfKey: null,
    ...roundIndex(of.roundId, 'CREDIT_NOTE', number.number),
  };
}

/** An invoice that is not among the debtors any more. */
export function withoutQueue<T extends { queueKey?: string | undefined; queueSort?: string | undefined }>(
  record: T,
): Omit<T, 'queueKey' | 'queueSort'> {
  const { queueKey: _key, queueSort: _sort, ...rest } = record;
  return rest;
}

/** Writes a purchase order number onto the registration's open invoices; their PDF is made and sent again. */
export async function addOrderToInvoices(
  registrationId: string,
  purchaseOrder: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  for (const each of await invoicesOfRegistration(registrationId)) {
    await change<Invoice>(invoice, invoiceKey(registrationId, each.invoiceNumber), now, (current) =>
      current.closedAt !== null || current.purchaseOrder === purchaseOrder
        ? undefined
        : {
            next: {
              ...withoutStored(current),
              purchaseOrder,
              pdfVersion: current.pdfVersion + 1,
              pdfKey: null,
            },
            audit: { action: 'add-purchase-order', actor },
            events: [],
          },
    );
  }
}
