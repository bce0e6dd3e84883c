import { deadlineDay } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addDays } from '../shared/time/london.ts';
import type { Invoice } from './model.ts';

type Moved = Pick<Round, 'movedDeadlines'>;

const later = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a);

/**
 * The day by which an invoice is due: the days of the round's payment terms (or the payer's own) after it was issued (domain.md 3.1), or the
 * day to which the whole round's payment was moved, where that is later; the terms are promised and never shortened.
 */
export function dueDay(
  round: Pick<Round, 'fees'> & Moved,
  issuedOn: string,
  termsDays: number = round.fees.paymentTermsDays,
): string {
  return later(addDays(issuedOn, termsDays), round.movedDeadlines.paymentDue);
}

/**
 * The day by which a registration is to be paid: the one to which its own payment was moved, its invoice's, else the
 * round's. A round's later day counts at once, before each invoice has been moved to it.
 */
export function paymentDay(
  round: Pick<Round, 'calendar'> & Moved,
  registration: Pick<Registration, 'movedDeadlines'>,
  invoice: Pick<Invoice, 'dueOn'> | undefined,
): string {
  const own = registration.movedDeadlines.paymentDue;
  if (own !== undefined) return own;
  if (invoice === undefined) return deadlineDay(round, registration, 'paymentDue');
  return later(invoice.dueOn, round.movedDeadlines.paymentDue);
}
