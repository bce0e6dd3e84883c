import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeLine,
  type NamedBy,
  type NamedInvoice,
  namesOnLine,
} from '../../../functions/payments/matching.ts';
import type { Invoice } from '../../../functions/payments/model.ts';
import { likeness } from '../../../functions/payments/names.ts';
import { isSought } from '../../../functions/payments/search-invoices.ts';
import {
  newPaymentReference,
  newRegistrationReference,
} from '../../../functions/shared/references/references.ts';
import { sampleInvoice } from '../../support/invoices.ts';

const line = (change: Partial<Parameters<typeof judgeLine>[0]> = {}) => ({
  pence: 85000,
  narrative: '',
  endToEndId: '',
  bankReference: '',
  payerName: '',
  ...change,
});
const named = (invoice: Invoice, by: NamedBy[] = ['REFERENCE'], ended = false): NamedInvoice => ({
  invoice,
  by,
  ended,
});

describe('names on a line', () => {
  it('survive retyping: case, blanks, dashes, O for 0, and words around them', () => {
    const reference = fc.integer().map(() => newPaymentReference());
    const noise = fc.constantFrom('', ' ', '-', '  ', '/', '.');
    fc.assert(
      fc.property(
        reference,
        fc.array(noise, { minLength: 11, maxLength: 11 }),
        fc.boolean(),
        fc.constantFrom('', 'INV ', 'Ysgol Tŷ Mawr: ', 'REF.'),
        (right, between, lower, before) => {
          const retyped = [...right].map((character, at) => character + between[at]).join('');
          const written = before + (lower ? retyped.toLowerCase() : retyped);
          for (const field of ['narrative', 'endToEndId', 'bankReference'] as const)
            expect(namesOnLine(line({ [field]: written })).paymentReferences).toContain(right);
        },
      ),
    );
  });

  it('with one character wrong are none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 10 }), fc.constantFrom(...'ABCDEFGH2345'), (at, other) => {
        const right = newPaymentReference();
        if (right[at] === other) return;
        const wrong = right.slice(0, at) + other + right.slice(at + 1);
        expect(namesOnLine(line({ narrative: wrong })).paymentReferences).not.toContain(right);
        expect(namesOnLine(line({ narrative: wrong })).paymentReferences).toEqual([]);
      }),
    );
  });

  it('are invoice numbers, registration references and URNs too', () => {
    const reference = newRegistrationReference();
    const found = namesOnLine(
      line({
        narrative: `inv psqm 2026 00017 and ${reference}, school 123456`,
        endToEndId: 'PSQM-2O26-OOO18',
      }),
    );
    expect(found.invoiceNumbers).toEqual(['PSQM-2026-00017', 'PSQM-2026-00018']);
    expect(found.registrationReferences).toContain(reference);
    expect(found.urns).toContain('123456');
  });
});

