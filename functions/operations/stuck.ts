import * as z from 'zod';
import { queueIndex } from '../shared/table/keys.ts';

/** How an execution comes to the board: it failed, timed out, was aborted, or gave up what only a person can do. */
export const stuckStatus = z.enum(['FAILED', 'TIMED_OUT', 'ABORTED', 'GIVEN_UP']);

/**
 * An execution that cannot go on without a person: `STUCK#<execution>` in the collection whose stage it had claimed, in
 * the queue STUCK until somebody restarts the stage or resolves the entry.
 */
export const stuckCase = z.object({
  stuckId: z.string(),
  collection: z.string(),
  workflow: z.string(),
  executionArn: z.string(),
  status: stuckStatus,
  error: z.string(),
  cause: z.string(),
  at: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  resolution: z.string().nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type StuckCase = z.output<typeof stuckCase>;

/** Key of a case; an execution's name is unique within its machine, and its ARN holds both. */
export const stuckKey = (collection: string, stuckId: string) => ({ pk: collection, sk: `STUCK#${stuckId}` });

/** A new entry for the board, the oldest first. */
export function newStuckCase(given: Omit<StuckCase, 'stuckId' | 'resolvedAt' | 'resolution'>): StuckCase {
  const stuckId = given.executionArn.split(':').slice(-2).join(':');
  return { ...given, stuckId, resolvedAt: null, resolution: null, ...queueIndex('STUCK', given.at) };
}
