import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import supplier from '../../programme/payments/supplier.json' with { type: 'json' };
import { payerReaders } from '../registration/mails.ts';
import { readRegistration } from '../registration/store.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { formatPence } from '../shared/money/pence.ts';
import { createDocument } from '../shared/pdf/create-document.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { type Actor, change, create, type Stored } from '../shared/table/change.ts';
import { registrationPk, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { formatDate, londonDate } from '../shared/time/london.ts';
import { creditNoteKey, invoiceKey, receiptKey } from './keys.ts';
import { type CreditNote, creditNote, type Invoice, invoice, type Receipt, receipt } from './model.ts';
import { NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { creditNotesOf, invoicesOfRegistration, receiptsOf } from './store.ts';
import { paymentsTexts } from './texts.ts';

const s3 = new S3Client({});
const actor: Actor = { kind: 'system', id: 'payment-documents' };
type Row = readonly [string, string];

/** Puts a PDF into the documents bucket; the same document again replaces it with the same content. */
async function store(
  registrationId: string,
  number: string,
  version: number,
  bytes: Uint8Array,
): Promise<string> {
  const key = `registrations/${registrationId}/${number}-v${version}.pdf`;
  await s3.send(
    new PutObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      Body: bytes,
      ContentType: 'application/pdf',
    }),
  );
  return key;
}

/** Mails a document to whoever pays, once a version. */
async function mail(
  of: { registrationId: string; language: 'en' | 'cy' },
  template: string,
  number: string,
  version: number,
  values: Record<string, string>,
  bytes: Uint8Array,
  now: Date,
): Promise<void> {
  const registration = await readRegistration(of.registrationId);
  for (const reader of payerReaders(registration)) {
    const all = { name: reader.name, school: registration.school.name, ...values };
    await sendMail(
      {
        collection: registrationPk(of.registrationId),
        cause: `${template}-${number}-v${version}:${reader.email}`,
        to: reader.email,
        language: of.language,
        subject: paymentsTexts.text(of.language, `emails.${template}.subject`, all),
        text: paymentsTexts.text(of.language, `emails.${template}.text`, all),
        attachments: [{ name: `${number}.pdf`, type: 'application/pdf', bytes }],
      },
      now,
    );
  }
}

/** Makes the PDF of the registration's invoice, keeps it and mails it to whoever pays; returns the version sent. Safe to repeat. */
export async function sendInvoice(registrationId: string, now: Date): Promise<number> {
  let sent = 0;
  for (const each of await invoicesOfRegistration(registrationId)) {
    const version = Math.max(1, each.pdfVersion);
    const bytes = await invoicePdf(each);
    const pdfKey = each.pdfKey ?? (await store(registrationId, each.invoiceNumber, version, bytes));
    await change<Invoice>(invoice, invoiceKey(registrationId, each.invoiceNumber), now, (current) =>
      current.pdfKey === pdfKey && current.pdfVersion === version
        ? undefined
        : {
            next: { ...withoutStored(current), pdfVersion: version, pdfKey },
            audit: { action: 'make-invoice-pdf', actor },
            events: [],
          },
    );
    const values = {
      invoice: each.invoiceNumber,
      amount: formatPence(each.grossPence),
      due: formatDate(each.dueOn, each.language),
      paymentReference: each.paymentReference,
      purchaseOrder: each.purchaseOrder ?? '-',
      account: supplier.bank.accountName,
      sortCode: supplier.bank.sortCode,
      number: supplier.bank.accountNumber,
    };
    await mail(each, 'invoice', each.invoiceNumber, version, values, bytes, now);
    sent = Math.max(sent, version);
  }
  return sent;
}

