import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJoint, registrationsOf } from '../../../functions/payments/balance.ts';
import { closingLine } from '../../../functions/payments/credit-notes.ts';
import { sponsorsShare } from '../../../functions/payments/payer-invoices.ts';
import type { ExtraWrite } from '../../../functions/shared/table/change.ts';
import { sampleInvoice } from '../../support/invoices.ts';

const now = new Date('2026-06-03T09:00:00.000Z');
const actor = { kind: 'system', id: 'test' } as const;
const take: ExtraWrite = { update: { pk: 'COUNTER#CN-2026', sk: 'COUNTER' } };
const number = { number: 'CN-2026-00001', series: 'CN-2026', sequenceNumber: 1, take };

/** An invoice for schools R1, R2, ... with these fees, part of it paid. */
const joint = (fees: readonly number[], allocatedPence = 0) => {
  const grossPence = fees.reduce((sum, each) => sum + each, 0);
  return sampleInvoice({
    lines: fees.map((netPence, at) => ({
      description: `School ${at + 1}`,
      schoolName: `School ${at + 1}`,
      registrationId: `R${at + 1}`,
      netPence,
    })),
    netPence: grossPence,
    grossPence,
    allocatedPence,
    status: allocatedPence > 0 ? 'PART_PAID' : 'ISSUED',
  });
};

describe("a sponsor's share", () => {
  it('and the rest are the whole, and the odd penny is never the sponsor’s', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 99 }), (pence, percent) => {
        const share = sponsorsShare(pence, percent);
        expect(Number.isInteger(share)).toBe(true);
        expect(share * 100).toBeLessThanOrEqual(pence * percent);
        expect((share + 1) * 100).toBeGreaterThan(pence * percent);
      }),
    );
    expect(sponsorsShare(55001, 50)).toBe(27500);
  });
});

describe('the line of a school that ended, on an invoice for several', () => {
  const fees = fc.array(fc.integer({ min: 1, max: 95000 }), { minLength: 2, maxLength: 13 });

  it('takes no more off than is owed, and gives the payer what was paid beyond the rest', () => {
    fc.assert(
      fc.property(fees, fc.nat(), (given, paid) => {
        const gross = given.reduce((sum, each) => sum + each, 0);
        const allocated = paid % gross;
        const before = joint(given, allocated);
        const after = closingLine(before, 'R1', 'WITHDRAWN', number, actor, now);
        if (after === undefined) throw new Error('not credited');
        const { next, also = [] } = after;
        const credited = next.creditedPence;
        expect(credited).toBe(Math.min(given[0]!, gross - allocated));
        expect(next.grossPence - next.creditedPence - next.allocatedPence).toBeGreaterThanOrEqual(0);
        const credits = also.flatMap((write) =>
          'put' in write && String(write.put.sk).startsWith('CREDIT#') ? [write.put.pence] : [],
        );
        expect(credits).toEqual(credited === given[0] ? [] : [given[0]! - credited]);
        expect(registrationsOf(next)).not.toContain('R1');
        expect(isJoint(next)).toBe(true);
        expect(closingLine({ ...before, ...next }, 'R1', 'WITHDRAWN', number, actor, now)).toBeUndefined();
      }),
    );
  });

  it('settles the others where they had been paid for', () => {
    const after = closingLine(joint([85000, 85000], 85000), 'R2', 'LAPSED', number, actor, now);
    expect(after?.next).toMatchObject({ status: 'PAID', closedAt: null, creditedPence: 85000 });
    expect(after?.events.map(({ name, collection }) => [name, collection])).toEqual([
      ['InvoiceCredited', undefined],
      ['InvoiceSettled', 'REG#R1'],
    ]);
  });

  it('closes the invoice with the last of them', () => {
    const first = closingLine(joint([100, 200]), 'R1', 'LAPSED', number, actor, now);
    const second = closingLine({ ...joint([100, 200]), ...first?.next }, 'R2', 'LAPSED', number, actor, now);
    expect(second?.next).toMatchObject({ status: 'CREDITED', closedAt: now.toISOString() });
  });
});
