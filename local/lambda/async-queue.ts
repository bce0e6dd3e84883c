import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { CloudContext } from '../core/service.ts';
import { sendTo } from './destinations.ts';
import { type AsyncConfiguration, DEFAULT_ASYNC, type FunctionConfiguration, type Outcome } from './model.ts';

/** How an attempt at an asynchronous invocation went. */
export type Attempt = { readonly kind: 'throttled' } | { readonly kind: 'ran'; readonly outcome: Outcome };

export interface AsyncQueueOptions {
  readonly cloud: CloudContext;
  configuration(name: string): FunctionConfiguration | undefined;
  run(name: string, requestId: string, payload: string): Promise<Attempt>;
}

const OWNER = 'lambda-async';
/** Lambda waits one minute before the first retry and two before the second. */
const RETRY_DELAYS_MS = [60_000, 120_000];

const rowSchema = z.object({
  id: z.string(),
  function_name: z.string(),
  payload: z.string(),
  attempts: z.number(),
  throttles: z.number(),
  enqueued: z.number(),
});

/**
 * Asynchronous invocations: durable once accepted, tried again after errors, and in the end sent to the function's
 * destination or dead-letter queue. An invocation that a stop interrupted runs again (at least once).
 */
export class AsyncQueue {
  readonly #options: AsyncQueueOptions;
  readonly #configurations = new Map<string, AsyncConfiguration>();

  constructor(options: AsyncQueueOptions) {
    this.#options = options;
    const { cloud } = options;
    cloud.journal.db.exec(`CREATE TABLE IF NOT EXISTS lambda_async (
      id TEXT PRIMARY KEY, function_name TEXT NOT NULL, payload TEXT NOT NULL, attempts INTEGER NOT NULL,
      throttles INTEGER NOT NULL, enqueued INTEGER NOT NULL, waiting INTEGER NOT NULL) STRICT`);
    cloud.clock.on(OWNER, ({ key }) => {
      cloud.journal.db.prepare('UPDATE lambda_async SET waiting = 0 WHERE id = ?').run(key);
      this.#start(key);
    });
  }

  configure(name: string, configuration: AsyncConfiguration): void {
    this.#configurations.set(name, configuration);
  }

  /** Accepts an invocation; returns its request id once it is durable. */
  enqueue(name: string, payload: string): string {
    const { cloud } = this.#options;
    const id = randomUUID();
    cloud.journal.db
      .prepare(
        `INSERT INTO lambda_async (id, function_name, payload, attempts, throttles, enqueued, waiting)
         VALUES (?, ?, ?, 0, 0, ?, 0)`,
      )
      .run(id, name, payload, cloud.clock.now());
    this.#start(id);
    return id;
  }

  /** Runs again what was under way when the cloud stopped. */
  resume(): void {
    const { db } = this.#options.cloud.journal;
    for (const row of db
      .prepare('SELECT id FROM lambda_async WHERE waiting = 0 ORDER BY enqueued, rowid')
      .all()) {
      this.#start(String(row.id));
    }
  }

  depth(): number {
    const row = this.#options.cloud.journal.db.prepare('SELECT COUNT(*) AS n FROM lambda_async').get();
    return Number(row?.n ?? 0);
  }

  #start(id: string): void {
    const { cloud } = this.#options;
    const end = cloud.activity.begin(`lambda async ${id}`);
    void this.#process(id)
      .catch((error: unknown) => {
        // Its destination refused, say: the invocation is kept and tried again.
        cloud.log('lambda', `asynchronous invocation ${id}: ${String(error)}`);
        this.#retry(id, 'throttles', 60_000);
      })
      .finally(end);
  }

  async #process(id: string): Promise<void> {
    const { cloud, run, configuration } = this.#options;
    const { db } = cloud.journal;
    const found = db.prepare('SELECT * FROM lambda_async WHERE id = ?').get(id);
    if (found === undefined) return;
    const row = rowSchema.parse(found);
    const settings = this.#configurations.get(row.function_name) ?? DEFAULT_ASYNC;
    const target = configuration(row.function_name);
    if (target === undefined) {
      cloud.log('lambda', `${row.function_name} no longer exists; an invocation of it is dropped`);
      this.#remove(id);
      return;
    }
    const attempt = await run(row.function_name, id, row.payload);
    const age = cloud.clock.now() - row.enqueued;
    const tooOld = age >= settings.maximumEventAgeSeconds * 1000;
    if (attempt.kind === 'throttled') {
      if (tooOld) return this.#fail(row, target, settings, 'EventAgeExceeded', undefined);
      const delay = Math.min(1000 * 2 ** row.throttles, 300_000);
      this.#retry(id, 'throttles', delay);
      return;
    }
    if (attempt.outcome.kind === 'success') {
      if (settings.onSuccess !== undefined) {
        await sendTo(cloud, target, settings.onSuccess, record(row, target, 'Success', attempt.outcome));
      }
      this.#remove(id);
      return;
    }
    if (row.attempts >= settings.maximumRetryAttempts) {
      return this.#fail(row, target, settings, 'RetriesExhausted', attempt.outcome);
    }
    const delay = RETRY_DELAYS_MS[Math.min(row.attempts, RETRY_DELAYS_MS.length - 1)] ?? 60_000;
    if (age + delay > settings.maximumEventAgeSeconds * 1000) {
      return this.#fail(row, target, settings, 'EventAgeExceeded', attempt.outcome);
    }
    this.#retry(id, 'attempts', delay);
  }

  #retry(id: string, counter: 'attempts' | 'throttles', delayMs: number): void {
    const { cloud } = this.#options;
    cloud.journal.transaction(() => {
      cloud.journal.db
        .prepare(`UPDATE lambda_async SET ${counter} = ${counter} + 1, waiting = 1 WHERE id = ?`)
        .run(id);
      cloud.clock.set(OWNER, id, cloud.clock.now() + delayMs, null);
    });
  }

  async #fail(
    row: z.infer<typeof rowSchema>,
    target: FunctionConfiguration,
    settings: AsyncConfiguration,
    condition: string,
    outcome: Outcome | undefined,
  ): Promise<void> {
    const { cloud } = this.#options;
    cloud.log('lambda', `${row.function_name}: an asynchronous invocation is given up (${condition})`);
    if (settings.onFailure !== undefined) {
      await sendTo(cloud, target, settings.onFailure, record(row, target, condition, outcome));
    }
    if (target.deadLetterArn !== undefined) {
      await sendTo(cloud, target, target.deadLetterArn, JSON.parse(row.payload));
    }
    this.#remove(row.id);
  }

  #remove(id: string): void {
    this.#options.cloud.journal.db.prepare('DELETE FROM lambda_async WHERE id = ?').run(id);
  }
}

/** The record that a destination receives (Lambda guide, "Invocation record"). */
function record(
  row: z.infer<typeof rowSchema>,
  target: FunctionConfiguration,
  condition: string,
  outcome: Outcome | undefined,
): Record<string, unknown> {
  const failed = outcome?.kind === 'failure';
  return {
    version: '1.0',
    timestamp: new Date(row.enqueued).toISOString(),
    requestContext: {
      requestId: row.id,
      functionArn: `${target.arn}:$LATEST`,
      condition,
      approximateInvokeCount: row.attempts + 1,
    },
    requestPayload: JSON.parse(row.payload),
    ...(outcome !== undefined && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(failed && { functionError: 'Unhandled' }),
      },
      responsePayload: outcome.kind === 'failure' ? outcome.failure : JSON.parse(outcome.payload),
    }),
  };
}
