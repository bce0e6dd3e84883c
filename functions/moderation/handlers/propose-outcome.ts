import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { proposeOfCase } from '../cases.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Proposes the outcome of an agreed or adjudicated case to the panel. */
export const handler = taskHandler(
  input,
  z.object({ proposed: z.literal(true) }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    await proposeOfCase(registration, await readRound(registration.roundId), now);
    return { proposed: true as const };
  },
);
