import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queryCollection } from '../../shared/table/change.ts';
import { assignmentPk } from '../../shared/table/keys.ts';
import { beginDecision } from '../../shared/waits/waits.ts';
import { assessmentStep, nextAssessmentStep } from '../steps.ts';
import { readAssignment } from '../store.ts';

const input = z.object({ assignmentId: z.string(), correlationId: z.string() });

/** Decides what an assignment's machine does next. */
export const handler = taskHandler(input, assessmentStep, async ({ assignmentId }, { now }) => {
  const pk = assignmentPk(assignmentId);
  await beginDecision(pk, 'assessment', now);
  const assignment = await readAssignment(assignmentId);
  const [round, registration, emails] = await Promise.all([
    readRound(assignment.roundId),
    readRegistration(assignment.registrationId),
    queryCollection(pk, 'EMAIL#'),
  ]);
  const sent = new Set(emails.filter(({ status }) => status === 'SENT').map(({ cause }) => String(cause)));
  return nextAssessmentStep({ assignment, round, registration, sent }, now);
});
