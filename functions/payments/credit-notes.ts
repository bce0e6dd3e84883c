import type { DomainEvent } from '../shared/events/catalogue.ts';
import type { Pence } from '../shared/money/pence.ts';
import {
  type Actor,
  alsoCreate,
  type Change,
  change,
  type ExtraWrite,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, registrationPk, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { balanceOf, invoiceStatusOf, isSettledInvoice } from './balance.ts';
import { accountCreditKey, CREDITS_QUEUE, creditNoteKey, invoiceKey } from './keys.ts';
import { append, creditNoteMovements, paidThenEndedMovements, postingOf } from './ledger.ts';
import { type AccountCredit, type CreditNote, type Invoice, invoice } from './model.ts';
import { type NextNumber, NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { invoicesOfRegistration } from './store.ts';
import { vatWithin } from './vat.ts';

/** Why a registration's invoice is closed. */
export type CreditReason = CreditNote['reason'];

/**
 * Closes the invoice of a registration that has ended: a credit note over what is unpaid, no allocation any more. What
 * was paid towards a place that the school never got becomes the payer's credit on account: all that is paid on a lapsed
 * registration, a part payment on a withdrawn one. A fee paid in full stays with the programme when the school withdraws
 * (a refund is a decision of people). Safe to repeat; undefined where there is no invoice.
 */
export async function creditInvoice(
  registrationId: string,
  reason: CreditReason,
  actor: Actor,
  now: Date,
): Promise<Stored<Invoice> | undefined> {
  const [issued] = await invoicesOfRegistration(registrationId);
  if (issued === undefined) return undefined;
  return withNumber(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, issued.invoiceNumber), now, async (current) => {
      if (current.closedAt !== null) return undefined;
      const number = balanceOf(current) > 0 ? await nextNumber('CREDIT_NOTE', londonDate(now)) : undefined;
      return closing(current, reason, number, actor, now);
    }),
  );
}

/** The change that closes an invoice, with its credit note of `number` where something is owed. Pure. */
export function closing(
  current: Stored<Invoice>,
  reason: CreditReason,
  number: NextNumber | undefined,
  actor: Actor,
  now: Date,
): Change<Invoice> {
  const audit = { action: 'invoice.close', actor, reason };
  const { queueKey: _queue, queueSort: _sort, ...kept } = withoutStored(current);
  const note = number === undefined ? undefined : makeCreditNote(current, reason, number, now);
  const next: Invoice = {
    ...kept,
    creditedPence: current.creditedPence + (note?.grossPence ?? 0),
    closedAt: now.toISOString(),
  };
  next.status = invoiceStatusOf(next);
  const givenBack = reason === 'LAPSED' || !isSettledInvoice(current) ? current.allocatedPence : 0;
  const writes: ExtraWrite[] = [];
  const events: DomainEvent[] = [];
  const { registrationId, roundId, invoiceNumber } = current;
  if (number !== undefined && note !== undefined) {
    writes.push(number.take, ...creditNoteWrites(note, current, actor, now));
    events.push({
      name: 'InvoiceCredited',
      detail: { registrationId, roundId, invoiceNumber, creditNoteNumber: note.creditNoteNumber },
    });
  }
  if (givenBack > 0) {
    writes.push(...givenBackWrites(current, givenBack, note, actor, now));
    events.push({
      name: 'CreditTaken',
      detail: { registrationId, roundId, invoiceNumber, creditId: creditIdOf(current) },
    });
  }
  return {
    next,
    audit,
    events,
    also: writes,
    ...(number === undefined ? {} : { refusals: { 0: () => new NumberTakenError(number.series) } }),
  };
}

/** A credit note over what an invoice still has unpaid, with the VAT in it. Pure. */
function makeCreditNote(of: Invoice, reason: CreditReason, number: NextNumber, now: Date): CreditNote {
  const grossPence = balanceOf(of);
  const vatPence = vatWithin(grossPence, of);
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
    ...roundIndex(of.roundId, 'CREDITNOTE', number.number),
  };
}

function creditNoteWrites(note: CreditNote, of: Invoice, actor: Actor, now: Date): ExtraWrite[] {
  const { registrationId, creditNoteNumber } = note;
  const posting = postingOf(
    { cause: 'CREDIT_NOTE', causeId: creditNoteNumber, roundId: of.roundId },
    creditNoteMovements(note),
    now,
  );
  return [
    ...alsoCreate(
      creditNoteKey(registrationId, creditNoteNumber),
      note,
      { action: 'credit-note.issue', actor, reason: note.reason },
      now,
    ),
    append(registrationPk(registrationId), posting),
  ];
}

const creditIdOf = (of: Pick<Invoice, 'invoiceNumber'>): string => `ENDED-${of.invoiceNumber}`;

function givenBackWrites(
  of: Invoice,
  pence: Pence,
  note: CreditNote | undefined,
  actor: Actor,
  now: Date,
): ExtraWrite[] {
  const creditId = creditIdOf(of);
  const credit: AccountCredit = {
    creditId,
    registrationId: of.registrationId,
    invoiceNumber: of.invoiceNumber,
    payerName: of.payer.name,
    pence,
    remainingPence: pence,
    source: { kind: 'CREDIT_NOTE', creditNoteNumber: note?.creditNoteNumber ?? '' },
    by: actor.id,
    reason: 'Paid towards a registration that ended',
    at: now.toISOString(),
    reversed: null,
    ...queueIndex(CREDITS_QUEUE, `${now.toISOString()}#${creditId}`),
  };
  const posting = postingOf(
    { cause: 'PAID_THEN_ENDED', causeId: of.invoiceNumber, roundId: of.roundId },
    paidThenEndedMovements(pence, of),
    now,
  );
  return [
    ...alsoCreate(
      accountCreditKey(of.registrationId, creditId),
      credit,
      { action: 'credit.take', actor, reason: credit.reason },
      now,
    ),
    append(registrationPk(of.registrationId), posting),
  ];
}
