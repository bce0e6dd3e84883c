import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import supplier from '../../programme/payments/supplier.json' with { type: 'json' };
import { sendMail } from '../shared/mail/send-mail.ts';
import { formatPence } from '../shared/money/pence.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { type Actor, change, create, type Stored } from '../shared/table/change.ts';
import { registrationPk, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { formatDate, londonDate } from '../shared/time/london.ts';
import { registrationsOf } from './balance.ts';
import { creditNoteKey, invoiceKey, receiptKey, receiptPointerKey } from './keys.ts';
import { letterTexts } from './letter-texts.ts';
import { type CreditNote, creditNote, type Invoice, invoice, type Receipt, receipt } from './model.ts';
import { NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { creditNotePdf, creditReasonWords, invoicePdf, receiptPdf } from './pdfs.ts';
import { readersOf } from './readers.ts';
import { creditNotesOf, liveInvoicesOf, readInvoice, receiptsOf } from './store.ts';

const s3 = new S3Client({});
const actor: Actor = { kind: 'system', id: 'payment-documents' };

/** Where a document of a registration's payments lies in the documents bucket. */
export const keyOf = (registrationId: string, number: string, version: number): string =>
  `registrations/${registrationId}/payments/${number}-v${version}.pdf`;

/** Puts a PDF into the documents bucket; the same document again replaces it with the same content. */
export async function keep(key: string, bytes: Uint8Array): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      Body: bytes,
      ContentType: 'application/pdf',
    }),
  );
}

interface Paper {
  readonly template:
    | 'invoice'
    | 'invoice-again'
    | 'invoice-replaced'
    | 'credit-note'
    | 'receipt'
    | 'refund-advice';
  readonly number: string;
  readonly version: number;
  readonly values: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** Papers that go with it in the same mail. */
  readonly more?: readonly { readonly number: string; readonly bytes: Uint8Array }[];
}

/** Mails a document to whoever pays, each once a version. */
export async function mailToPayers(of: Invoice, paper: Paper, now: Date): Promise<void> {
  for (const reader of await readersOf(of)) {
    const values = {
      name: reader.name,
      school: of.schoolName,
      reference: of.registrationReference,
      invoice: of.invoiceNumber,
      purchaseOrder: of.purchaseOrder ?? '-',
      ...paper.values,
    };
    await sendMail(
      {
        collection: registrationPk(of.registrationId),
        cause: `${paper.number}-v${paper.version}:${reader.email}`,
        to: reader.email,
        language: of.language,
        subject: letterTexts.text(of.language, `emails.${paper.template}.subject`, values),
        text: letterTexts.text(of.language, `emails.${paper.template}.text`, values),
        attachments: [paper, ...(paper.more ?? [])].map(({ number, bytes }) => ({
          name: `${number}.pdf`,
          type: 'application/pdf',
          bytes,
        })),
      },
      now,
    );
  }
}

/**
 * Makes the PDFs of the invoices by which a registration is paid where their version is new, keeps them and mails them
 * to whoever pays, with the credit notes of those that they replace; returns the version sent (from 1). Safe to repeat:
 * one mail a version and reader. Throws `NotFoundError` without an invoice.
 */
export async function sendInvoice(registrationId: string, now: Date): Promise<number> {
  const versions: number[] = [];
  for (const issued of await liveInvoicesOf(registrationId))
    if (issued.closedAt === null)
      versions.push(
        speaksFor(issued, registrationId) ? await sendOne(issued, now) : Math.max(1, issued.pdfVersion),
      );
  if (versions.length === 0) throw new NotFoundError(`invoice of ${registrationId}`);
  return Math.max(...versions);
}

/** Whether a registration sends the papers of an invoice: of several that it pays for, which wake together, the first. */
function speaksFor(of: Invoice, registrationId: string): boolean {
  return registrationsOf(of)[0] === registrationId;
}

async function sendOne(issued: Invoice, now: Date): Promise<number> {
  const { registrationId } = issued;
  const version = Math.max(1, issued.pdfVersion);
  const key = keyOf(registrationId, issued.invoiceNumber, version);
  const bytes = await invoicePdf(issued);
  if (issued.pdfKey !== key) {
    await keep(key, bytes);
    await change<Invoice>(invoice, invoiceKey(registrationId, issued.invoiceNumber), now, (current) =>
      // A due day that moved meanwhile makes a version of its own, with the next call.
      current.pdfKey === key || Math.max(1, current.pdfVersion) !== version
        ? undefined
        : {
            next: { ...withoutStored(current), pdfVersion: version, pdfKey: key },
            audit: { action: 'invoice.document', actor },
            events: [],
          },
    );
  }
  const replaced = issued.replaces ?? [];
  const more = await creditNotesFor(replaced, now);
  const values = {
    amount: formatPence(issued.grossPence),
    due: formatDate(issued.dueOn, issued.language),
    paymentReference: issued.paymentReference,
    accountName: supplier.bank.accountName,
    sortCode: supplier.bank.sortCode,
    accountNumber: supplier.bank.accountNumber,
    replaced: replaced.join(', '),
  };
  const template = replaced.length > 0 ? 'invoice-replaced' : version === 1 ? 'invoice' : 'invoice-again';
  await mailToPayers(issued, { template, number: issued.invoiceNumber, version, values, bytes, more }, now);
  return version;
}

