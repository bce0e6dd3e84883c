import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { moveRegistration } from '../../registration/lifecycle.ts';
import { readRegistration } from '../../registration/store.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { change, readExisting } from '../../shared/table/change.ts';
import { findSubmission } from '../../submissions/store.ts';
import { allocation, allocationKey, allocationPage, allocationPageKey } from '../allocation/records.ts';
import { offer } from '../assignments.ts';
import { markUnplaced } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  pass: z.number().int().positive(),
  page: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ offered: z.number().int(), unplaced: z.number().int() });
const PARALLEL = 6;

/** Makes the assignments of one page of a solve and lists what it could not place; the same page again changes nothing. */
export const handler = taskHandler(input, output, async ({ roundId, attempt, pass, page }, { now }) => {
  const [round, { pairs, unplaced }] = await Promise.all([
    readRound(roundId),
    readExisting(allocationPage, allocationPageKey(roundId, attempt, pass, page)),
  ]);
  const offered = await inParallel(pairs, PARALLEL, async (pair) => {
    const [registration, submission] = await Promise.all([
      readRegistration(pair.registrationId),
      findSubmission(pair.registrationId),
    ]);
    // Withdrawn between solve and offer: nothing to read any more.
    if (registration.status !== 'SUBMITTED_WORK' && registration.status !== 'IN_ASSESSMENT') return false;
    const made = await offer(pair, attempt, registration, submission?.frozenVersion ?? 1, round, now);
    await moveRegistration(pair.registrationId, now, {
      from: ['SUBMITTED_WORK'],
      to: 'IN_ASSESSMENT',
      action: 'allocate-submission',
      actor: { kind: 'system', id: 'allocation' },
      events: [{ name: 'SubmissionAllocated', detail: { registrationId: pair.registrationId, roundId } }],
    });
    return made;
  });
  await inParallel(unplaced, PARALLEL, (one) => markUnplaced(roundId, one, now));
  await change(allocation, allocationKey(roundId, attempt, pass), now, (current) => {
    if (current.pagesDone >= page) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const status = page === current.pages ? 'OFFERED' : current.status;
    return {
      next: { ...rest, pagesDone: page, status },
      audit: { action: 'offer-page', actor: { kind: 'system', id: 'allocation' } },
      events: [{ name: 'AllocationPageOffered', detail: { roundId, attempt, pass, page } }],
    };
  });
  return { offered: offered.filter(Boolean).length, unplaced: unplaced.length };
});
