import * as z from 'zod';
import { solveAllocation } from '../../assessment/allocation/solve.ts';
import { lotOf } from '../../assessment/lots.ts';
import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { create } from '../../shared/table/change.ts';
import { type GatheredReview, gatherReviews } from '../gather.ts';
import { DRAW_PAGE_SIZE, type Draw, type DrawnReview } from '../model.ts';
import { mayModerate } from '../rules.ts';
import { seedOf, selectSample } from '../select.ts';
import { drawKey, drawPageKey, listRoundReadings } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ drawn: z.number().int() });

/** The same draw was recorded by an earlier run of this task. */
class DrawnAlreadyError extends Error {}

/** Draws the sample of the round's returned reviews and records it with its seed; the same attempt again changes nothing. */
export const handler = taskHandler(input, output, async ({ roundId, attempt }, { now }) => {
  const round = await readRound(roundId);
  const reviews = await gatherReviews(round);
  const seed = seedOf(roundId, attempt, reviews);
  const selection = selectSample(reviews, round.policies.moderation, seed);
  const byRegistration = new Map(reviews.map((one) => [one.registrationId, one]));
  const chosen = selection.flatMap(({ registrationId, reasons }) => {
    const review = byRegistration.get(registrationId);
    return review === undefined || reasons.length === 0 ? [] : [review];
  });
  const readers = await assignReaders(roundId, chosen);
  const drawn: DrawnReview[] = selection.flatMap(({ registrationId, reasons }) => {
    const assignmentId = byRegistration.get(registrationId)?.assignmentId;
    if (assignmentId === undefined) return [];
    return [
      { registrationId, assignmentId, reasons: [...reasons], readerId: readers.get(registrationId) ?? null },
    ];
  });
  const pages = Array.from({ length: Math.ceil(drawn.length / DRAW_PAGE_SIZE) }, (_, page) =>
    drawn.slice(page * DRAW_PAGE_SIZE, (page + 1) * DRAW_PAGE_SIZE),
  );
  const next: Draw = {
    roundId,
    attempt,
    at: now.toISOString(),
    seed,
    cohort: reviews.length,
    selected: chosen.length,
    status: 'DRAWN',
    pages: pages.length,
    pagesDone: 0,
  };
  try {
    await create(
      drawKey(roundId, attempt),
      {
        next,
        audit: { action: 'draw-sample', actor: { kind: 'system', id: 'moderation' }, reason: `seed ${seed}` },
        events: [{ name: 'ModerationDrawn', detail: { roundId } }],
        also: pages.map((page, index) => ({
          put: { ...drawPageKey(roundId, attempt, index + 1), reviews: page },
        })),
      },
      now,
      () => new DrawnAlreadyError(),
    );
  } catch (error) {
    if (!(error instanceof DrawnAlreadyError)) throw error;
  }
  return { drawn: chosen.length };
});

/** Spreads the drawn cases over the moderators who may read them, with the lowest maximum load, earlier readings counted. */
async function assignReaders(
  roundId: string,
  chosen: readonly GatheredReview[],
): Promise<Map<string, string>> {
  if (chosen.length === 0) return new Map();
  const [moderators, given] = await Promise.all([listPeople('moderator'), listRoundReadings(roundId)]);
  const held = given.map(({ readingId, readerId }) => ({
    submission: `held ${readingId}`,
    assessor: readerId,
  }));
  const { assignments } = await solveAllocation({
    assessors: moderators.map(({ personId, email }) => ({
      id: personId,
      lot: lotOf(roundId, email),
      capacity: chosen.length + held.length,
    })),
    submissions: [
      ...chosen.map(({ registration, assessorId }) => ({
        id: registration.registrationId,
        lot: lotOf(roundId, registration.schoolId),
        candidates: moderators
          .filter((one) => mayModerate(one, registration, new Set([assessorId])))
          .map(({ personId }) => personId),
        hub: registration.hubId ?? 'none',
        level: registration.targetLevel,
        previousAssessor: null,
      })),
      ...held.map(({ submission }) => ({
        id: submission,
        candidates: [],
        hub: submission,
        level: 'held',
        previousAssessor: null,
      })),
    ],
    weights: { previousAssessor: 0, hubSpread: 1 },
    fixed: held,
  });
  return new Map(assignments.map(({ submission, assessor }) => [submission, assessor]));
}
