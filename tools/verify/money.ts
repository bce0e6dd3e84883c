import { createHash } from 'node:crypto';
import * as z from 'zod';
import { groupBy, sumOf, type Table } from './table.ts';
import { Findings, type Violation } from './violation.ts';

const pence = z.number().int();
const posting = z.object({
  postingId: z.string(),
  postedOn: z.string(),
  postedAt: z.string(),
  entries: z.array(z.object({ account: z.string(), pence })),
});
const closedMonth = z.object({
  month: z.string(),
  closedAt: z.string(),
  postings: z.number().int(),
  digest: z.string(),
});
export const invoice = z.object({
  invoiceNumber: z.string(),
  registrationId: z.string(),
  series: z.string(),
  sequenceNumber: z.number().int(),
  netPence: pence,
  vatPence: pence,
  grossPence: pence,
  allocatedPence: pence,
  creditedPence: pence,
  writtenOffPence: pence.default(0),
  status: z.string(),
});
const source = z.object({
  kind: z.string(),
  lineId: z.string().optional(),
  creditId: z.string().optional(),
});
const reversed = z.object({ at: z.string() }).nullable();
export const allocation = z.object({
  allocationId: z.string(),
  invoiceNumber: z.string(),
  source,
  pence,
  at: z.string(),
  reversed,
});
export const creditNote = z.object({
  creditNoteNumber: z.string(),
  invoiceNumber: z.string(),
  series: z.string(),
  sequenceNumber: z.number().int(),
  grossPence: pence,
  issuedAt: z.string(),
});
const receipt = z.object({ receiptNumber: z.string(), series: z.string(), sequenceNumber: z.number().int() });
const refund = z.object({
  refundId: z.string(),
  creditId: z.string(),
  pence,
  status: z.string(),
  requestedBy: z.string(),
  decided: z.object({ by: z.string() }).nullable(),
  adviceNumber: z.string().nullable(),
  series: z.string().nullable(),
  sequenceNumber: z.number().int().nullable(),
  paid: z.object({ lineId: z.string() }).nullable(),
});
export const writeOff = z.object({
  writeOffId: z.string(),
  invoiceNumber: z.string(),
  pence,
  status: z.string(),
  requestedBy: z.string(),
  decided: z.object({ by: z.string(), at: z.string() }).nullable(),
});
const otherEntry = z.object({
  entryId: z.string(),
  lineId: z.string(),
  kind: z.enum(['INCOME', 'COST']),
  pence,
  reversed,
});
const returnedLine = z.object({ lineId: z.string(), originalLineId: z.string(), pence, reversed });
const accountCredit = z.object({
  creditId: z.string(),
  source,
  pence,
  remainingPence: pence,
  reversed,
});
const line = z.object({
  lineId: z.string(),
  pence,
  openPence: pence,
  direction: z.enum(['CREDIT', 'DEBIT']),
  status: z.string(),
});
const statement = z.object({
  status: z.string(),
  accounts: z.array(
    z.object({
      account: z.string(),
      openingPence: pence.nullable(),
      closingPence: pence.nullable(),
      creditPence: pence,
      debitPence: pence,
      lines: z.number().int(),
    }),
  ),
});
const counter = z.object({ last: z.number().int() });

type Invoice = z.output<typeof invoice>;
const balanceOf = (of: Invoice): number =>
  of.grossPence - of.allocatedPence - of.creditedPence - of.writtenOffPence;

/**
 * Money balances: every posting sums to zero; the ledger's accounts stand at what invoices, credits and bank lines say;
 * every amount on a record is what the records below it add up to; numbers have no gap; a bank statement is all there.
 */
export function moneyBalances(table: Table): Violation[] {
  const found = new Findings('money-balances');
  const books = {
    invoices: table.kind(invoice, 'REG', 'INVOICE'),
    notes: table.kind(creditNote, 'REG', 'CREDITNOTE'),
    // A reversed allocation or credit is history: the money is where it was before.
    allocations: table.kind(allocation, 'REG', 'ALLOCATION').filter((one) => one.reversed === null),
    credits: table.kind(accountCredit, 'REG', 'CREDIT'),
    lines: table.kind(line, 'STATEMENT', 'LINE'),
    refunds: table.kind(refund, 'REG', 'REFUND'),
    writeOffs: table.kind(writeOff, 'REG', 'WRITEOFF'),
    others: table.kind(otherEntry, 'STATEMENT', 'OTHER').filter((one) => one.reversed === null),
    returns: table.kind(returnedLine, 'STATEMENT', 'RETURNED').filter((one) => one.reversed === null),
  };
  checkLedger(table, books, found);
  checkInvoices(books, found);
  checkLines(books, found);
  checkCredits(books, found);
  checkApprovals(books, found);
  checkNumbers(table, books, found);
  checkStatements(table, found);
  checkMonths(table, found);
  return found.list;
}

