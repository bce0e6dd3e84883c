import * as z from 'zod';
import { balanceOf } from '../../payments/balance.ts';
import { paymentDay } from '../../payments/due.ts';
import { invoiceOf } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import { formatPence } from '../../shared/money/pence.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { addDays, formatDate } from '../../shared/time/london.ts';
import { mailAbout, payerReaders } from '../mails.ts';
import { remindersDone } from '../next-step.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';

/** Reminds whoever pays; a reminder that a later one has overtaken is passed over. Never for a paid invoice. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1), reminderDay: z.number().int() }),
  z.object({ sent: z.boolean() }),
  async ({ registrationId, reminderDay }, { now }) => {
    const registration = await readRegistration(registrationId);
    const [round, intake, invoice] = await Promise.all([
      readRound(registration.roundId),
      readIntake(registrationId),
      invoiceOf(registration),
    ]);
    if (invoice === undefined) throw new NotFoundError(`invoice of ${registration.reference}`);
    const due = paymentDay(round, registration, invoice);
    if (invoice.status === 'PAID' || remindersDone(intake, due).includes(reminderDay)) return { sent: false };
    const { language } = registration;
    await mailAbout(
      registration,
      reminderDay < 0 ? 'payment-soon-due' : 'payment-overdue',
      `payment-reminder-${due}-${reminderDay}`,
      payerReaders(registration),
      {
        invoice: invoice.invoiceNumber,
        balance: formatPence(balanceOf(invoice)),
        due: formatDate(due, language),
        paymentReference: invoice.paymentReference,
        purchaseOrder: invoice.purchaseOrder ?? '-',
        lapse: formatDate(addDays(due, round.policies.payment.lapseAfterDays), language),
      },
      now,
    );
    const passed = round.policies.payment.reminderDays.filter((day) => day <= reminderDay);
    const actor = { kind: 'system', id: 'send-payment-reminder' } as const;
    await changeIntake(registrationId, now, { action: 'registration.reminded', actor }, (current) => ({
      remindersDone: [...new Set([...remindersDone(current, due), ...passed])].sort((a, b) => a - b),
      lastDueOn: due,
    }));
    return { sent: true };
  },
);
