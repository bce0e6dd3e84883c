import type { Invoice } from './model.ts';

/**
 * What a payer is called in addresses of pages: the id of one that finance keep, else the number of an invoice of it, so
 * that no email address stands in an address, a log or a browser's history. Null where the invoice knows no address of
 * its payer (one of a previous system).
 */
export function payerRefOf({
  invoiceNumber,
  payer,
}: Pick<Invoice, 'invoiceNumber' | 'payer'>): string | null {
  return payer.payerId ?? (payer.email === null ? null : invoiceNumber);
}
