import { withPurchaseOrder } from '../payments/purchase-order.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, change, type Stored } from '../shared/table/change.ts';
import { registrationKey } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type Registration, type RegistrationStatus, registration } from './model.ts';

const open: readonly RegistrationStatus[] = ['SUBMITTED', 'ACCEPTED', 'AWAITING_PAYMENT'];

/** Adds the purchase order number that was to come later; the invoice goes out again with it. The same number again changes nothing. */
export async function addPurchaseOrder(
  registrationId: string,
  typed: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Registration>> {
  const number = typed.trim();
  if (number === '') throw new RefusedError('purchase-order-needed', { field: 'number' });
  const changed = await change<Registration>(
    registration,
    registrationKey(registrationId),
    now,
    (current) => {
      if (!open.includes(current.status))
        throw new WrongStateError(`registration ${current.reference}`, current.status);
      if (current.purchaseOrder.kind === 'NUMBER' && current.purchaseOrder.number === number)
        return undefined;
      return {
        next: { ...withoutStored(current), purchaseOrder: { kind: 'NUMBER', number } },
        audit: { action: 'registration.add-purchase-order', actor },
        events: [{ name: 'PurchaseOrderAdded', detail: { registrationId, roundId: current.roundId } }],
      };
    },
  );
  if (changed.invoiceNumber !== null) await withPurchaseOrder(registrationId, number, actor, now);
  return changed;
}
