import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesOnLine } from '../../../functions/payments/matching.ts';
import { likeness } from '../../../functions/payments/names.ts';
import { ReferenceIndex } from '../../../functions/payments/reference-index.ts';
import { isSought } from '../../../functions/payments/search-invoices.ts';
import { subsetSum } from '../../../functions/payments/subset-sum.ts';
import {
  newPaymentReference,
  newRegistrationReference,
} from '../../../functions/shared/references/references.ts';
import { sampleInvoice } from '../../support/invoices.ts';
import { judged, line, numbersOf, share } from '../../support/judged-lines.ts';

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
  it('pays the invoice of its reference or number where the amount is exact', () => {
    const invoice = sampleInvoice();
    expect(judged({ narrative: invoice.paymentReference }, [invoice])).toMatchObject({
      rule: 'reference-and-amount',
      confidence: 'CONFIRMED',
      proposal: [share(invoice)],
      candidates: [{ reasons: ['REFERENCE_AND_AMOUNT'], score: 100 }],
    });
    expect(judged({ narrative: `INVOICE ${invoice.invoiceNumber}` }, [invoice])).toMatchObject({
      rule: 'invoice-number-and-amount',
      confidence: 'CONFIRMED',
      proposal: [share(invoice)],
    });
  });

  it('for a settled invoice ranks as what it is, whoever else has a like name', () => {
    const settled = sampleInvoice({ allocatedPence: 85000, status: 'PAID' });
    const other = sampleInvoice({ invoiceNumber: 'PSQM-2026-90099', schoolName: settled.schoolName });
    const of = { payerName: settled.schoolName, narrative: settled.paymentReference };
    const judgement = judged(of, [other], { settled: [settled] });
    expect(judgement).toMatchObject({ rule: 'second-payment', confidence: 'SUGGESTED', proposal: [] });
    expect(numbersOf(judgement)).toEqual([settled.invoiceNumber]);
  });

  it('pays what is left of a part-paid invoice', () => {
    const invoice = sampleInvoice({ allocatedPence: 80000, status: 'PART_PAID' });
    const of = { narrative: invoice.paymentReference };
    expect(judged({ ...of, pence: 5000 }, [invoice]).confidence).toBe('CONFIRMED');
    expect(judged(of, [invoice])).toMatchObject({ rule: 'over-payment', proposal: [share(invoice, 5000)] });
  });

  it('never pays by its amount, however many or few invoices owe it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const open = Array.from({ length: count }, () => sampleInvoice());
        expect(judged({ payerName: 'A PRIMARY SCHOOL', narrative: 'INVOICE' }, open)).toEqual({
          rule: 'none',
          confidence: 'NONE',
          proposal: [],
          candidates: [],
        });
      }),
    );
  });

  it('with another amount, or for what has ended, is left to people', () => {
    const invoice = sampleInvoice();
    const of = { narrative: invoice.paymentReference };
    expect(judged({ ...of, pence: 80000 }, [invoice])).toMatchObject({
      rule: 'part-payment',
      confidence: 'SUGGESTED',
      proposal: [share(invoice, 80000)],
    });
    expect(judged({ ...of, pence: 90000 }, [invoice])).toMatchObject({ rule: 'over-payment' });
    expect(judged(of, [], { ended: [invoice] })).toMatchObject({
      rule: 'ended-registration',
      confidence: 'SUGGESTED',
      proposal: [],
    });
  });

  it('that names several invoices pays them all where the sum is exact, and none otherwise', () => {
    const [one, two] = [sampleInvoice(), sampleInvoice()];
    const narrative = `${one.paymentReference} ${two.invoiceNumber}`;
    expect(judged({ narrative, pence: 170000 }, [one, two])).toMatchObject({
      rule: 'named-invoices-and-sum',
      confidence: 'CONFIRMED',
      proposal: [share(one), share(two)],
    });
    expect(judged({ narrative }, [one, two])).toMatchObject({
      rule: 'named-invoices-other-sum',
      confidence: 'SUGGESTED',
      proposal: [],
    });
    const settled = { ...two, allocatedPence: 85000 };
    expect(judged({ narrative }, [one], { settled: [settled] }).confidence).toBe('SUGGESTED');
  });

  it('is suggested for the school of a URN, which tells no invoice', () => {
    const invoice = sampleInvoice({ urn: '123456' });
    expect(judged({ narrative: 'SCHOOL 123456' }, [invoice])).toMatchObject({
      rule: 'school-and-amount',
      confidence: 'SUGGESTED',
      proposal: [share(invoice)],
    });
    const other = sampleInvoice();
    expect(judged({ narrative: `${other.paymentReference} 123456` }, [invoice, other])).toMatchObject({
      rule: 'reference-and-amount',
      proposal: [share(other)],
    });
  });

  it('of a payer with several invoices is suggested where they make the amount in one way only', () => {
    const payer = { ...sampleInvoice().payer, name: 'Quillbrook Learning Trust' };
    const [a, b, c] = [85000, 55000, 20000].map((pence) =>
      sampleInvoice({ payer, netPence: pence, grossPence: pence }),
    );
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were made');
    const of = { payerName: 'QUILLBROOK LEARNING TRUST', pence: 140000 };
    expect(judged(of, [a, b, c])).toMatchObject({
      rule: 'invoices-of-one-payer',
      confidence: 'SUGGESTED',
      proposal: [share(a), share(b, 55000)],
    });
    const twin = sampleInvoice({ payer });
    const ambiguous = judged(of, [a, b, c, twin]);
    expect(ambiguous).toMatchObject({ rule: 'ambiguous-sum', confidence: 'NONE', proposal: [] });
    expect(numbersOf(ambiguous)).toContain(twin.invoiceNumber);
  });

  it('suggests the one like name, and shows several without choosing', () => {
    const near = sampleInvoice({ schoolName: 'Quillbrook Church of England Primary School' });
    const of = { payerName: 'QUILLBROOK CE PRIMARY SCHOOL' };
    expect(judged(of, [near])).toMatchObject({ rule: 'name-and-amount', proposal: [share(near)] });
    const many = Array.from({ length: 12 }, (_, at) =>
      sampleInvoice({ schoolName: `Quillbrook CE Primary ${at}` }),
    );
    const judgement = judged(of, [near, ...many]);
    expect(judgement).toMatchObject({ rule: 'ambiguous-name', confidence: 'NONE', proposal: [] });
    expect(judgement.candidates).toHaveLength(10);
    expect(judged({ ...of, pence: 1 }, [near]).candidates).toEqual([]);
  });
});

