import * as z from 'zod';
import { awaitedOf, liveInvoices } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision, endStage } from '../../shared/waits/waits.ts';
import { nextRegistrationStep, registrationStep } from '../next-step.ts';
import { readIntake, readRegistration } from '../store.ts';

/** Decides the next step of a registration on its way to PAID or COVERED, from what the table says now. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  registrationStep,
  async ({ registrationId }, { now }) => {
    await beginDecision(registrationPk(registrationId), 'registration', now);
    const registration = await readRegistration(registrationId);
    const [intake, round, invoice] = await Promise.all([
      readIntake(registrationId),
      readRound(registration.roundId),
      liveInvoices(registration).then(awaitedOf),
    ]);
    const step = nextRegistrationStep({ registration, intake, round, invoice }, now);
    if (step.do === 'ENDED') await endStage(registrationPk(registrationId), 'registration', step.result, now);
    return step;
  },
);
