import * as z from 'zod';
import type { Registration } from '../registration/model.ts';
import { findRegistration } from '../registration/store.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { parseStored, queryCollection, queryIndex, read, type Stored } from '../shared/table/change.ts';
import { registrationPk, roundPk } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import { type Refund, refund, type WriteOff, writeOff } from './approval-model.ts';
import { isSettledInvoice } from './balance.ts';
import {
  BROUGHT_OVER,
  DEBTORS_QUEUE,
  INVOICE,
  invoiceKey,
  invoicePointerKey,
  payerPartition,
  paymentReferenceKey,
} from './keys.ts';
import {
  type AccountCredit,
  type Allocation,
  accountCredit,
  allocation,
  type CreditNote,
  creditNote,
  type Invoice,
  invoice,
  type Receipt,
  receipt,
} from './model.ts';

const pointer = z.object({ registrationId: z.string(), invoiceNumber: z.string() });

/** Invoices of a registration, the oldest first. Consistent. */
export async function invoicesOfRegistration(registrationId: string): Promise<Stored<Invoice>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'INVOICE#');
  return items.map((item) => parseStored(invoice, item));
}

/** The invoice of a registration; undefined before it is issued and where a funder covers the fee. Consistent. */
export async function invoiceOf(
  of: Pick<Registration, 'registrationId' | 'invoiceNumber'>,
): Promise<Stored<Invoice> | undefined> {
  if (of.invoiceNumber === null) return undefined;
  return (
    (await read(invoice, invoiceKey(of.registrationId, of.invoiceNumber))) ?? findInvoice(of.invoiceNumber)
  );
}

/**
 * The invoices by which a registration is paid, its own number first: those of its collection that none took the place
 * of, and the one for several registrations that has a line of it. Consistent.
 */
export async function liveInvoicesOf(registrationId: string): Promise<Stored<Invoice>[]> {
  const of = await findRegistration(registrationId);
  // The collection of an invoice for several has no registration.
  return of === undefined ? invoicesOfRegistration(registrationId) : liveInvoices(of);
}

/** As `liveInvoicesOf`, of a registration that is at hand. */
export async function liveInvoices(
  of: Pick<Registration, 'registrationId' | 'invoiceNumber'>,
): Promise<Stored<Invoice>[]> {
  const { invoiceNumber } = of;
  if (invoiceNumber === null) return [];
  const own = await invoicesOfRegistration(of.registrationId);
  const live = own.filter(({ replacedBy }) => replacedBy === undefined);
  const main =
    live.find((each) => each.invoiceNumber === invoiceNumber) ?? (await findInvoice(invoiceNumber));
  return main === undefined
    ? live
    : [main, ...live.filter((each) => each.invoiceNumber !== main.invoiceNumber)];
}

/** The one of a registration's invoices that it waits for: the first with money owed, else the first. */
export function awaitedOf<T extends Invoice>(live: readonly T[]): T | undefined {
  return live.find((each) => !isSettledInvoice(each)) ?? live[0];
}

/** The invoice of a number (in any case), or undefined. Consistent. */
export async function findInvoice(invoiceNumber: string): Promise<Stored<Invoice> | undefined> {
  return follow(await read(pointer, invoicePointerKey(invoiceNumber.trim().toUpperCase())));
}

/** The invoice of a number; throws `NotFoundError`. Consistent. */
export async function readInvoice(invoiceNumber: string): Promise<Stored<Invoice>> {
  const found = await findInvoice(invoiceNumber);
  if (found === undefined) throw new NotFoundError(`invoice ${invoiceNumber}`);
  return found;
}

/** The invoice with a payment reference (`PSQM` and seven characters), or undefined. Consistent. */
export async function findInvoiceByReference(reference: string): Promise<Stored<Invoice> | undefined> {
  return follow(await read(pointer, paymentReferenceKey(reference)));
}

async function follow(found: z.output<typeof pointer> | undefined): Promise<Stored<Invoice> | undefined> {
  return found === undefined
    ? undefined
    : read(invoice, invoiceKey(found.registrationId, found.invoiceNumber));
}

/** Credit notes of a registration, the oldest first. Consistent. */
export async function creditNotesOf(registrationId: string): Promise<Stored<CreditNote>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'CREDITNOTE#');
  return items.map((item) => parseStored(creditNote, item));
}

/** Receipts of a registration, the oldest first. Consistent. */
export async function receiptsOf(registrationId: string): Promise<Stored<Receipt>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'RECEIPT#');
  return items.map((item) => parseStored(receipt, item));
}

