import type { Clock } from '../../core/clock.ts';
import type { Store } from '../store.ts';
import { TIMER_OWNER } from './run.ts';

/** Key of the one timer for all executions: that of the oldest. */
export const YEAR_TIMER = 'year';
const YEAR_MS = 365 * 24 * 3_600_000;

/** Sees to it that no execution lives longer than a year. */
export class Lifetime {
  readonly #clock: Clock;
  readonly #store: Store;
  #armed = false;

  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Sets the timer for the oldest execution that runs, unless it is set. */
  arm(): void {
    if (this.#armed) return;
    const oldest = this.#store.oldestRunning();
    if (oldest === undefined) return;
    this.#armed = true;
    this.#clock.set(TIMER_OWNER, YEAR_TIMER, oldest + YEAR_MS, null);
  }

  /** The timer has fired: ids of the executions that are a year old. Once they are ended, `arm` again. */
  expire(): number[] {
    this.#armed = false;
    return this.#store.runningStartedBefore(this.#clock.now() - YEAR_MS + 1);
  }
}
