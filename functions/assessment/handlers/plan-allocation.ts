import * as z from 'zod';
import { listRegistrations } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { isOpen } from '../allocation/gather.ts';
import { takeRequests } from '../allocation/request.ts';
import { allocationStep, nextAllocationStep } from '../allocation/steps.ts';
import { listAllocationPages, listAllocations, readPlaces } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  correlationId: z.string(),
});

/** Decides what a round's allocation does next. */
export const handler = taskHandler(input, allocationStep, async ({ roundId, attempt }) => {
  await takeRequests(roundId);
  const [registrations, places, solves] = await Promise.all([
    listRegistrations(roundId),
    readPlaces(roundId),
    listAllocations(roundId),
  ]);
  const latest = solves.filter((one) => one.attempt === attempt).at(-1);
  const pages = latest === undefined ? [] : await listAllocationPages(roundId);
  return nextAllocationStep({
    latest,
    open: registrations.filter((one) => isOpen(one, places)).map(({ registrationId }) => registrationId),
    knownUnplaced: new Set(
      pages
        .filter((page) => page.attempt === attempt && page.pass === latest?.pass)
        .flatMap(({ unplaced }) => unplaced.map(({ registrationId }) => registrationId)),
    ),
  });
});
