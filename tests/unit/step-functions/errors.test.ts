import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Retrier } from '../../../local/step-functions/definition/model.ts';
import { findRetrier, matchesError, retryDelay } from '../../../local/step-functions/engine/errors.ts';
import type { Failure } from '../../../local/step-functions/engine/frames.ts';
import { parseIsoTimestamp } from '../../../local/step-functions/time.ts';

const failure = (error: string | undefined, alias?: string): Failure => ({
  ok: false,
  error,
  cause: undefined,
  ...(alias === undefined ? {} : { alias }),
});

describe('names of errors', () => {
  it.each([
    ['States.ALL', 'Boom', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.QueryEvaluationError', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.Runtime', false],
    ['States.TaskFailed', 'Boom', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['Boom', 'Boom', true],
    ['Boom', 'Boomer', false],
    ['States.ALL', undefined, true],
    ['Boom', undefined, false],
  ])('%s for %s: %s', (name, error, expected) => {
    expect(matchesError([name], failure(error))).toBe(expected);
  });

  it('matches a missed heartbeat as both of its names', () => {
    const missed = failure('States.Timeout', 'States.HeartbeatTimeout');
    expect(matchesError(['States.HeartbeatTimeout'], missed)).toBe(true);
    expect(matchesError(['States.Timeout'], missed)).toBe(true);
    expect(matchesError(['States.HeartbeatTimeout'], failure('States.Timeout'))).toBe(false);
  });
});

const retrier = (more: Partial<Retrier> = {}): Retrier => ({
  errors: ['States.ALL'],
  intervalSeconds: 1,
  maxAttempts: 3,
  backoffRate: 2,
  maxDelaySeconds: undefined,
  fullJitter: false,
  ...more,
});

describe('retriers', () => {
  it('takes the first that matches, and none once its attempts are used up', () => {
    const list = [retrier({ errors: ['A'], maxAttempts: 1 }), retrier()];
    expect(findRetrier(list, failure('A'), [])).toBe(0);
    expect(findRetrier(list, failure('A'), [1])).toBe(-1);
    expect(findRetrier(list, failure('B'), [1, 2])).toBe(1);
    expect(findRetrier([], failure('B'), [])).toBe(-1);
  });

  it('waits between nothing and the backed-off delay, never above the largest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 101, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (intervalSeconds, backoffRate, used, maxDelaySeconds, random) => {
          const plain = retrier({ intervalSeconds, backoffRate, maxDelaySeconds });
          const whole = retryDelay(plain, used, () => random);
          expect(whole).toBe(
            Math.round(Math.min(intervalSeconds * backoffRate ** used, maxDelaySeconds) * 1000),
          );
          const jittered = retryDelay({ ...plain, fullJitter: true }, used, () => random);
          expect(jittered).toBeGreaterThanOrEqual(0);
          expect(jittered).toBeLessThanOrEqual(whole + 1);
        },
      ),
    );
  });
});

describe('timestamps', () => {
  it('reads back every instant, whatever its offset', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9000-01-01'), noInvalidDate: true }), (date) => {
        expect(parseIsoTimestamp(date.toISOString())).toBe(date.getTime());
        const shifted = new Date(date.getTime() + 90 * 60_000).toISOString().replace('Z', '+01:30');
        expect(parseIsoTimestamp(shifted)).toBe(date.getTime());
      }),
    );
  });
});
