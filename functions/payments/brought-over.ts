import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  type CsvRow,
  parseRow,
  RowRefusedError,
  type RowsResult,
  rowsOf,
  takeRows,
} from '../programme/rows.ts';
import { pence } from '../shared/money/pence.ts';
import { type Actor, create, read } from '../shared/table/change.ts';
import { queueIndex, registrationPk, roundIndex } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import { BROUGHT_OVER, DEBTORS_QUEUE, INVOICE, invoiceKey, invoicePointerKey } from './keys.ts';
import { append, broughtOverMovements, postingOf } from './ledger.ts';
import { type Invoice, invoice } from './model.ts';

/** Columns of the file, in any order. */
export const BROUGHT_OVER_COLUMNS = [
  'number',
  'reference',
  'payer',
  'school',
  'urn',
  'amount_pence',
  'due',
] as const;
/** What one request can take within its 29 seconds. */
const MAXIMUM_ROWS = 1000;

const row = z.object({
  number: z.string().trim().min(1).max(40),
  reference: z.string().trim().max(40),
  payer: z.string().trim().max(140),
  school: z.string().trim().min(1).max(140),
  urn: z.string().trim().max(20),
  amount_pence: z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(pence.positive()),
  due: z.iso.date(),
});

/**
 * Takes the open invoices of a previous system (CSV: number, reference, payer, school, urn, amount_pence, due), so that
 * payments for them find them. Each is an invoice like ours but has no registration, no PDF and a number of the other
 * system's. A reference may be that of several: councils give one for all that they pay. The same row again changes nothing; a number that is known with another amount is refused.
 */
export function importBroughtOver(csv: string, actor: Actor, now: Date): Promise<RowsResult> {
  const rows = rowsOf(csv, BROUGHT_OVER_COLUMNS, MAXIMUM_ROWS);
  return takeRows(
    rows,
    ({ values }) => (values.number ?? '').toUpperCase(),
    (each) => take(each, actor, now),
  );
}

async function take(of: CsvRow, actor: Actor, now: Date): Promise<boolean> {
  const made = makeBroughtOver(parseRow(row, of), of.line, now);
  const { registrationId, invoiceNumber, paymentReference, grossPence, roundId } = made;
  const known = await read(invoice, invoiceKey(registrationId, invoiceNumber));
  if (known !== undefined) {
    if (known.grossPence === grossPence && known.paymentReference === paymentReference) return false;
    throw new RowRefusedError('invoice-known', { invoice: invoiceNumber });
  }
  const pointer = { registrationId, invoiceNumber };
  const posting = postingOf(
    { cause: 'INVOICE_BROUGHT_OVER', causeId: invoiceNumber, roundId },
    broughtOverMovements(grossPence),
    now,
  );
  await create<Invoice>(
    invoiceKey(registrationId, invoiceNumber),
    {
      next: made,
      audit: { action: 'invoice.bring-over', actor },
      events: [{ name: 'InvoiceBroughtOver', detail: { registrationId, roundId, invoiceNumber } }],
      also: [
        { put: { ...invoicePointerKey(invoiceNumber.toUpperCase()), ...pointer }, onlyIfAbsent: true },
        append(registrationPk(registrationId), posting),
      ],
      refusals: {
        0: () => new RowRefusedError('invoice-known', { invoice: invoiceNumber }),
      },
    },
    now,
    () => new RowRefusedError('invoice-known', { invoice: invoiceNumber }),
  );
  return true;
}

/** The invoice as it is kept: its collection is named by its number, in place of a registration. Pure. */
export function makeBroughtOver(of: z.output<typeof row>, line: number, now: Date): Invoice {
  const digest = createHash('sha256')
    .update(of.number.toUpperCase())
    .digest('hex')
    .slice(0, 16)
    .toUpperCase();
  const payerName = of.payer === '' ? of.school : of.payer;
  return {
    invoiceNumber: of.number,
    series: BROUGHT_OVER,
    sequenceNumber: line,
    registrationId: `${BROUGHT_OVER}-${digest}`,
    registrationReference: '',
    roundId: BROUGHT_OVER,
    schoolId: '',
    schoolName: of.school,
    town: '',
    urn: of.urn === '' ? null : of.urn,
    payer: {
      kind: payerName === of.school ? 'SCHOOL' : 'TRUST',
      name: payerName,
      email: null,
      addressLines: [],
      funderId: null,
    },
    paymentReference: of.reference === '' ? of.number : of.reference,
    language: 'en',
    issuedAt: now.toISOString(),
    issuedOn: londonDate(now),
    dueOn: of.due,
    lines: [{ description: of.number, netPence: of.amount_pence }],
    netPence: of.amount_pence,
    vat: 'OUTSIDE_SCOPE',
    vatPence: 0,
    grossPence: of.amount_pence,
    purchaseOrder: null,
    allocatedPence: 0,
    creditedPence: 0,
    writtenOffPence: 0,
    status: 'ISSUED',
    settledAt: null,
    closedAt: null,
    pdfVersion: 0,
    pdfKey: null,
    ...roundIndex(BROUGHT_OVER, INVOICE, of.number),
    ...queueIndex(DEBTORS_QUEUE, `${of.due}#${of.number}`),
  };
}
