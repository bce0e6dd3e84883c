import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import { queueUrlOf, type TargetCall } from './targets.ts';

/** How often and how long a delivery is tried again. */
export interface RetryPolicy {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeInSeconds: number;
}

/** AWS's default for rules and schedules alike: 185 times within 24 hours. */
export const DEFAULT_RETRY: RetryPolicy = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 };

export interface Delivery {
  /** ARN of the rule or schedule, for statistics. */
  readonly origin: string;
  readonly call: TargetCall;
  readonly retry: RetryPolicy;
  readonly deadLetter?: {
    readonly queueArn: string;
    /** What the dead letter carries, and its attributes beside those of the failure. */
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly caller: Caller;
  };
}

export type DeliveryResult = 'delivered' | 'retried' | 'dead-lettered' | 'dropped';

export interface DeliveryQueueOptions {
  /** Prefix of the tables and name of the timers' owner. */
  readonly name: string;
  /** Hands over; `attempt` counts from 1. */
  perform(call: TargetCall, attempt: number): Promise<void>;
  onResult(delivery: Delivery, result: DeliveryResult): void;
  /** Dead letters carry the target's own error code, not EventBridge's word for it. */
  readonly targetCodes?: boolean;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
}

const FIRST_DELAY_MS = 1_000;
/** AWS does not publish its intervals; with this bound 185 attempts fill its 24 hours. */
const MAX_DELAY_MS = 480_000;
const CONCURRENCY = 64;

const callerSchema = z.union([
  z.object({ kind: z.literal('role'), roleArn: z.string() }),
  z.object({ kind: z.literal('service'), service: z.string(), sourceArn: z.string() }),
  z.object({ kind: z.literal('root') }),
]);
/** A target call as the journal keeps it. */
export const targetCallSchema: z.ZodType<TargetCall> = z.union([
  z.object({
    kind: z.literal('call'),
    service: z.string(),
    action: z.string(),
    input: z.record(z.string(), z.unknown()),
    payload: z.string().exactOptional(),
    caller: callerSchema,
  }),
  z.object({ kind: z.literal('bus'), bus: z.string(), event: z.string() }),
  z.object({ kind: z.literal('log'), group: z.string(), line: z.string() }),
]);
const deliverySchema: z.ZodType<Delivery> = z.object({
  origin: z.string(),
  call: targetCallSchema,
  retry: z.object({ maximumRetryAttempts: z.number(), maximumEventAgeInSeconds: z.number() }),
  deadLetter: z
    .object({
      queueArn: z.string(),
      body: z.string(),
      attributes: z.record(z.string(), z.string()),
      caller: callerSchema,
    })
    .exactOptional(),
});

/**
 * Deliveries that outlive the process: each is a row of the journal until the target has it or it was given up.
 * A delivery that is due counts as activity; one that waits for its next attempt is a timer of the clock.
 */
export class DeliveryQueue {
  readonly #cloud: CloudContext;
  readonly #options: DeliveryQueueOptions;
  readonly #table: string;
  readonly #owner: string;
  readonly #pending: number[] = [];
  readonly #open = new Map<number, () => void>();
  #running = 0;
  #stopped = false;
  #whenQuiet: (() => void)[] = [];

  constructor(cloud: CloudContext, options: DeliveryQueueOptions) {
    this.#cloud = cloud;
    this.#options = options;
    this.#table = `${options.name}_deliveries`;
    this.#owner = `${options.name}-delivery`;
    cloud.journal.db.exec(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
      waiting INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT`);
    cloud.clock.on(this.#owner, ({ key }) => {
      const id = Number(key);
      cloud.journal.db.prepare(`UPDATE ${this.#table} SET waiting = 0 WHERE id = ?`).run(id);
      this.#schedule(id);
    });
  }

  /** Takes over a delivery; within a transaction it is not begun before that is committed. */
  add(delivery: Delivery): void {
    const { lastInsertRowid } = this.#cloud.journal.db
      .prepare(`INSERT INTO ${this.#table} (created, body) VALUES (?, ?)`)
      .run(this.#cloud.clock.now(), JSON.stringify(delivery));
    this.#schedule(Number(lastInsertRowid));
  }

  /** Goes on with what an earlier process left due. Call when every service can be reached. */
  resume(): void {
    const rows = this.#cloud.journal.db
      .prepare(`SELECT id FROM ${this.#table} WHERE waiting = 0 ORDER BY id`)
      .all();
    for (const { id } of rows) this.#schedule(Number(id));
  }

  /** Begins nothing more, and resolves when what was begun is done; the rest waits in the journal. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#running > 0) await new Promise<void>((resolve) => this.#whenQuiet.push(resolve));
  }

  /** How many are due, and how many wait for another attempt. */
  counts(): { readonly due: number; readonly waiting: number } {
    const row = this.#cloud.journal.db
      .prepare(`SELECT count(*) AS every, coalesce(sum(waiting), 0) AS waiting FROM ${this.#table}`)
      .get();
    return { due: Number(row?.every) - Number(row?.waiting), waiting: Number(row?.waiting) };
  }

  #schedule(id: number): void {
    if (this.#open.has(id)) return;
    this.#open.set(id, this.#cloud.activity.begin(`${this.#owner} ${id}`));
    this.#pending.push(id);
    setImmediate(() => this.#drain());
  }

  #drain(): void {
    while (!this.#stopped && this.#running < CONCURRENCY) {
      const id = this.#pending.shift();
      if (id === undefined) return;
      this.#running++;
      void this.#attempt(id).finally(() => {
        this.#running--;
        this.#open.get(id)?.();
        this.#open.delete(id);
        this.#drain();
        if (this.#running === 0) for (const resolve of this.#whenQuiet.splice(0)) resolve();
      });
    }
  }

