import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CloudContext } from '../core/service.ts';
import { createStreamReader, type StreamReader, type StreamRecord } from '../dynamodb/streams.ts';
import type { Attempt } from './async-queue.ts';
import { sendTo } from './destinations.ts';
import { batchResult, type EventSourceMapping, mayPass, passesFilters } from './event-source.ts';

export interface StreamSourceOptions {
  readonly cloud: CloudContext;
  readonly mapping: EventSourceMapping;
  /** ARN of the function or pipe that is fed. */
  readonly ownArn: string;
  /** Its role, whose permissions the reading of the stream needs. */
  readonly roleArn: string;
  /** Owner of the timers after which a batch is tried again; the key is the mapping's id. */
  readonly timerOwner: string;
  /** What the on-failure destination is told beside the place of the batch. */
  failureRecord(condition: string, attempts: number): Record<string, unknown>;
  run(functionName: string, requestId: string, payload: string): Promise<Attempt>;
}

interface Batch {
  readonly records: readonly StreamRecord[];
  readonly attempts: number;
  /** When its first attempt was made, epoch ms. */
  readonly since: number;
}

const DAY_MS = 86_400_000;
/** Real time in which writes gather before a look at the stream: each look costs the engine as much as a read. */
const GATHER_MS = 8;

/**
 * Feeds a function or a pipe from a table's stream, in order, one batch at a time. A batch that fails is tried again (halved, where
 * wished) until it succeeds or is given up to the on-failure destination; nothing behind it moves meanwhile.
 */
