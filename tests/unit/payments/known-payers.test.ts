import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayerAlias } from '../../../functions/payments/alias-model.ts';
import { aliasIdOf, payeeOf } from '../../../functions/payments/counterparty.ts';
import type { Invoice } from '../../../functions/payments/model.ts';
import { sampleInvoice } from '../../support/invoices.ts';
import { judged, numbersOf, share } from '../../support/judged-lines.ts';

describe('a payer who was confirmed to pay for others', () => {
  const council = 'NORTH WEALD COUNTY COUNCIL';
  const paysFor = (invoices: readonly Invoice[], name = council): PayerAlias => ({
    aliasId: aliasIdOf({ payerName: name, narrative: '' }) ?? '',
    counterparty: name,
    payees: invoices.map(payeeOf),
    status: 'ACTIVE',
    by: 'FINANCE',
    at: '2026-06-01T09:00:00.000Z',
    withdrawn: null,
  });
  const named = (number: number, pence = 85000): Invoice =>
    sampleInvoice({
      invoiceNumber: `PSQM-2026-0${1000 + number}`,
      schoolId: `URN-${number}`,
      schoolName: ['Oakfield Primary', 'Brambles Infant School', 'St Wilfrid Juniors'][number] ?? 'Other',
      grossPence: pence,
      netPence: pence,
    });

  it('is known by its name without what changes from payment to payment', () => {
    const of = (payerName: string, narrative = '') => aliasIdOf({ payerName, narrative });
    expect(of('North Weald County Council')).toBe(of(`${council} 4711/26`));
    expect(of('', `${council} BACS24`)).toBe(of(council));
    expect(of('THE PRIMARY SCHOOL')).toBeUndefined();
    expect(of('12345')).toBeUndefined();
  });

  it('is suggested the one invoice of theirs that owes what came, and nothing of anybody else', () => {
    const [one, dear] = [named(0), named(1, 55000)];
    const stranger = named(2, 55000);
    const judgement = judged({ payerName: council, pence: 55000 }, [one, dear, stranger], {
      aliases: [paysFor([one, dear])],
    });
    expect(judgement).toMatchObject({
      rule: 'known-payer-and-amount',
      confidence: 'SUGGESTED',
      proposal: [share(dear, 55000)],
    });
    expect(numbersOf(judgement)).toEqual([dear.invoiceNumber, one.invoiceNumber]);
  });

  it('of several that owe the same is suggested the one whose school the line names, else none is chosen', () => {
    const open = [named(0), named(1), named(2)];
    const aliases = [paysFor(open)];
    expect(judged({ payerName: council, narrative: 'BRAMBLES SCIENCE' }, open, { aliases })).toMatchObject({
      rule: 'known-payer-and-amount',
      proposal: [share(named(1))],
    });
    expect(judged({ payerName: council }, open, { aliases })).toMatchObject({
      rule: 'ambiguous-sum',
      confidence: 'NONE',
      proposal: [],
    });
  });

  it('who pays for all at once is suggested all, and with another amount none', () => {
    const open = [named(0), named(1), named(2)];
    const aliases = [paysFor(open)];
    expect(judged({ payerName: council, pence: 255_000 }, open, { aliases })).toMatchObject({
      rule: 'known-payer-and-sum',
      confidence: 'SUGGESTED',
      proposal: open.map((each) => share(each)),
    });
    const other = judged({ payerName: council, pence: 1_234 }, open, { aliases });
    expect(other).toMatchObject({ rule: 'known-payer-other-amount', proposal: [] });
    expect(numbersOf(other)).toHaveLength(3);
  });

  it('never confirms, whatever came, and yields to a reference', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 1, max: 3 }), (pence, count) => {
        const open = Array.from({ length: count }, (_, at) => named(at));
        const aliases = [paysFor(open)];
        expect(judged({ payerName: council, pence }, open, { aliases }).confidence).not.toBe('CONFIRMED');
      }),
    );
    const open = [named(0), named(1)];
    const of = { payerName: council, narrative: named(1).invoiceNumber };
    expect(judged(of, open, { aliases: [paysFor(open)] })).toMatchObject({
      rule: 'invoice-number-and-amount',
      confidence: 'CONFIRMED',
      proposal: [share(named(1))],
    });
  });
});
