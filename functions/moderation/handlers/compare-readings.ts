import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { compareReadings } from '../cases.ts';
import { caseStatus } from '../model.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Compares the two readings of a case: they agree, or it is adjudicated. */
export const handler = taskHandler(
  input,
  z.object({ status: caseStatus }),
  async ({ registrationId }, { now }) => {
    const { status } = await compareReadings(registrationId, now);
    return { status };
  },
);
