import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { addDays } from '../../shared/time/london.ts';
import { writeToAssessor } from '../mail.ts';
import { reminderCause } from '../steps.ts';
import { readAssignment } from '../store.ts';

const input = z.object({
  assignmentId: z.string(),
  day: z.number().int(),
  due: z.iso.date(),
  correlationId: z.string(),
});

/** Reminds the assessor, `day` days from the due day (negative: before it); once for each due day and reminder. */
export const handler = taskHandler(
  input,
  z.object({ reminded: z.literal(true) }),
  async ({ assignmentId, day, due }, { now }) => {
    const assignment = await readAssignment(assignmentId);
    const round = await readRound(assignment.roundId);
    const end = addDays(due, round.policies.assessment.expireAfterDays);
    const template = day <= 0 ? 'reminder-before' : 'reminder-after';
    await writeToAssessor(assignment, template, reminderCause(due, day), { due, end }, now);
    return { reminded: true as const };
  },
);
