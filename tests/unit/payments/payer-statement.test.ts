import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Refund } from '../../../functions/payments/approval-model.ts';
import {
  allocationMovements,
  allocationReversedMovements,
  type Cause,
  creditNoteMovements,
  creditTakenMovements,
  creditUsedMovements,
  creditUseReversedMovements,
  invoiceMovements,
  type Movement,
  postingOf,
  refundApprovedMovements,
  trialBalance,
} from '../../../functions/payments/ledger.ts';
import type { AccountCredit, Allocation, CreditNote, Invoice } from '../../../functions/payments/model.ts';
import { payerRefOf } from '../../../functions/payments/payer-refs.ts';
import {
  type MoneyRecords,
  payerMovements,
  statementOf,
} from '../../../functions/payments/payer-statement.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import { sampleInvoice } from '../../support/invoices.ts';

const START = '2026-06-01';
const act = fc.record({
  kind: fc.constantFrom('PAY', 'UNDO', 'CREDIT', 'USE', 'UNUSE', 'NOTE', 'REFUND'),
  /** Of which payer's which invoice, and how much of what there is. */
  at: fc.nat(5),
  other: fc.nat(5),
  share: fc.integer({ min: 1, max: 100 }),
  days: fc.nat(40),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A history as the stores write it: two payers with three invoices each, in collections that they share. */
function history(acts: readonly Act[]) {
  const payers = ['a@trust.example', 'b@council.example'];
  const invoices = Array.from({ length: 6 }, (_, at): Invoice => {
    const payer = { ...sampleInvoice().payer, email: payers[at % 2] ?? null };
    return sampleInvoice({ registrationId: `R${at % 3}`, payer, dueOn: addDays(START, 10 * at) });
  });
  const kept = {
    postings: [] as MoneyRecords['postings'][number][],
    creditNotes: [] as CreditNote[],
    allocations: [] as Allocation[],
    credits: [] as AccountCredit[],
    refunds: [] as Refund[],
    writeOffs: [],
    lines: [{ lineId: 'L-1', bookedOn: START }],
  };
  /** What the records say, kept apart from the postings. */
  const owed = new Map(invoices.map((each) => [each.invoiceNumber, each.grossPence]));
  const left = new Map<string, number>();
  let day = START;
  let number = 0;
  const post = (cause: Cause['cause'], causeId: string, movements: Movement[]) =>
    kept.postings.push(
      postingOf(
        { cause, causeId, roundId: null },
        movements,
        new Date(`${day}T10:00:00.${String(++number).padStart(3, '0')}Z`),
      ),
    );
  const add = (of: Map<string, number>, key: string, pence: number) =>
    of.set(key, (of.get(key) ?? 0) + pence);
  for (const each of invoices) post('INVOICE', each.invoiceNumber, invoiceMovements(each));
  const common = { by: 'P1', reason: 'Said so', at: `${START}T10:00:00.000Z`, reversed: null };
  for (const { kind, at, other, share, days } of acts) {
    day = addDays(day, days);
    const of = invoices[at]!;
    const { invoiceNumber, registrationId } = of;
    const open = owed.get(invoiceNumber) ?? 0;
    const pence = Math.ceil((open * share) / 100);
    const id = `X${number}`;
    const make = (source: Allocation['source'], amount: number) =>
      kept.allocations.push({
        ...common,
        allocationId: id,
        invoiceNumber,
        registrationId,
        source,
        pence: amount,
        automatic: false,
      });
    const credit = kept.credits[other % Math.max(1, kept.credits.length)];
    const rest = left.get(credit?.creditId ?? '') ?? 0;
    const used = Math.min(pence, rest);
    if (kind === 'PAY' && pence > 0) {
      make({ kind: 'LINE', lineId: 'L-1' }, pence);
      post('ALLOCATION', id, allocationMovements(pence));
      add(owed, invoiceNumber, -pence);
    } else if (kind === 'CREDIT') {
      const source = { kind: 'LINE', lineId: 'L-1' } as const;
      const made = { creditId: id, registrationId, invoiceNumber, payerName: 'Anyone', source };
      kept.credits.push({ ...common, ...made, pence: 1000 * share, remainingPence: 1000 * share });
      post('CREDIT_TAKEN', id, creditTakenMovements(1000 * share));
      left.set(id, 1000 * share);
    } else if (kind === 'USE' && credit !== undefined && used > 0) {
      make({ kind: 'CREDIT', creditId: credit.creditId }, used);
      post('CREDIT_USED', id, creditUsedMovements(used));
      add(owed, invoiceNumber, -used);
      add(left, credit.creditId, -used);
    } else if (kind === 'NOTE' && pence > 0) {
      const note = { netPence: pence, vatPence: 0, grossPence: pence };
      kept.creditNotes.push({
        ...note,
        creditNoteNumber: id,
        series: 'CN',
        sequenceNumber: 1,
        invoiceNumber,
        registrationId,
        issuedAt: common.at,
        issuedOn: day,
        reason: 'LAPSED',
        pdfKey: null,
      });
      post('CREDIT_NOTE', id, creditNoteMovements(note));
      add(owed, invoiceNumber, -pence);
    } else if (kind === 'REFUND' && credit !== undefined && rest > 0) {
      const { creditId, invoiceNumber: beside } = credit;
      kept.refunds.push({ refundId: id, creditId, invoiceNumber: beside, adviceNumber: 'RA-1' } as Refund);
      post('REFUND_APPROVED', id, refundApprovedMovements(rest));
      left.set(creditId, 0);
    } else if (kind === 'UNDO' || kind === 'UNUSE') {
      const wanted = kind === 'UNDO' ? 'LINE' : 'CREDIT';
      const made = kept.allocations.find(
        ({ source, reversed }) => source.kind === wanted && reversed === null,
      );
      if (made === undefined) continue;
      const reversed = { by: 'P1', reason: 'Wrong', at: common.at };
      kept.allocations[kept.allocations.indexOf(made)] = { ...made, reversed };
      const moved = kind === 'UNDO' ? allocationReversedMovements : creditUseReversedMovements;
      post(
        kind === 'UNDO' ? 'ALLOCATION_REVERSED' : 'CREDIT_USE_REVERSED',
        made.allocationId,
        moved(made.pence),
      );
      add(owed, made.invoiceNumber, made.pence);
      if (made.source.kind === 'CREDIT') add(left, made.source.creditId, made.pence);
    }
  }
  const of = (email: string) => {
    const own = invoices.filter(({ payer }) => payer.email === email);
    const isOwn = ({ invoiceNumber }: { invoiceNumber: string }) =>
      own.some((each) => each.invoiceNumber === invoiceNumber);
    // A payer's reader finds its own credits; those of others that pay its invoices lie elsewhere.
    const records: MoneyRecords = { ...kept, credits: kept.credits.filter(isOwn) };
    return {
      own,
      movements: payerMovements(records, own),
      owed: own.reduce((sum, each) => sum + (owed.get(each.invoiceNumber) ?? 0), 0),
      left: records.credits.reduce((sum, each) => sum + (left.get(each.creditId) ?? 0), 0),
    };
  };
  return { payers: payers.map(of), postings: kept.postings, last: day };
}

const acts = fc.array(act, { maxLength: 40 });

describe('a statement of account', () => {
  it('says what invoices and credits say, and all payers’ together what the ledger does', () => {
    fc.assert(
      fc.property(acts, (given) => {
        const { payers, postings, last } = history(given);
        const made = payers.map(({ own, movements }) =>
          statementOf(movements, own, { from: null, to: last }),
        );
        for (const [at, statement] of made.entries()) {
          expect(statement).toMatchObject({
            openingPence: 0,
            owedPence: payers[at]?.owed,
            onAccountPence: payers[at]?.left,
            closingPence: payers[at]!.owed - payers[at]!.left,
          });
          expect(statement.open.every(({ pence }) => pence > 0)).toBe(true);
        }
        const { accounts } = trialBalance(postings);
        const ledger = accounts
          .filter(({ account }) => account === 'DEBTORS' || account === 'CREDITS')
          .reduce((sum, { balancePence }) => sum + balancePence, 0);
        expect(made.reduce((sum, { closingPence }) => sum + closingPence, 0)).toBe(ledger);
      }),
    );
  });

  it('goes on where the one before it ended, whichever day divides them', () => {
    fc.assert(
      fc.property(acts, fc.nat(400), (given, days) => {
        const { payers, last } = history(given);
        const middle = addDays(START, days);
        const to = addDays(last, 1000);
        for (const { own, movements } of payers) {
          const whole = statementOf(movements, own, { from: null, to });
          const first = statementOf(movements, own, { from: null, to: middle });
          const second = statementOf(movements, own, { from: addDays(middle, 1), to });
          expect(second.openingPence).toBe(first.closingPence);
          expect([...first.entries, ...second.entries]).toEqual(whole.entries);
          expect(second.closingPence).toBe(whole.closingPence);
          let balance = second.openingPence;
          for (const { chargedPence, creditedPence, balancePence } of second.entries) {
            balance += chargedPence - creditedPence;
            expect(balancePence).toBe(balance);
          }
        }
      }),
    );
  });
});

describe('what a payer is called in addresses', () => {
  it('is its id or the number of an invoice of it, and never its email address', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.option(fc.uuid(), { nil: undefined }), (email, payerId) => {
        const base = sampleInvoice();
        const payer = { ...base.payer, email, ...(payerId === undefined ? {} : { payerId }) };
        expect(payerRefOf({ ...base, payer })).toBe(payerId ?? base.invoiceNumber);
      }),
    );
    const unknown = sampleInvoice();
    expect(payerRefOf({ ...unknown, payer: { ...unknown.payer, email: null } })).toBeNull();
  });
});
