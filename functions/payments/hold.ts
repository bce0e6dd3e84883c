import { endOfLondonDay } from '../shared/time/london.ts';
import type { Invoice } from './model.ts';

/**
 * Whether reminders and lapse of an invoice rest now: for a dispute, a promise to pay until its day, or a question
 * about its purchase order (domain.md 3.2).
 */
export function isHeld(of: Pick<Invoice, 'hold'>, now: Date): boolean {
  const { hold } = of;
  if (hold === undefined || hold.endedAt !== null) return false;
  return hold.until === null || endOfLondonDay(hold.until) > now;
}

/** When a hold that was has ended; undefined where there is none or it still holds. */
export function holdEnded(of: Pick<Invoice, 'hold'>, now: Date): Date | undefined {
  const { hold } = of;
  if (hold === undefined || isHeld(of, now)) return undefined;
  if (hold.endedAt !== null) return new Date(hold.endedAt);
  return hold.until === null ? undefined : endOfLondonDay(hold.until);
}
