import * as z from 'zod';
import { calendarDay, fundingRefusals } from '../programme/model.ts';
import type { Key } from '../shared/table/keys.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { registrationForm } from './form.ts';

const instant = z.iso.datetime();

/**
 * How far a registration is on its way to PAID or COVERED: what the registration machine has done and what it waits
 * for, beside the registration itself, which the later stages share. Item INTAKE of the registration's collection.
 */
export const intake = z.object({
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  /** The form as it stands, to be corrected until the invoice is issued. */
  form: registrationForm,
  warnings: z.array(z.string()),
  /** The hub leader who filled it in for the school. */
  registeredBy: z.object({ personId: z.string(), hubId: z.string() }).nullable(),
  correctableUntil: instant,
  /**
   * What the round promised when the form was sent, so that a policy that changes later changes nothing for it. Older
   * intakes were promised what applied then.
   */
  promised: z
    .object({ fundingDecisionWorkingDays: z.number().int().positive() })
    .default({ fundingDecisionWorkingDays: 10 }),
  acknowledgedAt: instant.nullable(),
  placement: z.object({
    /** GIVEN_UP: nobody placed the school however often they were told; an admin still can. */
    state: z.enum(['OPEN', 'WAITING', 'PLACED', 'GIVEN_UP']),
    waitingSince: instant.nullable(),
    decideBy: instant.nullable(),
    escalations: z.number().int().nonnegative(),
  }),
  funding: z.object({
    state: z.enum(['NONE', 'OPEN', 'WAITING', 'GRANTED', 'BILL_SCHOOL']),
    waitingSince: instant.nullable(),
    decideBy: instant.nullable(),
    decidedBy: z.string().nullable(),
    /** Why the funder's agreement does not cover the school; a person may still let it. */
    because: z.enum(fundingRefusals).nullable().optional(),
  }),
  /** Reminders (days relative to the due date) that went out or were passed over by a later one. */
  remindersDone: z.array(z.number().int()),
  /** What of the paperwork has reached the payer: version of the invoice's PDF, credit note, receipt. */
  sent: z.object({
    invoiceVersion: z.number().int().nonnegative(),
    creditNote: z.boolean(),
    receipt: z.boolean(),
  }),
  confirmedAt: instant.nullable(),
  lapseNoticeSent: z.boolean(),
  /** The due day that the reminders done have named. */
  lastDueOn: calendarDay.nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type Intake = z.output<typeof intake>;

export const intakeKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'INTAKE',
});

/** Queues that people work off: a hub for a school, a decision about a funder's place. */
export const PLACEMENT_QUEUE = 'PLACEMENT';
export const FUNDING_QUEUE = 'FUNDING';

/** An intake as it leaves its queue. */
export function withoutQueue(record: Intake): Intake {
  const { queueKey: _key, queueSort: _sort, ...rest } = record;
  return rest;
}
