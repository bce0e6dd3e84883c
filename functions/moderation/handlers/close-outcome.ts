import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { closeOutcome } from '../cases.ts';

/** Takes the proposed outcome of a school that has left the round from the panel's queue. */
export const handler = taskHandler(
  eventOf('RegistrationWithdrawn'),
  z.object({ closed: z.boolean() }),
  async ({ detail }, { now }) => ({ closed: await closeOutcome(detail.data.registrationId, now) }),
);
