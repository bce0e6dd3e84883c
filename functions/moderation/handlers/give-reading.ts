import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { giveReading } from '../cases.ts';
import { writeToReader } from '../mail.ts';
import { readingKind } from '../model.ts';

const input = z.object({ registrationId: z.string(), kind: readingKind, correlationId: z.string() });
const output = z.object({ readingId: z.string().nullable() });

/** Gives a case to the least loaded moderator who may read it and writes to them, or notes that there is nobody. */
export const handler = taskHandler(input, output, async ({ registrationId, kind }, { now }) => {
  const registration = await readRegistration(registrationId);
  const reading = await giveReading(registration, await readRound(registration.roundId), kind, now);
  if (reading === undefined) return { readingId: null };
  await writeToReader(reading, 'reading', `reading-${reading.readingId}`, now);
  return { readingId: reading.readingId };
});
