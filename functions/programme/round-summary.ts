import type * as z from 'zod';
import type { roundSummary } from '../http/admin/reads.ts';
import type { Round } from './model.ts';

/** A round as lists show it. */
export function toRoundSummary(round: Round): z.input<typeof roundSummary> {
  const { roundId, label, status, calendar, resultsReleasedAt } = round;
  return { roundId, label, status, calendar, resultsReleasedAt };
}
