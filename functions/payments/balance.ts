import type { Pence } from '../shared/money/pence.ts';
import type { Invoice, InvoiceStatus } from './model.ts';

type Amounts = Pick<Invoice, 'grossPence' | 'allocatedPence' | 'creditedPence'>;

/** What is still owed on an invoice, in pence. */
export function balanceOf(invoice: Amounts): Pence {
  return invoice.grossPence - invoice.creditedPence - invoice.allocatedPence;
}

/** Whether nothing is owed any more: allocations and credit notes reach the invoice's amount (domain.md 3.6). */
export function isSettledInvoice(invoice: Amounts): boolean {
  return balanceOf(invoice) <= 0;
}

/** The status that an invoice's amounts give it. */
export function invoiceStatusOf(invoice: Amounts): InvoiceStatus {
  if (invoice.creditedPence >= invoice.grossPence && invoice.grossPence > 0) return 'CREDITED';
  if (isSettledInvoice(invoice)) return 'PAID';
  return invoice.allocatedPence > 0 || invoice.creditedPence > 0 ? 'PART_PAID' : 'ISSUED';
}
