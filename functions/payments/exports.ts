import { type Cell, csvOf } from '../shared/csv/csv-of.ts';
import type { Pence } from '../shared/money/pence.ts';
import { balanceOf } from './balance.ts';
import type { Invoice, PostedLine, Posting } from './model.ts';
import { type AgedPayer, ageBands, type PeriodFigures } from './reports.ts';

/** Pounds with two decimals and a point, as spreadsheets read them. */
export const pounds = (pence: Pence): string =>
  `${pence < 0 ? '-' : ''}${Math.floor(Math.abs(pence) / 100)}.${String(Math.abs(pence) % 100).padStart(2, '0')}`;

/** One row for each entry of each posting: debits and credits of both columns sum to the same. */
export function ledgerCsv(postings: readonly Posting[]): { csv: string; rows: number } {
  const rows = postings.flatMap((each) =>
    each.entries.map(({ account, pence }): Cell[] => [
      each.postedOn,
      each.postedAt,
      each.postingId,
      each.cause,
      each.causeId,
      each.roundId,
      account,
      pence > 0 ? pounds(pence) : '',
      pence < 0 ? pounds(-pence) : '',
    ]),
  );
  const heads = [
    'posted_on',
    'posted_at',
    'posting',
    'cause',
    'cause_id',
    'round_id',
    'account',
    'debit',
    'credit',
  ];
  return { csv: csvOf(heads, rows), rows: rows.length };
}

/** One row an invoice. */
export function invoicesCsv(invoices: readonly Invoice[]): { csv: string; rows: number } {
  const rows = invoices.map((each): Cell[] => [
    each.invoiceNumber,
    each.issuedOn,
    each.dueOn,
    each.roundId,
    each.registrationReference,
    each.schoolName,
    each.town,
    each.urn,
    each.payer.name,
    each.purchaseOrder,
    each.paymentReference,
    pounds(each.netPence),
    each.vat,
    pounds(each.vatPence),
    pounds(each.grossPence),
    pounds(each.allocatedPence),
    pounds(each.creditedPence),
    pounds(balanceOf(each)),
    each.status,
  ]);
  const heads = [
    'invoice',
    'issued_on',
    'due_on',
    'round_id',
    'registration',
    'school',
    'town',
    'urn',
    'payer',
    'purchase_order',
    'payment_reference',
    'net',
    'vat_treatment',
    'vat',
    'gross',
    'paid',
    'credited',
    'balance',
    'status',
  ];
  return { csv: csvOf(heads, rows), rows: rows.length };
}

/** One row a bank line, those that an earlier statement had too (status SEEN). */
export function linesCsv(lines: readonly PostedLine[]): { csv: string; rows: number } {
  const rows = lines.map((each): Cell[] => [
    each.lineId,
    each.account,
    each.bookedOn,
    each.valueOn,
    pounds(each.direction === 'CREDIT' ? each.pence : -each.pence),
    each.payerName,
    each.narrative,
    each.endToEndId,
    each.bankReference,
    each.status,
    pounds(each.openPence),
  ]);
  const heads = [
    'line',
    'account',
    'booked_on',
    'value_on',
    'amount',
    'payer',
    'narrative',
    'end_to_end_id',
    'bank_reference',
    'status',
    'open',
  ];
  return { csv: csvOf(heads, rows), rows: rows.length };
}

/** One row a payer: what it owes by age. */
export function ageingCsv(payers: readonly AgedPayer[]): { csv: string; rows: number } {
  const rows = payers.map((each): Cell[] => [
    each.payerName,
    ...ageBands.map((band) => pounds(each.bands[band])),
    pounds(each.pence),
  ]);
  const heads = ['payer', 'not_due', 'days_1_30', 'days_31_60', 'days_61_90', 'days_over_90', 'total'];
  return { csv: csvOf(heads, rows), rows: rows.length };
}

/** The report of a period: one row a figure. */
export function reportCsv(
  of: Omit<PeriodFigures, 'otherIncome' | 'otherCosts'> & {
    readonly from: string;
    readonly to: string;
    readonly otherIncome: readonly { readonly name: string; readonly pence: Pence }[];
    readonly otherCosts: readonly { readonly name: string; readonly pence: Pence }[];
  },
): { csv: string; rows: number } {
  const rows: Cell[][] = [
    ['income', 'fees', pounds(of.feesPence)],
    ...of.otherIncome.map(({ name, pence }): Cell[] => ['income', name, pounds(pence)]),
    ['income', 'total', pounds(of.incomePence)],
    ...of.otherCosts.map(({ name, pence }): Cell[] => ['costs', name, pounds(pence)]),
    ['written_off', '', pounds(of.writtenOffPence)],
    ['vat', '', pounds(of.vatPence)],
    ['refunded', '', pounds(of.refundedPence)],
    ['bank', 'in', pounds(of.bankInPence)],
    ['bank', 'out', pounds(of.bankOutPence)],
  ];
  const heads = ['figure', 'source', 'amount', 'from', 'to'];
  return {
    csv: csvOf(
      heads,
      rows.map((row) => [...row, of.from, of.to]),
    ),
    rows: rows.length,
  };
}
