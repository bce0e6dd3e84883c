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
  readonly filters: Filters;
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON';
  readonly bisect: boolean;
  /** -1: until the record is too old. */
  readonly maximumRetryAttempts: number;
  /** -1: until the stream has forgotten it. */
  readonly maximumRecordAgeSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly onFailure: string | undefined;
}

/** The filter criteria of an event source: a record passes where it matches one of the patterns; with none every one does. */
export interface Filters {
  readonly patterns: readonly CompiledPattern[];
  /** One of these texts stands in every write whose record could pass; undefined where the patterns do not say so. */
  readonly keyTexts: readonly string[] | undefined;
}

/** @throws ServiceError InvalidEventPatternException for a pattern that is none */
export function compileFilters(patterns: readonly string[]): Filters {
  return { patterns: patterns.map((pattern) => parsePattern(pattern)), keyTexts: keyTextsOf(patterns) };
}

export function passesFilters({ patterns }: Filters, event: unknown): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, event));
}

/**
 * Whether a write, given as the request's body, could have made a record that passes: a look at the stream costs the
 * engine as much as a read, and most writes are of no concern to a filtered source.
 */
export function mayPass({ keyTexts }: Filters, write: string): boolean {
  // A client may write any character as \uXXXX.
  return keyTexts === undefined || write.includes('\\u') || keyTexts.some((text) => write.includes(text));
}

/** Characters that every JSON writer leaves as they are. */
const plainText = z.string().regex(/^[\w#:. -]+$/);
const keyPattern = z.object({
  dynamodb: z.object({
    Keys: z.record(
      z.string(),
      z.object({ S: z.array(z.union([plainText, z.strictObject({ prefix: plainText })])).min(1) }),
    ),
  }),
});

function keyTextsOf(patterns: readonly string[]): readonly string[] | undefined {
  const texts: string[] = [];
  for (const pattern of patterns) {
    const parsed = keyPattern.safeParse(JSON.parse(pattern));
    const wanted = parsed.success ? Object.values(parsed.data.dynamodb.Keys)[0] : undefined;
    if (wanted === undefined) return undefined;
    texts.push(...wanted.S.map((each) => (typeof each === 'string' ? each : each.prefix)));
  }
  return texts.length === 0 ? undefined : texts;
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
