import { findRegistration } from '../registration/store.ts';
import { formatPence } from '../shared/money/pence.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { type Actor, change, readExisting } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type Refund, refund } from './approval-model.ts';
import { keep, keyOf, mailToPayers } from './documents.ts';
import { refundKey } from './keys.ts';
import { refundAdvicePdf } from './pdfs.ts';
import { readInvoice } from './store.ts';

const actor: Actor = { kind: 'system', id: 'payment-documents' };

/**
 * Makes the advice of an approved refund, keeps it, and mails it to whoever paid; for an invoice of a previous system
 * it is kept alone. Safe to repeat: one mail a reader. Throws `NotFoundError` where the refund has no number yet.
 */
export async function sendRefundAdvice(registrationId: string, refundId: string, now: Date): Promise<void> {
  const of = await readExisting(refund, refundKey(registrationId, refundId));
  if (of.adviceNumber === null) throw new NotFoundError(`advice of refund ${refundId}`);
  const number = of.adviceNumber;
  const [beside, registration] = await Promise.all([
    readInvoice(of.invoiceNumber),
    findRegistration(registrationId),
  ]);
  const bytes = await refundAdvicePdf(of, beside);
  const key = keyOf(registrationId, number, 1);
  if (of.pdfKey === null) {
    await keep(key, bytes);
    await change<Refund>(refund, refundKey(registrationId, refundId), now, (current) =>
      current.pdfKey === key
        ? undefined
        : {
            next: { ...withoutStored(current), pdfKey: key },
            audit: { action: 'refund.document', actor },
            events: [],
          },
    );
  }
  if (registration === undefined) return;
  const values = { number, amount: formatPence(of.pence), reason: of.reason };
  await mailToPayers(beside, { template: 'refund-advice', number, version: 1, values, bytes }, now);
}
