import * as z from 'zod';
import { readRegistration } from '../../registration/store.ts';
import { receivedEvent } from '../../shared/events/received.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { writeSubmissionNews } from '../news.ts';

const ofRegistration = z.object({ registrationId: z.string().min(1) });

/** Tells schools, hub leaders and admins what happened to a submission, once for each event. Safe to repeat. */
export const handler = taskHandler(
  receivedEvent,
  z.object({ sent: z.number().int() }),
  async (event, { now }) => {
    const { registrationId } = ofRegistration.parse(event.detail.data);
    return {
      sent: await writeSubmissionNews(
        event['detail-type'],
        event.detail,
        await readRegistration(registrationId),
        now,
      ),
    };
  },
);
