import supplier from '../../programme/payments/supplier.json' with { type: 'json' };
import type { Pence } from '../shared/money/pence.ts';
import type { Invoice } from './model.ts';

/** VAT on a net amount by the fee table's treatment, rounded to the penny, halves up. Exempt and outside the scope have none. */
export function vatOn(netPence: Pence, treatment: Invoice['vat']): Pence {
  switch (treatment) {
    case 'EXEMPT':
    case 'OUTSIDE_SCOPE':
      return 0;
    case 'STANDARD':
      return Math.floor((netPence * supplier.standardVatPercent + 50) / 100);
  }
}

/** The part of an invoice's VAT that lies in `grossPence` of it; all of it in the whole invoice. */
export function vatWithin(grossPence: Pence, invoice: Pick<Invoice, 'vatPence' | 'grossPence'>): Pence {
  if (invoice.grossPence === 0) return 0;
  return Math.floor((grossPence * invoice.vatPence) / invoice.grossPence + 0.5);
}
