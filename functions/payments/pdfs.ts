import supplier from '../../programme/payments/supplier.json' with { type: 'json' };
import { formatPence } from '../shared/money/pence.ts';
import { createDocument, type PdfDocument } from '../shared/pdf/create-document.ts';
import { formatDate, londonDate } from '../shared/time/london.ts';
import type { Refund } from './approval-model.ts';
import { isJoint } from './balance.ts';
import { letterTexts } from './letter-texts.ts';
import type { CreditNote, Invoice, Receipt } from './model.ts';

type Row = readonly [label: string, value: string];

/** The words of documents in the language of the invoice. */
export const wordsOf =
  (of: Pick<Invoice, 'language'>) =>
  (key: string, values?: Readonly<Record<string, string | number>>): string =>
    letterTexts.text(of.language, `documents.${key}`, values);

/** What all documents have in common: sender, title, and whom it is for. */
export function begin(
  of: Pick<Invoice, 'language'> & { readonly payer: Pick<Invoice['payer'], 'name' | 'addressLines'> },
  title: string,
  createdAt: string,
): PdfDocument {
  const t = wordsOf(of);
  const pdf = createDocument({ title, language: of.language, createdAt: new Date(createdAt) });
  pdf.text(t('programme'), { weight: 'bold', size: 13, after: 2 });
  const sender = [supplier.name, ...supplier.addressLines];
  const vatNumber = supplier.vatNumber === '' ? [] : [`${t('vat-number')}: ${supplier.vatNumber}`];
  pdf.text([...sender, ...vatNumber].join('\n'), { size: 9, after: 16 });
  pdf.text(title, { role: 'H1', size: 20, weight: 'bold', after: 12 });
  pdf.text(t('to'), { role: 'H2', weight: 'bold', size: 11, after: 2 });
  pdf.text([of.payer.name, ...of.payer.addressLines].join('\n'), { after: 12 });
  return pdf;
}

/** Rows that name the school and its registration. */
function schoolRows(of: Invoice): Row[] {
  const t = wordsOf(of);
  const own = of.payer.ownReference ?? null;
  const school: Row[] = isJoint(of)
    ? []
    : [
        [t('school'), of.town === '' ? of.schoolName : `${of.schoolName}, ${of.town}`],
        ...(of.urn === null ? [] : [[t('urn'), of.urn] as const]),
        [t('registration'), of.registrationReference],
      ];
  return [
    ...school,
    ...(own === null ? [] : [[t('your-reference'), own] as const]),
    ...(of.purchaseOrder === null ? [] : [[t('purchase-order'), of.purchaseOrder] as const]),
  ];
}

/** One table of descriptions and amounts, the total in bold below, and what there is to say about VAT. */
function amounts(
  pdf: PdfDocument,
  of: Invoice,
  lines: readonly Row[],
  sums: { readonly netPence: number; readonly vatPence: number; readonly grossPence: number },
  total: string,
): void {
  const t = wordsOf(of);
  const standard = of.vat === 'STANDARD';
  const rows: Row[] = [
    ...lines,
    ...(standard
      ? [[t('net'), formatPence(sums.netPence)] as const, [t('vat'), formatPence(sums.vatPence)] as const]
      : []),
    [total, formatPence(sums.grossPence)],
  ];
  pdf.space(10);
  pdf.table(
    [
      { title: t('description'), share: 0.75 },
      { title: t('amount'), share: 0.25, align: 'right' },
    ],
    rows,
    { strong: [rows.length - 1] },
  );
  pdf.text(vatWords(of), { size: 9, after: 10 });
}

function vatWords(of: Invoice): string {
  const t = wordsOf(of);
  switch (of.vat) {
    case 'EXEMPT':
      return t('vat-exempt');
    case 'OUTSIDE_SCOPE':
      return t('vat-outside');
    case 'STANDARD':
      return t('vat-standard', { percent: supplier.standardVatPercent });
  }
}

/** Whom to ask, and the bytes. */
export function end(pdf: PdfDocument, of: Pick<Invoice, 'language'>): Promise<Uint8Array> {
  pdf.space(6);
  pdf.text(wordsOf(of)('questions', { email: supplier.email }), { size: 9 });
  return pdf.finish();
}

