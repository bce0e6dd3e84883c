import * as z from 'zod';
import { settles } from '../payments/balance.ts';
import { paymentDueDay } from '../payments/due.ts';
import type { CreditNote, Invoice } from '../payments/model.ts';
import type { Round } from '../programme/model.ts';
import { addDays, endOfLondonDay, londonDate, londonTime } from '../shared/time/london.ts';
import { waitStep, waitUntil } from '../shared/waits/waits.ts';
import type { Intake } from './intake.ts';
import type { Registration } from './model.ts';

/** What the registration machine does next. */
export const registrationStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('ACKNOWLEDGE') }),
  z.object({ do: z.literal('PLACE_IN_HUB') }),
  z.object({ do: z.literal('ESCALATE_PLACEMENT') }),
  z.object({ do: z.literal('GRANT_FUNDED_PLACE') }),
  z.object({ do: z.literal('BILL_SCHOOL') }),
  z.object({ do: z.literal('ISSUE_INVOICE') }),
  z.object({ do: z.literal('SEND_INVOICE') }),
  z.object({ do: z.literal('SEND_REMINDER'), day: z.number().int() }),
  z.object({ do: z.literal('CONFIRM') }),
  z.object({ do: z.literal('SEND_CONFIRMATION') }),
  z.object({ do: z.literal('LAPSE'), because: z.enum(['UNPAID', 'NO_HUB']) }),
  z.object({ do: z.literal('CREDIT_INVOICE') }),
  z.object({ do: z.literal('SEND_LAST_LETTER') }),
  z.object({ do: z.literal('ENDED'), result: z.string().min(1) }),
]);
export type RegistrationStep = z.output<typeof registrationStep>;

/** What the table says of one registration. */
export interface RegistrationRecords {
  readonly round: Pick<Round, 'calendar' | 'fees' | 'policies'>;
  readonly registration: Registration;
  readonly intake: Intake;
  readonly invoice: Invoice | undefined;
  readonly creditNote: CreditNote | undefined;
}

/** Reminders go out in the morning of their day. */
const REMINDER_TIME = '09:00';

/**
 * The next step of a registration on its way to PAID or COVERED. Everything is read from the records, so the same
 * records at the same instant give the same step, and a repeated step finds itself done.
 */
export function nextRegistrationStep(records: RegistrationRecords, now: Date): RegistrationStep {
  const { registration, intake } = records;
  if (registration.status === 'WITHDRAWN' || registration.status === 'LAPSED') return afterTheEnd(records);
  if (intake.confirmedAt !== null) {
    return intake.sent.receipt
      ? { do: 'ENDED', result: registration.funderId === null ? 'PAID' : 'COVERED' }
      : { do: 'SEND_CONFIRMATION' };
  }
  if (intake.acknowledgedAt === null) return { do: 'ACKNOWLEDGE' };
  const correctable = new Date(intake.correctableUntil);
  if (now < correctable)
    return waitUntil(correctable, 'the school, which can still correct its registration', 'correction', now);
  return placementStep(records, now) ?? fundingStep(records, now) ?? paymentStep(records, now);
}

function afterTheEnd({ registration, intake, invoice, creditNote }: RegistrationRecords): RegistrationStep {
  const unpaid = intake.confirmedAt === null;
  if (unpaid && invoice !== undefined && creditNote === undefined) return { do: 'CREDIT_INVOICE' };
  const letterDue = registration.status === 'LAPSED' || (creditNote !== undefined && !intake.sent.creditNote);
  if (letterDue && !intake.lapseNoticeSent) return { do: 'SEND_LAST_LETTER' };
  return { do: 'ENDED', result: registration.status };
}

function placementStep({ round, intake }: RegistrationRecords, now: Date): RegistrationStep | undefined {
  const { state, decideBy } = intake.placement;
  if (state === 'PLACED') return undefined;
  if (state === 'OPEN' || decideBy === null) return { do: 'PLACE_IN_HUB' };
  const until = new Date(decideBy);
  if (now < until) return waitUntil(until, 'an admin, to place the school in a hub', 'placement', now);
  // Nobody found a hub until training began: the school is let go rather than left without an answer.
  return londonDate(now) >= round.calendar.trainingStarts
    ? { do: 'LAPSE', because: 'NO_HUB' }
    : { do: 'ESCALATE_PLACEMENT' };
}

function fundingStep({ intake }: RegistrationRecords, now: Date): RegistrationStep | undefined {
  const { state, decideBy } = intake.funding;
  switch (state) {
    case 'NONE':
    case 'BILL_SCHOOL':
      return undefined;
    case 'GRANTED':
      return { do: 'CONFIRM' };
    case 'OPEN':
      return { do: 'GRANT_FUNDED_PLACE' };
    case 'WAITING': {
      const until = new Date(decideBy ?? now);
      return now < until
        ? waitUntil(until, "finance, to decide who pays: the funder's places are taken", 'funding', now)
        : { do: 'BILL_SCHOOL' };
    }
  }
}

function paymentStep(records: RegistrationRecords, now: Date): RegistrationStep {
  const { registration, intake, invoice, round } = records;
  if (invoice === undefined) return { do: 'ISSUE_INVOICE' };
  if (settles(invoice)) return { do: 'CONFIRM' };
  const { purchaseOrder } = registration;
  const orderAdded = purchaseOrder.kind === 'NUMBER' && invoice.purchaseOrder !== purchaseOrder.number;
  if (invoice.pdfKey === null || intake.sent.invoiceVersion < invoice.pdfVersion || orderAdded)
    return { do: 'SEND_INVOICE' };
  const dueOn = paymentDueDay(round, registration, invoice.issuedOn);
  const reminder = dueReminder(records, dueOn, now);
  if (reminder !== undefined) return { do: 'SEND_REMINDER', day: reminder };
  const lapses = lapseAt(round, dueOn);
  if (now >= lapses) return { do: 'LAPSE', because: 'UNPAID' };
  const next = reminderInstants(records, dueOn).find(({ at }) => at > now && at < lapses);
  return next === undefined
    ? waitUntil(lapses, 'the payment, or the end of the time for it', 'lapse', now)
    : waitUntil(next.at, 'the payment, or the next reminder', `payment-reminder-${next.day}`, now);
}

/** The instant at which an unpaid registration lapses. */
export function lapseAt(round: Pick<Round, 'policies'>, dueOn: string): Date {
  return endOfLondonDay(addDays(dueOn, round.policies.payment.lapseAfterDays));
}

/** The reminders that are still to come or to be sent, in order; those before the invoice was there make no sense. */
function reminderInstants(
  { round, intake, invoice }: RegistrationRecords,
  dueOn: string,
): { day: number; at: Date }[] {
  const issued = invoice === undefined ? '' : invoice.issuedOn;
  return round.policies.payment.reminderDays
    .filter((day) => !intake.remindersDone.includes(day) && addDays(dueOn, day) > issued)
    .map((day) => ({ day, at: londonTime(addDays(dueOn, day), REMINDER_TIME) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** The latest reminder whose time has come; earlier ones that were not sent are passed over with it. */
function dueReminder(records: RegistrationRecords, dueOn: string, now: Date): number | undefined {
  return reminderInstants(records, dueOn)
    .filter(({ at }) => at <= now)
    .at(-1)?.day;
}
