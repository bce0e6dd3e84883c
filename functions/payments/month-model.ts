import * as z from 'zod';
import { pence } from '../shared/money/pence.ts';
import { ledgerAccount } from './model.ts';

/** What must hold for a month to be closed, in the order of the check list. */
export const monthChecks = [
  'ended',
  'earlier-closed',
  'balances',
  'bank-agrees',
  'nothing-undecided',
  'debtors-agree',
  'credits-agree',
  'refunds-agree',
  'approvals-decided',
] as const;
export const monthCheck = z.object({
  check: z.enum(monthChecks),
  holds: z.boolean(),
  pence: pence.nullable(),
});
export type MonthCheck = z.output<typeof monthCheck>;

/** A closed month: what its postings were, so that anybody can see later that none was added or changed. */
export const closedMonth = z.object({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  closedBy: z.string().min(1),
  closedAt: z.iso.datetime(),
  reason: z.string().min(1),
  postings: z.number().int().nonnegative(),
  /** SHA-256 over the month's postings, see `digestOf`. */
  digest: z.string(),
  accounts: z.array(
    z.object({ account: ledgerAccount, debitPence: pence, creditPence: pence, balancePence: pence }),
  ),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type ClosedMonth = z.output<typeof closedMonth>;
