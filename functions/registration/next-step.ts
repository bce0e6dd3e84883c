import * as z from 'zod';
import { registrationsOf } from '../payments/balance.ts';
import { paymentDay } from '../payments/due.ts';
import { holdEnded, isHeld } from '../payments/hold.ts';
import type { Invoice } from '../payments/model.ts';
import type { Round } from '../programme/model.ts';
import { addDays, endOfLondonDay, londonDate, londonTime } from '../shared/time/london.ts';
import { type WaitStep, waitStep, waitUntil } from '../shared/waits/waits.ts';
import type { Intake } from './intake.ts';
import type { Registration } from './model.ts';

/** What the registration machine does next. */
export const registrationStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('ACKNOWLEDGE') }),
  z.object({ do: z.literal('PLACE_IN_HUB') }),
  z.object({ do: z.literal('ESCALATE_PLACEMENT') }),
  z.object({ do: z.literal('GIVE_UP_PLACEMENT') }),
  z.object({ do: z.literal('GRANT_FUNDED_PLACE') }),
  z.object({ do: z.literal('BILL_THE_SCHOOL') }),
  z.object({ do: z.literal('ISSUE_INVOICE') }),
  z.object({ do: z.literal('SEND_INVOICE') }),
  z.object({ do: z.literal('SEND_REMINDER'), reminderDay: z.number().int() }),
  z.object({ do: z.literal('LAPSE') }),
  z.object({ do: z.literal('CREDIT_INVOICE') }),
  z.object({ do: z.literal('CONFIRM') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type RegistrationStep = z.output<typeof registrationStep>;

export interface RegistrationFacts {
  readonly registration: Registration;
  readonly intake: Intake;
  readonly round: Pick<Round, 'calendar' | 'policies' | 'movedDeadlines'>;
  /** The invoice that the registration waits for; undefined before it is issued and where a funder covers the fee. */
  readonly invoice: Invoice | undefined;
}

/** Decides from the records alone what comes next; the same records at the same instant give the same step. */
export function nextRegistrationStep(facts: RegistrationFacts, now: Date): RegistrationStep {
  const { registration, intake } = facts;
  if (intake.acknowledgedAt === null && registration.status !== 'WITHDRAWN') return { do: 'ACKNOWLEDGE' };
  switch (registration.status) {
    case 'SUBMITTED':
      return placementStep(facts, now);
    case 'ACCEPTED':
      return feeStep(facts, now);
    case 'AWAITING_PAYMENT':
      return paymentStep(facts, now);
    case 'LAPSED':
      // The task was broken off after the registration had lapsed: credit note and letters are still to come.
      return intake.lapseNoticeSent ? { do: 'ENDED', result: 'LAPSED' } : { do: 'LAPSE' };
    case 'WITHDRAWN':
      return owesNothing(facts) ? { do: 'ENDED', result: 'WITHDRAWN' } : { do: 'CREDIT_INVOICE' };
    case 'MISSED':
      return { do: 'ENDED', result: 'MISSED' };
    default:
      // Training begins with the event of the confirmation, whose letters may still be to come.
      return intake.confirmedAt === null ? { do: 'CONFIRM' } : { do: 'ENDED', result: registration.status };
  }
}

/** A school that withdrew before it paid owes nothing once its invoice is credited and the credit note sent. */
function owesNothing({ registration, intake, invoice }: RegistrationFacts): boolean {
  if (intake.confirmedAt !== null || invoice === undefined || invoice.status === 'PAID') return true;
  // Its line of an invoice for several is credited; the invoice goes on for the others.
  if (!registrationsOf(invoice).includes(registration.registrationId)) return intake.sent.creditNote;
  return invoice.closedAt !== null && intake.sent.creditNote;
}

/** What the stage ends as where no hub was found: an admin places the school, and the stage begins again. */
export const UNPLACED = 'UNPLACED';

function placementStep({ intake, round }: RegistrationFacts, now: Date): RegistrationStep {
  const { placement } = intake;
  if (placement.state === 'GIVEN_UP') return { do: 'ENDED', result: UNPLACED };
  if (placement.state !== 'WAITING' || placement.decideBy === null) return { do: 'PLACE_IN_HUB' };
  const decideBy = new Date(placement.decideBy);
  if (decideBy > now) return waitUntil(decideBy, 'an admin who places the school in a hub', 'placement', now);
  return placement.escalations < round.policies.registration.placementEscalations
    ? { do: 'ESCALATE_PLACEMENT' }
    : { do: 'GIVE_UP_PLACEMENT' };
}

function feeStep({ intake, registration }: RegistrationFacts, now: Date): RegistrationStep {
  const correctableUntil = new Date(intake.correctableUntil);
  if (correctableUntil > now)
    return waitUntil(correctableUntil, 'corrections by the school', 'corrections', now);
  if (registration.payer.kind !== 'FUNDER' || intake.funding.state === 'BILL_SCHOOL')
    return { do: 'ISSUE_INVOICE' };
  if (intake.funding.state !== 'WAITING' || intake.funding.decideBy === null)
    return { do: 'GRANT_FUNDED_PLACE' };
  const decideBy = new Date(intake.funding.decideBy);
  return decideBy <= now
    ? { do: 'BILL_THE_SCHOOL' }
    : waitUntil(decideBy, "finance, who decide about a funder's place", 'funding', now);
}

const DAY_MS = 24 * 3600 * 1000;
/** Reminders go out at nine in the morning. */
const REMINDER_TIME = '09:00';

function paymentStep(facts: RegistrationFacts, now: Date): RegistrationStep {
  const { invoice, intake, round } = facts;
  if (invoice === undefined) return { do: 'ISSUE_INVOICE' };
  if (invoice.status === 'PAID') return { do: 'CONFIRM' };
  if (intake.sent.invoiceVersion < Math.max(1, invoice.pdfVersion)) return { do: 'SEND_INVOICE' };
  const due = paymentDay(round, facts.registration, invoice);
  const { reminderDays, lapseAfterDays } = round.policies.payment;
  const lapseByDue = endOfLondonDay(addDays(due, lapseAfterDays));
  const wait = (until: Date, deadline: string): WaitStep =>
    waitUntil(until, 'payment by the school or its payer', deadline, now);
  if (isHeld(invoice, now)) {
    const until = invoice.hold?.until ?? null;
    const asked = new Date(now.getTime() + round.policies.payment.holdReviewDays * DAY_MS);
    return waitUntil(
      until === null ? asked : endOfLondonDay(until),
      'finance, who look into a question about the invoice',
      'hold',
      now,
    );
  }
  // Whoever was given time is not struck off at the moment when it ends.
  const ended = holdEnded(invoice, now);
  const grace =
    ended === undefined
      ? lapseByDue
      : endOfLondonDay(addDays(londonDate(ended), round.policies.payment.graceAfterHoldDays));
  const lapse = new Date(Math.max(grace.getTime(), lapseByDue.getTime()));
  if (lapse <= now) return { do: 'LAPSE' };
  const done = remindersDone(intake, due);
  const open = reminderDays.filter((day) => !done.includes(day)).sort((a, b) => a - b);
  const fallen = open.filter((day) => reminderAt(due, day) <= now);
  const latest = fallen.at(-1);
  if (latest !== undefined) return { do: 'SEND_REMINDER', reminderDay: latest };
  const [next] = open;
  return next === undefined || reminderAt(due, next) > lapse
    ? wait(lapse, 'lapse')
    : wait(reminderAt(due, next), 'payment reminder');
}

/** Reminders that have named this due day; a moved day begins them anew. */
export function remindersDone(
  intake: Pick<Intake, 'remindersDone' | 'lastDueOn'>,
  due: string,
): readonly number[] {
  return intake.lastDueOn === null || intake.lastDueOn === due ? intake.remindersDone : [];
}

const reminderAt = (due: string, day: number): Date => londonTime(addDays(due, day), REMINDER_TIME);
