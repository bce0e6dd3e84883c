import type * as z from 'zod';
import { verificationPage } from '../../assessment/pages.ts';
import { awardsOfSchool } from '../../awards/store.ts';
import { decision } from '../../moderation/model.ts';
import { documentUrl } from '../../payments/document-addresses.ts';
import {
  creditNotesOf,
  documentsOfRegistration,
  invoicesOfRegistration,
  receiptsOf,
} from '../../payments/store.ts';
import { decidedOutcome } from '../../programme/model.ts';
import type { Registration } from '../../registration/model.ts';
import type { Language } from '../../shared/access/identity.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import { read } from '../../shared/table/change.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { READ_VALIDITY_SECONDS } from '../../submissions/model.ts';
import { texts } from '../../training/texts.ts';
import type { registrationView, resultView } from './contract.ts';

/** Invoices, credit notes and receipts of a registration, the oldest first. */
export async function invoicesOf(
  registrationId: string,
): Promise<z.input<typeof registrationView>['invoices']> {
  const [invoices, notes, receipts] = await Promise.all([
    invoicesOfRegistration(registrationId),
    creditNotesOf(registrationId),
    receiptsOf(registrationId),
  ]);
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
    ...receipts.map((one) => ({
      number: one.receiptNumber,
      kind: 'RECEIPT' as const,
      pence: one.grossPence,
      issuedAt: one.issuedAt,
      dueOn: null,
      status: 'ISSUED',
    })),
  ].sort((a, b) => a.issuedAt.localeCompare(b.issuedAt));
}

/** A five-minute address of one of them as PDF; throws `NotFoundError` before it is made. */
export async function invoiceUrl(
  registrationId: string,
  number: string,
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const paper = (await documentsOfRegistration(registrationId)).find((one) => one.number === number);
  if (paper === undefined) throw new NotFoundError(`invoice ${number}`);
  return {
    url: await documentUrl(paper.key, `${number}.pdf`),
    expiresAt: new Date(now.getTime() + READ_VALIDITY_SECONDS * 1000).toISOString(),
  };
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
  const [decided, awards] = await Promise.all([
    read(decision, { pk: registrationPk(of.registrationId), sk: 'DECISION' }),
    awardsOfSchool(of.schoolId),
  ]);
  const given = awards.find((one) => one.registrationId === of.registrationId && one.status === 'CURRENT');
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
            verificationUrl: verificationPage(given.certificateNumber),
            fileUrl:
              given.certificateKey === null
                ? null
                : await documentUrl(given.certificateKey, `${given.certificateNumber}.pdf`),
          },
  };
}
