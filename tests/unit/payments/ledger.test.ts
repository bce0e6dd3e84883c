import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocationMovements,
  allocationReversedMovements,
  bankLineMovements,
  creditNoteMovements,
  creditReversedMovements,
  creditTakenMovements,
  creditUsedMovements,
  creditUseReversedMovements,
  invoiceMovements,
  type Movement,
  paidThenEndedMovements,
  postingOf,
  trialBalance,
} from '../../../functions/payments/ledger.ts';
import { ledgerAccounts, posting } from '../../../functions/payments/model.ts';
import { vatOn, vatWithin } from '../../../functions/payments/vat.ts';

const now = new Date('2026-06-30T23:30:00.000Z');
const cause = { cause: 'INVOICE', causeId: 'X', roundId: null } as const;
const amount = fc.integer({ min: 1, max: 10_000_000 });
const invoice = fc
  .record({ netPence: amount, vat: fc.constantFrom('EXEMPT', 'STANDARD', 'OUTSIDE_SCOPE') })
  .map(({ netPence, vat }) => {
    const vatPence = vatOn(netPence, vat);
    return { netPence, vatPence, grossPence: netPence + vatPence };
  });

describe('a posting', () => {
  it('balances whatever moves', () => {
    const account = fc.constantFrom(...ledgerAccounts);
    const movement = fc
      .record({ to: account, from: account, pence: amount })
      .filter(({ to, from }) => to !== from);
    fc.assert(
      fc.property(fc.array(movement, { minLength: 1, maxLength: 8 }), (movements) => {
        let made: ReturnType<typeof postingOf>;
        try {
          made = postingOf(cause, movements, now);
        } catch (error) {
          // Movements that cancel each other move nothing.
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(made.entries.reduce((sum, { pence }) => sum + pence, 0)).toBe(0);
        expect(posting.safeParse(made).success).toBe(true);
        expect(new Set(made.entries.map(({ account }) => account)).size).toBe(made.entries.length);
      }),
    );
  });

  it('exists for every cause, and its reversal undoes it', () => {
    fc.assert(
      fc.property(invoice, amount, (of, pence) => {
        const pairs: [Movement[], Movement[]][] = [
          [invoiceMovements(of), creditNoteMovements(of)],
          [
            bankLineMovements({ pence, direction: 'CREDIT' }),
            bankLineMovements({ pence, direction: 'DEBIT' }),
          ],
          [allocationMovements(pence), allocationReversedMovements(pence)],
          [creditTakenMovements(pence), creditReversedMovements(pence)],
          [creditUsedMovements(pence), creditUseReversedMovements(pence)],
        ];
        for (const [done, undone] of pairs) {
          const both = trialBalance([postingOf(cause, done, now), postingOf(cause, undone, now)]);
          expect(both.accounts.every(({ balancePence }) => balancePence === 0)).toBe(true);
        }
      }),
    );
  });

  it('gives back exactly what was paid for a place that was never had', () => {
    fc.assert(
      fc.property(invoice, fc.double({ min: 0.01, max: 1, noNaN: true }), (of, share) => {
        const paid = Math.max(1, Math.floor(of.grossPence * share));
        const note = { netPence: 0, vatPence: vatWithin(of.grossPence - paid, of) };
        note.netPence = of.grossPence - paid - note.vatPence;
        const postings = [postingOf(cause, invoiceMovements(of), now)];
        postings.push(postingOf(cause, bankLineMovements({ pence: paid, direction: 'CREDIT' }), now));
        postings.push(postingOf(cause, allocationMovements(paid), now));
        if (paid < of.grossPence) postings.push(postingOf(cause, creditNoteMovements(note), now));
        postings.push(postingOf(cause, paidThenEndedMovements(paid, of), now));
        const balances = new Map(
          trialBalance(postings).accounts.map(({ account, balancePence }) => [account, balancePence]),
        );
        expect(balances.get('DEBTORS')).toBe(0);
        expect(balances.get('CREDITS')).toBe(-paid);
        expect(balances.get('BANK')).toBe(paid);
        // The two parts of the VAT are each rounded: at most a penny lies between income and VAT.
        expect((balances.get('INCOME') ?? 0) + (balances.get('VAT') ?? 0)).toBe(0);
        expect(Math.abs(balances.get('VAT') ?? 0)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has the day of London and an id of its cause', () => {
    const made = postingOf(cause, [{ to: 'BANK', from: 'SUSPENSE', pence: 1 }], now);
    expect(made).toMatchObject({
      postingId: 'INVOICE-X',
      postedOn: '2026-07-01',
      roundKey: 'LEDGER#2026-07',
    });
  });

  it('is refused where nothing moves or an amount is negative', () => {
    expect(() => postingOf(cause, [{ to: 'BANK', from: 'SUSPENSE', pence: 0 }], now)).toThrow(RangeError);
    expect(() => postingOf(cause, [{ to: 'BANK', from: 'SUSPENSE', pence: -1 }], now)).toThrow(RangeError);
    expect(() => postingOf(cause, [{ to: 'BANK', from: 'SUSPENSE', pence: 0.5 }], now)).toThrow(RangeError);
  });
});

describe('VAT', () => {
  it('is a fifth where it is charged, rounded to the penny, and nothing else', () => {
    expect(vatOn(85000, 'STANDARD')).toBe(17000);
    expect(vatOn(3, 'STANDARD')).toBe(1);
    expect(vatOn(2, 'STANDARD')).toBe(0);
    expect(vatOn(85000, 'EXEMPT')).toBe(0);
    expect(vatOn(85000, 'OUTSIDE_SCOPE')).toBe(0);
  });

  it('of the whole invoice is all of it', () => {
    fc.assert(fc.property(invoice, (of) => vatWithin(of.grossPence, of) === of.vatPence));
  });
});
