import * as z from 'zod';
import type { Invoice } from './model.ts';

const address = z.email();

/**
 * What a payer is called in addresses of pages: the id of one that finance keep, else its email address, encoded; a
 * payer is known by its address. Null where no address is known (an invoice of a previous system).
 */
export function payerRefOf({ payerId, email }: Pick<Invoice['payer'], 'payerId' | 'email'>): string | null {
  return payerId ?? (email === null ? null : Buffer.from(email.toLowerCase()).toString('base64url'));
}

/** The email address that a payer is called by; undefined for what is none, as the id of one that finance keep. */
export function emailOfRef(payerRef: string): string | undefined {
  const decoded = Buffer.from(payerRef, 'base64url').toString();
  return address.safeParse(decoded).success ? decoded : undefined;
}
