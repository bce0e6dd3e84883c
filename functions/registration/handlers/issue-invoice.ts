import * as z from 'zod';
import { issueInvoice } from '../../payments/invoices.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';

/** Issues the registration's invoice: number, reference, posting and status in one transaction. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ invoiceNumber: z.string() }),
  async ({ registrationId }, { now }) => {
    const { invoiceNumber } = await issueInvoice(registrationId, now);
    return { invoiceNumber };
  },
);
