import { readRound } from '../programme/store.ts';
import type { Registration } from '../registration/model.ts';
import { readRegistration } from '../registration/store.ts';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  alsoCreate,
  create,
  type ExtraWrite,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, registrationPk, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { registrationsOf } from './balance.ts';
import {
  BROUGHT_OVER,
  creditNoteKey,
  DEBTORS_QUEUE,
  invoiceKey,
  invoicePointerKey,
  payerIndex,
  paymentReferenceKey,
} from './keys.ts';
import { append, creditNoteMovements, invoiceMovements, postingOf } from './ledger.ts';
import type { CreditNote, Invoice } from './model.ts';
import { NumberTakenError, nextNumbers, withNumber } from './numbering.ts';
import { readInvoice } from './store.ts';

/** What an invoice becomes: the new ones without their numbers, made from the old ones as they stand. */
export type Drafted = Omit<Invoice, 'invoiceNumber' | 'series' | 'sequenceNumber'>;

/** An old invoice, and the registrations that it pays for. */
export interface Replaceable {
  readonly old: Stored<Invoice>;
  readonly registrations: readonly Stored<Registration>[];
}

/**
 * An issued invoice is never edited: old ones are credited whole, each credit note naming its invoice, and new ones
 * issued, in one transaction with the registrations that are paid by them now. `draft` makes the new ones; the first is
 * the one whose number the registrations carry. Throws `RefusedError` where an old one has money on it, is closed, or
 * its registration does not wait for payment any more.
 */
export async function replaceInvoices(
  numbers: readonly string[],
  draft: (olds: readonly Replaceable[], now: Date) => Promise<readonly Drafted[]>,
  { actor, reason }: { readonly actor: Actor; readonly reason: string },
  now: Date,
): Promise<Stored<Invoice>> {
  return withNumber(async () => {
    const olds = await Promise.all(numbers.map(replaceable));
    const drafts = await draft(olds, now);
    const [taken, credits] = await Promise.all([
      nextNumbers('INVOICE', londonDate(now), drafts.length),
      nextNumbers('CREDIT_NOTE', londonDate(now), olds.length),
    ]);
    const issued = drafts.map((each, index): Invoice => {
      const { number, sequenceNumber } = at(taken.numbers, index);
      // An invoice for several lies in a collection of its own, which its number names.
      const registrationId = each.registrationId.replace('{number}', number);
      return {
        ...each,
        invoiceNumber: number,
        series: taken.series,
        sequenceNumber,
        registrationId,
        ...roundIndex(each.roundId, 'INVOICE', number),
        ...queueIndex(DEBTORS_QUEUE, `${each.dueOn}#${number}`),
        ...payerIndex(each.payer.email, number),
      };
    });
    const first = at(issued, 0);
    const audit = { action: 'invoice.reissue', actor, reason };
    const events: DomainEvent[] = [];
    const also: ExtraWrite[] = [taken.take, credits.take, ...papers(first, now)];
    for (const each of issued.slice(1))
      also.push(
        ...alsoCreate(invoiceKey(each.registrationId, each.invoiceNumber), each, audit, now),
        ...papers(each, now),
      );
    for (const [index, { old, registrations }] of olds.entries()) {
      const note = creditOf(old, { ...at(credits.numbers, index), series: credits.series }, now);
      also.push(...replacedWrites(old, note, first.invoiceNumber, audit, now));
      for (const of of registrations) {
        const next = { ...withoutStored(of), invoiceNumber: first.invoiceNumber };
        also.push(...alsoChange<Registration>(of, next, audit, now));
        const { registrationId, roundId } = of;
        events.push({
          name: 'InvoiceReplaced',
          detail: {
            registrationId,
            roundId,
            invoiceNumber: old.invoiceNumber,
            replacedBy: first.invoiceNumber,
          },
          collection: registrationPk(registrationId),
        });
      }
    }
    return create<Invoice>(
      invoiceKey(first.registrationId, first.invoiceNumber),
      {
        next: first,
        audit,
        events,
        also,
        refusals: {
          0: () => new NumberTakenError(taken.series),
          1: () => new NumberTakenError(credits.series),
        },
      },
      now,
    );
  });
}

