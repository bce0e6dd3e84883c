import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { escalate } from '../assignments.ts';

const input = z.object({ assignmentId: z.string(), due: z.iso.date(), correlationId: z.string() });

/** Puts an overdue assessment before the admins. */
export const handler = taskHandler(
  input,
  z.object({ escalated: z.literal(true) }),
  async ({ assignmentId, due }, { now }) => {
    await escalate(assignmentId, due, now);
    return { escalated: true as const };
  },
);
