import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { sendRefundAdvice } from '../refund-advice.ts';

/** A refund was approved: whoever paid is told, with the advice (RefundApproved). Safe to repeat. */
export const handler = taskHandler(
  eventOf('RefundApproved'),
  z.object({ sent: z.literal(true) }),
  async ({ detail }, { now }) => {
    await sendRefundAdvice(detail.data.registrationId, detail.data.refundId, now);
    return { sent: true as const };
  },
);
