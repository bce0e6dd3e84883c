import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { sendSubmissionReminder } from '../reminders.ts';

/** Asks the hub leader for the sign-off that is due or late. Safe to repeat: each mail goes out once for its cause. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1), cause: z.string().min(1) }),
  z.object({ sent: z.number().int() }),
  async ({ registrationId, cause }, { now }) => ({
    sent: await sendSubmissionReminder(registrationId, cause, now),
  }),
);
