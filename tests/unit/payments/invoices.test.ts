import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, invoiceAfter } from '../../../functions/payments/allocate.ts';
import { balanceOf, invoiceStatusOf, isSettledInvoice } from '../../../functions/payments/balance.ts';
import { dailyTotal, type StatementBooks } from '../../../functions/payments/books.ts';
import { closing } from '../../../functions/payments/credit-notes.ts';
import { invoicesCsv, ledgerCsv } from '../../../functions/payments/exports.ts';
import { makeInvoice } from '../../../functions/payments/invoices.ts';
import { lineAfterUse } from '../../../functions/payments/lines.ts';
import { invoice as invoiceSchema, type PostedLine, postedLine } from '../../../functions/payments/model.ts';
import type { NextNumber } from '../../../functions/payments/numbering.ts';
import { csvOf } from '../../../functions/shared/csv/csv-of.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';
import { sampleInvoice } from '../../support/invoices.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const now = new Date('2026-06-10T09:00:00.000Z');
const officer = { kind: 'person', id: 'OFFICER' } as const;
const number: NextNumber = {
  number: 'CN-2026-00001',
  series: 'CN-2026',
  sequenceNumber: 1,
  take: { update: { pk: 'COUNTER#CN-2026', sk: 'COUNTER' }, set: { last: 1 } },
};
const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
  return undefined;
};

describe('an invoice', () => {
  it('is made of what the registration froze, due by the payment terms', () => {
    const round = sampleRound();
    const of = sampleRegistration({
      language: 'cy',
      purchaseOrder: { kind: 'NUMBER', number: 'PO-1' },
      fee: { pence: 55000, band: 'SMALL', feeTableVersion: '1' },
    });
    const made = makeInvoice(
      of,
      round,
      { number: 'PSQM-2026-00017', series: 'PSQM-2026', sequenceNumber: 17 },
      'PSQM2345678',
      now,
    );
    expect(invoiceSchema.safeParse(made).success).toBe(true);
    expect(made).toMatchObject({
      issuedOn: '2026-06-10',
      dueOn: '2026-07-10',
      grossPence: 55000,
      vatPence: 0,
      purchaseOrder: 'PO-1',
      status: 'ISSUED',
      language: 'cy',
      queueSort: '2026-07-10#PSQM-2026-00017',
    });
    expect(made.lines[0]?.description).toContain('Rownd 26');
    const movedTo = (paymentDue: string) =>
      makeInvoice(of, { ...round, movedDeadlines: { paymentDue } }, number, 'PSQM2345678', now).dueOn;
    expect([movedTo('2026-08-01'), movedTo('2026-06-20')]).toEqual(['2026-08-01', '2026-07-10']);
    const taxed = makeInvoice(
      of,
      { ...round, fees: { ...round.fees, vat: 'STANDARD' } },
      number,
      'PSQM2345678',
      now,
    );
    expect(taxed).toMatchObject({ netPence: 55000, vatPence: 11000, grossPence: 66000 });
  });

  it('is settled, reopened and put among the debtors exactly by its amounts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -85000, max: 85000 }), { maxLength: 8 }), (moves) => {
        let current = sampleInvoice();
        for (const pence of moves) {
          if (pence === 0 || current.allocatedPence + pence < 0 || balanceOf(current) < pence) continue;
          const was = isSettledInvoice(current);
          const { next, events } = invoiceAfter(current, pence, now);
          const is = isSettledInvoice(next);
          expect(events.map(({ name }) => name)).toEqual(
            was === is ? [] : [is ? 'InvoiceSettled' : 'InvoiceReopened'],
          );
          expect(next.status).toBe(invoiceStatusOf(next));
          expect(next.settledAt === null).toBe(!is);
          expect(next.queueKey === undefined).toBe(is);
          current = { ...current, ...next };
          if (is) {
            const { queueKey: _key, queueSort: _sort, ...kept } = current;
            current = kept;
          }
        }
      }),
    );
  });

  it('takes no more than it owes, and nothing once it is closed', () => {
    expect(codeOf(() => admit(sampleInvoice(), 85000))).toBeUndefined();
    expect(codeOf(() => admit(sampleInvoice(), 85001))).toBe('invoice-has-less');
    expect(codeOf(() => admit(sampleInvoice({ closedAt: now.toISOString() }), 1))).toBe('invoice-closed');
  });
});

