import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Rows written before the end, at most: one transaction writes about as many. */
const MAX_ROWS = 12;

/**
 * Lets the process die by SIGKILL in the middle of a transaction of this database: after one of the next rows that it
 * writes, before they are committed. Only triggers of this connection change; the store itself does not.
 */
export function dieInTransaction(db: DatabaseSync): void {
  let rows = randomInt(MAX_ROWS);
  db.function('die_by_and_by', () => {
    if (rows-- <= 0) process.kill(process.pid, 'SIGKILL');
    return null;
  });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .all();
  for (const [index, { name }] of tables.entries()) {
    for (const change of ['INSERT', 'UPDATE', 'DELETE']) {
      db.exec(
        `CREATE TEMP TRIGGER die_${index}_${change} AFTER ${change} ON main."${String(name)}" BEGIN SELECT die_by_and_by(); END`,
      );
    }
  }
}
