import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { sendTrainingReminder } from '../reminders.ts';

/** Asks the hub leader about what is late in a school's training. Safe to repeat: each mail goes out once for its cause. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1), cause: z.string().min(1) }),
  z.object({ sent: z.number().int() }),
  async ({ registrationId, cause }, { now }) => ({
    sent: await sendTrainingReminder(registrationId, cause, now),
  }),
);