describe('the closing of an invoice', () => {
  const balancedBy = (change: ReturnType<typeof closing>): boolean =>
    (change.also ?? []).every((write) => {
      if (!('put' in write) || !Array.isArray(write.put.entries)) return true;
      const entries: { pence: number }[] = write.put.entries;
      return entries.reduce((sum, { pence }) => sum + pence, 0) === 0;
    });

  it('leaves nothing owed, credits what was unpaid and keeps what was paid for whoever paid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 85000 }),
        fc.constantFrom('LAPSED', 'WITHDRAWN'),
        (allocatedPence, reason) => {
          const current = sampleInvoice({ allocatedPence });
          const change = closing(current, reason, allocatedPence < 85000 ? number : undefined, officer, now);
          expect(balanceOf(change.next)).toBe(0);
          expect(change.next.closedAt).toBe(now.toISOString());
          expect(change.next.queueKey).toBeUndefined();
          expect(balancedBy(change)).toBe(true);
          const credits = (change.also ?? []).flatMap((write) =>
            'put' in write && write.put.sk.startsWith('CREDIT#') ? [write.put.remainingPence] : [],
          );
          const kept = allocatedPence > 0 && (reason === 'LAPSED' || allocatedPence < 85000);
          expect(credits).toEqual(kept ? [allocatedPence] : []);
          expect(change.next.status).toBe(allocatedPence === 0 ? 'CREDITED' : 'PAID');
        },
      ),
    );
  });
});

const line = (change: Partial<PostedLine> = {}): PostedLine => ({
  lineId: 'ST-00000',
  statementId: 'ST',
  index: 0,
  account: 'A',
  bookedOn: '2026-06-10',
  valueOn: '2026-06-10',
  pence: 85000,
  direction: 'CREDIT',
  reversal: false,
  bankReference: '',
  endToEndId: '',
  payerName: 'PAYER',
  narrative: '',
  fileLine: 1,
  fingerprint: 'f',
  status: 'SUSPENSE',
  openPence: 85000,
  candidates: [],
  queuedBecause: 'none',
  notes: [],
  rule: 'none',
  confidence: 'NONE',
  proposal: [],
  parked: null,
  seenIn: null,
  ...change,
});

describe('a line that is used', () => {
  it('leaves the queue when nothing is open and comes back when something is', () => {
    const used = lineAfterUse(line(), 85000, now);
    expect(used).toMatchObject({ status: 'ALLOCATED', openPence: 0, queuedBecause: null });
    expect(used.queueKey).toBeUndefined();
    const back = lineAfterUse(used, -85000, now);
    expect(back).toMatchObject({
      status: 'SUSPENSE',
      openPence: 85000,
      queuedBecause: 'reversed',
      queueKey: 'QUEUE#SUSPENSE',
    });
    expect(lineAfterUse(line(), 1, now)).toMatchObject({ status: 'SUSPENSE', queuedBecause: 'part-left' });
    expect(postedLine.safeParse(back).success).toBe(true);
  });

  it('gives no more than it has, nothing that left, nothing that is another statement’s', () => {
    expect(codeOf(() => lineAfterUse(line(), 85001, now))).toBe('line-has-less');
    expect(codeOf(() => lineAfterUse(line({ direction: 'DEBIT' }), 1, now))).toBe('line-not-incoming');
    expect(codeOf(() => lineAfterUse(line({ status: 'SEEN' }), 1, now))).toBe('line-seen');
  });
});

