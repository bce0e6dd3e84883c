import * as z from 'zod';
import { type CompiledPattern, matchesPattern, parsePattern } from '../events/pattern.ts';
import type { Outcome } from './model.ts';

/** An event source mapping as its template describes it. */
export interface EventSourceMapping {
  /** Its name in the journal, stable over starts. */
  readonly id: string;
  readonly sourceArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** A record passes where it matches one of them; with none every record passes. */
  readonly filters: readonly CompiledPattern[];
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON';
  readonly bisect: boolean;
  /** -1: until the record is too old. */
  readonly maximumRetryAttempts: number;
  /** -1: until the stream has forgotten it. */
  readonly maximumRecordAgeSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly onFailure: string | undefined;
}

export function compileFilters(patterns: readonly string[]): CompiledPattern[] {
  return patterns.map((pattern) => parsePattern(pattern));
}

export function passesFilters(filters: readonly CompiledPattern[], event: unknown): boolean {
  return filters.length === 0 || filters.some((filter) => matchesPattern(filter, event));
}

const responseSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().nullish() })).nullish(),
});

/** What a batch's invocation says of its items: all done, all failed, or those named failed. */
export type BatchResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'partial'; readonly failed: ReadonlySet<string> };

/** Reads an invocation's outcome; an unreadable response or an identifier that is not in the batch fails it whole. */
export function batchResult(
  outcome: Outcome,
  identifiers: ReadonlySet<string>,
  reportsItemFailures: boolean,
): BatchResult {
  if (outcome.kind === 'failure') {
    return { kind: 'failed', reason: `${outcome.failure.errorType}: ${outcome.failure.errorMessage}` };
  }
  if (!reportsItemFailures) return { kind: 'done' };
  const body: unknown = JSON.parse(outcome.payload);
  if (body === null || body === '') return { kind: 'done' };
  const parsed = responseSchema.safeParse(body);
  if (!parsed.success) return { kind: 'failed', reason: 'the response is no batch response' };
  const failed = new Set<string>();
  for (const { itemIdentifier } of parsed.data.batchItemFailures ?? []) {
    if (itemIdentifier === undefined || itemIdentifier === null || !identifiers.has(itemIdentifier)) {
      return {
        kind: 'failed',
        reason: `batchItemFailures names ${String(itemIdentifier)}, not an item of the batch`,
      };
    }
    failed.add(itemIdentifier);
  }
  return failed.size === 0 ? { kind: 'done' } : { kind: 'partial', failed };
}
