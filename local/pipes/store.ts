import type { Journal } from '../core/journal.ts';
import { type StoredPipe, storedSchema } from './model.ts';

/** The pipes in the journal, by name. */
export class PipeStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.db.exec('CREATE TABLE IF NOT EXISTS pipes (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT');
  }

  pipe(name: string): StoredPipe | undefined {
    const row = this.#journal.db.prepare('SELECT body FROM pipes WHERE name = ?').get(name);
    return row === undefined ? undefined : storedSchema.parse(JSON.parse(String(row.body)));
  }

  /** By name. */
  pipes(): StoredPipe[] {
    return this.#journal.db
      .prepare('SELECT body FROM pipes ORDER BY name')
      .all()
      .map(({ body }) => storedSchema.parse(JSON.parse(String(body))));
  }

  save(pipe: StoredPipe): void {
    this.#journal.db
      .prepare(
        'INSERT INTO pipes (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
      )
      .run(pipe.definition.Name, JSON.stringify(pipe));
  }

  remove(name: string): void {
    this.#journal.db.prepare('DELETE FROM pipes WHERE name = ?').run(name);
  }
}