interface Books {
  readonly invoices: readonly Invoice[];
  readonly notes: readonly z.output<typeof creditNote>[];
  readonly allocations: readonly z.output<typeof allocation>[];
  readonly credits: readonly z.output<typeof accountCredit>[];
  readonly lines: readonly z.output<typeof line>[];
  readonly refunds: readonly z.output<typeof refund>[];
  readonly writeOffs: readonly z.output<typeof writeOff>[];
  readonly others: readonly z.output<typeof otherEntry>[];
  readonly returns: readonly z.output<typeof returnedLine>[];
}

/** Refunds by which a credit became less. */
const approved = ({ refunds }: Books) =>
  refunds.filter(({ status }) => status === 'APPROVED' || status === 'PAID');

/** Lines that moved money: an earlier statement's line seen again did not. */
const moving = ({ lines }: Books) => lines.filter(({ status }) => status !== 'SEEN');

function checkLedger(table: Table, books: Books, found: Findings): void {
  const balances = new Map<string, number>();
  for (const each of table.kind(posting, '*', 'LEDGER')) {
    const sum = sumOf(each.entries, (entry) => entry.pence);
    if (sum !== 0)
      found.add(`${each.pk} ${each.sk}`, `posting ${each.postingId} sums to ${sum} pence, not to 0`);
    for (const entry of each.entries)
      balances.set(entry.account, (balances.get(entry.account) ?? 0) + entry.pence);
  }
  const signed = (one: z.output<typeof line>): number =>
    one.direction === 'CREDIT' ? one.pence : -one.pence;
  const stands: Readonly<Record<string, number>> = {
    DEBTORS: sumOf(books.invoices, balanceOf),
    BANK: sumOf(moving(books), signed),
    // What came in and has no home is owed; what left without one is owed to us.
    SUSPENSE: sumOf(moving(books), (one) =>
      one.direction === 'CREDIT' ? -one.openPence : one.status === 'PAID_OUT' ? 0 : one.pence,
    ),
    CREDITS: -sumOf(books.credits, (one) => one.remainingPence),
    REFUNDS: -sumOf(
      books.refunds.filter(({ status }) => status === 'APPROVED'),
      (one) => one.pence,
    ),
    WRITTEN_OFF: sumOf(books.invoices, (one) => one.writtenOffPence),
    OTHER_INCOME: -sumOf(books.others, (one) => (one.kind === 'INCOME' ? one.pence : 0)),
    OTHER_COSTS: sumOf(books.others, (one) => (one.kind === 'COST' ? one.pence : 0)),
  };
  for (const [account, expected] of Object.entries(stands)) {
    const stood = balances.get(account) ?? 0;
    if (stood !== expected)
      found.add(`ledger ${account}`, `stands at ${stood} pence, the records say ${expected}`);
  }
}

/** The postings of a closed month are those with which it was closed: none added, none changed, none gone. */
function checkMonths(table: Table, found: Findings): void {
  const months = table.kind(closedMonth, 'MONTH', 'MONTH');
  if (months.length === 0) return;
  const postings = groupBy(table.kind(posting, '*', 'LEDGER'), (one) => one.postedOn.slice(0, 7));
  for (const { month, closedAt, postings: count, digest } of months) {
    const own = postings.get(month) ?? [];
    if (own.length !== count)
      found.add(`month ${month}`, `was closed with ${count} postings and has ${own.length}`);
    else if (digestOf(own) !== digest)
      found.add(`month ${month}`, 'has other postings than it was closed with');
    for (const one of own)
      if (one.postedAt > closedAt)
        found.add(`month ${month}`, `${one.postingId} was posted after it was closed`);
  }
}