describe('a line', () => {
  it('pays the invoice of its reference where the amount is exact', () => {
    const invoice = sampleInvoice();
    expect(judgeLine(line(), [named(invoice)], [invoice])).toMatchObject({
      pays: invoice.invoiceNumber,
      queuedBecause: null,
      candidates: [{ reasons: ['REFERENCE_AND_AMOUNT'], score: 100 }],
    });
  });

  it('leaves a second payment for a settled invoice with that invoice, whoever else has a like name', () => {
    const settled = sampleInvoice({ allocatedPence: 85000, status: 'PAID' });
    const other = sampleInvoice({ invoiceNumber: 'PSQM-2026-00099', schoolName: settled.schoolName });
    const judged = judgeLine(line({ payerName: settled.schoolName }), [named(settled)], [other]);
    expect(judged.pays).toBeUndefined();
    expect(judged.candidates.map((each) => each.invoiceNumber)).toEqual([settled.invoiceNumber]);
    expect(judged.queuedBecause).toBe('already-settled');
  });

  it('pays what is left of a part-paid invoice', () => {
    const invoice = sampleInvoice({ allocatedPence: 80000, status: 'PART_PAID' });
    expect(judgeLine(line({ pence: 5000 }), [named(invoice)], [])).toMatchObject({
      pays: invoice.invoiceNumber,
    });
    expect(judgeLine(line(), [named(invoice)], []).pays).toBeUndefined();
  });

  it('never pays by its amount, however many or few invoices owe it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const open = Array.from({ length: count }, () => sampleInvoice());
        const judged = judgeLine(line({ payerName: 'A PRIMARY SCHOOL', narrative: 'INVOICE' }), [], open);
        expect(judged).toEqual({ pays: undefined, candidates: [], queuedBecause: 'no-candidate' });
      }),
    );
  });

  it('pays nothing by itself but by reference: anything else is a suggestion', () => {
    const invoice = sampleInvoice();
    for (const how of ['INVOICE_NUMBER', 'REGISTRATION_REFERENCE', 'URN'] as const) {
      const judged = judgeLine(line(), [named(invoice, [how])], [invoice]);
      expect(judged).toMatchObject({
        pays: undefined,
        queuedBecause: 'no-reference',
        candidates: [{ reasons: [how] }],
      });
    }
  });

  it.each([
    ['another amount', { pence: 80000 }, {}, false, 'reference-other-amount', ['REFERENCE']],
    [
      'a paid invoice',
      {},
      { allocatedPence: 85000 },
      false,
      'already-settled',
      ['REFERENCE', 'ALREADY_SETTLED'],
    ],
    ['an ended registration', {}, {}, true, 'ended', ['REFERENCE', 'ENDED']],
  ])('with the reference and %s is left to people', (_what, of, change, ended, because, reasons) => {
    const judged = judgeLine(line(of), [named(sampleInvoice(change), ['REFERENCE'], ended)], []);
    expect(judged).toMatchObject({ pays: undefined, queuedBecause: because, candidates: [{ reasons }] });
  });

  it('that names two invoices is left to people, though one is exact', () => {
    const [one, other] = [sampleInvoice(), sampleInvoice({ allocatedPence: 1 })];
    for (const by of ['REFERENCE', 'INVOICE_NUMBER'] as const) {
      const judged = judgeLine(line(), [named(one), named(other, [by])], []);
      expect(judged).toMatchObject({ pays: undefined, queuedBecause: 'several-references' });
      expect(judged.candidates[0]?.invoiceNumber).toBe(one.invoiceNumber);
    }
  });

  it('is still sure of its reference where a URN of another school is on it', () => {
    const [one, other] = [sampleInvoice(), sampleInvoice()];
    expect(judgeLine(line(), [named(one), named(other, ['URN'])], []).pays).toBe(one.invoiceNumber);
  });

  it('suggests the likest names first, ten at most', () => {
    const near = sampleInvoice({ schoolName: 'Quillbrook Church of England Primary School' });
    const far = sampleInvoice({ schoolName: 'Quillbrook Nursery and Infant Federation' });
    const many = Array.from({ length: 12 }, (_, at) => sampleInvoice({ schoolName: `Quillbrook ${at}` }));
    const { candidates } = judgeLine(
      line({ payerName: 'QUILLBROOK C OF E PRIMARY SCHOOL' }),
      [],
      [far, near, ...many],
    );
    expect(candidates).toHaveLength(10);
    const scores = candidates.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const [first] = judgeLine(
      line({ payerName: 'QUILLBROOK CE PRIMARY SCHOOL' }),
      [],
      [far, near],
    ).candidates;
    expect(first).toMatchObject({ invoiceNumber: near.invoiceNumber, reasons: ['NAME_AND_AMOUNT'] });
  });

  it('does not suggest a like name that owes another amount', () => {
    const invoice = sampleInvoice({ schoolName: 'Quillbrook School' });
    expect(judgeLine(line({ pence: 1, payerName: 'QUILLBROOK SCHOOL' }), [], [invoice]).candidates).toEqual(
      [],
    );
  });
});

describe('likeness of names', () => {
  it('sees through accents, cut-off words and the ways to write Saint', () => {
    expect(likeness('Ysgol Gynradd Llanfair-ym-Muallt', 'YSGOL LLANFAIR YM MUALLT')).toBeGreaterThan(0.5);
    expect(likeness('École Élémentaire', 'ECOLE ELEMENTAIRE')).toBeGreaterThan(0.9);
    expect(likeness('Saint Swithun School', 'ST SWITHUNS SCH')).toBeGreaterThan(0.4);
    expect(likeness('Wolverhampton Heights School', 'WOLVERHAMPT HEIGHTS')).toBeGreaterThan(0.5);
  });

  it('is nothing where only the kind of school agrees', () => {
    expect(likeness('St Primary School', 'ST PRIMARY SCHOOL')).toBe(0);
    expect(likeness('Quillbrook Primary School', 'HAZELFORD PRIMARY SCHOOL')).toBe(0);
    expect(likeness('', '')).toBe(0);
  });
});

describe('a search among invoices', () => {
  const invoice = sampleInvoice({
    schoolName: "St Swithun's School",
    town: 'Llanfair',
    urn: '123456',
    purchaseOrder: 'PO/77-A',
  });
  it.each([
    '',
    'swithuns llan',
    "saint swithun's",
    '123456',
    'po77a',
    invoice.invoiceNumber,
    invoice.invoiceNumber.toLowerCase().replaceAll('-', ' '),
    invoice.paymentReference.slice(0, 8),
  ])('finds it by "%s"', (query) => expect(isSought(invoice, query)).toBe(true));
  it.each(['hazelford', 'swithun hazelford', '999999'])('does not find it by "%s"', (query) =>
    expect(isSought(invoice, query)).toBe(false),
  );
});