function at<T>(of: readonly T[], index: number): T {
  const found = of[index];
  if (found === undefined) throw new RangeError(`nothing at ${index}`);
  return found;
}

async function replaceable(number: string): Promise<Replaceable> {
  const old = await readInvoice(number);
  const values = { invoice: old.invoiceNumber };
  if (old.roundId === BROUGHT_OVER) throw new RefusedError('invoice-brought-over', { values });
  if (old.closedAt !== null) throw new RefusedError('invoice-closed', { values });
  if (old.allocatedPence > 0 || old.creditedPence > 0)
    throw new RefusedError('invoice-has-money', { values });
  const registrations = await Promise.all(registrationsOf(old).map(readRegistration));
  const moved = registrations.find(({ status }) => status !== 'AWAITING_PAYMENT');
  if (moved !== undefined)
    throw new RefusedError('registration-not-awaiting', { values: { reference: moved.reference } });
  return { old, registrations };
}

/** Numbers, references and the debtor of a new invoice. A reference that it took over leads to it from now on. */
function papers(issued: Invoice, now: Date): ExtraWrite[] {
  const { registrationId, invoiceNumber, roundId, paymentReference } = issued;
  const pointer = { registrationId, invoiceNumber };
  return [
    { put: { ...invoicePointerKey(invoiceNumber), ...pointer }, onlyIfAbsent: true },
    { put: { ...paymentReferenceKey(paymentReference), ...pointer } },
    append(
      registrationPk(registrationId),
      postingOf({ cause: 'INVOICE', causeId: invoiceNumber, roundId }, invoiceMovements(issued), now),
    ),
  ];
}

function creditOf(
  old: Invoice,
  number: { readonly number: string; readonly series: string; readonly sequenceNumber: number },
  now: Date,
): CreditNote {
  return {
    creditNoteNumber: number.number,
    series: number.series,
    sequenceNumber: number.sequenceNumber,
    invoiceNumber: old.invoiceNumber,
    registrationId: old.registrationId,
    issuedAt: now.toISOString(),
    issuedOn: londonDate(now),
    netPence: old.netPence,
    vatPence: old.vatPence,
    grossPence: old.grossPence,
    reason: 'REPLACED',
    pdfKey: null,
    ...roundIndex(old.roundId, 'CREDITNOTE', number.number),
  };
}

/** The old invoice, credited and closed, with its credit note; the note is told by the invoice's own audit entry. */
function replacedWrites(
  old: Stored<Invoice>,
  note: CreditNote,
  replacedBy: string,
  audit: { readonly action: string; readonly actor: Actor; readonly reason: string },
  now: Date,
): ExtraWrite[] {
  const { queueKey: _key, queueSort: _sort, ...kept } = withoutStored(old);
  const next: Invoice = {
    ...kept,
    creditedPence: old.grossPence,
    status: 'CREDITED',
    closedAt: now.toISOString(),
    replacedBy,
  };
  const cause = { cause: 'CREDIT_NOTE', causeId: note.creditNoteNumber, roundId: old.roundId } as const;
  return [
    ...alsoChange<Invoice>(old, next, audit, now),
    { put: { ...note, ...creditNoteKey(note.registrationId, note.creditNoteNumber) }, onlyIfAbsent: true },
    append(registrationPk(old.registrationId), postingOf(cause, creditNoteMovements(note), now)),
  ];
}

/** The round of invoices that are replaced together; refused where they are of several. */
export async function roundOfAll(olds: readonly Replaceable[]) {
  const [roundId = '', ...others] = new Set(olds.map(({ old }) => old.roundId));
  if (others.length > 0) throw new RefusedError('several-rounds');
  return readRound(roundId);
}
