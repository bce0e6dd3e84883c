import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { undecided } from '../gather.ts';
import { moderationStep, nextModerationStep } from '../round-steps.ts';
import { listDraws } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  correlationId: z.string(),
});

/** Decides what a round's moderation does next. */
export const handler = taskHandler(input, moderationStep, async ({ roundId, attempt }) => {
  const draw = (await listDraws(roundId)).find((one) => one.attempt === attempt);
  return nextModerationStep(draw, draw === undefined ? (await undecided(roundId)).length : 0);
});
