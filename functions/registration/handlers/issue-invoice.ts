import * as z from 'zod';
import { issueInvoice } from '../../payments/issue-invoice.ts';
import { readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readRegistration } from '../store.ts';

/** Issues the registration's invoice: number, reference, posting and status in one transaction. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ invoiceNumber: z.string() }),
  async ({ registrationId }, { now }) => {
    const { roundId } = await readRegistration(registrationId);
    const issued = await issueInvoice(
      registrationId,
      await readRound(roundId),
      { kind: 'system', id: 'issue-invoice' },
      now,
    );
    return { invoiceNumber: issued.invoiceNumber ?? '' };
  },
);