/** The credit notes of invoices that another took the place of, each made and kept. */
async function creditNotesFor(
  numbers: readonly string[],
  now: Date,
): Promise<{ number: string; bytes: Uint8Array }[]> {
  const made: { number: string; bytes: Uint8Array }[] = [];
  for (const invoiceNumber of numbers) {
    const old = await readInvoice(invoiceNumber);
    const notes = (await creditNotesOf(old.registrationId)).filter(
      (note) => note.invoiceNumber === invoiceNumber && note.reason === 'REPLACED',
    );
    for (const note of notes)
      made.push({ number: note.creditNoteNumber, bytes: await madeCreditNote(note, old, now) });
  }
  return made;
}

/** The PDF of a credit note, kept the first time. */
async function madeCreditNote(note: CreditNote, of: Invoice, now: Date): Promise<Uint8Array> {
  const number = note.creditNoteNumber;
  const bytes = await creditNotePdf(note, of);
  if (note.pdfKey !== null) return bytes;
  const key = keyOf(note.registrationId, number, 1);
  await keep(key, bytes);
  await change<CreditNote>(creditNote, creditNoteKey(note.registrationId, number), now, (current) =>
    current.pdfKey === key
      ? undefined
      : {
          next: { ...withoutStored(current), pdfKey: key },
          audit: { action: 'credit-note.document', actor },
          events: [],
        },
  );
  return bytes;
}

/** Makes and mails the credit notes of a registration that ended, if it has any. Safe to repeat. */
export async function sendCreditNote(registrationId: string, now: Date): Promise<void> {
  for (const issued of await liveInvoicesOf(registrationId)) {
    const line = issued.lines.find((each) => each.registrationId === registrationId);
    const notes = (await creditNotesOf(issued.registrationId)).filter(
      (note) =>
        note.invoiceNumber === issued.invoiceNumber &&
        note.reason !== 'REPLACED' &&
        (line === undefined || note.creditNoteNumber === line.creditNoteNumber),
    );
    for (const note of notes) {
      const number = note.creditNoteNumber;
      const bytes = await madeCreditNote(note, issued, now);
      const values = {
        number,
        amount: formatPence(note.grossPence),
        reason: creditReasonWords(note, issued),
        school: note.schoolName ?? issued.schoolName,
      };
      await mailToPayers(issued, { template: 'credit-note', number, version: 1, values, bytes }, now);
    }
  }
}

/** Makes the receipts of a registration's paid invoices, once, and mails them; nothing where none is paid. Safe to repeat. */
export async function sendReceipt(registrationId: string, now: Date): Promise<void> {
  for (const issued of await liveInvoicesOf(registrationId))
    if (issued.status === 'PAID' && speaksFor(issued, registrationId)) await sendReceiptOf(issued, now);
}

async function sendReceiptOf(issued: Invoice, now: Date): Promise<void> {
  const { registrationId } = issued;
  const made = await receiptFor(issued, now);
  const number = made.receiptNumber;
  const bytes = await receiptPdf(made, issued);
  if (made.pdfKey === null) {
    const key = keyOf(registrationId, number, 1);
    await keep(key, bytes);
    await change<Receipt>(receipt, receiptKey(registrationId, number), now, (current) =>
      current.pdfKey === key
        ? undefined
        : {
            next: { ...withoutStored(current), pdfKey: key },
            audit: { action: 'receipt.document', actor },
            events: [],
          },
    );
  }
  const values = { number, amount: formatPence(made.grossPence) };
  await mailToPayers(issued, { template: 'receipt', number, version: 1, values, bytes }, now);
}

/** Somebody made the invoice's receipt at the same moment. */
class ReceiptGivenError extends Error {}

async function receiptFor(of: Invoice, now: Date): Promise<Stored<Receipt>> {
  const find = async () =>
    (await receiptsOf(of.registrationId)).find((each) => each.invoiceNumber === of.invoiceNumber);
  const known = await find();
  if (known !== undefined) return known;
  try {
    return await withNumber(() => createReceipt(of, now));
  } catch (error) {
    const other = error instanceof ReceiptGivenError ? await find() : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function createReceipt(of: Invoice, now: Date): Promise<Stored<Receipt>> {
  const { registrationId, invoiceNumber } = of;
  const number = await nextNumber('RECEIPT', londonDate(now));
  const next: Receipt = {
    receiptNumber: number.number,
    series: number.series,
    sequenceNumber: number.sequenceNumber,
    invoiceNumber,
    registrationId,
    issuedAt: now.toISOString(),
    issuedOn: londonDate(now),
    grossPence: of.grossPence,
    pdfKey: null,
    ...roundIndex(of.roundId, 'RECEIPT', number.number),
  };
  return create<Receipt>(
    receiptKey(registrationId, number.number),
    {
      next,
      audit: { action: 'receipt.issue', actor },
      events: [],
      also: [
        { put: { ...receiptPointerKey(invoiceNumber), registrationId, invoiceNumber }, onlyIfAbsent: true },
        number.take,
      ],
      refusals: { 0: () => new ReceiptGivenError(), 1: () => new NumberTakenError(number.series) },
    },
    now,
    () => new NumberTakenError(number.series),
  );
}
