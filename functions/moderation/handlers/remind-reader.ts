import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readingReminderCause } from '../case-steps.ts';
import { writeToReader } from '../mail.ts';
import { readReading } from '../store.ts';

const input = z.object({ registrationId: z.string(), readingId: z.string(), correlationId: z.string() });

/** Reminds a moderator of a reading that is due soon, once. */
export const handler = taskHandler(
  input,
  z.object({ reminded: z.literal(true) }),
  async ({ readingId }, { now }) => {
    await writeToReader(
      await readReading(readingId),
      'reading-reminder',
      readingReminderCause(readingId),
      now,
    );
    return { reminded: true as const };
  },
);