  async #attempt(id: number): Promise<void> {
    const row = this.#cloud.journal.db
      .prepare(`SELECT created, attempts, body FROM ${this.#table} WHERE id = ? AND waiting = 0`)
      .get(id);
    // The transaction that added it was rolled back, or it was delivered in between.
    if (row === undefined) return;
    const delivery = deliverySchema.parse(JSON.parse(String(row.body)));
    let failure: Failure;
    try {
      await this.#options.perform(delivery.call, Number(row.attempts) + 1);
      this.#finish(id, delivery, 'delivered');
      return;
    } catch (error) {
      failure = classify(error);
      if (this.#options.targetCodes === true && error instanceof ServiceError) {
        failure = { ...failure, code: error.code, message: error.message };
      }
    }
    await this.#failed(id, delivery, failure, Number(row.attempts), Number(row.created));
  }

  async #failed(
    id: number,
    delivery: Delivery,
    failure: Failure,
    retries: number,
    created: number,
  ): Promise<void> {
    const { clock, journal } = this.#cloud;
    const { maximumRetryAttempts, maximumEventAgeInSeconds } = delivery.retry;
    const due = clock.now() + delayOf(id, retries);
    const exhausted =
      retries >= maximumRetryAttempts
        ? 'MaximumRetryAttempts'
        : due > created + maximumEventAgeInSeconds * 1000
          ? 'MaximumEventAgeInSeconds'
          : undefined;
    if (failure.retriable && exhausted === undefined) {
      journal.transaction(() => {
        journal.db
          .prepare(`UPDATE ${this.#table} SET attempts = attempts + 1, waiting = 1 WHERE id = ?`)
          .run(id);
        clock.set(this.#owner, String(id), due, null);
        this.#options.onResult(delivery, 'retried');
      });
      return;
    }
    const buried = await this.#bury(delivery, failure, retries, failure.retriable ? exhausted : undefined);
    this.#finish(id, delivery, buried ? 'dead-lettered' : 'dropped');
  }

  /** @returns whether the dead-letter queue has it */
  async #bury(
    delivery: Delivery,
    failure: Failure,
    retries: number,
    exhausted: string | undefined,
  ): Promise<boolean> {
    const what = `${delivery.origin}: ${failure.code} ${failure.message}`;
    const { deadLetter } = delivery;
    if (deadLetter === undefined) {
      this.#cloud.log(this.#options.name, `dropped, no dead-letter queue: ${what}`);
      return false;
    }
    const attributes = {
      ...deadLetter.attributes,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message === '' ? failure.code : failure.message,
      RETRY_ATTEMPTS: String(retries),
      ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    try {
      await this.#cloud.gateway.call({
        service: 'sqs',
        action: 'SendMessage',
        input: {
          QueueUrl: queueUrlOf(deadLetter.queueArn),
          MessageBody: deadLetter.body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [
              name,
              { DataType: 'String', StringValue },
            ]),
          ),
        },
        caller: deadLetter.caller,
      });
      this.#cloud.log(this.#options.name, `to the dead-letter queue: ${what}`);
      return true;
    } catch (error) {
      this.#cloud.log(this.#options.name, `dropped, the dead-letter queue refused it (${error}): ${what}`);
      return false;
    }
  }

  #finish(id: number, delivery: Delivery, result: DeliveryResult): void {
    this.#cloud.journal.transaction(() => {
      this.#cloud.journal.db.prepare(`DELETE FROM ${this.#table} WHERE id = ?`).run(id);
      this.#options.onResult(delivery, result);
    });
  }
}

/** Exponential with jitter of a fifth, drawn from the delivery itself so that a simulated round repeats exactly. */
function delayOf(id: number, retries: number): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** retries, MAX_DELAY_MS);
  return Math.round(delay * (0.8 + 0.4 * fractionOf(`${id}/${retries}`)));
}

/** A fraction in [0, 1) that depends on `seed` alone. */
export function fractionOf(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;
}

const THROTTLED =
  /Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughput|SlowDown|RequestLimit|Unavailable/;

/** Error codes as EventBridge writes them on dead letters; what no retry can mend is not retried. */
function classify(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnsupportedError) return { code: 'INVALID_PARAMETER', message, retriable: false };
  if (!(error instanceof ServiceError)) return { code: 'INTERNAL_ERROR', message, retriable: true };
  const { code, status } = error;
  const described = `${code}: ${message}`;
  if (status === 429 || THROTTLED.test(code)) {
    return { code: 'THROTTLING', message: described, retriable: true };
  }
  if (status >= 500) return { code: 'ERROR_FROM_TARGET', message: described, retriable: true };
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(code)) {
    return { code: 'NO_PERMISSIONS', message: described, retriable: false };
  }
  if (status === 404 || /NotFound|DoesNotExist|NonExistent|UnknownService/.test(code)) {
    return { code: 'NO_RESOURCE', message: described, retriable: false };
  }
  return { code: 'INVALID_PARAMETER', message: described, retriable: false };
}
