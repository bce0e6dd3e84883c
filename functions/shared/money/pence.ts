import * as z from 'zod';

/** An amount in integer pence; never a float. */
export const pence = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
export type Pence = z.output<typeof pence>;

/** `85000` -> `£850.00`; negative amounts carry a leading minus. */
export function formatPence(amount: Pence): string {
  const absolute = Math.abs(amount);
  const pounds = Math.floor(absolute / 100)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0 ? '-' : ''}£${pounds}.${String(absolute % 100).padStart(2, '0')}`;
}
