import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import {
  type ProblemFile,
  problemFile,
  type ReportFile,
  solveProblemFile,
} from '../../functions/assessment/allocation/problem-file.ts';
import { CommandError, runMain } from '../command-error.ts';

/**
 * `npm run allocate -- --problem FILE.json --report OUT.json [--time-limit SECONDS]`: solves a given allocation with the
 * solver of the allocation workflow. Exit 1 where a time limit left a stage unproven, 2 on bad input.
 */
await runMain(async () => {
  const { problem, report, timeLimitSeconds } = argumentsOf(process.argv.slice(2));
  const solved = await solveProblemFile(readProblem(problem), { timeLimitSeconds });
  writeFileSync(report, `${JSON.stringify(solved, null, 2)}\n`);
  return print(solved, report);
});

function argumentsOf(args: string[]): { problem: string; report: string; timeLimitSeconds: number } {
  const usage = 'usage: npm run allocate -- --problem FILE.json --report OUT.json [--time-limit SECONDS]';
  try {
    const { values } = parseArgs({
      args,
      options: { problem: { type: 'string' }, report: { type: 'string' }, 'time-limit': { type: 'string' } },
    });
    const { problem, report } = values;
    if (problem === undefined || report === undefined) throw new CommandError(usage);
    const timeLimitSeconds = Number(values['time-limit'] ?? '600');
    if (!(timeLimitSeconds > 0)) throw new CommandError('--time-limit: a number of seconds above 0');
    if (!(statSync(dirname(resolve(report)), { throwIfNoEntry: false })?.isDirectory() ?? false)) {
      throw new CommandError(`--report: there is no folder ${dirname(report)}`);
    }
    if (statSync(report, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new CommandError(`--report: ${report} is a folder`);
    }
    return { problem, report, timeLimitSeconds };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}; ${usage}`);
  }
}

function readProblem(file: string): ProblemFile {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`--problem: ${file} cannot be read as JSON: ${why}`);
  }
  const parsed = problemFile.safeParse(given);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new CommandError(`--problem: ${pathOf(first?.path ?? [])}: ${first?.message ?? ''}${more}`);
}

/** `submissions[3].hub`; the whole file where the path is empty. */
function pathOf(path: z.core.$ZodIssue['path']): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

function print(
  { assignments, unplaced, stages, seconds, shortage, warnings }: ReportFile,
  report: string,
): number {
  for (const { name, objective, bound } of stages) {
    const gap = objective === bound ? 'proven' : `not proven, gap ${Math.abs(objective - bound)}`;
    console.log(`${name.padEnd(12)} ${objective} (bound ${bound}, ${gap})`);
  }
  console.log(`${assignments.length} placed, ${unplaced.length} unplaced, ${seconds} s, in ${report}`);
  if (shortage?.change) console.log(`one change would place more: ${JSON.stringify(shortage.change)}`);
  for (const warning of warnings) console.log(`warning: ${warning}`);
  return stages.every(({ objective, bound }) => objective === bound) ? 0 : 1;
}
