import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { creditInvoice } from '../credit-notes.ts';
import { sendCreditNote } from '../documents.ts';

/** A school withdrew: what it has not paid is credited, and whoever pays is told (RegistrationWithdrawn). Safe to repeat. */
export const handler = taskHandler(
  eventOf('RegistrationWithdrawn'),
  z.object({ credited: z.boolean() }),
  async ({ detail }, { now }) => {
    const { registrationId } = detail.data;
    const closed = await creditInvoice(
      registrationId,
      'WITHDRAWN',
      { kind: 'system', id: 'credit-withdrawn' },
      now,
    );
    if (closed !== undefined) await sendCreditNote(registrationId, now);
    return { credited: closed !== undefined };
  },
);
