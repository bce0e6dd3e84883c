import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { change, readExisting } from '../../shared/table/change.ts';
import { openCase, proposeFirst } from '../cases.ts';
import { type Draw, draw, drawPage } from '../model.ts';
import { drawKey, drawPageKey } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  page: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ opened: z.number().int(), proposed: z.number().int() });
const PARALLEL = 6;

/** Opens the cases of one page of a draw and proposes the outcomes of its other reviews; the same page again changes nothing. */
export const handler = taskHandler(input, output, async ({ roundId, attempt, page }, { now }) => {
  const [round, { reviews }] = await Promise.all([
    readRound(roundId),
    readExisting(drawPage, drawPageKey(roundId, attempt, page)),
  ]);
  const done = await inParallel(reviews, PARALLEL, async (drawn) => {
    const registration = await readRegistration(drawn.registrationId);
    // Withdrawn since the draw, or dealt with by an earlier run of this task.
    if (registration.status !== 'IN_ASSESSMENT') return 'none';
    if (drawn.reasons.length > 0) {
      await openCase(drawn, attempt, round, registration, now);
      return 'opened';
    }
    await proposeFirst(drawn.assignmentId, round, registration, now);
    return 'proposed';
  });
  await change(draw, drawKey(roundId, attempt), now, (current) => {
    if (current.pagesDone >= page) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const next: Draw = {
      ...rest,
      pagesDone: page,
      status: page === current.pages ? 'OPENED' : current.status,
    };
    return {
      next,
      audit: { action: 'open-page', actor: { kind: 'system', id: 'moderation' } },
      events: [{ name: 'DrawPageOpened', detail: { roundId, attempt, page } }],
    };
  });
  return {
    opened: done.filter((one) => one === 'opened').length,
    proposed: done.filter((one) => one === 'proposed').length,
  };
});
