import { makeInvoice } from '../../functions/payments/invoices.ts';
import type { Invoice } from '../../functions/payments/model.ts';
import { newPaymentReference } from '../../functions/shared/references/references.ts';
import type { Stored } from '../../functions/shared/table/change.ts';
import { sampleRegistration, sampleRound } from './school-year.ts';

let made = 0;

/** An invoice as it is issued, of a school of its own; tests change what they are about. Invented throughout. */
export function sampleInvoice(change: Partial<Invoice> = {}): Stored<Invoice> {
  const number = ++made;
  const issued = makeInvoice(
    sampleRegistration({ registrationId: `REG${number}` }),
    sampleRound(),
    {
      number: `PSQM-2026-${String(number).padStart(5, '0')}`,
      series: 'PSQM-2026',
      sequenceNumber: number,
    },
    newPaymentReference(),
    new Date('2026-06-01T09:00:00.000Z'),
  );
  const invoice = { ...issued, urn: null, schoolName: `Unlike ${number}`, ...change };
  return {
    ...invoice,
    pk: `REG#${invoice.registrationId}`,
    sk: `INVOICE#${invoice.invoiceNumber}`,
    version: 1,
  };
}
