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
import { toEachRegistration } from './allocate.ts';
import { balanceOf, invoiceStatusOf, isJoint, isSettledInvoice } from './balance.ts';
import { accountCreditKey, CREDITS_QUEUE, creditNoteKey, DEBTORS_QUEUE, invoiceKey } from './keys.ts';
import { append, creditNoteMovements, paidThenEndedMovements, postingOf } from './ledger.ts';
import { type AccountCredit, type CreditNote, type Invoice, invoice } from './model.ts';
import { type NextNumber, NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { liveInvoicesOf } from './store.ts';
import { vatOn, vatWithin } from './vat.ts';

/** Why a registration's invoice is closed. */
export type CreditReason = CreditNote['reason'];

/**
 * Closes the invoices of a registration that has ended (its line, on an invoice for several): a credit note over what is unpaid, no allocation any more. What
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
  const closed: Stored<Invoice>[] = [];
  for (const issued of await liveInvoicesOf(registrationId))
    closed.push(
      await withNumber(() =>
        change<Invoice>(
          invoice,
          invoiceKey(issued.registrationId, issued.invoiceNumber),
          now,
          async (current) => {
            if (current.closedAt !== null) return undefined;
            const number =
              balanceOf(current) > 0 ? await nextNumber('CREDIT_NOTE', londonDate(now)) : undefined;
            return isJoint(current)
              ? closingLine(current, registrationId, reason, number, actor, now)
              : closing(current, reason, number, actor, now);
          },
        ),
      ),
    );
  return closed[0];
}

/**
 * The change that credits the line of a registration that has ended on an invoice for several; the invoice goes on for
 * the others, and closes with its last line. Nothing where it is paid (the fee stays, as with any other) or the line is
 * credited already. What had been paid beyond the rest becomes the payer's credit. Pure.
 */
export function closingLine(
  current: Stored<Invoice>,
  registrationId: string,
  reason: CreditReason,
  number: NextNumber | undefined,
  actor: Actor,
  now: Date,
): Change<Invoice> | undefined {
  const line = current.lines.find((each) => each.registrationId === registrationId);
  if (number === undefined || line === undefined || line.creditNoteNumber !== undefined) return undefined;
  const { queueKey: _queue, queueSort: _sort, ...kept } = withoutStored(current);
  const linePence = line.netPence + vatOn(line.netPence, current.vat);
  const grossPence = Math.min(linePence, balanceOf(current));
  const note = makeCreditNote(current, reason, number, now, grossPence);
  const schoolName = line.schoolName ?? current.schoolName;
  const next: Invoice = {
    ...kept,
    creditedPence: current.creditedPence + grossPence,
    lines: current.lines.map((each) => (each === line ? { ...each, creditNoteNumber: number.number } : each)),
  };
  const { roundId, invoiceNumber } = current;
  const events: DomainEvent[] = [
    {
      name: 'InvoiceCredited',
      detail: { registrationId, roundId, invoiceNumber, creditNoteNumber: number.number },
    },
  ];
  next.status = invoiceStatusOf(next);
  if (isSettledInvoice(next)) {
    next.settledAt = now.toISOString();
    events.push(...toEachRegistration('InvoiceSettled', next));
  } else Object.assign(next, queueIndex(DEBTORS_QUEUE, `${current.dueOn}#${invoiceNumber}`));
  if (next.lines.every(({ creditNoteNumber }) => creditNoteNumber !== undefined))
    next.closedAt = now.toISOString();
  const givenBack = linePence - grossPence;
  return {
    next,
    audit: { action: 'invoice.credit-line', actor, reason: `${reason} ${schoolName}` },
    events,
    also: [
      number.take,
      ...creditNoteWrites({ ...note, schoolName }, current, actor, now),
      ...(givenBack > 0
        ? givenBackWrites(current, givenBack, note, actor, now, `${creditIdOf(current)}-${registrationId}`)
        : []),
    ],
    refusals: { 0: () => new NumberTakenError(number.series) },
  };
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

/** A credit note over what an invoice still has unpaid, or a part of it, with the VAT in it. Pure. */
function makeCreditNote(
  of: Invoice,
  reason: CreditReason,
  number: NextNumber,
  now: Date,
  grossPence: Pence = balanceOf(of),
): CreditNote {
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
  creditId: string = creditIdOf(of),
): ExtraWrite[] {
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
    { cause: 'PAID_THEN_ENDED', causeId: creditId.replace('ENDED-', ''), roundId: of.roundId },
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