/** The invoice as a tagged PDF in its language. */
export function invoicePdf(of: Invoice): Promise<Uint8Array> {
  const t = wordsOf(of);
  const pdf = begin(of, `${t('invoice')} ${of.invoiceNumber}`, of.issuedAt);
  pdf.facts([
    [t('number'), of.invoiceNumber],
    [t('date'), formatDate(of.issuedOn, of.language)],
    [t('due'), formatDate(of.dueOn, of.language)],
    [t('payment-reference'), of.paymentReference],
    ...schoolRows(of),
    ...(of.replaces === undefined ? [] : [[t('replaces'), of.replaces.join(', ')] as const]),
  ]);
  const lines = of.lines.map(({ description, netPence }): Row => [description, formatPence(netPence)]);
  amounts(pdf, of, lines, of, t('total-to-pay'));
  pdf.text(t('how-to-pay'), { role: 'H2', weight: 'bold', size: 12 });
  pdf.text(t('how-to-pay-text'));
  pdf.facts([
    [t('account-name'), supplier.bank.accountName],
    [t('sort-code'), supplier.bank.sortCode],
    [t('account-number'), supplier.bank.accountNumber],
    [t('payment-reference'), of.paymentReference],
    [t('amount'), formatPence(of.grossPence)],
  ]);
  return end(pdf, of);
}

/** Why a credit note was issued, in the language of its invoice. */
export function creditReasonWords(
  note: Pick<CreditNote, 'reason'>,
  of: Pick<Invoice, 'language' | 'replacedBy'>,
): string {
  const t = wordsOf(of);
  switch (note.reason) {
    case 'LAPSED':
      return t('because-lapsed');
    case 'WITHDRAWN':
      return t('because-withdrawn');
    case 'REPLACED':
      return t('because-replaced', { invoice: of.replacedBy ?? '' });
  }
}

/** The credit note as a tagged PDF in the language of its invoice (its particulars: domain.md 3.3). */
export function creditNotePdf(note: CreditNote, of: Invoice): Promise<Uint8Array> {
  const t = wordsOf(of);
  const pdf = begin(of, `${t('credit-note')} ${note.creditNoteNumber}`, note.issuedAt);
  pdf.facts([
    [t('number'), note.creditNoteNumber],
    [t('date'), formatDate(note.issuedOn, of.language)],
    [t('for-invoice'), `${of.invoiceNumber}, ${formatDate(of.issuedOn, of.language)}`],
    [t('reason'), creditReasonWords(note, of)],
    ...schoolRows(of),
  ]);
  const line = t('credit-line', { invoice: of.invoiceNumber, school: note.schoolName ?? of.schoolName });
  amounts(pdf, of, [[line, formatPence(note.netPence)]], note, t('total-credited'));
  return end(pdf, of);
}

/** The refund advice as a tagged PDF in the language of the invoice that its credit lies beside. */
export function refundAdvicePdf(of: Refund, beside: Invoice): Promise<Uint8Array> {
  const t = wordsOf(beside);
  const number = of.adviceNumber ?? '';
  const decidedAt = of.decided?.at ?? of.requestedAt;
  const pdf = begin(beside, `${t('refund-advice')} ${number}`, decidedAt);
  pdf.facts([
    [t('number'), number],
    [t('date'), formatDate(londonDate(new Date(decidedAt)), beside.language)],
    [t('for-invoice'), `${beside.invoiceNumber}, ${formatDate(beside.issuedOn, beside.language)}`],
    [t('reason'), of.reason],
    ...schoolRows(beside),
  ]);
  pdf.space(10);
  pdf.table(
    [
      { title: t('description'), share: 0.75 },
      { title: t('amount'), share: 0.25, align: 'right' },
    ],
    [
      [t('refund-line', { payer: of.payerName }), formatPence(of.pence)],
      [t('total-refunded'), formatPence(of.pence)],
    ],
    { strong: [1] },
  );
  pdf.text(t('refund-how'), { role: 'H2', weight: 'bold', size: 12 });
  pdf.text(t('refund-how-text', { number }));
  pdf.facts([
    [t('account-name'), of.destination.accountName],
    [t('sort-code'), of.destination.sortCode],
    // The paper may lie open in an office: the last digits tell whose account it is.
    [t('account-number'), `****${of.destination.accountNumber.slice(-4)}`],
  ]);
  return end(pdf, beside);
}

/** The receipt as a tagged PDF in the language of its invoice. */
export function receiptPdf(made: Receipt, of: Invoice): Promise<Uint8Array> {
  const t = wordsOf(of);
  const pdf = begin(of, `${t('receipt')} ${made.receiptNumber}`, made.issuedAt);
  pdf.facts([
    [t('number'), made.receiptNumber],
    [t('date'), formatDate(made.issuedOn, of.language)],
    [t('for-invoice'), `${of.invoiceNumber}, ${formatDate(of.issuedOn, of.language)}`],
    [t('received-on'), formatDate(of.settledAt ?? made.issuedAt, of.language)],
    ...schoolRows(of),
  ]);
  const line = t('receipt-line', { invoice: of.invoiceNumber, school: of.schoolName });
  const writtenOff = of.writtenOffPence;
  const rows: Row[] = [[line, formatPence(of.netPence)]];
  if (writtenOff > 0) rows.push([t('written-off'), formatPence(-writtenOff)]);
  amounts(pdf, of, rows, { ...of, grossPence: of.grossPence - writtenOff }, t('total-received'));
  return end(pdf, of);
}