/** Refunds of a registration's credits, the oldest first. Consistent. */
export async function refundsOf(registrationId: string): Promise<Stored<Refund>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'REFUND#');
  return items
    .map((item) => parseStored(refund, item))
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
}

/** Write-offs of a registration's invoices, the oldest first. Consistent. */
export async function writeOffsOf(registrationId: string): Promise<Stored<WriteOff>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'WRITEOFF#');
  return items
    .map((item) => parseStored(writeOff, item))
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
}

/** Allocations to the invoices of a registration, reversed ones too, the oldest first. Consistent. */
export async function allocationsOf(registrationId: string): Promise<Stored<Allocation>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'ALLOCATION#');
  return items.map((item) => parseStored(allocation, item)).sort((a, b) => a.at.localeCompare(b.at));
}

/** Credits on account that came from a registration, the oldest first. Consistent. */
export async function accountCreditsOf(registrationId: string): Promise<Stored<AccountCredit>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'CREDIT#');
  return items.map((item) => parseStored(accountCredit, item)).sort((a, b) => a.at.localeCompare(b.at));
}

/** All invoices of a round by number. Eventually consistent. */
export async function listInvoices(roundId: string): Promise<Stored<Invoice>[]> {
  const items = await queryIndex('byRound', `${roundPk(roundId)}#${INVOICE}`);
  return items.map((item) => parseStored(invoice, item));
}

/** All invoices with money owed, of every round, those due first at the head. Eventually consistent. */
export async function openInvoices(): Promise<Stored<Invoice>[]> {
  const items = await queryIndex('byQueue', `QUEUE#${DEBTORS_QUEUE}`);
  return items.map((item) => parseStored(invoice, item));
}

/** Invoices of the payer with this address that have money owed, those due first at the head. Eventually consistent. */
export async function openInvoicesOfPayer(email: string): Promise<Stored<Invoice>[]> {
  const items = await queryIndex('byPerson', payerPartition(email), `${INVOICE}#`);
  return items
    .map((item) => parseStored(invoice, item))
    .filter((each) => each.closedAt === null && !isSettledInvoice(each))
    .sort((a, b) => a.dueOn.localeCompare(b.dueOn) || a.invoiceNumber.localeCompare(b.invoiceNumber));
}

/** Invoices that were brought over from a previous system, settled ones too. Eventually consistent. */
export const broughtOverInvoices = (): Promise<Stored<Invoice>[]> => listInvoices(BROUGHT_OVER);

export interface PaymentDocument {
  readonly kind: 'INVOICE' | 'CREDIT_NOTE' | 'RECEIPT' | 'REFUND_ADVICE';
  readonly number: string;
  readonly issuedOn: string;
  /** In the documents bucket. */
  readonly key: string;
}

/** Every PDF of a registration's payments that has been made: invoices, credit notes, receipts, refund advices. Consistent. */
export async function documentsOfRegistration(registrationId: string): Promise<PaymentDocument[]> {
  const [own, live, notes, receipts, refunds] = await Promise.all([
    invoicesOfRegistration(registrationId),
    liveInvoicesOf(registrationId),
    creditNotesOf(registrationId),
    receiptsOf(registrationId),
    refundsOf(registrationId),
  ]);
  const invoices = [...own, ...live.filter((each) => each.registrationId !== registrationId)];
  const made = (
    kind: PaymentDocument['kind'],
    number: string,
    { issuedOn, pdfKey }: { issuedOn: string; pdfKey: string | null },
  ): PaymentDocument[] => (pdfKey === null ? [] : [{ kind, number, issuedOn, key: pdfKey }]);
  return [
    ...invoices.flatMap((one) => made('INVOICE', one.invoiceNumber, one)),
    ...notes.flatMap((one) => made('CREDIT_NOTE', one.creditNoteNumber, one)),
    ...receipts.flatMap((one) => made('RECEIPT', one.receiptNumber, one)),
    ...refunds.flatMap((one) =>
      made('REFUND_ADVICE', one.adviceNumber ?? '', {
        issuedOn: londonDate(new Date(one.decided?.at ?? one.requestedAt)),
        pdfKey: one.pdfKey,
      }),
    ),
  ];
}

/**
 * Whether the fee of a registration is settled or covered: a funder took it, or money and credit notes reach every
 * invoice's amount (domain.md 3.6). False for one that has neither. Consistent.
 */
export async function isSettled(registrationId: string): Promise<boolean> {
  const [of, invoices] = await Promise.all([
    findRegistration(registrationId),
    liveInvoicesOf(registrationId),
  ]);
  if (invoices.length > 0) return invoices.every(isSettledInvoice);
  return of !== undefined && of.funderId !== null;
}
