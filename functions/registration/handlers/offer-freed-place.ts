import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { offerFreePlaces } from '../funding.ts';
import { findRegistration } from '../store.ts';

const actor = { kind: 'system', id: 'offer-freed-place' } as const;

/** A school gave its funded place back, or the funder agreed to more: who waits longest is offered one. Safe to repeat. */
export const handler = taskHandler(
  z.union([eventOf('RegistrationWithdrawn'), eventOf('RegistrationLapsed'), eventOf('FunderPlacesChanged')]),
  z.object({ offered: z.number().int() }),
  async ({ detail: { data } }, { now }) => {
    const { roundId } = data;
    const funderId =
      'funderId' in data
        ? data.funderId
        : ((await findRegistration(data.registrationId))?.payer.funderId ?? null);
    if (funderId === null) return { offered: 0 };
    return { offered: await offerFreePlaces(funderId, roundId, actor, now) };
  },
);
