import * as z from 'zod';
import type { Allocation } from './records.ts';

/** What the allocation machine does next. It waits for nobody. */
export const allocationStep = z.discriminatedUnion('do', [
  z.object({ do: z.literal('SOLVE'), pass: z.number().int().positive() }),
  z.object({ do: z.literal('OFFER'), pass: z.number().int().positive(), page: z.number().int().positive() }),
  z.object({ do: z.literal('WRITE_TO_ASSESSORS'), pass: z.number().int().positive() }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type AllocationStep = z.output<typeof allocationStep>;

/** More passes than this in one attempt mean that something feeds the machine with work that it cannot place. */
const MAX_PASSES = 50;

export interface AllocationProgress {
  /** The newest solve of this attempt. */
  readonly latest: Pick<Allocation, 'pass' | 'status' | 'pages' | 'pagesDone'> | undefined;
  /** Submissions without an assessor. */
  readonly open: readonly string[];
  /** Those among them of which the newest solve said that nobody can be given them. */
  readonly knownUnplaced: ReadonlySet<string>;
}

/**
 * The next step of a round's allocation. A solve is finished before anything else: its pages offered, its assessors
 * written to. Then it goes on as long as there is a submission that the newest solve did not know as unplaceable:
 * what was declined meanwhile, or frozen late.
 */
export function nextAllocationStep({ latest, open, knownUnplaced }: AllocationProgress): AllocationStep {
  if (latest === undefined) {
    return open.length === 0 ? { do: 'ENDED', result: 'nothing to allocate' } : { do: 'SOLVE', pass: 1 };
  }
  switch (latest.status) {
    case 'SOLVED':
      return latest.pagesDone < latest.pages
        ? { do: 'OFFER', pass: latest.pass, page: latest.pagesDone + 1 }
        : { do: 'WRITE_TO_ASSESSORS', pass: latest.pass };
    case 'OFFERED':
      return { do: 'WRITE_TO_ASSESSORS', pass: latest.pass };
    case 'COMPLETED': {
      const more = open.some((registrationId) => !knownUnplaced.has(registrationId));
      if (more && latest.pass < MAX_PASSES) return { do: 'SOLVE', pass: latest.pass + 1 };
      return { do: 'ENDED', result: open.length === 0 ? 'all placed' : `${open.length} unplaced` };
    }
  }
}
