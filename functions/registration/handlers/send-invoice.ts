import * as z from 'zod';
import { sendInvoice } from '../../payments/documents.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { changeIntake } from '../store.ts';

/** Makes the invoice's PDF where its version is new and mails it to whoever pays. Safe to repeat: one mail a version. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ invoiceVersion: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const invoiceVersion = await sendInvoice(registrationId, now);
    const actor = { kind: 'system', id: 'send-invoice' } as const;
    await changeIntake(registrationId, now, { action: 'registration.invoice-sent', actor }, (current) =>
      current.sent.invoiceVersion >= invoiceVersion
        ? undefined
        : { sent: { ...current.sent, invoiceVersion } },
    );
    return { invoiceVersion };
  },
);
