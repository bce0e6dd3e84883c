import * as z from 'zod';
import { type Key, registrationPk } from '../shared/table/keys.ts';

/** Where a credit on account was used: the allocation, and the registration in whose collection it lies. */
export const creditUse = z.object({
  creditId: z.string().min(1),
  allocationId: z.string().min(1),
  registrationId: z.string().min(1),
});
export type CreditUse = z.output<typeof creditUse>;

/** Beside the credit: the invoice that it pays may be another registration's, or another payer's. */
export const creditUseKey = (registrationId: string, creditId: string, allocationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `CREDITUSE#${creditId}#${allocationId}`,
});
