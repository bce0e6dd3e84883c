import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision, endStage } from '../../shared/waits/waits.ts';
import { documentsOf, hubLeadersOf, sentCauses } from '../facts.ts';
import { nextTrainingStep, trainingStep } from '../rules.ts';
import { findTraining } from '../store.ts';

/** Decides the next step of a registration's training from what the table says now. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  trainingStep,
  async ({ registrationId }, { now }) => {
    await beginDecision(registrationPk(registrationId), 'training', now);
    const registration = await readRegistration(registrationId);
    const [round, training, documents, hubLeaders, sent] = await Promise.all([
      readRound(registration.roundId),
      findTraining(registrationId),
      documentsOf(registrationId),
      hubLeadersOf(registration.hubId),
      sentCauses(registrationId),
    ]);
    const step = nextTrainingStep({ round, registration, training, documents, hubLeaders, sent }, now);
    if (step.do === 'ENDED') await endStage(registrationPk(registrationId), 'training', step.result, now);
    return step;
  },
);
