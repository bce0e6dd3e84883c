import * as z from 'zod';
import { solvedStage } from '../../functions/assessment/model.ts';
import { runCommand } from '../run-command.ts';
import type { AllocationSize } from './allocation-problem.ts';

const figures = z.object({ stages: z.array(solvedStage), seconds: z.number(), memoryMb: z.number() });
export type AllocationFigures = z.output<typeof figures> & { readonly size: AllocationSize };

const scarce = 0.95;
const ample = 1.3;
/** A round, ten years' growth, and how far larger ones get; each with room for all, with too little, and again. */
const sizes: readonly AllocationSize[] = [
  { submissions: 600, assessors: 90, candidates: 60, capacity: ample, again: false },
  { submissions: 600, assessors: 90, candidates: 60, capacity: scarce, again: false },
  { submissions: 600, assessors: 90, candidates: 60, capacity: ample, again: true },
  { submissions: 10_000, assessors: 1000, candidates: 20, capacity: ample, again: false },
  { submissions: 10_000, assessors: 1000, candidates: 20, capacity: scarce, again: false },
  { submissions: 10_000, assessors: 1000, candidates: 20, capacity: ample, again: true },
  { submissions: 20_000, assessors: 2000, candidates: 20, capacity: ample, again: false },
  { submissions: 40_000, assessors: 4000, candidates: 20, capacity: ample, again: false },
];

/** Solves invented problems of growing size, each in its own process with at most 300 seconds; yields each as it ends. */
export async function* measureAllocation(): AsyncGenerator<AllocationFigures> {
  for (const size of sizes) {
    const { code, output } = await runCommand('tools/bench/allocation-run.ts', [JSON.stringify(size)]);
    if (code !== 0) throw new Error(`an allocation of ${size.submissions} failed:\n${output}`);
    yield { ...figures.parse(JSON.parse(output)), size };
  }
}
