import type { Catcher, Retrier } from '../definition/model.ts';
import { DATA_LIMIT_EXCEEDED, RUNTIME } from './evaluate.ts';
import type { Failure } from './frames.ts';

const TIMEOUT = 'States.Timeout';

/** States.ALL does not match these: they can only be handled by their name, and Runtime not at all. */
const TERMINAL = [DATA_LIMIT_EXCEEDED, RUNTIME];

/**
 * Whether one of the names of a retrier or catcher matches a failure: exact names, `States.ALL` for all but the
 * terminal errors, `States.TaskFailed` for all of those but `States.Timeout` (Step Functions guide, error names).
 */
export function matchesError(names: readonly string[], failure: Failure): boolean {
  const { error, alias } = failure;
  if (error === RUNTIME) return false;
  return names.some((name) => {
    if (name === 'States.ALL') return error === undefined || !TERMINAL.includes(error);
    if (name === 'States.TaskFailed')
      return error === undefined || (error !== TIMEOUT && !TERMINAL.includes(error));
    return name === error || (alias !== undefined && name === alias);
  });
}

/** The index of the retrier that takes a failure; -1 where none does or its attempts are used up. */
export function findRetrier(retriers: readonly Retrier[], failure: Failure, used: readonly number[]): number {
  const index = retriers.findIndex((retrier) => matchesError(retrier.errors, failure));
  const retrier = retriers[index];
  return retrier !== undefined && (used[index] ?? 0) < retrier.maxAttempts ? index : -1;
}

export function findCatcher(catchers: readonly Catcher[], failure: Failure): [Catcher, number] | undefined {
  const index = catchers.findIndex((catcher) => matchesError(catcher.errors, failure));
  const catcher = catchers[index];
  return catcher === undefined ? undefined : [catcher, index];
}

/** Milliseconds until the next attempt; `used` attempts were made before. Full jitter draws from 0 to the delay. */
export function retryDelay(retrier: Retrier, used: number, random: () => number): number {
  const backoff = retrier.intervalSeconds * retrier.backoffRate ** used;
  const seconds = Math.min(backoff, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round((retrier.fullJitter ? random() * seconds : seconds) * 1000);
}

/** `$states.errorOutput`. AWS gives a timeout an empty cause and a failure without error or cause null. */
export function errorOutput(failure: Failure): { Error: string | null; Cause: string | null } {
  return { Error: failure.error ?? null, Cause: failure.cause ?? (failure.error === TIMEOUT ? '' : null) };
}

/** The members of a failure that history events and DescribeExecution carry. */
export function errorFields(failure: Failure): { error?: string; cause?: string } {
  return {
    ...(failure.error === undefined ? {} : { error: failure.error }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  };
}
