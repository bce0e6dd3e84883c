import * as z from 'zod';
import { creditInvoice } from '../../payments/credit-notes.ts';
import { sendCreditNote } from '../../payments/documents.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { endRegistration } from '../end.ts';
import { mailAbout, payerReaders, schoolReaders } from '../mails.ts';
import { changeIntake, readRegistration } from '../store.ts';

const actor = { kind: 'system', id: 'lapse-registration' } as const;

/** The fee was not paid in time: the registration lapses, its places are free again, the invoice is credited. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ status: z.string() }),
  async ({ registrationId }, { now }) => {
    const { status } = await endRegistration(
      registrationId,
      'LAPSED',
      'The fee was not paid in time',
      actor,
      now,
    );
    if (status !== 'LAPSED') return { status };
    await creditInvoice(registrationId, 'LAPSED', actor, now);
    await sendCreditNote(registrationId, now);
    const registration = await readRegistration(registrationId);
    const readers = [...schoolReaders(registration), ...payerReaders(registration)];
    await mailAbout(registration, 'lapsed', 'registration-lapsed', readers, {}, now);
    await changeIntake(registrationId, now, { action: 'registration.lapse-told', actor }, (current) =>
      current.lapseNoticeSent
        ? undefined
        : { lapseNoticeSent: true, sent: { ...current.sent, creditNote: true } },
    );
    return { status };
  },
);
