import { assessmentStage } from './assessment.ts';
import { awardsStage } from './awards.ts';
import { moderationStage } from './moderation.ts';
import { operationsStage } from './operations.ts';
import { paymentsStage } from './payments.ts';
import { peopleStage } from './people.ts';
import { programmeStage } from './programme.ts';
import { registrationStage } from './registration.ts';
import { submissionsStage } from './submissions.ts';
import { trainingStage } from './training.ts';
import type { StageDefinition } from './types.ts';

/**
 * The stages in the order of their stacks. Operations comes last because its functions read the runs of every machine
 * before it.
 */
export const stageDefinitions: readonly StageDefinition[] = [
  peopleStage,
  programmeStage,
  registrationStage,
  paymentsStage,
  trainingStage,
  submissionsStage,
  assessmentStage,
  moderationStage,
  awardsStage,
  operationsStage,
];
