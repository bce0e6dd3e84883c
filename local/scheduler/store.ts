import type { Journal } from '../core/journal.ts';
import { type Group, groupSchema, type StoredSchedule, scheduleSchema } from './model.ts';

/** Schedules and groups in the journal. */
export class SchedulerStore {
  readonly #db: Journal['db'];

  constructor(journal: Journal) {
    this.#db = journal.db;
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS scheduler_groups (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS scheduler_schedules (
        grp TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (grp, name)) STRICT;
      CREATE TABLE IF NOT EXISTS scheduler_provisioned (key TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS scheduler_statistics (
        origin TEXT NOT NULL, result TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (origin, result)) STRICT;`);
  }

  group(name: string): Group | undefined {
    const row = this.#db.prepare('SELECT body FROM scheduler_groups WHERE name = ?').get(name);
    return row === undefined ? undefined : groupSchema.parse(JSON.parse(String(row.body)));
  }

  groups(): Group[] {
    const rows = this.#db.prepare('SELECT body FROM scheduler_groups ORDER BY name').all();
    return rows.map((row) => groupSchema.parse(JSON.parse(String(row.body))));
  }

  saveGroup(group: Group): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO scheduler_groups (name, body) VALUES (?, ?)')
      .run(group.name, JSON.stringify(group));
  }

  deleteGroup(name: string): void {
    this.#db.prepare('DELETE FROM scheduler_groups WHERE name = ?').run(name);
  }

  schedule(group: string, name: string): StoredSchedule | undefined {
    const row = this.#db
      .prepare('SELECT body FROM scheduler_schedules WHERE grp = ? AND name = ?')
      .get(group, name);
    return row === undefined ? undefined : scheduleSchema.parse(JSON.parse(String(row.body)));
  }

  schedules(): StoredSchedule[] {
    const rows = this.#db.prepare('SELECT body FROM scheduler_schedules ORDER BY grp, name').all();
    return rows.map((row) => scheduleSchema.parse(JSON.parse(String(row.body))));
  }

  saveSchedule(schedule: StoredSchedule): void {
    const { GroupName, Name } = schedule.definition;
    this.#db
      .prepare('INSERT OR REPLACE INTO scheduler_schedules (grp, name, body) VALUES (?, ?, ?)')
      .run(GroupName, Name, JSON.stringify(schedule));
  }

  deleteSchedule(group: string, name: string): void {
    this.#db.prepare('DELETE FROM scheduler_schedules WHERE grp = ? AND name = ?').run(group, name);
  }

  /** The definition that a template gave last; it stays when the schedule has deleted itself. */
  provisioned(key: string): string | undefined {
    const row = this.#db.prepare('SELECT definition FROM scheduler_provisioned WHERE key = ?').get(key);
    return row === undefined ? undefined : String(row.definition);
  }

  provisionedKeys(): string[] {
    const rows = this.#db.prepare('SELECT key FROM scheduler_provisioned').all();
    return rows.map((row) => String(row.key));
  }

  forgetProvisioned(key: string): void {
    this.#db.prepare('DELETE FROM scheduler_provisioned WHERE key = ?').run(key);
  }

  rememberProvisioned(key: string, definition: string): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO scheduler_provisioned (key, definition) VALUES (?, ?)')
      .run(key, definition);
  }

  count(origin: string, result: string): void {
    this.#db
      .prepare(
        `INSERT INTO scheduler_statistics (origin, result, count) VALUES (?, ?, 1)
         ON CONFLICT (origin, result) DO UPDATE SET count = count + 1`,
      )
      .run(origin, result);
  }

  /** schedule ARN -> result -> count. */
  statistics(): Record<string, Record<string, number>> {
    const counted: Record<string, Record<string, number>> = {};
    for (const { origin, result, count } of this.#db
      .prepare('SELECT origin, result, count FROM scheduler_statistics ORDER BY origin, result')
      .all()) {
      counted[String(origin)] = { ...counted[String(origin)], [String(result)]: Number(count) };
    }
    return counted;
  }
}
