import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { requestAllocation } from '../allocation/request.ts';
import { markReallocated } from '../assignments.ts';
import { readAssignment, systemActor } from '../store.ts';

const input = z.object({ assignmentId: z.string(), correlationId: z.string() });
const output = z.object({ attempt: z.number().int() });

/** Has the submission of an ended assignment allocated again; the same again asks at most once more, which is harmless. */
export const handler = taskHandler(input, output, async ({ assignmentId }, { now }) => {
  const { roundId, ended, status } = await readAssignment(assignmentId);
  const reason = `${assignmentId} is ${status}: ${ended?.reason ?? ''}`;
  const attempt = await requestAllocation(roundId, systemActor('assessment'), reason, now);
  await markReallocated(assignmentId, now);
  return { attempt };
});
