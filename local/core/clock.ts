import type { Activity } from './activity.ts';
import type { Journal } from './journal.ts';

/** A durable timer; (`owner`, `key`) is unique, `due` in epoch milliseconds. */
export interface Timer {
  readonly owner: string;
  readonly key: string;
  readonly due: number;
  readonly payload: unknown;
}

/**
 * Called when a timer is due, inside the transaction that deletes it: the handler makes its durable change
 * synchronously and starts asynchronous work (counted with `Activity`) only as a consequence of that change.
 */
export type TimerHandler = (timer: Timer) => void;

export interface ClockOptions {
  /** Simulated time starts here (epoch ms) on an empty store; with `undefined` the clock is real. */
  readonly simulatedFrom?: number;
}

const MAX_DELAY = 2 ** 31 - 1;

/**
 * The one clock of the local cloud. Real: the machine's time plus an offset (so that a store whose round was simulated
 * goes on from where it stopped). Simulated: stands still, and moves only within `advanceTo`, from one due timer to the
 * next, whenever nothing is under way. `shared` carries the time into worker threads.
 */
export class Clock {
  readonly simulated: boolean;
  /** Int64 [0]: 1 when simulated; [1]: the time itself when simulated, else the offset added to the machine's time. */
  readonly shared = new BigInt64Array(new SharedArrayBuffer(16));
  readonly #journal: Journal;
  readonly #activity: Activity;
  readonly #handlers = new Map<string, TimerHandler>();
  #wakeUp: NodeJS.Timeout | undefined;
  #advancing: Promise<void> = Promise.resolve();
  #started = false;

  constructor(journal: Journal, activity: Activity, options: ClockOptions = {}) {
    this.#journal = journal;
    this.#activity = activity;
    journal.db.exec(`CREATE TABLE IF NOT EXISTS core_timers (
      owner TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, payload TEXT NOT NULL,
      PRIMARY KEY (owner, key)) STRICT;
      CREATE INDEX IF NOT EXISTS core_timers_due ON core_timers (due);`);
    this.simulated = options.simulatedFrom !== undefined;
    const stored = journal.getMeta('now');
    if (options.simulatedFrom !== undefined) {
      this.#write(1n, BigInt(Math.trunc(stored === undefined ? options.simulatedFrom : Number(stored))));
    } else {
      const ahead = stored === undefined ? 0 : Math.max(0, Number(stored) - Date.now());
      this.#write(0n, BigInt(Math.trunc(ahead)));
    }
  }

  /** The time in epoch milliseconds. */
  now(): number {
    const value = Number(Atomics.load(this.shared, 1));
    return this.simulated ? value : Date.now() + value;
  }

  /** Registers what to do with an owner's timers; before `start`. */
  on(owner: string, handler: TimerHandler): void {
    this.#handlers.set(owner, handler);
  }

  /** Begins to fire timers, those that fell due while nothing ran first. Call once every service has registered. */
  start(): void {
    this.#started = true;
    this.#arm();
  }

  /** Sets or replaces a timer. */
  set(owner: string, key: string, due: number, payload: unknown): void {
    this.#journal.db
      .prepare(
        `INSERT INTO core_timers (owner, key, due, payload) VALUES (?, ?, ?, ?)
         ON CONFLICT (owner, key) DO UPDATE SET due = excluded.due, payload = excluded.payload`,
      )
      .run(owner, key, Math.trunc(due), JSON.stringify(payload ?? null));
    this.#arm();
  }

  cancel(owner: string, key: string): void {
    this.#journal.db.prepare('DELETE FROM core_timers WHERE owner = ? AND key = ?').run(owner, key);
  }

  /** When the next timer is due (epoch ms), or undefined where none is set. */
  nextDue(): number | undefined {
    const row = this.#journal.db.prepare('SELECT MIN(due) AS due FROM core_timers').get();
    return typeof row?.due === 'number' ? row.due : undefined;
  }

  /**
   * Simulated clock only: lets everything due until `time` happen in order, and resolves once it is `time` and nothing
   * is under way. Calls queue behind each other.
   */
  advanceTo(time: number): Promise<void> {
    if (!this.simulated) throw new Error('a real clock cannot be advanced');
    this.#advancing = this.#advancing.then(() => this.#advance(time));
    return this.#advancing;
  }

  stop(): void {
    clearTimeout(this.#wakeUp);
    this.#started = false;
    this.#journal.setMeta('now', String(this.now()));
  }

  async #advance(time: number): Promise<void> {
    for (;;) {
      await this.#activity.idle();
      const due = this.nextDue();
      if (due !== undefined && due <= time) {
        if (due > this.now()) this.#moveTo(due);
        this.#fireDue();
      } else {
        if (time > this.now()) this.#moveTo(time);
        return;
      }
    }
  }

  #moveTo(time: number): void {
    this.#write(1n, BigInt(time));
    this.#journal.setMeta('now', String(time));
  }

  #write(mode: bigint, value: bigint): void {
    Atomics.store(this.shared, 0, mode);
    Atomics.store(this.shared, 1, value);
  }

  /** Fires one timer per call in due order; the loop of the caller lets its consequences settle in between. */
  #fireDue(): void {
    const row = this.#journal.db
      .prepare(
        'SELECT owner, key, due, payload FROM core_timers WHERE due <= ? ORDER BY due, owner, key LIMIT 1',
      )
      .get(this.now());
    if (row === undefined) return;
    const timer: Timer = {
      owner: String(row.owner),
      key: String(row.key),
      due: Number(row.due),
      payload: JSON.parse(String(row.payload)),
    };
    const handler = this.#handlers.get(timer.owner);
    if (handler === undefined) throw new Error(`no service fires the timers of ${timer.owner}`);
    this.#journal.transaction(() => {
      this.cancel(timer.owner, timer.key);
      handler(timer);
    });
  }

  #arm(): void {
    if (this.simulated || !this.#started) return;
    clearTimeout(this.#wakeUp);
    const due = this.nextDue();
    if (due === undefined) return;
    this.#wakeUp = setTimeout(
      () => {
        const next = this.nextDue();
        if (next !== undefined && next <= this.now()) this.#fireDue();
        this.#arm();
      },
      Math.min(Math.max(0, due - this.now()), MAX_DELAY),
    );
  }
}
