import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { moveDueDayOf, moveDueDaysOfRound } from '../move-due.ts';

/** The payment of a round or of one school was moved: the invoices that are owed move with it. Safe to repeat. */
export const handler = taskHandler(
  z.discriminatedUnion('detail-type', [eventOf('RoundDeadlineMoved'), eventOf('RegistrationDeadlineMoved')]),
  z.object({ moved: z.number().int() }),
  async (event, { now }) => {
    const { data } = event.detail;
    if (data.deadline !== 'paymentDue') return { moved: 0 };
    return {
      moved:
        'registrationId' in data
          ? await moveDueDayOf(data.registrationId, now)
          : await moveDueDaysOfRound(data.roundId, now),
    };
  },
);
