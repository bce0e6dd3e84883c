import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { compareReadings } from '../cases.ts';
import { caseStatus } from '../model.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Compares the two readings of a case: they agree, or it is adjudicated. */
export const handler = taskHandler(
  input,
  z.object({ status: caseStatus }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    const { status } = await compareReadings(registration, await readRound(registration.roundId), now);
    return { status };
  },
);
