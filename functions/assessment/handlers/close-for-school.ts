import * as z from 'zod';
import { WrongStateError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { end } from '../assignments.ts';
import { writeToAssessor } from '../mail.ts';
import { readAssignment, systemActor } from '../store.ts';

const input = z.object({ assignmentId: z.string(), correlationId: z.string() });

/** Ends an assignment whose school has left the round, and tells the assessor. */
export const handler = taskHandler(
  input,
  z.object({ closed: z.boolean() }),
  async ({ assignmentId }, { now }) => {
    const because = { code: 'SCHOOL_LEFT', reason: 'The school has left the round' };
    try {
      await end(assignmentId, 'REASSIGNED', because, systemActor('assessment'), now);
    } catch (error) {
      if (error instanceof WrongStateError) return { closed: false };
      throw error;
    }
    await writeToAssessor(await readAssignment(assignmentId), 'reassigned', 'reassigned', {}, now);
    return { closed: true };
  },
);
