import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** SQLite compiles a statement anew at every `prepare`; services say the same few all the time. */
class Database extends DatabaseSync {
  readonly #statements = new Map<string, StatementSync>();

  override prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = super.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * The one durable store of the local cloud's own services (executions, timers, tokens, queued events, schedules,
 * the inbox). SQLite in WAL mode: a commit survives `kill -9` of this process. Each service creates its own tables,
 * prefixed with its name, with `CREATE TABLE IF NOT EXISTS`.
 */
export class Journal {
  readonly db: DatabaseSync;
  #depth = 0;

  /** @param dataDir directory that holds `journal.sqlite`, created where absent; `undefined` keeps all in memory. */
  constructor(dataDir: string | undefined) {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    this.db = new Database(dataDir === undefined ? ':memory:' : join(dataDir, 'journal.sqlite'));
    this.db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;');
    this.db.exec('CREATE TABLE IF NOT EXISTS core_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
  }

  /** Runs `work` in one transaction; synchronous, so nothing of another service can slip in between. Nests. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#depth++;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** A small setting kept across starts, such as the simulated time. */
  getMeta(key: string): string | undefined {
    const row = this.db.prepare('SELECT value FROM core_meta WHERE key = ?').get(key);
    return typeof row?.value === 'string' ? row.value : undefined;
  }

  setMeta(key: string, value: string): void {
    this.db
      .prepare(
        'INSERT INTO core_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      )
      .run(key, value);
  }

  close(): void {
    this.db.close();
  }
}
