import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StorageError, storageErrorOf } from './storage-error.ts';

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

/** Of the tables of all services: a store of another number is refused, since it would be misread. */
const FORMAT = 1;

function open(dataDir: string | undefined): DatabaseSync {
  const db = new Database(dataDir === undefined ? ':memory:' : join(dataDir, 'journal.sqlite'));
  try {
    const format = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    const isNew = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (!isNew && format !== FORMAT) {
      const age = format < FORMAT ? 'an older' : 'a newer';
      throw new StorageError(
        `the data directory ${dataDir ?? ''} was written by ${age} version of the local cloud (format ${format}, this one has ${FORMAT}): it was left as it is; choose another one, or empty it`,
      );
    }
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;');
    db.exec(`PRAGMA user_version=${FORMAT}`);
    db.exec('CREATE TABLE IF NOT EXISTS core_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
    return db;
  } catch (error) {
    db.close();
    throw error;
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

  readonly #dataDir: string;
  readonly #onFailure: (error: StorageError) => void;

  /**
   * @param dataDir directory that holds `journal.sqlite`, created where absent; `undefined` keeps all in memory
   * @param onFailure told when the store can no longer be written, such as on a full disk
   * @throws StorageError where the directory cannot be used or was written by another version; nothing is changed then
   */
  constructor(dataDir: string | undefined, onFailure: (error: StorageError) => void = () => {}) {
    this.#dataDir = dataDir ?? '';
    this.#onFailure = onFailure;
    try {
      if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
      this.db = open(dataDir);
    } catch (error) {
      throw storageErrorOf(error, this.#dataDir) ?? error;
    }
  }

  /** Runs `work` in one transaction; synchronous, so nothing of another service can slip in between. Nests. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#depth++;
    try {
      this.db.exec('BEGIN IMMEDIATE');
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has ended it by itself where it could not write.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw this.#noted(error);
    } finally {
      this.#depth--;
    }
  }

  #noted(error: unknown): unknown {
    const failure = storageErrorOf(error, this.#dataDir);
    if (failure === undefined) return error;
    this.#onFailure(failure);
    return failure;
  }

  /** A small setting kept across starts, such as the simulated time. */
  getMeta(key: string): string | undefined {
    const row = this.db.prepare('SELECT value FROM core_meta WHERE key = ?').get(key);
    return typeof row?.value === 'string' ? row.value : undefined;
  }

  setMeta(key: string, value: string): void {
    this.transaction(() =>
      this.db
        .prepare(
          'INSERT INTO core_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        )
        .run(key, value),
    );
  }

  close(): void {
    this.db.close();
  }
}
