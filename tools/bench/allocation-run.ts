import { parseArgs } from 'node:util';
import * as z from 'zod';
import { solveProblemFile } from '../../functions/assessment/allocation/problem-file.ts';
import { inventProblem } from './allocation-problem.ts';

// One allocation in a process of its own, so that its memory is its own: the size as JSON in, the figures as JSON out.
const size = z.object({
  submissions: z.number().int(),
  assessors: z.number().int(),
  candidates: z.number().int(),
  capacity: z.number(),
  again: z.boolean(),
});
const { positionals } = parseArgs({ allowPositionals: true });
const problem = inventProblem(size.parse(JSON.parse(positionals[0] ?? '')), 1);
const { stages, seconds } = await solveProblemFile(problem, { timeLimitSeconds: 300 });
const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ stages, seconds, memoryMb }));
