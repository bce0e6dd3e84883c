import * as z from 'zod';
import { sendReceipt } from '../../payments/documents.ts';
import { isSettled } from '../../payments/store.ts';
import { readHub, readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { change } from '../../shared/table/change.ts';
import { registrationKey } from '../../shared/table/keys.ts';
import { withoutStored } from '../../shared/table/without-stored.ts';
import { formatDate } from '../../shared/time/london.ts';
import { moveRegistration } from '../lifecycle.ts';
import { mailAbout, schoolReaders } from '../mails.ts';
import { registration as registrationSchema } from '../model.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';

const actor = { kind: 'system', id: 'confirm-registration' } as const;

/** The fee is settled or covered: the school has its place for good, training begins. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ status: z.string() }),
  async ({ registrationId }, { now }) => {
    const before = await readRegistration(registrationId);
    const { roundId } = before;
    if (before.status === 'AWAITING_PAYMENT') {
      // Taken back at the same moment (a reversed allocation): the machine decides anew.
      if (!(await isSettled(registrationId))) return { status: before.status };
      await moveRegistration(registrationId, now, {
        from: ['AWAITING_PAYMENT'],
        to: 'PAID',
        action: 'registration.paid',
        actor,
        events: [{ name: 'RegistrationConfirmed', detail: { registrationId, roundId } }],
      });
    } else if (before.status === 'COVERED' && (await readIntake(registrationId)).confirmedAt === null) {
      await change(registrationSchema, registrationKey(registrationId), now, (current) => ({
        next: withoutStored(current),
        audit: { action: 'registration.covered', actor },
        events: [{ name: 'RegistrationConfirmed', detail: { registrationId, roundId } }],
      }));
    }
    const registration = await readRegistration(registrationId);
    // Whatever its status by now, since training may have begun: only settled invoices have a receipt.
    if (registration.funderId === null) await sendReceipt(registrationId, now);
    const [round, hub] = await Promise.all([
      readRound(roundId),
      registration.hubId === null ? undefined : readHub(registration.hubId),
    ]);
    const values = {
      hub: hub?.name ?? '',
      trainingStarts: formatDate(round.calendar.trainingStarts, registration.language),
    };
    await mailAbout(
      registration,
      'confirmed',
      'registration-confirmed',
      schoolReaders(registration),
      values,
      now,
    );
    await changeIntake(registrationId, now, { action: 'registration.confirm', actor }, (current) =>
      current.confirmedAt === null
        ? { confirmedAt: now.toISOString(), sent: { ...current.sent, receipt: true } }
        : undefined,
    );
    return { status: registration.status };
  },
);
