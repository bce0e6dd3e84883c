import * as z from 'zod';
import { invoiceHold, invoiceStatus } from '../../payments/model.ts';
import { calendarDay } from '../../programme/model.ts';
import { pence } from '../../shared/money/pence.ts';

export const invoiceSummary = z.object({
  invoiceNumber: z.string(),
  registrationId: z.string(),
  registrationReference: z.string(),
  roundId: z.string(),
  schoolName: z.string(),
  town: z.string(),
  urn: z.string().nullable(),
  payerName: z.string(),
  /** What the payer is called in addresses; null where no address of it is known. */
  payerRef: z.string().nullable(),
  paymentReference: z.string(),
  purchaseOrder: z.string().nullable(),
  issuedOn: calendarDay,
  dueOn: calendarDay,
  grossPence: pence,
  allocatedPence: pence,
  creditedPence: pence,
  writtenOffPence: pence,
  balancePence: pence,
  status: invoiceStatus,
  overdueDays: z.number().int().nonnegative(),
  /** Why nobody is reminded of it now; null where reminders go their way. */
  hold: invoiceHold.omit({ by: true, endedAt: true }).nullable(),
});
