import * as z from 'zod';

/** Who acts, who decides about another's request, and who reads. */
export const finance = ['finance', 'finance_approver'] as const;
export const approvers = ['finance_approver'] as const;
export const readers = ['finance', 'finance_approver', 'auditor', 'admin'] as const;
export const reason = z.string().trim().min(1).max(500);
/** Chosen by the page once per form, so that the same form sent twice books once. */
export const requestId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);
export const lineParams = z.object({ lineId: z.string().min(1).max(80) });
/** A payer that finance keep, or the number of an invoice of the payer that is meant (payer-refs.ts). */
export const payerParams = z.object({ payerRef: z.string().trim().min(1).max(64) });