/** Makes and mails the credit notes of a registration that have no PDF yet. Safe to repeat. */
export async function sendCreditNote(registrationId: string, now: Date): Promise<void> {
  const invoices = new Map(
    (await invoicesOfRegistration(registrationId)).map((each) => [each.invoiceNumber, each]),
  );
  for (const note of await creditNotesOf(registrationId)) {
    const of = invoices.get(note.invoiceNumber);
    if (of === undefined) continue;
    const bytes = await creditNotePdf(note, of);
    if (note.pdfKey === null) {
      const pdfKey = await store(registrationId, note.creditNoteNumber, 1, bytes);
      await change<CreditNote>(
        creditNote,
        creditNoteKey(registrationId, note.creditNoteNumber),
        now,
        (current) => ({
          next: { ...withoutStored(current), pdfKey },
          audit: { action: 'make-credit-note-pdf', actor },
          events: [],
        }),
      );
    }
    await mail(
      of,
      'credit-note',
      note.creditNoteNumber,
      1,
      { creditNote: note.creditNoteNumber, invoice: of.invoiceNumber },
      bytes,
      now,
    );
  }
}

/** Makes the receipt of each settled invoice, once, and mails it. Safe to repeat. */
export async function sendReceipt(registrationId: string, now: Date): Promise<void> {
  for (const each of await invoicesOfRegistration(registrationId)) {
    if (each.status !== 'PAID') continue;
    const made = await receiptFor(each, now);
    const bytes = await receiptPdf(made, each);
    if (made.pdfKey === null) {
      const pdfKey = await store(registrationId, made.receiptNumber, 1, bytes);
      await change<Receipt>(receipt, receiptKey(registrationId, made.receiptNumber), now, (current) => ({
        next: { ...withoutStored(current), pdfKey },
        audit: { action: 'make-receipt-pdf', actor },
        events: [],
      }));
    }
    await mail(
      each,
      'receipt',
      made.receiptNumber,
      1,
      { receipt: made.receiptNumber, invoice: each.invoiceNumber, amount: formatPence(made.grossPence) },
      bytes,
      now,
    );
  }
}

async function receiptFor(of: Invoice, now: Date): Promise<Stored<Receipt>> {
  const known = (await receiptsOf(of.registrationId)).find((each) => each.invoiceNumber === of.invoiceNumber);
  if (known !== undefined) return known;
  return withNumber(async () => {
    const number = await nextNumber('RECEIPT', londonDate(now));
    const next: Receipt = {
      receiptNumber: number.number,
      series: number.series,
      sequenceNumber: number.sequenceNumber,
      invoiceNumber: of.invoiceNumber,
      registrationId: of.registrationId,
      issuedAt: now.toISOString(),
      issuedOn: londonDate(now),
      grossPence: of.allocatedPence,
      pdfKey: null,
      ...roundIndex(of.roundId, 'RECEIPT', number.number),
    };
    return create<Receipt>(
      receiptKey(of.registrationId, number.number),
      {
        next,
        audit: { action: 'make-receipt', actor },
        events: [],
        also: [number.take],
        refusals: { 0: () => new NumberTakenError(number.series) },
      },
      now,
    );
  });
}

/** What the three documents have in common: sender, title, payer. */
function begin(of: Invoice, title: string, createdAt: string) {
  const pdf = createDocument({ title, language: of.language, createdAt: new Date(createdAt) });
  pdf.text(supplier.name, { weight: 'bold', size: 13, after: 2 });
  pdf.text(supplier.addressLines.join('\n'), { size: 9, after: 16 });
  pdf.text(title, { role: 'H1', size: 20, weight: 'bold', after: 12 });
  pdf.text(paymentsTexts.text(of.language, 'invoice.to'), { role: 'H2', weight: 'bold', size: 11, after: 2 });
  pdf.text([of.payer.name, ...of.payer.addressLines].join('\n'), { after: 12 });
  return pdf;
}

const vatWords = (of: Invoice): string | undefined => {
  if (of.vat === 'EXEMPT') return paymentsTexts.text(of.language, 'invoice.vat-exempt');
  return of.vat === 'OUTSIDE_SCOPE' ? paymentsTexts.text(of.language, 'invoice.vat-outside') : undefined;
};

