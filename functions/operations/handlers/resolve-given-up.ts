import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { resolveGivenUp } from '../restart.ts';

/** What was given up for a school that has left needs nobody any more. Safe to repeat. */
export const handler = taskHandler(
  z.union([eventOf('RegistrationWithdrawn'), eventOf('RegistrationLapsed')]),
  z.object({ resolved: z.number().int() }),
  async ({ detail }, { now }) => ({
    resolved: await resolveGivenUp(
      registrationPk(detail.data.registrationId),
      'The school has left the round',
      { kind: 'system', id: 'resolve-given-up' },
      now,
    ),
  }),
);