/** As `digestOf` of functions/payments/months.ts says, computed here anew. */
function digestOf(postings: readonly z.output<typeof posting>[]): string {
  const lines = postings.map(({ postingId, entries }) =>
    [postingId, ...entries.map((entry) => `${entry.account}:${entry.pence}`).sort()].join(' '),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

function checkInvoices({ invoices, allocations, notes, writeOffs }: Books, found: Findings): void {
  const allocated = groupBy(allocations, (one) => one.invoiceNumber);
  const credited = groupBy(notes, (one) => one.invoiceNumber);
  const givenUp = groupBy(
    writeOffs.filter(({ status }) => status === 'APPROVED'),
    (one) => one.invoiceNumber,
  );
  for (const each of invoices) {
    const { invoiceNumber } = each;
    const off = sumOf(givenUp.get(invoiceNumber) ?? [], (one) => one.pence);
    if (off !== each.writtenOffPence)
      found.add(invoiceNumber, `says ${each.writtenOffPence} pence written off, its write-offs say ${off}`);
    const paid = sumOf(allocated.get(invoiceNumber) ?? [], (one) => one.pence);
    const given = sumOf(credited.get(invoiceNumber) ?? [], (one) => one.grossPence);
    if (paid !== each.allocatedPence)
      found.add(invoiceNumber, `says ${each.allocatedPence} pence allocated, its allocations say ${paid}`);
    if (given !== each.creditedPence)
      found.add(invoiceNumber, `says ${each.creditedPence} pence credited, its credit notes say ${given}`);
    if (paid + given + off > each.grossPence)
      found.add(invoiceNumber, `has ${paid + given + off} pence on ${each.grossPence}`);
    if (each.netPence + each.vatPence !== each.grossPence)
      found.add(
        invoiceNumber,
        `is ${each.grossPence} pence, net and VAT make ${each.netPence + each.vatPence}`,
      );
    const status = statusOf(each);
    if (each.status !== status) found.add(invoiceNumber, `is ${each.status}, its amounts say ${status}`);
  }
  const known = new Set(invoices.map((one) => one.invoiceNumber));
  for (const one of [...allocations, ...notes])
    if (!known.has(one.invoiceNumber)) found.add(one.invoiceNumber, 'has money on it and does not exist');
}

function statusOf(of: Invoice): string {
  if (of.creditedPence > 0 && of.creditedPence + of.writtenOffPence >= of.grossPence) return 'CREDITED';
  if (balanceOf(of) <= 0) return 'PAID';
  return of.allocatedPence > 0 || of.creditedPence > 0 || of.writtenOffPence > 0 ? 'PART_PAID' : 'ISSUED';
}

function checkLines({ lines, allocations, credits, refunds, others, returns }: Books, found: Findings): void {
  const fromLines = [...allocations, ...credits.filter((one) => one.reversed === null)].filter(
    (one) => one.source.kind === 'LINE',
  );
  const used = groupBy(
    [
      ...fromLines.map((one) => ({ lineId: one.source.lineId ?? '', pence: one.pence })),
      ...others,
      // Money that came and went back has its end on both lines.
      ...returns.flatMap(({ lineId, originalLineId, pence }) => [
        { lineId, pence },
        { lineId: originalLineId, pence },
      ]),
      ...refunds.flatMap((one) => (one.paid === null ? [] : [{ lineId: one.paid.lineId, pence: one.pence }])),
    ],
    (one) => one.lineId,
  );
  for (const each of lines) {
    const uses = used.get(each.lineId) ?? [];
    used.delete(each.lineId);
    const taken = sumOf(uses, (one) => one.pence);
    const isOurs = each.direction === 'CREDIT' && each.status !== 'SEEN';
    // A payment that went back waits whole for a person.
    const waits = each.direction === 'DEBIT' && (each.status === 'SUSPENSE' || each.status === 'PARKED');
    const open = isOurs ? each.pence - taken : waits ? each.pence : 0;
    // Money that left has its home wholly or not at all.
    const out = each.status === 'PAID_OUT' ? each.pence : 0;
    if (each.openPence !== open || (!isOurs && taken !== out))
      found.add(
        `line ${each.lineId}`,
        `has ${each.openPence} pence open, its uses leave ${open} of ${each.pence}`,
      );
  }
  for (const [lineId, uses] of used)
    found.add(`line ${lineId}`, `paid ${sumOf(uses, (one) => one.pence)} pence and does not exist`);
}

function checkCredits(books: Books, found: Findings): void {
  const { credits, allocations } = books;
  const refunded = groupBy(approved(books), (one) => one.creditId);
  const spent = groupBy(
    allocations.filter((one) => one.source.kind === 'CREDIT'),
    (one) => one.source.creditId ?? '',
  );
  for (const each of credits) {
    const used =
      sumOf(spent.get(each.creditId) ?? [], (one) => one.pence) +
      sumOf(refunded.get(each.creditId) ?? [], (one) => one.pence);
    spent.delete(each.creditId);
    const remaining = each.reversed === null ? each.pence - used : 0;
    if (each.remainingPence !== remaining || remaining < 0 || (each.reversed !== null && used > 0))
      found.add(
        `credit ${each.creditId}`,
        `has ${each.remainingPence} pence left, its uses leave ${remaining} of ${each.pence}`,
      );
  }
  for (const creditId of spent.keys()) found.add(`credit ${creditId}`, 'paid an invoice and does not exist');
}

/** What moved money was decided by another person than asked for it; a refund paid out was approved; each approved has its number. */
function checkApprovals({ refunds, writeOffs }: Books, found: Findings): void {
  for (const [name, one] of [
    ...refunds.map((each) => [`refund ${each.refundId}`, each] as const),
    ...writeOffs.map((each) => [`write-off ${each.writeOffId}`, each] as const),
  ]) {
    if (one.status === 'REQUESTED' ? one.decided !== null : one.decided === null)
      found.add(name, `is ${one.status} and ${one.decided === null ? 'nobody' : 'somebody'} decided it`);
    if (one.decided?.by === one.requestedBy) found.add(name, 'was decided by who asked for it');
  }
  for (const one of refunds) {
    const isApproved = one.status === 'APPROVED' || one.status === 'PAID';
    if (isApproved !== (one.adviceNumber !== null))
      found.add(`refund ${one.refundId}`, `is ${one.status} with advice ${one.adviceNumber}`);
    if ((one.status === 'PAID') !== (one.paid !== null))
      found.add(`refund ${one.refundId}`, `is ${one.status}, its payment says otherwise`);
  }
}

function checkNumbers(table: Table, { invoices, notes, refunds }: Books, found: Findings): void {
  const advices = refunds.flatMap(({ series, sequenceNumber }) =>
    series === null || sequenceNumber === null ? [] : [{ series, sequenceNumber }],
  );
  const numbered = [...invoices, ...notes, ...advices, ...table.kind(receipt, 'REG', 'RECEIPT')];
  for (const [series, given] of groupBy(numbered, (one) => one.series)) {
    // Numbers of a previous system, of which only what was open is here.
    if (series === 'BROUGHT-OVER') continue;
    const numbers = given.map((one) => one.sequenceNumber).sort((a, b) => a - b);
    const gap = numbers.findIndex((number, index) => number !== index + 1);
    if (gap >= 0) found.add(`series ${series}`, `number ${gap + 1} is missing or given twice`);
    const last = table.get(counter, `COUNTER#${series}`, 'COUNTER')?.last ?? 0;
    if (last !== numbers.at(-1))
      found.add(`series ${series}`, `counts ${last}, the last number given is ${numbers.at(-1)}`);
  }
}

/** A statement that is reconciled has all its lines, and they add up to the totals by which its file was checked. */
function checkStatements(table: Table, found: Findings): void {
  for (const each of table.kind(statement, 'STATEMENT', 'STATEMENT')) {
    if (each.status !== 'RECONCILED') continue;
    for (const { account, openingPence, closingPence, creditPence, debitPence } of each.accounts)
      if (
        openingPence !== null &&
        closingPence !== null &&
        openingPence + creditPence - debitPence !== closingPence
      )
        found.add(
          each.pk,
          `the totals of account ${account} do not lead from its opening to its closing balance`,
        );
    const lines = table.in(line, each.pk, 'LINE');
    const expected = {
      lines: sumOf(each.accounts, (one) => one.lines),
      credit: sumOf(each.accounts, (one) => one.creditPence),
      debit: sumOf(each.accounts, (one) => one.debitPence),
    };
    const recorded = {
      lines: lines.length,
      credit: sumOf(lines, (one) => (one.direction === 'CREDIT' ? one.pence : 0)),
      debit: sumOf(lines, (one) => (one.direction === 'DEBIT' ? one.pence : 0)),
    };
    if (JSON.stringify(recorded) !== JSON.stringify(expected))
      found.add(each.pk, `recorded ${JSON.stringify(recorded)}, its file says ${JSON.stringify(expected)}`);
  }
}

/** Whether an invoice was settled at an instant, by its allocations, credit notes and write-offs of then. */
export function settledAt(
  of: Invoice,
  on: {
    readonly allocations: readonly z.output<typeof allocation>[];
    readonly notes: readonly z.output<typeof creditNote>[];
    readonly writeOffs: readonly z.output<typeof writeOff>[];
  },
  at: string,
): boolean {
  const paid = on.allocations.filter(
    (one) =>
      one.invoiceNumber === of.invoiceNumber &&
      one.at <= at &&
      (one.reversed === null || one.reversed.at > at),
  );
  const credited = on.notes.filter((one) => one.invoiceNumber === of.invoiceNumber && one.issuedAt <= at);
  const givenUp = on.writeOffs.filter(
    (one) =>
      one.invoiceNumber === of.invoiceNumber &&
      one.status === 'APPROVED' &&
      one.decided !== null &&
      one.decided.at <= at,
  );
  const settled = sumOf(paid, (one) => one.pence) + sumOf(credited, (one) => one.grossPence);
  return settled + sumOf(givenUp, (one) => one.pence) >= of.grossPence;
}
