import * as z from 'zod';
import type { Language } from '../shared/access/identity.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { parseStored, queryCollection, queryIndex, read, type Stored } from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import { refund, writeOff } from './approval-model.ts';
import { type CreditUse, creditUse } from './credit-use-model.ts';
import { allocationKey, INVOICE, ledgerKey, lineKey, payerPartition } from './keys.ts';
import {
  accountCredit,
  allocation,
  creditNote,
  type Invoice,
  invoice,
  type PayerRecord,
  postedLine,
  posting,
} from './model.ts';
import { type MoneyRecords, type PayerStatement, payerMovements, statementOf } from './payer-statement.ts';
import { readPayer } from './payers.ts';
import { findInvoice } from './store.ts';

const LANES = 8;

/** A payer, kept by finance or known by its address alone, with every invoice that was issued to it. */
export interface PayerAccount {
  readonly payerRef: string;
  readonly kept: Stored<PayerRecord> | undefined;
  readonly name: string;
  /** Where its letters go; the first of `addresses`. */
  readonly email: string;
  /** Every address to which its invoices went. */
  readonly addresses: readonly string[];
  readonly addressLines: readonly string[];
  readonly language: Language;
  /** The oldest first. */
  readonly invoices: readonly Stored<Invoice>[];
}

/** The payer that is called so in addresses (payer-refs.ts); throws `NotFoundError`. Eventually consistent. */
export async function readPayerAccount(payerRef: string): Promise<PayerAccount> {
  const known = await findInvoice(payerRef);
  if (known === undefined || known.payer.payerId !== undefined)
    return keptAccount(known?.payer.payerId ?? payerRef);
  const { email } = known.payer;
  if (email === null) throw new NotFoundError(`payer ${payerRef}`);
  const invoices = await invoicesTo(email);
  const last = invoices.at(-1);
  if (last === undefined) throw new NotFoundError(`payer ${payerRef}`);
  const { name, addressLines } = last.payer;
  return {
    payerRef,
    kept: undefined,
    name,
    email,
    addresses: [email],
    addressLines,
    language: last.language,
    invoices,
  };
}

async function keptAccount(payerId: string): Promise<PayerAccount> {
  const kept = await readPayer(payerId);
  const { name, email, addressLines, language } = kept;
  const former = await formerAddresses(kept);
  const [now, ...before] = await inParallel([email, ...former], LANES, invoicesTo);
  return {
    payerRef: payerId,
    kept,
    name,
    email,
    addresses: [email, ...former],
    addressLines,
    language,
    // An address that it has no more may be another's by now.
    invoices: [...(now ?? []), ...before.flat().filter(({ payer }) => payer.payerId === payerId)].sort(
      byNumber,
    ),
  };
}

const byNumber = (a: Invoice, b: Invoice): number =>
  a.issuedAt.localeCompare(b.issuedAt) || a.invoiceNumber.localeCompare(b.invoiceNumber);

async function invoicesTo(email: string): Promise<Stored<Invoice>[]> {
  const items = await queryIndex('byPerson', payerPartition(email), `${INVOICE}#`);
  return items.map((item) => parseStored(invoice, item)).sort(byNumber);
}

const audited = z.object({ before: z.string() });
const addressed = z.object({ email: z.email() });

/** Addresses that a payer had before, from what was changed of it. */
async function formerAddresses({ pk, email }: Stored<PayerRecord>): Promise<string[]> {
  const audits = await queryCollection(pk, 'AUDIT#');
  const former = audits.flatMap((item) => {
    const entry = audited.safeParse(item);
    const before = entry.success ? addressed.safeParse(JSON.parse(entry.data.before)) : undefined;
    return before?.success === true ? [before.data.email.toLowerCase()] : [];
  });
  return [...new Set(former)].filter((each) => each !== email.toLowerCase());
}

/** All that was ever posted about the invoices of a payer, with what each posting was made for. Consistent. */
export async function moneyOf(invoices: readonly Invoice[]): Promise<MoneyRecords> {
  const registrations = new Set(invoices.map(({ registrationId }) => registrationId));
  const found = await inParallel([...registrations], LANES, moneyIn);
  const elsewhere = await inParallel(
    found.flatMap(({ uses }) => uses).filter(({ registrationId }) => !registrations.has(registrationId)),
    LANES,
    useElsewhere,
  );
  const allocations = [...found, ...elsewhere].flatMap((each) => each.allocations);
  const credits = found.flatMap((each) => each.credits);
  const lineIds = [...allocations, ...credits].flatMap(({ source }) =>
    source.kind === 'LINE' ? [source.lineId] : [],
  );
  const lines = await inParallel([...new Set(lineIds)], LANES, (lineId) => read(postedLine, lineKey(lineId)));
  return {
    postings: [...found, ...elsewhere].flatMap((each) => each.postings),
    creditNotes: found.flatMap((each) => each.creditNotes),
    allocations,
    credits,
    refunds: found.flatMap((each) => each.refunds),
    writeOffs: found.flatMap((each) => each.writeOffs),
    lines: lines.filter((line) => line !== undefined),
  };
}

/** The money of one collection, each kind of record told apart by its key. */
async function moneyIn(registrationId: string) {
  const pk = registrationPk(registrationId);
  const kinds = ['LEDGER#', 'CREDITNOTE#', 'ALLOCATION#', 'CREDIT#', 'CREDITUSE#', 'REFUND#', 'WRITEOFF#'];
  const [postings = [], notes = [], allocations = [], credits = [], uses = [], refunds = [], writeOffs = []] =
    await Promise.all(kinds.map((kind) => queryCollection(pk, kind)));
  return {
    postings: postings.map((item) => posting.parse(item)),
    creditNotes: notes.map((item) => creditNote.parse(item)),
    allocations: allocations.map((item) => allocation.parse(item)),
    credits: credits.map((item) => accountCredit.parse(item)),
    uses: uses.map((item) => creditUse.parse(item)),
    refunds: refunds.map((item) => refund.parse(item)),
    writeOffs: writeOffs.map((item) => writeOff.parse(item)),
  };
}

/** A use of a payer's credit on an invoice of another collection: its allocation, and what was posted of it. */
async function useElsewhere({ registrationId, allocationId }: CreditUse) {
  const pk = registrationPk(registrationId);
  const causes = ['CREDIT_USED', 'CREDIT_USE_REVERSED'];
  const [made, ...postings] = await Promise.all([
    read(allocation, allocationKey(registrationId, allocationId)),
    ...causes.map((cause) => read(posting, ledgerKey(pk, `${cause}-${allocationId}`))),
  ]);
  return {
    allocations: made === undefined ? [] : [made],
    postings: postings.filter((each) => each !== undefined),
  };
}

/**
 * The statement of account of a payer as the ledger had it at an instant, by default over all days until then. The
 * ledger is only appended to, so that the statement of an instant can be made again. Throws `RefusedError` for days that
 * are out of order or have not come.
 */
export async function readPayerStatement(
  { invoices }: Pick<PayerAccount, 'invoices'>,
  { from = null, to }: { readonly from?: string | null | undefined; readonly to?: string | undefined },
  at: Date,
): Promise<PayerStatement> {
  const today = londonDate(at);
  const last = to ?? today;
  if (last > today) throw new RefusedError('day-not-come', { field: 'to' });
  if (from !== null && from > last) throw new RefusedError('days-out-of-order', { field: 'from' });
  const movements = payerMovements(await moneyOf(invoices), invoices);
  const known = movements.filter(({ postedAt }) => postedAt <= at.toISOString());
  return statementOf(known, invoices, { from, to: last });
}
