import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { roundPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';

const input = z.object({ roundId: z.string(), result: z.string(), correlationId: z.string() });

/** Says how the moderation of a round ended; what is returned later is the next day's. */
export const handler = taskHandler(
  input,
  z.object({ result: z.string() }),
  async ({ roundId, result }, { now }) => {
    await endStage(roundPk(roundId), 'moderation', result, now);
    return { result };
  },
);
