import * as z from 'zod';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';
import { missSubmission } from '../freeze.ts';

/** Closes a submission that was not declared in time and ends the stage. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ missed: z.literal(true) }),
  async ({ registrationId }, { now }) => {
    await missSubmission(await readRegistration(registrationId), now);
    await endStage(registrationPk(registrationId), 'submission', 'MISSED', now);
    return { missed: true as const };
  },
);
