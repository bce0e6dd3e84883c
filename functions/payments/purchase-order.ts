import { type Actor, change, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { invoiceKey } from './keys.ts';
import { type Invoice, invoice } from './model.ts';
import { invoicesOfRegistration } from './store.ts';

/**
 * Puts the purchase order number that came later on the registration's invoice, whose PDF is to be made again with it
 * (`pdfVersion` grows). Nothing where there is no invoice yet, or it carries the number already.
 */
export async function withPurchaseOrder(
  registrationId: string,
  number: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Invoice> | undefined> {
  const [issued] = await invoicesOfRegistration(registrationId);
  if (issued === undefined) return undefined;
  return change<Invoice>(invoice, invoiceKey(registrationId, issued.invoiceNumber), now, (current) =>
    current.purchaseOrder === number || current.closedAt !== null
      ? undefined
      : {
          next: { ...withoutStored(current), purchaseOrder: number, pdfVersion: current.pdfVersion + 1 },
          audit: { action: 'invoice.purchase-order', actor },
          events: [],
        },
  );
}
