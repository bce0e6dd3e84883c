import type { ExecutionRow } from './store.ts';

/** An execution can be redriven within this time of its end. */
export const REDRIVE_DAYS = 14;
const DAY_MS = 24 * 3_600_000;

/** Whether an execution can be redriven at `now` (epoch ms), and why not. */
export function redriveStatus(
  row: ExecutionRow,
  now: number,
): { redriveStatus: 'REDRIVABLE' } | { redriveStatus: 'NOT_REDRIVABLE'; redriveStatusReason: string } {
  const refuse = (redriveStatusReason: string) => ({
    redriveStatus: 'NOT_REDRIVABLE' as const,
    redriveStatusReason,
  });
  if (row.status === 'RUNNING' || row.status === 'SUCCEEDED') {
    return refuse(`Execution is ${row.status} and cannot be redriven`);
  }
  if (row.stopped !== undefined && now - row.stopped > REDRIVE_DAYS * DAY_MS) {
    return refuse(`Execution ended more than ${REDRIVE_DAYS} days ago and cannot be redriven`);
  }
  if (row.events >= 24_999) return refuse('Execution history has reached its limit and cannot be redriven');
  return { redriveStatus: 'REDRIVABLE' };
}
