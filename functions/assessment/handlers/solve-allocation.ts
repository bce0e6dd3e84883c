import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { create } from '../../shared/table/change.ts';
import { roundPk } from '../../shared/table/keys.ts';
import { gatherAllocation } from '../allocation/gather.ts';
import { approvalsOf, eligibilityOf, explain, problemOf } from '../allocation/problem.ts';
import {
  type Allocation,
  type AllocationPage,
  allocationKey,
  allocationPageKey,
  PAGE_SIZE,
  SHORTAGE_IDS,
} from '../allocation/records.ts';
import { findShortages } from '../allocation/shortage.ts';
import { cutShortages } from '../allocation/shortage-report.ts';
import { solveAllocation } from '../allocation/solve.ts';
import { listAllocations } from '../store.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  pass: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ placed: z.number().int(), unplaced: z.number().int(), pages: z.number().int() });

/** Of the function's 300: the rest gathers, explains what is short and records. */
const SOLVE_SECONDS = 180;

/** The same solve has been recorded by an earlier run of this task. */
class SolvedAlreadyError extends Error {}

/** Solves what has no assessor yet and records the result with its pages; the same pass again changes nothing. */
export const handler = taskHandler(input, output, async ({ roundId, attempt, pass }, { now }) => {
  const began = performance.now();
  const facts = await gatherAllocation(roundId);
  const none: ReadonlySet<string> = new Set();
  const eligibility = new Map(
    [...facts.open, ...facts.held].map((one) => [
      one.registrationId,
      eligibilityOf(one, facts.assessors, facts.barred.get(one.registrationId) ?? none),
    ]),
  );
  const problem = problemOf(facts, eligibility);
  const result = await solveAllocation(problem, { timeLimitSeconds: SOLVE_SECONDS });
  const shortage = await findShortages(problem, result, (contested, assessors) =>
    approvalsOf(facts, contested, assessors),
  );
  const { pairs, unplaced } = explain(facts, eligibility, result);
  const pages: AllocationPage[] = [];
  for (let from = 0; from < pairs.length; from += PAGE_SIZE) {
    pages.push({ pairs: pairs.slice(from, from + PAGE_SIZE), unplaced: [] });
  }
  for (let from = 0; from < unplaced.length; from += PAGE_SIZE) {
    pages.push({ pairs: [], unplaced: unplaced.slice(from, from + PAGE_SIZE) });
  }
  const next: Allocation = {
    roundId,
    attempt,
    pass,
    at: now.toISOString(),
    seconds: Math.round(performance.now() - began) / 1000,
    status: 'SOLVED',
    assessors: facts.assessors.length,
    submissions: facts.open.length,
    stages: [...result.stages],
    placed: pairs.length,
    unplaced: unplaced.length,
    shortage: shortage === null ? null : cutShortages(shortage, SHORTAGE_IDS),
    pages: pages.length,
    pagesDone: 0,
  };
  try {
    await create(
      allocationKey(roundId, attempt, pass),
      {
        next,
        audit: { action: 'solve-allocation', actor: { kind: 'system', id: 'allocation' } },
        events: [{ name: 'AllocationSolved', detail: { roundId, attempt, pass } }],
        also: pages.map((page, index) => ({
          put: { ...allocationPageKey(roundId, attempt, pass, index + 1), ...page },
        })),
      },
      now,
      () => new SolvedAlreadyError(`${roundPk(roundId)} ${attempt}.${pass}`),
    );
    return { placed: next.placed, unplaced: next.unplaced, pages: next.pages };
  } catch (error) {
    if (!(error instanceof SolvedAlreadyError)) throw error;
    const earlier = (await listAllocations(roundId)).find(
      (one) => one.attempt === attempt && one.pass === pass,
    );
    if (earlier === undefined) throw error;
    return { placed: earlier.placed, unplaced: earlier.unplaced, pages: earlier.pages };
  }
});
