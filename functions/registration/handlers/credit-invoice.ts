import * as z from 'zod';
import { creditInvoice } from '../../payments/credit-notes.ts';
import { sendCreditNote } from '../../payments/documents.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { changeIntake, readRegistration } from '../store.ts';

const actor = { kind: 'system', id: 'credit-invoice' } as const;

/** The school withdrew before it paid: its invoice is credited and the payer sent the credit note. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ status: z.string() }),
  async ({ registrationId }, { now }) => {
    const { status } = await readRegistration(registrationId);
    if (status !== 'WITHDRAWN') return { status };
    await creditInvoice(registrationId, 'WITHDRAWN', actor, now);
    await sendCreditNote(registrationId, now);
    await changeIntake(registrationId, now, { action: 'registration.credited', actor }, (current) =>
      current.sent.creditNote ? undefined : { sent: { ...current.sent, creditNote: true } },
    );
    return { status };
  },
);
