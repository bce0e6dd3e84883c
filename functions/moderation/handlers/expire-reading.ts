import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { expireReading } from '../cases.ts';
import { writeToReader } from '../mail.ts';

const input = z.object({ registrationId: z.string(), readingId: z.string(), correlationId: z.string() });
const output = z.object({ expired: z.boolean() });

/** Takes an overdue reading back and tells the moderator; one returned at the same moment stands. */
export const handler = taskHandler(input, output, async ({ readingId }, { now }) => {
  const reading = await expireReading(readingId, now);
  if (reading.status !== 'EXPIRED') return { expired: false };
  await writeToReader(reading, 'reading-expired', `reading-expired-${readingId}`, now);
  return { expired: true };
});