describe('a reference', () => {
  const known = Array.from({ length: 40 }, () => sampleInvoice());
  const index = new ReferenceIndex(known);
  const one = fc.constantFrom(...known);

  it('survives retyping: case, blanks, O for 0 and I for 1, words run into it, its prefix left out', () => {
    fc.assert(
      fc.property(
        one,
        fc.array(fc.constantFrom('', '', ' ', '-', '.'), { minLength: 11, maxLength: 11 }),
        fc.constantFrom('', 'INV', 'REF ', 'SCHOOL FEES ', 'Ysgol Tŷ Mawr: '),
        fc.constantFrom('', ' FEES', '/2026'),
        fc.boolean(),
        ({ invoiceNumber, paymentReference }, between, before, after, lower) => {
          const typed = [...paymentReference].map((each, at) => each + (between[at] ?? '')).join('');
          const text = before + (lower ? typed.toLowerCase() : typed) + after;
          expect(index.find([text]).get(invoiceNumber)?.has('REFERENCE')).toBe(true);
        },
      ),
    );
    const [first] = known;
    expect(index.find([`FEES ${first?.paymentReference.slice(4)}`]).has(first?.invoiceNumber ?? '')).toBe(
      true,
    );
    const previous = new ReferenceIndex([
      { invoiceNumber: '77', paymentReference: 'SCI-0O1I-88', registrationReference: '', urn: null },
    ]);
    expect([...previous.find(['sci 0011 88'])]).toEqual([['77', new Set(['REFERENCE'])]]);
  });

  it('cut off at 18 characters is known where no other begins so', () => {
    fc.assert(
      fc.property(one, fc.integer({ min: 8, max: 10 }), ({ invoiceNumber, paymentReference }, kept) => {
        const cut = `${'SCHOOL FEES '.slice(0, 17 - kept)} ${paymentReference.slice(0, kept)}`;
        expect(cut).toHaveLength(18);
        const alike = known.filter((each) =>
          each.paymentReference.startsWith(paymentReference.slice(0, kept)),
        );
        expect(index.find([cut]).get(invoiceNumber)?.has('REFERENCE_CUT') ?? false).toBe(alike.length === 1);
      }),
    );
  });

  it('is no piece of a longer number', () => {
    const numbers = new ReferenceIndex(
      ['INV-1', 'INV-12', '100234'].map((invoiceNumber) => ({
        invoiceNumber,
        paymentReference: invoiceNumber,
        registrationReference: '',
        urn: null,
      })),
    );
    const found = (text: string) => [...numbers.find([text]).keys()];
    expect(found('INV-123')).toEqual([]);
    expect(found('PAY INV-12 NOW')).toEqual(['INV-12']);
    expect(found('A1002345')).toEqual([]);
    expect(found('NO 100234')).toEqual(['100234']);
  });
});

