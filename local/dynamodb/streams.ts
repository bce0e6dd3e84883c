import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';

const shardsSchema = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string() })).default([]),
    LastEvaluatedShardId: z.string().optional(),
  }),
});
const iteratorSchema = z.object({ ShardIterator: z.string() });
const recordSchema = z
  .object({
    eventID: z.string(),
    eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
    dynamodb: z.object({ SequenceNumber: z.string(), SizeBytes: z.number().optional() }).loose(),
  })
  .loose();
const recordsSchema = z.object({ Records: z.array(recordSchema), NextShardIterator: z.string().nullish() });

/** GetRecords answers 1 MB at most. */
const SURELY_WHOLE_BYTES = 500_000;

/** One change of a table, in the shape that a Lambda function receives. */
export type StreamRecord = z.infer<typeof recordSchema>;

export interface StreamPage {
  readonly records: readonly StreamRecord[];
  /** Nothing lay behind these records when they were read; false where that is not sure. */
  readonly atEnd: boolean;
}

/** Reads one stream for one consumer; what was committed is not read again, also after a restart. */
export interface StreamReader {
  /** The next records after those read, at most `limit`; none when nothing is left. */
  read(limit: number): Promise<StreamPage>;
  /** Notes durably that everything read up to this record is done with. */
  commit(record: StreamRecord): void;
}

/** Forgets the place of a consumer that is no more: one of its name begins anew. */
export function forgetStreamPlace(cloud: CloudContext, consumer: string): void {
  const db = cloud.journal.db;
  db.exec(PLACES);
  db.prepare('DELETE FROM dynamodb_stream_places WHERE consumer = ?').run(consumer);
}

const PLACES = `CREATE TABLE IF NOT EXISTS dynamodb_stream_places (
    consumer TEXT PRIMARY KEY, stream TEXT NOT NULL, shard TEXT, sequence TEXT) STRICT`;

/**
 * Creates the reader of a stream. Its place is kept in the journal under `consumer`. The engine has one line of shards,
 * each following the other, so that they are read one after the other.
 *
 * @param caller whose permissions the reads need
 * @param start where a consumer without a place begins: LATEST skips what the stream holds by then.
 */
export async function createStreamReader(
  cloud: CloudContext,
  streamArn: string,
  consumer: string,
  caller: Caller,
  start: 'LATEST' | 'TRIM_HORIZON',
): Promise<StreamReader> {
  const db = cloud.journal.db;
  db.exec(PLACES);
  const call = (action: string, input: Record<string, unknown>) =>
    cloud.gateway.call({
      service: 'dynamodb',
      action,
      input,
      caller,
    });

  let shard: string | undefined;
  let sequence: string | undefined;
  let iterator: string | undefined;
  const shardOf = new Map<string, string>();

  async function shards(): Promise<string[]> {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = shardsSchema.parse(
        await call('DescribeStream', {
          StreamArn: streamArn,
          ...(after !== undefined && { ExclusiveStartShardId: after }),
        }),
      ).StreamDescription;
      found.push(...page.Shards.map((each) => each.ShardId));
      after = page.LastEvaluatedShardId;
    } while (after !== undefined);
    return found.sort();
  }

  async function openIterator(): Promise<string | undefined> {
    const all = await shards();
    if (shard === undefined || !all.includes(shard)) {
      // A shard that is no longer listed was trimmed; what follows it begins at its horizon.
      const previous = shard;
      shard = previous === undefined ? all[0] : all.find((each) => each > previous);
      sequence = undefined;
    }
    if (shard === undefined) return undefined;
    const where =
      sequence === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequence };
    return iteratorSchema.parse(
      await call('GetShardIterator', { StreamArn: streamArn, ShardId: shard, ...where }),
    ).ShardIterator;
  }

  async function getRecords(limit: number): Promise<z.infer<typeof recordsSchema> | undefined> {
    for (let attempt = 0; ; attempt++) {
      iterator ??= await openIterator();
      if (iterator === undefined) return undefined;
      try {
        return recordsSchema.parse(await call('GetRecords', { ShardIterator: iterator, Limit: limit }));
      } catch (error) {
        const lapsed =
          error instanceof ServiceError &&
          ['ExpiredIteratorException', 'TrimmedDataAccessException'].includes(error.code);
        if (!lapsed || attempt > 0) throw error;
        if (error.code === 'TrimmedDataAccessException') sequence = undefined;
        iterator = undefined;
      }
    }
  }

  async function read(limit: number): Promise<StreamPage> {
    for (;;) {
      const page = await getRecords(limit);
      if (page === undefined) return { records: [], atEnd: true };
      const current = shard ?? '';
      for (const record of page.Records) {
        sequence = record.dynamodb.SequenceNumber;
        shardOf.set(record.eventID, current);
      }
      iterator = page.NextShardIterator ?? undefined;
      if (iterator === undefined) {
        // The shard is closed and read to its end: go on with the next one, if there is one.
        const next = (await shards()).find((each) => each > current);
        if (next !== undefined) {
          shard = next;
          sequence = undefined;
        } else if (page.Records.length === 0) return { records: [], atEnd: true };
      }
      const size = page.Records.reduce((sum, record) => sum + (record.dynamodb.SizeBytes ?? 0), 0);
      // A short page is the last one, unless its size cut it short or its shard is closed.
      const atEnd = iterator !== undefined && page.Records.length < limit && size < SURELY_WHOLE_BYTES;
      if (page.Records.length > 0) return { records: page.Records.map(dress), atEnd };
      if (iterator !== undefined) return { records: [], atEnd: true };
    }
  }

  /** What the engine says of region and time is its own; the cloud's take their place. */
  function dress(record: StreamRecord): StreamRecord {
    return {
      ...record,
      awsRegion: cloud.region,
      eventSourceARN: streamArn,
      dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: Math.floor(cloud.clock.now() / 1000) },
    };
  }

  function commit(record: StreamRecord): void {
    const of = shardOf.get(record.eventID) ?? shard ?? null;
    for (const id of shardOf.keys()) {
      shardOf.delete(id);
      if (id === record.eventID) break;
    }
    db.prepare(
      `INSERT INTO dynamodb_stream_places (consumer, stream, shard, sequence) VALUES (?, ?, ?, ?)
       ON CONFLICT (consumer) DO UPDATE SET stream = excluded.stream, shard = excluded.shard, sequence = excluded.sequence`,
    ).run(consumer, streamArn, of, record.dynamodb.SequenceNumber);
  }

  const place = db
    .prepare('SELECT shard, sequence FROM dynamodb_stream_places WHERE consumer = ? AND stream = ?')
    .get(consumer, streamArn);
  if (place !== undefined) {
    shard = typeof place.shard === 'string' ? place.shard : undefined;
    sequence = typeof place.sequence === 'string' ? place.sequence : undefined;
  } else {
    if (start === 'LATEST') {
      for (;;) {
        const { records } = await read(1000);
        const last = records.at(-1);
        if (last === undefined) break;
        commit(last);
      }
    }
    // A place from the outset: a later start must not take this consumer for a new one and skip again.
    db.prepare(
      `INSERT INTO dynamodb_stream_places (consumer, stream, shard, sequence) VALUES (?, ?, ?, ?)
       ON CONFLICT (consumer) DO UPDATE SET stream = excluded.stream, shard = excluded.shard, sequence = excluded.sequence`,
    ).run(consumer, streamArn, shard ?? null, sequence ?? null);
  }
  return { read, commit };
}
