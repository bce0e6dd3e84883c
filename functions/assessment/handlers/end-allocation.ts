import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { endAllocation } from '../allocation/request.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  result: z.string(),
  correlationId: z.string(),
});
/** False: somebody asked for more meanwhile, decide again. */
const output = z.object({ ended: z.boolean() });

/** Ends a round's allocation unless more was asked of it meanwhile. */
export const handler = taskHandler(input, output, async ({ roundId, attempt, result }, { now }) => ({
  ended: await endAllocation(roundId, attempt, result, now),
}));
