import type { Round } from '../programme/model.ts';
import { addDays } from '../shared/time/london.ts';

/** The day by which an invoice is due: the days of the round's payment terms after it was issued (domain.md 3.1). */
export function dueDay(round: Pick<Round, 'fees'>, issuedOn: string): string {
  return addDays(issuedOn, round.fees.paymentTermsDays);
}
