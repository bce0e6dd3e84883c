import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';

const input = z.object({ registrationId: z.string(), result: z.string(), correlationId: z.string() });

/** Says how the machine of an appeal ended. */
export const handler = taskHandler(
  input,
  z.object({ result: z.string() }),
  async ({ registrationId, result }, { now }) => {
    await endStage(registrationPk(registrationId), 'appeal', result, now);
    return { result };
  },
);