/** The invoice as a tagged PDF in its language. */
export function invoicePdf(of: Invoice): Promise<Uint8Array> {
  const t = (key: string, values?: Record<string, string>): string =>
    paymentsTexts.text(of.language, `invoice.${key}`, values);
  const pdf = begin(of, `${t('title')} ${of.invoiceNumber}`, of.issuedAt);
  const rows: Row[] = [
    [t('number'), of.invoiceNumber],
    [t('date'), formatDate(of.issuedOn, of.language)],
    [t('due'), formatDate(of.dueOn, of.language)],
    [t('reference'), of.paymentReference],
    ...(of.purchaseOrder === null ? [] : [[t('purchase-order'), of.purchaseOrder] as const]),
    [t('for'), `${of.schoolName}${of.urn === null ? '' : ` (URN ${of.urn})`}`],
    [t('registration'), of.registrationReference],
  ];
  pdf.facts(rows);
  pdf.space(10);
  const exempt = vatWords(of);
  const sums: Row[] =
    exempt === undefined
      ? [
          [t('net'), formatPence(of.netPence)],
          [t('vat'), formatPence(of.vatPence)],
        ]
      : [];
  const lines: Row[] = [
    ...of.lines.map((line): Row => [line.description, formatPence(line.netPence)]),
    ...sums,
    [t('total'), formatPence(of.grossPence)],
  ];
  pdf.table(
    [
      { title: t('description'), share: 0.75 },
      { title: t('amount'), share: 0.25, align: 'right' },
    ],
    lines.map(([what, amount]) => [what, amount]),
    { strong: [lines.length - 1] },
  );
  if (exempt !== undefined) pdf.text(exempt, { size: 9 });
  pdf.space(10);
  pdf.text(t('how'), { role: 'H2', weight: 'bold', size: 12 });
  pdf.text(
    t('bank', {
      account: supplier.bank.accountName,
      sortCode: supplier.bank.sortCode,
      number: supplier.bank.accountNumber,
    }),
  );
  pdf.text(t('questions', { email: supplier.email }), { size: 9 });
  return pdf.finish();
}

/** The credit note as a tagged PDF in the language of its invoice. */
export function creditNotePdf(note: CreditNote, of: Invoice): Promise<Uint8Array> {
  const t = (key: string): string => paymentsTexts.text(of.language, `credit-note.${key}`);
  const pdf = begin(of, `${t('title')} ${note.creditNoteNumber}`, note.issuedAt);
  pdf.facts([
    [t('number'), note.creditNoteNumber],
    [paymentsTexts.text(of.language, 'invoice.date'), formatDate(note.issuedOn, of.language)],
    [t('of'), of.invoiceNumber],
    [paymentsTexts.text(of.language, 'invoice.for'), of.schoolName],
    [t('reason'), t(note.reason)],
    [t('total'), formatPence(note.grossPence)],
  ]);
  const exempt = vatWords(of);
  if (exempt !== undefined) pdf.text(exempt, { size: 9 });
  return pdf.finish();
}

/** The receipt as a tagged PDF in the language of its invoice. */
export function receiptPdf(made: Receipt, of: Invoice): Promise<Uint8Array> {
  const t = (key: string): string => paymentsTexts.text(of.language, `receipt.${key}`);
  const pdf = begin(of, `${t('title')} ${made.receiptNumber}`, made.issuedAt);
  pdf.facts([
    [t('number'), made.receiptNumber],
    [paymentsTexts.text(of.language, 'invoice.date'), formatDate(made.issuedOn, of.language)],
    [t('for'), of.invoiceNumber],
    [paymentsTexts.text(of.language, 'invoice.for'), of.schoolName],
    [t('total'), formatPence(made.grossPence)],
  ]);
  return pdf.finish();
}
