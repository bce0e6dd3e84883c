import * as z from 'zod';
import { calendarDay } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';
import { pence } from '../shared/money/pence.ts';

const instant = z.iso.datetime();

/** REQUESTED: waits for a second person; APPROVED; REFUSED; PAID: a refund whose money has left the bank. */
export const refundStatus = z.enum(['REQUESTED', 'APPROVED', 'REFUSED', 'PAID']);
const decided = z.object({ by: z.string().min(1), at: instant, reason: z.string().min(1) });

/** What both kinds of request have: who asks for it, of which invoice, and what a second person said. */
const asked = z.object({
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  invoiceNumber: z.string().min(1),
  schoolName: z.string(),
  payerName: z.string(),
  pence: pence.positive(),
  reason: z.string().min(1),
  requestedBy: z.string().min(1),
  requestedAt: instant,
  decided: decided.nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});

/** The account to which a refund is paid. */
export const destination = z.object({
  accountName: z.string().trim().min(1).max(100),
  /** Six digits, as banks write them: 12-34-56. */
  sortCode: z
    .string()
    .trim()
    .regex(/^\d{2}[- ]?\d{2}[- ]?\d{2}$/)
    .transform((given) => given.replace(/\D/g, '').replace(/^(..)(..)(..)$/, '$1-$2-$3')),
  accountNumber: z
    .string()
    .trim()
    .regex(/^\d{8}$/),
});

/** Money of a credit on account that goes back to whoever paid it. Its advice has a number once it is approved. */
export const refund = asked.extend({
  refundId: z.string().min(1),
  creditId: z.string().min(1),
  destination,
  language,
  status: refundStatus,
  adviceNumber: z.string().nullable(),
  series: z.string().nullable(),
  sequenceNumber: z.number().int().positive().nullable(),
  pdfKey: z.string().nullable(),
  paid: z
    .object({
      paymentId: z.string(),
      lineId: z.string(),
      /** Booking day of the bank. */
      on: calendarDay,
      by: z.string(),
      reason: z.string(),
      at: instant,
    })
    .nullable(),
});
export type Refund = z.output<typeof refund>;

/** A rest of an invoice that is given up, within the limits of the programme. */
export const writeOff = asked.extend({
  writeOffId: z.string().min(1),
  status: refundStatus.exclude(['PAID']),
});
export type WriteOff = z.output<typeof writeOff>;

/** The limits that the programme sets (programme/payments/approvals.json), in pence of all write-offs of an invoice. */
export const approvalLimits = z.object({
  writeOff: z.object({
    maximumPence: pence.nonnegative(),
    /** For an invoice of a previous system, of which no registration can lapse. */
    broughtOverMaximumPence: pence.nonnegative(),
  }),
});
