import { describe, expect, it } from 'vitest';
import type { CreditNote, Receipt } from '../../../functions/payments/model.ts';
import { statementOf } from '../../../functions/payments/payer-statement.ts';
import { payerStatementPdf } from '../../../functions/payments/payer-statement-pdf.ts';
import { creditNotePdf, invoicePdf, receiptPdf } from '../../../functions/payments/pdfs.ts';
import { sampleInvoice } from '../../support/invoices.ts';

const issued = {
  series: 'CN-2026',
  sequenceNumber: 3,
  registrationId: 'REG1',
  issuedAt: '2026-07-20T09:00:00.000Z',
  issuedOn: '2026-07-20',
  pdfKey: null,
};

/** The words of a PDF, as a reader finds them. */
async function wordsOf(bytes: Uint8Array): Promise<string> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const pdf = await getDocument({ data: Uint8Array.from(bytes) }).promise;
  const pages = await Promise.all(
    Array.from({ length: pdf.numPages }, async (_, at) => (await pdf.getPage(at + 1)).getTextContent()),
  );
  return pages
    .flatMap(({ items }) =>
      items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? ' ' : ''}` : '')),
    )
    .join('')
    .replace(/\s+/g, ' ');
}

describe('an invoice as PDF', () => {
  it('has all that a finance office needs to pay it', async () => {
    const of = sampleInvoice({ purchaseOrder: 'PO-77', urn: '123456', schoolName: "St Swithun's School" });
    const bytes = await invoicePdf(of);
    expect(Buffer.from(bytes).toString('latin1')).toContain('/Marked true');
    const words = await wordsOf(bytes);
    for (const needed of [
      `Invoice ${of.invoiceNumber}`,
      of.paymentReference,
      'PO-77',
      "St Swithun's School",
      '123456',
      '1 July 2026',
      'Total to pay £850.00',
      'exempt from VAT',
      'Sort code',
    ])
      expect(words).toContain(needed);
  });

  it('for several schools has a line each, the payer’s own reference and what it takes the place of', async () => {
    const names = ['Ysgol Gynradd Llanfŵr-ŷm-Môn', "St Mary's & St Zoë's School", 'École Saint-Exupéry'];
    const of = sampleInvoice({
      language: 'cy',
      payer: {
        kind: 'TRUST',
        name: "Ymddiriedolaeth Dŵr Môn's",
        email: 'accounts@trust.example',
        addressLines: ['1 Stryd yr Eglwys'],
        funderId: null,
        payerId: 'trust-of-three',
        ownReference: 'SUP-4471',
      },
      lines: names.map((schoolName, at) => ({
        description: `Cofrestru ${schoolName}`,
        netPence: 85000,
        registrationId: `R${at}`,
        schoolName,
      })),
      netPence: 255000,
      grossPence: 255000,
      replaces: ['PSQM-2026-00007', 'PSQM-2026-00008', 'PSQM-2026-00009'],
    });
    const bytes = await invoicePdf(of);
    const words = await wordsOf(bytes);
    for (const needed of [...names, "Ymddiriedolaeth Dŵr Môn's", 'SUP-4471', '£2,550.00', 'PSQM-2026-00009'])
      expect(words).toContain(needed);
    expect(words).not.toContain(of.registrationReference);
    const note: CreditNote = {
      ...issued,
      creditNoteNumber: 'CN-2026-00003',
      invoiceNumber: of.invoiceNumber,
      netPence: 85000,
      vatPence: 0,
      grossPence: 85000,
      reason: 'WITHDRAWN',
      schoolName: names[0] ?? '',
    };
    expect(await wordsOf(await creditNotePdf(note, of))).toContain(names[0]);
  });

  it('is Welsh for a school that wants Welsh, and shows VAT where it is charged', async () => {
    const of = sampleInvoice({
      language: 'cy',
      schoolName: 'Ysgol Tŷ Ŵyl',
      vat: 'STANDARD',
      vatPence: 17000,
      grossPence: 102000,
    });
    const words = await wordsOf(await invoicePdf(of));
    for (const needed of ['Anfoneb', 'Ysgol Tŷ Ŵyl', 'TAW £170.00', '£1,020.00', '1 Gorffennaf 2026'])
      expect(words).toContain(needed);
  });

  it('is the same file for the same invoice', async () => {
    const of = sampleInvoice();
    expect(Buffer.from(await invoicePdf(of)).equals(Buffer.from(await invoicePdf(of)))).toBe(true);
  });
});

describe('the papers after it', () => {
  it('name the invoice, the reason and the amount', async () => {
    const of = sampleInvoice({ settledAt: '2026-07-01T09:00:00.000Z' });
    const note: CreditNote = {
      ...issued,
      creditNoteNumber: 'CN-2026-00003',
      invoiceNumber: of.invoiceNumber,
      netPence: 55000,
      vatPence: 0,
      grossPence: 55000,
      reason: 'LAPSED',
    };
    const receipt: Receipt = {
      ...issued,
      receiptNumber: 'RC-2026-00003',
      invoiceNumber: of.invoiceNumber,
      grossPence: 85000,
    };
    const credited = await wordsOf(await creditNotePdf(note, of));
    const received = await wordsOf(await receiptPdf(receipt, of));
    for (const needed of ['CN-2026-00003', of.invoiceNumber, 'registration lapsed', 'Total credited £550.00'])
      expect(credited).toContain(needed);
    for (const needed of ['RC-2026-00003', of.invoiceNumber, '1 July 2026', 'Total received £850.00'])
      expect(received).toContain(needed);
  });
});

describe('a statement of account', () => {
  const of = sampleInvoice({ schoolName: 'Ysgol Tŷ Ŵyl', paymentReference: 'PSQM2345678' });
  const charged = {
    postingId: 'INVOICE-1',
    cause: 'INVOICE',
    postedAt: '2026-06-01T09:00:00.000Z',
    postedOn: '2026-06-01',
    invoiceNumber: of.invoiceNumber,
    schoolName: of.schoolName,
    document: '',
    lineId: null,
    paidOn: null,
    debtPence: 85000,
    creditPence: 0,
  } as const;
  const paid = {
    ...charged,
    postingId: 'ALLOCATION-1',
    cause: 'ALLOCATION',
    postedAt: '2026-06-20T09:00:00.000Z',
    postedOn: '2026-06-20',
    lineId: 'S-000001',
    paidOn: '2026-06-18',
    debtPence: -30000,
  } as const;
  const statement = statementOf([charged, paid], [of], { from: '2026-06-10', to: '2026-08-01' });
  const payer = { name: "St Zoë's & Dŵr Trust", addressLines: ['1 High Street'], kept: undefined };
  const at = new Date('2026-08-01T10:00:00.000Z');

  it.each([
    [
      'en',
      [
        'Statement of account, 1 August 2026',
        'Opening balance £850.00',
        `Payment of 18 June 2026 for invoice ${of.invoiceNumber}`,
        '£300.00',
        'Balance on 1 August 2026 £550.00',
        '31 to 60 days £550.00',
        'Sort code',
      ],
    ],
    ['cy', ['Datganiad cyfrif, 1 Awst 2026', 'Balans agoriadol £850.00', 'Balans ar 1 Awst 2026 £550.00']],
  ] as const)('is a tagged PDF in %s with what moved and what is owed', async (language, needed) => {
    const bytes = await payerStatementPdf(payer, statement, language, at);
    const raw = Buffer.from(bytes).toString('latin1');
    expect(raw).toContain('/Marked true');
    expect(raw).toContain(`/Lang (${language}-GB)`);
    const words = await wordsOf(bytes);
    for (const each of [...needed, payer.name, of.schoolName, of.paymentReference])
      expect(words).toContain(each);
    expect(Buffer.from(await payerStatementPdf(payer, statement, language, at)).equals(bytes)).toBe(true);
  });
});
