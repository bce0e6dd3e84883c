import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFile } from '../../../functions/assessment/allocation/problem-file.ts';
import { runCommand } from '../../../tools/run-command.ts';

const given = {
  assessors: [
    { id: 'a', capacity: 1, hub: 'N', employers: [], levels: ['P'], languages: ['en'], conflicts: [] },
  ],
  submissions: ['1', '2'].map((id) => ({
    id,
    hub: 'S',
    school: id,
    trust: null,
    level: 'P',
    language: 'en',
    previousAssessor: null,
  })),
  weights: { previousAssessor: 1, hubSpread: 1 },
  current: [{ submission: '2', assessor: 'a', accepted: true }],
};

describe('npm run allocate', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'psqm-allocate-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (content: string) => {
    const file = join(folder, 'problem.json');
    writeFileSync(file, content);
    const args = ['--problem', file, '--report', join(folder, 'report.json')];
    return runCommand('tools/allocate/main.ts', args);
  };

  it('writes a report of what it was asked for', { timeout: 60_000 }, async () => {
    const { code, output } = await run(JSON.stringify(given));
    expect({ code, output }).toMatchObject({ code: 0 });
    const report = reportFile.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
    expect(report.assignments).toEqual([{ submission: '2', assessor: 'a' }]);
    expect(report.unplaced.map(({ submission }) => submission)).toEqual(['1']);
    expect(report.stages).toEqual([
      { name: 'placed', objective: 1, bound: 1 },
      { name: 'changed', objective: 0, bound: 0 },
      { name: 'maximumLoad', objective: 1, bound: 1 },
      { name: 'softCost', objective: 0, bound: 0 },
    ]);
    expect(report.shortage?.change).toEqual({ kind: 'CAPACITY', assessor: 'a', by: 1, places: 1 });
  });

  it('answers bad input with 2 and one line that names the place', { timeout: 60_000 }, async () => {
    const bad = await run(JSON.stringify({ ...given, weights: { previousAssessor: 1 } }));
    expect(bad.code).toBe(2);
    expect(bad.output).toMatch(/^--problem: weights\.hubSpread: .+\n$/);
    const cut = await run('{"assessors": [');
    expect(cut.code).toBe(2);
    expect(cut.output.trim().split('\n')).toHaveLength(1);
    expect(await runCommand('tools/allocate/main.ts', [])).toMatchObject({ code: 2 });
  });
});
