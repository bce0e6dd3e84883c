import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { root, runCommand } from '../run-command.ts';

/**
 * `npm test`: everything that CI runs, in the order in which a mistake is cheapest to learn of. Ends with a line of
 * its own, `N passed, N failed`, that counts the tests and, as one each, the steps that are not tests.
 */
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numTotalTests: z.number(),
  success: z.boolean(),
});

let passed = 0;
let failed = 0;
const work = mkdtempSync(join(tmpdir(), 'psqm-test-'));

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

async function step(name: string, command: string, args: readonly string[]): Promise<void> {
  heading(name);
  const started = Date.now();
  const { code, output } = await runCommand(command, args);
  if (code === 0) {
    passed++;
    console.log(`${name}: passed in ${Math.round((Date.now() - started) / 1000)} s`);
  } else {
    failed++;
    console.log(`${output}\n${name}: FAILED`);
  }
}

async function tests(project: string): Promise<void> {
  heading(`tests/${project}`);
  const file = join(work, `${project}.json`);
  await runCommand(
    'vitest',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { show: true },
  );
  const report = existsSync(file)
    ? vitestReport.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    : undefined;
  if (report?.success !== true || report.data.numTotalTests === 0) {
    failed++;
    console.log(`tests/${project}: no test ran`);
    return;
  }
  passed += report.data.numPassedTests;
  failed += report.data.numFailedTests;
  // A suite that could not even be loaded fails the run without a failed test in it.
  if (!report.data.success && report.data.numFailedTests === 0) failed++;
}

const shared = join(root, '..', 'shared');
console.log(
  existsSync(shared) ? 'Tests use the cases of ../shared' : 'No ../shared here: tests use their own cases',
);
await step('types', 'tsc', ['-p', '.']);
await step('lint', 'biome', ['check', '--error-on-warnings', '.']);
await tests('unit');
await step('synth', 'tools/synth/main.ts', ['--stage', 'local']);
for (const project of ['infra', 'state-machines', 'integration', 'browser']) await tests(project);
await step('crash', 'tools/crash/main.ts', [
  '--count',
  '1',
  '--kills',
  '20',
  '--seed',
  'test',
  '--until',
  '2026-05-29',
]);
rmSync(work, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
