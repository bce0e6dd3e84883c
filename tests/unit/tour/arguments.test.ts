import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../tools/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'psqm-tour-arguments-'));
writeFileSync(join(folder, 'letter.txt'), 'kept');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run tour', () => {
  it.each([
    { args: [], says: '--out DIR is needed' },
    { args: ['--out', folder], says: 'holds something else' },
    { args: ['--out', 'new', '--language', 'fr'], says: '--language takes en or cy' },
    { args: ['--out', 'new', '--width', '500'], says: '--width takes 390 or 1280' },
    { args: ['--out', 'new', '--sound'], says: '--sound' },
  ])('answers $args in one line with exit status 2', async ({ args, says }) => {
    const { code, output } = await runCommand('tools/tour/main.ts', args);
    expect(code).toBe(2);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toContain(says);
  });
});
