import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { expireScans } from '../../submissions/expire-scans.ts';

/** Gives an outcome to action plans whose check has had none in time. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ refused: z.number().int(), abandoned: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const { roundId } = await readRegistration(registrationId);
    return expireScans(registrationId, await readRound(roundId), now);
  },
);
