import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { closeCase } from '../cases.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Closes the case of a school that has left the round. */
export const handler = taskHandler(
  input,
  z.object({ closed: z.literal(true) }),
  async ({ registrationId }, { now }) => {
    await closeCase(registrationId, now);
    return { closed: true as const };
  },
);
