import * as z from 'zod';
import { formatPence } from '../../shared/money/pence.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { formatDateTime } from '../../shared/time/london.ts';
import { mailAbout, schoolReaders } from '../mails.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';

/** Confirms to the school that its form has arrived: reference, fee, until when it can be corrected. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ registrationId: z.string() }),
  async ({ registrationId }, { now }) => {
    const [registration, intake] = await Promise.all([
      readRegistration(registrationId),
      readIntake(registrationId),
    ]);
    const { language } = registration;
    const values = {
      fee: formatPence(registration.fee.pence),
      correctableUntil: formatDateTime(intake.correctableUntil, language),
    };
    await mailAbout(
      registration,
      'received',
      'registration-received',
      schoolReaders(registration),
      values,
      now,
    );
    await changeIntake(
      registrationId,
      now,
      { action: 'registration.acknowledge', actor: { kind: 'system', id: 'acknowledge-registration' } },
      (current) => (current.acknowledgedAt === null ? { acknowledgedAt: now.toISOString() } : undefined),
    );
    return { registrationId };
  },
);