export class StreamSource {
  readonly #options: StreamSourceOptions;
  #reader: StreamReader | undefined;
  #running = false;
  #again = false;
  /** What was read and is not done with, next first. */
  #batches: Batch[] = [];
  #resting = false;
  #closed = false;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
  }

  /** Takes its place in the stream; from then on nothing is missed. */
  async open(): Promise<void> {
    const { cloud, mapping, roleArn } = this.#options;
    this.#reader = await createStreamReader(
      cloud,
      mapping.sourceArn,
      mapping.id,
      { kind: 'role', roleArn },
      mapping.startingPosition,
    );
  }

  /** Ends it: what is under way comes to its end, and nothing more is read. */
  close(): void {
    this.#closed = true;
    this.#options.cloud.clock.cancel(this.#options.timerOwner, this.#options.mapping.id);
  }

  /** After a write to the table, given as the request's body: looks at the stream where it may hold something. */
  wrote(write: string): void {
    if (mayPass(this.#options.mapping.filters, write)) this.wake();
  }

  /** Looks at the stream: after such a write, at the start, and when a timer is due. */
  wake(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    if (this.#resting || this.#closed) return;
    this.#running = true;
    const { cloud, mapping } = this.#options;
    const end = cloud.activity.begin(`stream to ${mapping.functionName}`);
    void this.#drain()
      .catch((error: unknown) => {
        cloud.log('lambda', `stream to ${mapping.functionName}: ${String(error)}; tried again later`);
        this.#rest(60_000);
      })
      .finally(() => {
        this.#running = false;
        if (this.#again) {
          this.#again = false;
          this.wake();
        }
        end();
      });
  }

  /** The time to try again has come. */
  timerDue(): void {
    this.#resting = false;
    this.wake();
  }

  async #drain(): Promise<void> {
    const { cloud, mapping } = this.#options;
    if (this.#reader === undefined || this.#closed) return;
    let atEnd = false;
    while (!this.#closed) {
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        if (!(await this.#process(batch))) return;
        continue;
      }
      // What was written since the last look is behind it; `wake` notes that.
      if (atEnd && !this.#again) return;
      await setTimeout(GATHER_MS);
      this.#again = false;
      const page = await this.#reader.read(mapping.batchSize);
      const { records } = page;
      atEnd = page.atEnd;
      const last = records.at(-1);
      if (last === undefined) return;
      const wanted = records.filter((record) => passesFilters(mapping.filters, record));
      if (wanted.length === 0) this.#reader.commit(last);
      else
        this.#batches.push({ records: this.#withTail(wanted, last), attempts: 0, since: cloud.clock.now() });
    }
  }

  /** The records filtered out behind the last wanted one are done with once it is. */
  #withTail(wanted: readonly StreamRecord[], last: StreamRecord): readonly StreamRecord[] {
    if (wanted.at(-1) !== last) this.#tails.set(wanted.at(-1)?.eventID ?? '', last);
    return wanted;
  }

  readonly #tails = new Map<string, StreamRecord>();

  #commit(record: StreamRecord): void {
    const tail = this.#tails.get(record.eventID);
    this.#tails.delete(record.eventID);
    this.#reader?.commit(tail ?? record);
  }

  /** Runs one batch. @returns false where the source rests until its timer */
  async #process(batch: Batch): Promise<boolean> {
    const { mapping, run } = this.#options;
    const last = batch.records.at(-1);
    if (last === undefined) return true;
    const attempt = await run(mapping.functionName, randomUUID(), JSON.stringify({ Records: batch.records }));
    if (attempt.kind === 'throttled') {
      this.#batches.unshift(batch);
      this.#rest(1_000);
      return false;
    }
    const sequences = batch.records.map((record) => record.dynamodb.SequenceNumber);
    const result = batchResult(attempt.outcome, new Set(sequences), mapping.reportsItemFailures);
    switch (result.kind) {
      case 'done':
        this.#commit(last);
        return true;
      case 'partial': {
        // What comes before the first failure is done; the rest is tried again, failed or not.
        const first = sequences.findIndex((sequence) => result.failed.has(sequence));
        const before = batch.records[first - 1];
        if (before !== undefined) this.#commit(before);
        return this.#failed({ ...batch, records: batch.records.slice(first) }, 'items of the batch failed');
      }
      case 'failed':
        return this.#failed(batch, result.reason);
    }
  }

  async #failed(batch: Batch, reason: string): Promise<boolean> {
    const { cloud, mapping } = this.#options;
    const age = cloud.clock.now() - batch.since;
    const maximumAge = mapping.maximumRecordAgeSeconds < 0 ? DAY_MS : mapping.maximumRecordAgeSeconds * 1000;
    const exhausted = mapping.maximumRetryAttempts >= 0 && batch.attempts >= mapping.maximumRetryAttempts;
    if (mapping.bisect && batch.records.length > 1) {
      // Halving does not count as a retry (Lambda guide, "BisectBatchOnFunctionError").
      const middle = Math.ceil(batch.records.length / 2);
      this.#batches.unshift(
        { ...batch, records: batch.records.slice(0, middle) },
        { ...batch, records: batch.records.slice(middle) },
      );
      return true;
    }
    if (exhausted || age >= maximumAge) {
      await this.#giveUp(batch, exhausted ? 'RetryAttemptsExhausted' : 'RecordAgeExceeded', reason);
      return true;
    }
    this.#batches.unshift({ ...batch, attempts: batch.attempts + 1 });
    this.#rest(Math.min(1000 * 2 ** batch.attempts, 60_000));
    return false;
  }

  async #giveUp(batch: Batch, condition: string, reason: string): Promise<void> {
    const { cloud, mapping, ownArn, roleArn, failureRecord } = this.#options;
    const first = batch.records[0];
    const last = batch.records.at(-1);
    if (first === undefined || last === undefined) return;
    cloud.log(
      'lambda',
      `${mapping.functionName}: ${batch.records.length} stream records are given up (${condition}): ${reason}`,
    );
    if (mapping.onFailure !== undefined) {
      const time = new Date(cloud.clock.now()).toISOString();
      await sendTo(cloud, { arn: ownArn, roleArn }, mapping.onFailure, {
        ...failureRecord(condition, batch.attempts + 1),
        version: '1.0',
        timestamp: time,
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000000000000000000-00000000',
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: time,
          approximateArrivalOfLastRecord: time,
          batchSize: batch.records.length,
          streamArn: mapping.sourceArn,
        },
      });
    }
    this.#commit(last);
  }

  #rest(delayMs: number): void {
    const { cloud, mapping, timerOwner } = this.#options;
    if (this.#closed) return;
    this.#resting = true;
    cloud.clock.set(timerOwner, mapping.id, cloud.clock.now() + delayMs, null);
  }
}
