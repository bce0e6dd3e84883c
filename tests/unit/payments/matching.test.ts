import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayerAlias } from '../../../functions/payments/alias-model.ts';
import { aliasIdOf, payeeOf } from '../../../functions/payments/counterparty.ts';
import { judgeLine, namesOnLine, textsOf } from '../../../functions/payments/matching.ts';
import type { Invoice } from '../../../functions/payments/model.ts';
import { likeness } from '../../../functions/payments/names.ts';
import { OpenBook } from '../../../functions/payments/open-book.ts';
import { ReferenceIndex } from '../../../functions/payments/reference-index.ts';
import { isSought } from '../../../functions/payments/search-invoices.ts';
import { subsetSum } from '../../../functions/payments/subset-sum.ts';
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

/** Judges a line as the machine does: with what the book finds on it, as it stands there. */
function judged(
  of: Partial<Parameters<typeof judgeLine>[0]>,
  open: readonly Invoice[],
  more: {
    readonly settled?: readonly Invoice[];
    readonly ended?: readonly Invoice[];
    readonly aliases?: readonly PayerAlias[];
  } = {},
) {
  const { settled = [], ended = [], aliases = [] } = more;
  const all = [...open, ...settled, ...ended];
  const book = new OpenBook(open, [...settled, ...ended], aliases);
  const named = [...book.references.find(textsOf(line(of)))].map(([number, by]) => ({
    invoice: all.find(({ invoiceNumber }) => invoiceNumber === number) ?? sampleInvoice(),
    by: [...by],
    ended: ended.some(({ invoiceNumber }) => invoiceNumber === number),
  }));
  return judgeLine(line(of), named, book);
}
const numbersOf = (of: ReturnType<typeof judged>) => of.candidates.map(({ invoiceNumber }) => invoiceNumber);
const share = ({ invoiceNumber }: Invoice, pence = 85000) => ({ invoiceNumber, pence });

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
