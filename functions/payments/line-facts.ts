import * as z from 'zod';
import { schoolIdOfUrn } from '../programme/store.ts';
import { findByReference, findRegistration } from '../registration/store.ts';
import { queryCollection, type Stored } from '../shared/table/change.ts';
import { schoolPk } from '../shared/table/keys.ts';
import { type NamedBy, type NamedInvoice, namesOnLine } from './matching.ts';
import type { BankLine, Invoice } from './model.ts';
import { findInvoice, findInvoiceByReference, invoicesOfRegistration } from './store.ts';

const place = z.object({ registrationId: z.string() });

/** The invoices that a line names by reference, number, registration or URN, as they stand now. Consistent. */
export async function invoicesNamedOn(
  line: Pick<BankLine, 'narrative' | 'endToEndId' | 'bankReference' | 'payerName'>,
): Promise<NamedInvoice[]> {
  const names = namesOnLine(line);
  const found = await Promise.all([
    ...names.paymentReferences.map(async (one) => named('REFERENCE', [await findInvoiceByReference(one)])),
    ...names.invoiceNumbers.map(async (one) => named('INVOICE_NUMBER', [await findInvoice(one)])),
    ...names.registrationReferences.map(async (one) =>
      named('REGISTRATION_REFERENCE', await invoicesByReference(one)),
    ),
    ...names.urns.map(async (one) => named('URN', await invoicesByUrn(one))),
  ]);
  const merged = new Map<string, { invoice: Stored<Invoice>; by: NamedBy[] }>();
  for (const each of found.flat()) {
    const known = merged.get(each.invoice.invoiceNumber);
    if (known === undefined) merged.set(each.invoice.invoiceNumber, { invoice: each.invoice, by: [each.by] });
    else if (!known.by.includes(each.by)) known.by.push(each.by);
  }
  return Promise.all(
    [...merged.values()].map(async ({ invoice, by }) => ({ invoice, by, ended: await hasEnded(invoice) })),
  );
}

const named = (by: NamedBy, invoices: readonly (Stored<Invoice> | undefined)[]) =>
  invoices.flatMap((invoice) => (invoice === undefined ? [] : [{ invoice, by }]));

async function invoicesByReference(reference: string): Promise<Stored<Invoice>[]> {
  const of = await findByReference(reference);
  return of === undefined ? [] : invoicesOfRegistration(of.registrationId);
}

/** Invoices of the registrations that hold the school's places, in whatever rounds. */
async function invoicesByUrn(urn: string): Promise<Stored<Invoice>[]> {
  const items = await queryCollection(schoolPk(schoolIdOfUrn(urn)), 'ROUND#');
  const ids = items.map((item) => place.parse(item).registrationId);
  return (await Promise.all(ids.map(invoicesOfRegistration))).flat();
}

/** Whether nothing may be put on an invoice any more, its closing still to come included. */
async function hasEnded(invoice: Invoice): Promise<boolean> {
  if (invoice.closedAt !== null) return true;
  const of = await findRegistration(invoice.registrationId);
  return of?.status === 'LAPSED' || of?.status === 'WITHDRAWN';
}
