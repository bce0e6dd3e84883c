import * as z from 'zod';
import { pence } from '../shared/money/pence.ts';

/** A payment that came in and that the bank sent back: the two lines are each other's end. Undone, never deleted. */
export const returnedLine = z.object({
  returnId: z.string().min(1),
  /** The line with which the money went back, and that with which it had come. */
  lineId: z.string().min(1),
  originalLineId: z.string().min(1),
  pence: pence.positive(),
  by: z.string().min(1),
  reason: z.string().min(1),
  at: z.iso.datetime(),
  reversed: z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
});
export type ReturnedLine = z.output<typeof returnedLine>;