describe('an invoice number', () => {
  const numbers = new ReferenceIndex(
    ['INV-1001', 'INV-1002', 'INV-1003', 'A-2077', 'B-2077', '3007', 'PSQM-2026-00412'].map(
      (invoiceNumber, at) => ({
        invoiceNumber,
        paymentReference: `PSQMAAAA${at}ZZ`,
        registrationReference: '',
        urn: null,
      }),
    ),
  );
  const found = (text: string) => [...numbers.find([text]).keys()].sort();

  it.each([
    ['INVOICE 1001', ['INV-1001']],
    ['your invoice no. 1001 thank you', ['INV-1001']],
    ['INVOICE 001001', ['INV-1001']],
    ['Inv 1001/1002', ['INV-1001', 'INV-1002']],
    ['INV-1001, 1002 AND 1003', ['INV-1001', 'INV-1002', 'INV-1003']],
    ['INVS 1001 & INV 1003', ['INV-1001', 'INV-1003']],
    ['INVOICES 1001-1003', ['INV-1001', 'INV-1002', 'INV-1003']],
    ['INVOICES 1001 TO 1003', ['INV-1001', 'INV-1002', 'INV-1003']],
    ['INVOICES 1001 1002', ['INV-1001', 'INV-1002']],
    ['INVOICE 00412', ['PSQM-2026-00412']],
    ['INVOICE 3007', ['3007']],
    ['3007', ['3007']],
  ])('is read from "%s"', (text, invoices) => expect(found(text)).toEqual(invoices));

  it.each([
    ['two end so', 'INVOICE 2077'],
    ['it may number a flat', 'FLAT 3007 RENT'],
    ['it may number a house', 'HOLY CROSS NO 3007'],
    ['the word is another', 'INVERNESS 1001'],
    ['it is longer', 'INVOICE 10015'],
    ['it is a year', 'INVOICE 2026'],
  ])('is not taken for one where %s', (_why, text) => expect(found(text)).toEqual([]));

  it('with an amount or a date after it is one number', () => {
    const dated = new ReferenceIndex(
      ['INV-1001', 'INV-850', 'INV-10062026'].map((invoiceNumber) => ({
        invoiceNumber,
        paymentReference: invoiceNumber,
        registrationReference: '',
        urn: null,
      })),
    );
    expect([...dated.find(['INVOICE 1001 850 10062026']).keys()]).toEqual(['INV-1001']);
  });
});

describe('a sum of invoices', () => {
  it('is found in one way, told where there are several, and given up within bounds', () => {
    expect(subsetSum([85000, 55000, 20000], 140000)).toEqual({ ways: 'ONE', places: [0, 1] });
    expect(subsetSum([85000, 85000], 85000)).toEqual({ ways: 'SEVERAL' });
    expect(subsetSum([85000, 85000], 170000)).toEqual({ ways: 'ONE', places: [0, 1] });
    expect(subsetSum([85000], 1)).toEqual({ ways: 'NONE' });
    expect(subsetSum(new Array<number>(61).fill(1), 3)).toEqual({ ways: 'TOO_MANY' });
  });

  it('agrees with trying all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 9 }),
        fc.integer({ min: 1, max: 40 }),
        (amounts, target) => {
          let ways = 0;
          for (let mask = 1; mask < 1 << amounts.length; mask++)
            if (amounts.reduce((sum, each, at) => sum + (mask & (1 << at) ? each : 0), 0) === target) ways++;
          expect(subsetSum(amounts, target).ways).toBe(ways === 0 ? 'NONE' : ways === 1 ? 'ONE' : 'SEVERAL');
        },
      ),
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
