import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision, endStage } from '../../shared/waits/waits.ts';
import { hubLeadersOf, sentCauses } from '../../training/facts.ts';
import { findTraining } from '../../training/store.ts';
import { nextSubmissionStep, submissionStep } from '../rules.ts';
import { findSubmission, listDocuments } from '../store.ts';

/** Decides the next step of a registration's submission from what the table says now. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  submissionStep,
  async ({ registrationId }, { now }) => {
    await beginDecision(registrationPk(registrationId), 'submission', now);
    const registration = await readRegistration(registrationId);
    const [round, submission, training, documents, hubLeaders, sent] = await Promise.all([
      readRound(registration.roundId),
      findSubmission(registrationId),
      findTraining(registrationId),
      listDocuments(registrationId),
      hubLeadersOf(registration.hubId),
      sentCauses(registrationId),
    ]);
    const step = nextSubmissionStep(
      { round, registration, submission, training, documents, hubLeaders, sent },
      now,
    );
    if (step.do === 'ENDED') await endStage(registrationPk(registrationId), 'submission', step.result, now);
    return step;
  },
);
