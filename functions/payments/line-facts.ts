import * as z from 'zod';
import { schoolIdOfUrn } from '../programme/store.ts';
import { findByReference, findRegistration } from '../registration/store.ts';
import { queryCollection, type Stored } from '../shared/table/change.ts';
import { schoolPk } from '../shared/table/keys.ts';
import type { NamedInvoice } from './candidates.ts';
import { namesOnLine, textsOf } from './matching.ts';
import type { Invoice } from './model.ts';
import type { OpenBook } from './open-book.ts';
import type { NamedBy } from './reference-index.ts';
import type { BankLine } from './statements/model.ts';
import { findInvoice, findInvoiceByReference, liveInvoicesOf } from './store.ts';

const place = z.object({ registrationId: z.string() });

/**
 * The invoices that a line names by reference, number, registration or URN, as they stand now: those of `book`, and what
 * is found by whatever on the line has the form of ours. Consistent.
 */
export async function invoicesNamedOn(
  line: Pick<BankLine, 'narrative' | 'endToEndId' | 'bankReference' | 'payerName'>,
  book: OpenBook,
): Promise<NamedInvoice[]> {
  const inBook = book.references.find(textsOf(line));
  const names = namesOnLine(line);
  const known = new Set([...inBook.keys()].flatMap((number) => book.get(number)?.paymentReference ?? []));
  const found = await Promise.all([
    ...[...inBook].map(async ([number, by]) => {
      const invoice = await findInvoice(number);
      return [...by].flatMap((how) => named(how, [invoice]));
    }),
    ...names.paymentReferences
      .filter((one) => !known.has(one))
      .map(async (one) => named('REFERENCE', [await findInvoiceByReference(one)])),
    ...names.invoiceNumbers
      .filter((one) => !inBook.has(one))
      .map(async (one) => named('INVOICE_NUMBER', [await findInvoice(one)])),
    ...names.registrationReferences.map(async (one) =>
      named('REGISTRATION_REFERENCE', await invoicesByReference(one)),
    ),
    ...names.urns.map(async (one) => named('URN', await invoicesByUrn(one))),
  ]);
  const merged = new Map<string, { invoice: Stored<Invoice>; by: NamedBy[] }>();
  for (const each of found.flat()) {
    const before = merged.get(each.invoice.invoiceNumber);
    if (before === undefined)
      merged.set(each.invoice.invoiceNumber, { invoice: each.invoice, by: [each.by] });
    else if (!before.by.includes(each.by)) before.by.push(each.by);
  }
  return Promise.all(
    [...merged.values()].map(async ({ invoice, by }) => ({ invoice, by, ended: await hasEnded(invoice) })),
  );
}

const named = (by: NamedBy, invoices: readonly (Stored<Invoice> | undefined)[]) =>
  invoices.flatMap((invoice) => (invoice === undefined ? [] : [{ invoice, by }]));

async function invoicesByReference(reference: string): Promise<Stored<Invoice>[]> {
  const of = await findByReference(reference);
  return of === undefined ? [] : liveInvoicesOf(of.registrationId);
}

/** Invoices of the registrations that hold the school's places, in whatever rounds. */
async function invoicesByUrn(urn: string): Promise<Stored<Invoice>[]> {
  const items = await queryCollection(schoolPk(schoolIdOfUrn(urn)), 'ROUND#');
  const ids = items.map((item) => place.parse(item).registrationId);
  return (await Promise.all(ids.map(liveInvoicesOf))).flat();
}

/** Whether nothing may be put on an invoice any more, its closing still to come included. */
async function hasEnded(invoice: Invoice): Promise<boolean> {
  if (invoice.closedAt !== null) return true;
  const of = await findRegistration(invoice.registrationId);
  return of?.status === 'LAPSED' || of?.status === 'WITHDRAWN';
}
