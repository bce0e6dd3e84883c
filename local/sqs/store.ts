import * as z from 'zod';
import type { Journal } from '../core/journal.ts';
import { DEDUPLICATION_MS, isFifo, type MessageAttributes, messageAttributes, type Queue } from './model.ts';

/** A message as it is stored; times in epoch milliseconds. */
export interface StoredMessage {
  readonly id: number;
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader: string | undefined;
  readonly sender: string;
  readonly sent: number;
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceived: number | undefined;
  readonly receipt: string | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sourceArn: string | undefined;
}

export type NewMessage = Pick<
  StoredMessage,
  | 'queue'
  | 'messageId'
  | 'body'
  | 'attributes'
  | 'traceHeader'
  | 'sender'
  | 'sent'
  | 'visibleAt'
  | 'groupId'
  | 'deduplicationId'
>;

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const queueRow = z
  .object({
    name: z.string(),
    arn: z.string(),
    attributes: z.string(),
    tags: z.string(),
    created: z.number(),
    modified: z.number(),
  })
  .transform((row): Queue => ({ ...row, attributes: textMap(row.attributes), tags: textMap(row.tags) }));

const messageRow = z
  .object({
    id: z.number(),
    queue: z.string(),
    message_id: z.string(),
    body: z.string(),
    attributes: z.string(),
    trace_header: z.string().nullable(),
    sender: z.string(),
    sent: z.number(),
    visible_at: z.number(),
    receive_count: z.number(),
    first_received: z.number().nullable(),
    receipt: z.string().nullable(),
    group_id: z.string().nullable(),
    deduplication_id: z.string().nullable(),
    source_arn: z.string().nullable(),
  })
  .transform(
    (row): StoredMessage => ({
      id: row.id,
      queue: row.queue,
      messageId: row.message_id,
      body: row.body,
      attributes: messageAttributes.parse(JSON.parse(row.attributes)),
      traceHeader: row.trace_header ?? undefined,
      sender: row.sender,
      sent: row.sent,
      visibleAt: row.visible_at,
      receiveCount: row.receive_count,
      firstReceived: row.first_received ?? undefined,
      receipt: row.receipt ?? undefined,
      groupId: row.group_id ?? undefined,
      deduplicationId: row.deduplication_id ?? undefined,
      sourceArn: row.source_arn ?? undefined,
    }),
  );

function textMap(json: string): Record<string, string> {
  return z.record(z.string(), z.string()).parse(JSON.parse(json));
}

