import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import type { Journal } from '../core/journal.ts';
import type { Attachment, InboxMessage, NewMessage } from './model.ts';

type Row = Record<string, SQLOutputValue>;

const listSchema = z.array(z.string());
const recordSchema = z.record(z.string(), z.string());

/** Mail on disk, in tables `ses_*`: nothing leaves the machine. */
export class SesStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.db.exec(`
      CREATE TABLE IF NOT EXISTS ses_messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
        sender TEXT NOT NULL, to_list TEXT NOT NULL, cc_list TEXT NOT NULL, bcc_list TEXT NOT NULL,
        reply_to TEXT NOT NULL, subject TEXT NOT NULL, text TEXT, html TEXT, headers TEXT NOT NULL,
        tags TEXT NOT NULL, bounced TEXT NOT NULL, configuration_set TEXT, size INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS ses_recipients (
        address TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (address, seq)) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS ses_attachments (
        seq INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
        size INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (seq, number)) STRICT;
      CREATE TABLE IF NOT EXISTS ses_identities (name TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS ses_configuration_sets (name TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
    `);
  }

  /** Keeps a message. `at` in epoch ms, `recipients` bare addresses, `size` in bytes. Returns its number. */
  add(
    message: NewMessage,
    kept: {
      readonly messageId: string;
      readonly at: number;
      readonly size: number;
      readonly recipients: readonly string[];
      readonly bounced: readonly string[];
    },
  ): number {
    const { db } = this.#journal;
    return this.#journal.transaction(() => {
      const result = db
        .prepare(
          `INSERT INTO ses_messages (message_id, at, sender, to_list, cc_list, bcc_list, reply_to, subject, text,
             html, headers, tags, bounced, configuration_set, size)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          kept.messageId,
          kept.at,
          message.from,
          JSON.stringify(message.to),
          JSON.stringify(message.cc),
          JSON.stringify(message.bcc),
          JSON.stringify(message.replyTo),
          message.subject,
          message.text ?? null,
          message.html ?? null,
          JSON.stringify(message.headers),
          JSON.stringify(message.tags),
          JSON.stringify(kept.bounced),
          message.configurationSet ?? null,
          kept.size,
        );
      const seq = Number(result.lastInsertRowid);
      const addRecipient = db.prepare('INSERT OR IGNORE INTO ses_recipients (address, seq) VALUES (?, ?)');
      for (const address of kept.recipients) addRecipient.run(address.toLowerCase(), seq);
      const addAttachment = db.prepare(
        'INSERT INTO ses_attachments (seq, number, name, type, size, bytes) VALUES (?, ?, ?, ?, ?, ?)',
      );
      message.attachments.forEach((attachment, number) => {
        const { name, type, bytes } = attachment;
        addAttachment.run(seq, number, name, type, bytes.byteLength, bytes);
      });
      return seq;
    });
  }

  /** Messages after number `since`, oldest first. */
  after(since: number, limit: number): InboxMessage[] {
    return this.#query('WHERE seq > ? ORDER BY seq LIMIT ?', since, limit);
  }

  /** Messages before number `before`, newest first, to addresses that contain `recipient`. */
  before(before: number, recipient: string, limit: number): InboxMessage[] {
    if (recipient === '') return this.#query('WHERE seq < ? ORDER BY seq DESC LIMIT ?', before, limit);
    return this.#query(
      `WHERE seq < ? AND seq IN (SELECT seq FROM ses_recipients WHERE instr(address, ?) > 0)
       ORDER BY seq DESC LIMIT ?`,
      before,
      recipient.toLowerCase(),
      limit,
    );
  }

  message(seq: number): InboxMessage | undefined {
    return this.#query('WHERE seq = ?', seq)[0];
  }

  attachment(seq: number, number: number): Attachment | undefined {
    const row = this.#journal.db
      .prepare('SELECT name, type, bytes FROM ses_attachments WHERE seq = ? AND number = ?')
      .get(seq, number);
    if (row === undefined || !(row.bytes instanceof Uint8Array)) return undefined;
    return { name: String(row.name), type: String(row.type), bytes: row.bytes };
  }

  saveIdentity(name: string): void {
    this.#journal.db
      .prepare('INSERT OR IGNORE INTO ses_identities (name) VALUES (?)')
      .run(name.toLowerCase());
  }

  identities(): string[] {
    return this.#journal.db
      .prepare('SELECT name FROM ses_identities ORDER BY name')
      .all()
      .map((row) => String(row.name));
  }

  saveConfigurationSet(name: string, settings: unknown): void {
    this.#journal.db
      .prepare(
        `INSERT INTO ses_configuration_sets (name, settings) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`,
      )
      .run(name, JSON.stringify(settings));
  }

  hasConfigurationSet(name: string): boolean {
    return (
      this.#journal.db.prepare('SELECT 1 FROM ses_configuration_sets WHERE name = ?').get(name) !== undefined
    );
  }

  /** Totals over all kept mail; `bytes` with attachments as they would be charged for. */
  totals(): { messages: number; recipients: number; bytes: number; bounced: number } {
    const { db } = this.#journal;
    const messages = db
      .prepare(
        `SELECT COUNT(*) AS messages, COALESCE(SUM(size), 0) AS bytes, COALESCE(SUM(bounced <> '[]'), 0) AS bounced
         FROM ses_messages`,
      )
      .get();
    const recipients = db.prepare('SELECT COUNT(*) AS recipients FROM ses_recipients').get();
    return {
      messages: Number(messages?.messages ?? 0),
      recipients: Number(recipients?.recipients ?? 0),
      bytes: Number(messages?.bytes ?? 0),
      bounced: Number(messages?.bounced ?? 0),
    };
  }

  #query(rest: string, ...values: SQLInputValue[]): InboxMessage[] {
    const rows = this.#journal.db.prepare(`SELECT * FROM ses_messages ${rest}`).all(...values);
    const attachments = this.#journal.db.prepare(
      'SELECT name, type, size FROM ses_attachments WHERE seq = ? ORDER BY number',
    );
    return rows.map((row) =>
      toMessage(
        row,
        attachments.all(Number(row.seq)).map((attachment) => ({
          name: String(attachment.name),
          type: String(attachment.type),
          size: Number(attachment.size),
        })),
      ),
    );
  }
}

function toMessage(row: Row, attachments: InboxMessage['attachments']): InboxMessage {
  const list = (value: SQLOutputValue | undefined) => listSchema.parse(JSON.parse(String(value)));
  const record = (value: SQLOutputValue | undefined) => recordSchema.parse(JSON.parse(String(value)));
  return {
    seq: Number(row.seq),
    messageId: String(row.message_id),
    at: new Date(Number(row.at)).toISOString(),
    from: String(row.sender),
    to: list(row.to_list),
    cc: list(row.cc_list),
    bcc: list(row.bcc_list),
    replyTo: list(row.reply_to),
    subject: String(row.subject),
    text: typeof row.text === 'string' ? row.text : undefined,
    html: typeof row.html === 'string' ? row.html : undefined,
    attachments,
    headers: record(row.headers),
    tags: record(row.tags),
    bounced: list(row.bounced),
  };
}
