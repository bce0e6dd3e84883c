import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { assignmentPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';

const input = z.object({ assignmentId: z.string(), result: z.string(), correlationId: z.string() });

/** Says how an assignment's machine ended. */
export const handler = taskHandler(
  input,
  z.object({ result: z.string() }),
  async ({ assignmentId, result }, { now }) => {
    await endStage(assignmentPk(assignmentId), 'assessment', result, now);
    return { result };
  },
);
