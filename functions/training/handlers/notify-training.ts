import * as z from 'zod';
import { readRegistration } from '../../registration/store.ts';
import { receivedEvent } from '../../shared/events/received.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { writeTrainingNews } from '../news.ts';

const ofRegistration = z.object({ registrationId: z.string().min(1) });

/** Tells schools and hub leaders what happened in a school's training, once for each event. Safe to repeat. */
export const handler = taskHandler(
  receivedEvent,
  z.object({ sent: z.number().int() }),
  async (event, { now }) => {
    const { registrationId } = ofRegistration.parse(event.detail.data);
    const registration = await readRegistration(registrationId);
    return { sent: await writeTrainingNews(event['detail-type'], event.detail, registration, now) };
  },
);