/** Bytes as base64, which `messageAttributes` reads back. */
function attributesJson(attributes: MessageAttributes): string {
  return JSON.stringify(attributes, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
}

/** The journal tables of SQS. Callers put what belongs together into one transaction. */
export class SqsStore {
  readonly #db: Journal['db'];

  constructor(journal: Journal) {
    this.#db = journal.db;
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS sqs_queues (
        name TEXT PRIMARY KEY, arn TEXT NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL,
        created INTEGER NOT NULL, modified INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS sqs_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
        attributes TEXT NOT NULL, trace_header TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL,
        visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT,
        group_id TEXT, deduplication_id TEXT, source_arn TEXT) STRICT;
      CREATE INDEX IF NOT EXISTS sqs_messages_queue ON sqs_messages (queue, visible_at, id);
      CREATE TABLE IF NOT EXISTS sqs_deduplication (
        queue TEXT NOT NULL, deduplication_id TEXT NOT NULL, message_id TEXT NOT NULL, sequence INTEGER NOT NULL,
        until INTEGER NOT NULL, PRIMARY KEY (queue, deduplication_id)) STRICT;`);
  }

  queue(name: string): Queue | undefined {
    const row = this.#db.prepare('SELECT * FROM sqs_queues WHERE name = ?').get(name);
    return row === undefined ? undefined : queueRow.parse(row);
  }

  queues(): Queue[] {
    return this.#db
      .prepare('SELECT * FROM sqs_queues ORDER BY name')
      .all()
      .map((row) => queueRow.parse(row));
  }

  saveQueue(queue: Queue): void {
    this.#db
      .prepare(
        `INSERT INTO sqs_queues (name, arn, attributes, tags, created, modified) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE
         SET attributes = excluded.attributes, tags = excluded.tags, modified = excluded.modified`,
      )
      .run(
        queue.name,
        queue.arn,
        JSON.stringify(queue.attributes),
        JSON.stringify(queue.tags),
        queue.created,
        queue.modified,
      );
  }

  deleteQueue(name: string): void {
    this.#db.prepare('DELETE FROM sqs_queues WHERE name = ?').run(name);
    this.purge(name);
    this.#db.prepare('DELETE FROM sqs_deduplication WHERE queue = ?').run(name);
  }

  purge(queue: string): void {
    this.#db.prepare('DELETE FROM sqs_messages WHERE queue = ?').run(queue);
  }

  /** @returns the message's sequence number */
  insert(message: NewMessage): number {
    const result = this.#db
      .prepare(
        `INSERT INTO sqs_messages
         (queue, message_id, body, attributes, trace_header, sender, sent, visible_at, group_id, deduplication_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        message.queue,
        message.messageId,
        message.body,
        attributesJson(message.attributes),
        message.traceHeader ?? null,
        message.sender,
        message.sent,
        message.visibleAt,
        message.groupId ?? null,
        message.deduplicationId ?? null,
      );
    return Number(result.lastInsertRowid);
  }

  /** The earlier message of a deduplication id that still counts, or undefined. */
  duplicate(queue: string, id: string, now: number): { messageId: string; sequence: number } | undefined {
    const row = this.#db
      .prepare(
        'SELECT message_id, sequence FROM sqs_deduplication WHERE queue = ? AND deduplication_id = ? AND until > ?',
      )
      .get(queue, id, now);
    return row === undefined
      ? undefined
      : { messageId: String(row.message_id), sequence: Number(row.sequence) };
  }

  remember(queue: string, id: string, messageId: string, sequence: number, now: number): void {
    this.#db.prepare('DELETE FROM sqs_deduplication WHERE queue = ? AND until <= ?').run(queue, now);
    this.#db
      .prepare('INSERT OR REPLACE INTO sqs_deduplication VALUES (?, ?, ?, ?, ?)')
      .run(queue, id, messageId, sequence, now + DEDUPLICATION_MS);
  }

  message(id: number): StoredMessage | undefined {
    const row = this.#db.prepare('SELECT * FROM sqs_messages WHERE id = ?').get(id);
    return row === undefined ? undefined : messageRow.parse(row);
  }

  /**
   * Messages that may be received, oldest first. In a FIFO queue a group waits for its earlier messages in flight, and
   * keeps its order.
   */
  receivable(queue: Queue, now: number, limit: number): StoredMessage[] {
    const blocked = isFifo(queue)
      ? `AND NOT EXISTS (SELECT 1 FROM sqs_messages e
         WHERE e.queue = m.queue AND e.group_id = m.group_id AND e.id < m.id AND e.visible_at > ?)`
      : '';
    return this.#db
      .prepare(
        `SELECT m.* FROM sqs_messages m WHERE m.queue = ? AND m.visible_at <= ? ${blocked} ORDER BY m.id LIMIT ?`,
      )
      .all(queue.name, now, ...(isFifo(queue) ? [now] : []), limit)
      .map((row) => messageRow.parse(row));
  }

  markReceived(message: StoredMessage, receipt: string, visibleAt: number, now: number): void {
    this.#db
      .prepare(
        `UPDATE sqs_messages SET receipt = ?, visible_at = ?, receive_count = receive_count + 1,
         first_received = coalesce(first_received, ?) WHERE id = ?`,
      )
      .run(receipt, visibleAt, now, message.id);
  }

  setVisibleAt(id: number, visibleAt: number): void {
    this.#db.prepare('UPDATE sqs_messages SET visible_at = ? WHERE id = ?').run(visibleAt, id);
  }

  /** A standard queue's message keeps the time of its first sending, so its retention goes on counting. */
  moveTo(message: StoredMessage, queue: Queue, sourceArn: string, now: number): void {
    this.#db
      .prepare(
        `UPDATE sqs_messages SET queue = ?, source_arn = ?, receipt = NULL, visible_at = ?, receive_count = 0,
         first_received = NULL WHERE id = ?`,
      )
      .run(queue.name, sourceArn, now, message.id);
  }

  delete(id: number): void {
    this.#db.prepare('DELETE FROM sqs_messages WHERE id = ?').run(id);
  }

  deleteSentBefore(queue: string, time: number): void {
    this.#db.prepare('DELETE FROM sqs_messages WHERE queue = ? AND sent <= ?').run(queue, time);
  }

  /** When the next message of a queue becomes visible after `now`, or undefined. */
  nextVisible(queue: string, now: number): number | undefined {
    const row = this.#db
      .prepare('SELECT MIN(visible_at) AS due FROM sqs_messages WHERE queue = ? AND visible_at > ?')
      .get(queue, now);
    return typeof row?.due === 'number' ? row.due : undefined;
  }

  counts(queue: string, now: number): QueueCounts {
    const row = this.#db
      .prepare(
        `SELECT coalesce(sum(visible_at <= ?), 0) AS visible,
         coalesce(sum(visible_at > ? AND receipt IS NOT NULL), 0) AS in_flight,
         coalesce(sum(visible_at > ? AND receipt IS NULL), 0) AS delayed FROM sqs_messages WHERE queue = ?`,
      )
      .get(now, now, now, queue);
    return {
      visible: Number(row?.visible),
      inFlight: Number(row?.in_flight),
      delayed: Number(row?.delayed),
    };
  }
}
