import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '../../../local/core/journal.ts';
import { drawKills } from '../../../tools/crash/kills.ts';
import { tearLastRecord } from '../../../tools/crash/torn-write.ts';
import { Draw } from '../../../tools/round/draw.ts';

describe('the plan of kills', () => {
  const marks = [0, 100, 250, 1000];

  it('has as many as asked for, within the round, in order, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.string(), (count, seed) => {
        const kills = drawKills(count, marks, 1500, new Draw(seed));
        expect(kills).toHaveLength(count);
        expect(kills).toEqual(drawKills(count, marks, 1500, new Draw(seed)));
        const times = kills.map(({ mark, afterMs }) => (marks[mark] ?? Number.NaN) + afterMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const [index, { mark, afterMs }] of kills.entries()) {
          expect(afterMs).toBeGreaterThanOrEqual(0);
          expect(times[index]).toBeLessThan(marks[mark + 1] ?? 1500);
        }
      }),
    );
  });

  it('has every kind of end, the engine one time in ten', () => {
    const kills = drawKills(20, marks, 1500, new Draw('seed'));
    expect(kills.filter(({ withEngine }) => withEngine)).toHaveLength(2);
    expect(kills.some(({ inTransaction }) => inTransaction)).toBe(true);
    expect(kills.some(({ tornAfter }) => tornAfter !== undefined)).toBe(true);
    expect(kills.some(({ againAfterMs }) => againAfterMs !== undefined)).toBe(true);
  });
});

describe('a journal that was cut off', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'crash-test-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  /** Runs a program that dies by SIGKILL and answers how it ended. */
  const runAndDie = (program: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, DATA_DIR: dataDir, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    }).signal;
  const journalUrl = new URL('../../../local/core/journal.ts', import.meta.url).href;
  const dieUrl = new URL('../../../tools/local-app/die-in-transaction.ts', import.meta.url).href;
  const opened = `
    const { Journal } = await import(${JSON.stringify(journalUrl)});
    const journal = new Journal(process.env.DATA_DIR);
    journal.setMeta('kept', 'yes');`;

  it.each([0, 0.001, 0.5, 0.999])('loses nothing that was stored when torn after %d of a record', (share) => {
    expect(runAndDie(`${opened} process.kill(process.pid, 'SIGKILL')`)).toBe('SIGKILL');
    const before = statSync(join(dataDir, 'journal.sqlite-wal')).size;
    tearLastRecord(dataDir, share);
    expect(statSync(join(dataDir, 'journal.sqlite-wal')).size).toBeGreaterThan(before);
    const journal = new Journal(dataDir);
    expect(journal.getMeta('kept')).toBe('yes');
    journal.setMeta('after', 'too');
    journal.close();
  });

  it('has none of a transaction in which it died', () => {
    const died = runAndDie(`${opened}
      const { dieInTransaction } = await import(${JSON.stringify(dieUrl)});
      dieInTransaction(journal.db);
      for (let turn = 0; ; turn++) journal.transaction(() => {
        journal.setMeta('first', String(turn));
        journal.setMeta('second', String(turn));
      });`);
    expect(died).toBe('SIGKILL');
    const journal = new Journal(dataDir);
    expect(journal.getMeta('kept')).toBe('yes');
    expect(journal.getMeta('first')).toBe(journal.getMeta('second'));
    journal.close();
  });

  it('is readable by another SQLite', () => {
    runAndDie(`${opened} process.kill(process.pid, 'SIGKILL')`);
    tearLastRecord(dataDir, 0.5);
    const check = `
      const { DatabaseSync } = await import('node:sqlite');
      console.log(new DatabaseSync(process.env.DATA_DIR + '/journal.sqlite').prepare('PRAGMA integrity_check').get().integrity_check);`;
    const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', check], {
      encoding: 'utf8',
      env: { ...process.env, DATA_DIR: dataDir, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    });
    expect(answer.trim()).toBe('ok');
  });
});
