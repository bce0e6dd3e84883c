import { paymentDay } from '../payments/due.ts';
import type { Invoice } from '../payments/model.ts';
import { deadlineDay } from '../programme/deadlines.ts';
import { type Calendar, levels, type Round } from '../programme/model.ts';
import { type Registration, type RegistrationStatus, registrationStatuses } from '../registration/model.ts';
import { daysBetween, londonDate } from '../shared/time/london.ts';

/** The day by which a registration should have left each status; statuses that are not here wait for nobody's day. */
const leftBy: Partial<Record<RegistrationStatus, keyof Omit<Calendar, 'sessions'>>> = {
  AWAITING_PAYMENT: 'paymentDue',
  PAID: 'trainingStarts',
  COVERED: 'trainingStarts',
  IN_TRAINING: 'signOffDue',
  READY_TO_SUBMIT: 'submissionDue',
  SUBMITTED_WORK: 'allocation',
  IN_ASSESSMENT: 'assessmentDue',
  IN_MODERATION: 'moderationDue',
  DECIDED: 'results',
};

type Row = Pick<
  Registration,
  'registrationId' | 'reference' | 'school' | 'status' | 'targetLevel' | 'awardedLevel' | 'movedDeadlines'
>;

export interface LateRow {
  readonly registrationId: string;
  readonly reference: string;
  readonly schoolName: string;
  readonly status: RegistrationStatus;
  readonly deadline: string;
  readonly day: string;
  readonly daysLate: number;
}

/**
 * Registrations that are past the day of their stage (their own moved day where they have one; for a payment the due day
 * of their invoice), the latest first.
 */
export function lateRegistrations(
  round: Pick<Round, 'calendar' | 'movedDeadlines'>,
  registrations: readonly Row[],
  invoices: readonly Pick<Invoice, 'registrationId' | 'dueOn'>[],
  now: Date,
): LateRow[] {
  const today = londonDate(now);
  const invoiceOf = new Map(invoices.map((one) => [one.registrationId, one]));
  return registrations
    .flatMap((one): LateRow[] => {
      const deadline = leftBy[one.status];
      if (deadline === undefined) return [];
      const day = dayOf(round, one, deadline, invoiceOf.get(one.registrationId));
      if (day >= today) return [];
      const { registrationId, reference, status } = one;
      return [
        {
          registrationId,
          reference,
          schoolName: one.school.name,
          status,
          deadline,
          day,
          daysLate: daysBetween(day, today),
        },
      ];
    })
    .sort((a, b) => b.daysLate - a.daysLate || a.schoolName.localeCompare(b.schoolName, 'en-GB'));
}

function dayOf(
  round: Pick<Round, 'calendar' | 'movedDeadlines'>,
  one: Row,
  deadline: keyof Omit<Calendar, 'sessions'>,
  invoice: Pick<Invoice, 'dueOn'> | undefined,
): string {
  switch (deadline) {
    case 'paymentDue':
      return paymentDay(round, one, invoice);
    case 'registrationOpens':
    case 'registrationCloses':
    case 'trainingStarts':
    case 'submissionOpens':
    case 'allocation':
      return round.calendar[deadline];
    default:
      return deadlineDay(round, one, deadline);
  }
}

/** How many registrations stand at each status, in the order of the journey, zeros included. */
export function countStages(
  registrations: readonly Pick<Row, 'status'>[],
): { status: RegistrationStatus; count: number }[] {
  const counts = new Map<RegistrationStatus, number>();
  for (const { status } of registrations) counts.set(status, (counts.get(status) ?? 0) + 1);
  return registrationStatuses.map((status) => ({ status, count: counts.get(status) ?? 0 }));
}

/** Target and awarded levels of a round's registrations. */
export function countLevels(registrations: readonly Pick<Row, 'targetLevel' | 'awardedLevel'>[]) {
  return levels.map((level) => ({
    level,
    target: registrations.filter((one) => one.targetLevel === level).length,
    awarded: registrations.filter((one) => one.awardedLevel === level).length,
  }));
}
