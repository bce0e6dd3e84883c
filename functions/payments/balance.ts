import type { Pence } from '../shared/money/pence.ts';
import type { Invoice, InvoiceStatus } from './model.ts';

type Amounts = Pick<Invoice, 'grossPence' | 'allocatedPence' | 'creditedPence' | 'writtenOffPence'>;

/** What is still owed on an invoice, in pence. */
export function balanceOf(invoice: Amounts): Pence {
  return invoice.grossPence - invoice.creditedPence - invoice.writtenOffPence - invoice.allocatedPence;
}

/** Whether nothing is owed any more: allocations, credit notes and write-offs reach the invoice's amount (domain.md 3.6). */
export function isSettledInvoice(invoice: Amounts): boolean {
  return balanceOf(invoice) <= 0;
}

/** The status that an invoice's amounts give it. */
export function invoiceStatusOf(invoice: Amounts): InvoiceStatus {
  const { grossPence, creditedPence, writtenOffPence } = invoice;
  if (creditedPence > 0 && creditedPence + writtenOffPence >= grossPence) return 'CREDITED';
  if (isSettledInvoice(invoice)) return 'PAID';
  return invoice.allocatedPence > 0 || creditedPence > 0 || writtenOffPence > 0 ? 'PART_PAID' : 'ISSUED';
}

/** Whether an invoice pays for several registrations. */
export function isJoint(of: Pick<Invoice, 'lines'>): boolean {
  return of.lines.some((line) => line.registrationId !== undefined);
}

/** The registrations that an invoice pays for, those whose line is credited left out. */
export function registrationsOf(of: Pick<Invoice, 'lines' | 'registrationId'>): string[] {
  return isJoint(of)
    ? of.lines.flatMap(({ registrationId, creditNoteNumber }) =>
        registrationId === undefined || creditNoteNumber !== undefined ? [] : [registrationId],
      )
    : [of.registrationId];
}
