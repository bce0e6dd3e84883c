import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { WrongStateError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { end } from '../assignments.ts';
import { writeToAssessor } from '../mail.ts';
import { dueOn } from '../rules.ts';
import { readAssignment, systemActor } from '../store.ts';

const input = z.object({
  assignmentId: z.string(),
  code: z.enum(['NO_ANSWER', 'NOT_RETURNED']),
  correlationId: z.string(),
});
const output = z.object({ expired: z.boolean() });

const reasons = {
  NO_ANSWER: 'The offer was not answered in time',
  NOT_RETURNED: 'The review was not returned in time',
} as const;

/**
 * Ends an assignment that was not answered or not returned in time and tells the assessor. Where the assessor acted at
 * the same moment, theirs stands: the machine decides again.
 */
export const handler = taskHandler(input, output, async ({ assignmentId, code }, { now }) => {
  try {
    await end(assignmentId, 'EXPIRED', { code, reason: reasons[code] }, systemActor('assessment'), now);
  } catch (error) {
    if (error instanceof WrongStateError) return { expired: false };
    throw error;
  }
  const assignment = await readAssignment(assignmentId);
  const [round, registration] = await Promise.all([
    readRound(assignment.roundId),
    readRegistration(assignment.registrationId),
  ]);
  const due = dueOn(round, registration, assignment.acceptedAt ?? assignment.offeredAt);
  const template = code === 'NO_ANSWER' ? 'offer-expired' : 'assessment-expired';
  await writeToAssessor(assignment, template, 'expired', { due }, now);
  return { expired: true };
});
