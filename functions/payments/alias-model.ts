import * as z from 'zod';

/** Whose invoices money is for: a school, or the payer of an invoice that belongs to no single school. */
const payee = z.object({ payeeId: z.string().min(1), name: z.string().min(1) });
export type Payee = z.output<typeof payee>;

/**
 * A payer as the bank names it, and whose invoices it pays: this council's account pays for these schools. A finance
 * officer confirmed it once; until it is withdrawn it suggests, and confirms nothing (domain.md 3.6).
 */
export const payerAlias = z.object({
  aliasId: z.string().min(1),
  /** As the bank wrote it when it was confirmed. */
  counterparty: z.string().min(1),
  payees: z.array(payee).min(1),
  status: z.enum(['ACTIVE', 'WITHDRAWN']),
  by: z.string().min(1),
  at: z.iso.datetime(),
  withdrawn: z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type PayerAlias = z.output<typeof payerAlias>;
