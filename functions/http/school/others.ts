import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type * as z from 'zod';
import { award } from '../../awards/model.ts';
import { decision } from '../../moderation/model.ts';
import { creditNote, invoice } from '../../payments/model.ts';
import { decidedOutcome } from '../../programme/model.ts';
import { type Registration, registration } from '../../registration/model.ts';
import type { Language } from '../../shared/access/identity.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { NotFoundError, RefusedError } from '../../shared/runtime/errors.ts';
import { type Actor, change, parseStored, queryCollection, read } from '../../shared/table/change.ts';
import { registrationKey, registrationPk, schoolPk } from '../../shared/table/keys.ts';
import { READ_VALIDITY_SECONDS } from '../../submissions/model.ts';
import { texts } from '../../training/texts.ts';
import type { registrationView, resultView } from './contract.ts';

const s3 = new S3Client({});

/** A five-minute address of a PDF of the documents bucket. */
async function documentsUrl(key: string, name: string): Promise<string> {
  return getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      ResponseContentType: 'application/pdf',
      ResponseContentDisposition: `inline; filename*=UTF-8''${encodeURIComponent(name)}`,
    }),
    { expiresIn: READ_VALIDITY_SECONDS },
  );
}

async function papersOf(registrationId: string) {
  const [invoices, notes] = await Promise.all([
    queryCollection(registrationPk(registrationId), 'INVOICE#'),
    queryCollection(registrationPk(registrationId), 'CREDITNOTE#'),
  ]);
  return {
    invoices: invoices.map((item) => parseStored(invoice, item)),
    notes: notes.map((item) => parseStored(creditNote, item)),
  };
}

/** Invoices and credit notes of a registration, the oldest first. */
export async function invoicesOf(
  registrationId: string,
): Promise<z.input<typeof registrationView>['invoices']> {
  const { invoices, notes } = await papersOf(registrationId);
  return [
    ...invoices.map((one) => ({
      number: one.invoiceNumber,
      kind: 'INVOICE' as const,
      pence: one.grossPence,
      issuedAt: one.issuedAt,
      dueOn: one.dueOn,
      status: one.status,
    })),
    ...notes.map((one) => ({
      number: one.creditNoteNumber,
      kind: 'CREDIT_NOTE' as const,
      pence: -one.grossPence,
      issuedAt: one.issuedAt,
      dueOn: null,
      status: 'ISSUED',
    })),
  ].sort((a, b) => a.issuedAt.localeCompare(b.issuedAt));
}

/** A five-minute address of an invoice or credit note; throws `NotFoundError` before its PDF is made. */
export async function invoiceUrl(
  registrationId: string,
  number: string,
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const { invoices, notes } = await papersOf(registrationId);
  const key =
    invoices.find((one) => one.invoiceNumber === number)?.pdfKey ??
    notes.find((one) => one.creditNoteNumber === number)?.pdfKey ??
    null;
  if (key === null) throw new NotFoundError(`invoice ${number}`);
  return {
    url: await documentsUrl(key, `${number}.pdf`),
    expiresAt: new Date(now.getTime() + READ_VALIDITY_SECONDS * 1000).toISOString(),
  };
}

/** Adds the purchase order number that was to follow; the registration's machine is woken by it. */
export async function addPurchaseOrder(
  registrationId: string,
  number: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  await change(registration, registrationKey(registrationId), now, (current) => {
    const { purchaseOrder } = current;
    if (purchaseOrder.kind === 'NUMBER' && purchaseOrder.number === number) return undefined;
    if (purchaseOrder.kind !== 'LATER')
      throw new RefusedError('purchase-order-not-wanted', { field: 'number' });
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    return {
      next: { ...rest, purchaseOrder: { kind: 'NUMBER' as const, number } },
      audit: { action: 'purchase-order.add', actor },
      events: [{ name: 'PurchaseOrderAdded' as const, detail: { registrationId, roundId: current.roundId } }],
    };
  });
}

/**
 * The result of a registration once it has been released, which the registration's own status says; null before. A
 * confirmed decision whose release is still to come stays hidden here.
 */
export async function resultOf(
  of: Registration,
  language: Language,
): Promise<z.input<typeof resultView> | null> {
  const outcome = decidedOutcome.safeParse(of.status);
  if (!outcome.success) return null;
  const decided = await read(decision, { pk: registrationPk(of.registrationId), sk: 'DECISION' });
  const awards = (await queryCollection(schoolPk(of.schoolId), 'AWARD#')).filter(
    (item) => item.registrationId === of.registrationId,
  );
  const given = awards[0] === undefined ? undefined : parseStored(award, awards[0]);
  return {
    outcome: outcome.data,
    level: of.awardedLevel,
    releasedAt: of.statusSince,
    feedback:
      decided === undefined
        ? []
        : [{ criterionId: null, title: texts.text(language, 'feedback-title'), text: decided.feedback }],
    certificate:
      given === undefined
        ? null
        : {
            number: given.certificateNumber,
            validUntil: given.expiresOn,
            verificationUrl: `${requireEnv('SITE_URL').replace(/\/$/, '')}/verify/${given.certificateNumber}`,
            fileUrl:
              given.certificateKey === null
                ? null
                : await documentsUrl(given.certificateKey, `${given.certificateNumber}.pdf`),
          },
  };
}