describe('the daily total', () => {
  const books = (
    id: string,
    of: { opening: number; to: string; lines: PostedLine[]; posted?: boolean },
  ): StatementBooks => {
    const moved = of.lines
      .filter(({ status }) => status !== 'SEEN')
      .reduce((sum, each) => sum + (each.direction === 'CREDIT' ? each.pence : -each.pence), 0);
    return {
      statement: {
        statementId: id,
        fileName: id,
        key: id,
        uploadedBy: 'x',
        createdAt: now.toISOString(),
        status: 'RECONCILED',
        sha256: null,
        format: null,
        accounts: [
          {
            account: 'A',
            currency: 'GBP',
            bankStatementId: id,
            from: of.to,
            to: of.to,
            openingPence: of.opening,
            closingPence: of.opening + moved,
            creditPence: 0,
            debitPence: 0,
            lines: of.lines.length,
            entries: of.lines.length,
          },
        ],
        lines: of.lines.length,
        pages: 1,
        nextPage: 1,
        counts: { matched: 0, suspense: 0, seen: 0, outgoing: 0 },
        refusal: null,
        newAccounts: false,
        reconciledAt: null,
        attempt: 1,
      },
      lines: of.lines,
      postings:
        of.posted === false
          ? []
          : of.lines
              .filter(({ status }) => status !== 'SEEN')
              .map((each) => ({
                postingId: each.lineId,
                cause: 'BANK_LINE',
                causeId: each.lineId,
                postedAt: now.toISOString(),
                postedOn: '2026-06-10',
                entries: [
                  { account: 'BANK', pence: each.direction === 'CREDIT' ? each.pence : -each.pence },
                  { account: 'SUSPENSE', pence: each.direction === 'CREDIT' ? -each.pence : each.pence },
                ],
                roundId: null,
              })),
    };
  };

  it('agrees per day and account, debits and open amounts apart', () => {
    const lines = [
      line({ lineId: '1', openPence: 35000 }),
      line({ lineId: '2', pence: 1000, openPence: 0, direction: 'DEBIT', status: 'OUTGOING' }),
    ];
    const { days, accounts } = dailyTotal([books('S1', { opening: 5, to: '2026-06-10', lines })], {}, 'en');
    expect(days).toEqual([
      {
        account: 'A',
        day: '2026-06-10',
        statementCreditPence: 85000,
        statementDebitPence: 1000,
        ledgerCreditPence: 85000,
        ledgerDebitPence: 1000,
        allocatedPence: 50000,
        openPence: 35000,
        agrees: true,
      },
    ]);
    expect(accounts).toMatchObject([
      { openingPence: 5, movementPence: 84000, closingPence: 84005, ledgerClosingPence: 84005, agrees: true },
    ]);
  });

  it('tells of a line without its posting, and of a statement that is missing between two', () => {
    const first = books('S1', { opening: 0, to: '2026-06-10', lines: [line({ lineId: '1' })] });
    const lost = books('S1', { opening: 0, to: '2026-06-10', lines: [line({ lineId: '1' })], posted: false });
    expect(dailyTotal([lost], {}, 'en')).toMatchObject({
      days: [{ agrees: false }],
      accounts: [{ agrees: false }],
    });
    const later = books('S3', { opening: 100_000, to: '2026-06-12', lines: [line({ lineId: '3' })] });
    const [account] = dailyTotal([later, first], {}, 'cy').accounts;
    expect(account?.agrees).toBe(false);
    expect(account?.gaps).toHaveLength(1);
    expect(account?.gaps[0]).toContain('£1,000.00');
  });

  it('puts statements of one day in the order in which their balances follow each other', () => {
    const day = '2026-06-10';
    const one = books('S1', { opening: 0, to: day, lines: [line({ lineId: '1' })] });
    const two = books('S2', { opening: 85000, to: day, lines: [line({ lineId: '2' })] });
    const three = books('S3', { opening: 170000, to: day, lines: [line({ lineId: '3' })] });
    for (const order of [
      [one, two, three],
      [three, two, one],
      [two, three, one],
    ])
      expect(dailyTotal(order, {}, 'en').accounts).toMatchObject([
        { openingPence: 0, closingPence: 255000, agrees: true, gaps: [] },
      ]);
  });
});

describe('an export', () => {
  it('keeps every cell whole and runs no formula', () => {
    const csv = csvOf(
      ['a', 'b'],
      [
        ['=1+1', 'x,"y"\nz'],
        ['-850.00', '@SUM(A1)'],
        [null, 3],
      ],
    );
    expect(csv).toBe('\ufeffa,b\r\n\'=1+1,"x,""y""\nz"\r\n-850.00,\'@SUM(A1)\r\n,3\r\n');
  });

  it('has amounts in pounds with two decimals', () => {
    const { csv, rows } = invoicesCsv([sampleInvoice({ allocatedPence: 1 })]);
    expect(rows).toBe(1);
    expect(csv).toContain('850.00,EXEMPT,0.00,850.00,0.01,0.00,849.99,ISSUED');
  });

  it('of the ledger has debits and credits that sum to the same', () => {
    const entries = [
      { account: 'DEBTORS' as const, pence: 85000 },
      { account: 'INCOME' as const, pence: -85000 },
    ];
    const { csv, rows } = ledgerCsv([
      {
        postingId: 'p',
        cause: 'INVOICE',
        causeId: 'i',
        postedAt: now.toISOString(),
        postedOn: '2026-06-10',
        entries,
        roundId: null,
      },
    ]);
    expect(rows).toBe(2);
    expect(csv).toContain('DEBTORS,850.00,\r\n');
    expect(csv).toContain('INCOME,,850.00\r\n');
  });
});
