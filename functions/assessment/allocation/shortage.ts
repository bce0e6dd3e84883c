import type { PlacingChange, Shortage, ShortageReport } from './shortage-report.ts';
import { type SolverProblem, type SolverResult, solveAllocation } from './solve.ts';

/** An approval that an assessor lacks, with the submissions that it alone would open to them. */
export interface Approval {
  readonly assessor: string;
  readonly rule: 'LEVEL' | 'LANGUAGE';
  readonly value: string;
  readonly submissions: readonly string[];
}

/** Changes whose effect is solved for; they are taken in order of what they could bring at most. */
const CHANGES_TRIED = 3;
/** Assessors with room, those with the most first, whose approvals are looked at. */
const ASSESSORS_TRIED = 100;
/** Above so many contested submissions a change is not solved for: one more place is told, which is certain. */
const CONTESTED_TO_SOLVE = 1500;

/**
 * Why a result leaves submissions unplaced, and what would help; null where all are placed, or where a time limit left
 * it open whether more could be. Whoever could take an
 * unplaced submission is full, and what they hold could go only to others who are full: that closure is the shortage
 * (Hall's condition, the minimum cut). `approvals` answers what would open contested submissions to given
 * assessors, who have room.
 */
export async function findShortages(
  problem: SolverProblem,
  result: SolverResult,
  approvals: (contested: ReadonlySet<string>, assessors: ReadonlySet<string>) => readonly Approval[],
): Promise<ShortageReport | null> {
  const placed = result.stages.find(({ name }) => name === 'placed');
  if (result.unplaced.length === 0 || placed === undefined || placed.objective !== placed.bound) return null;
  const fixed = new Set(problem.fixed.map(({ submission }) => submission));
  const known = new Set(problem.assessors.map(({ id }) => id));
  const candidates = new Map(
    problem.submissions.map(({ id, candidates: own }) => [id, own.filter((one) => known.has(one))]),
  );
  const heldBy = Map.groupBy(
    result.assignments.filter(({ submission }) => !fixed.has(submission)),
    ({ assessor }) => assessor,
  );
  const shortages: Shortage[] = [];
  const seen = new Set<string>();
  const all = closure(result.unplaced, candidates, heldBy);
  const rivals = new Map<string, { submission: string }[]>();
  for (const submission of all.submissions) {
    for (const assessor of candidates.get(submission) ?? []) {
      const own = rivals.get(assessor) ?? [];
      rivals.set(assessor, own);
      own.push({ submission });
    }
  }
  for (const start of result.unplaced) {
    if (seen.has(start)) continue;
    // The part of the contested submissions that hangs together with this one.
    const part = closure([start], candidates, rivals);
    for (const submission of part.submissions) seen.add(submission);
    const room = [...part.assessors].reduce((sum, one) => sum + (heldBy.get(one)?.length ?? 0), 0);
    shortages.push({
      submissions: [...part.submissions].sort(),
      assessors: [...part.assessors].sort(),
      room,
      unplaced: part.submissions.size - room,
    });
  }
  const room = roomLeft(problem, result);
  const roomiest = [...room]
    .filter(([, left]) => left > 0)
    .sort(([a, more], [b, less]) => less - more || compare(a, b))
    .slice(0, ASSESSORS_TRIED);
  const opened = approvals(all.submissions, new Set(roomiest.map(([assessor]) => assessor)));
  return { shortages, change: await bestChange(problem, result, shortages, room, opened) };
}

interface Part {
  readonly submissions: Set<string>;
  readonly assessors: Set<string>;
}

/** What can be reached from submissions: their candidates, what these hold, its candidates, and so on. */
function closure(
  starts: readonly string[],
  candidates: ReadonlyMap<string, readonly string[]>,
  reaches: ReadonlyMap<string, readonly { readonly submission: string }[]>,
): Part {
  const submissions = new Set(starts);
  const assessors = new Set<string>();
  for (const submission of submissions) {
    for (const assessor of candidates.get(submission) ?? []) {
      if (assessors.has(assessor)) continue;
      assessors.add(assessor);
      for (const held of reaches.get(assessor) ?? []) submissions.add(held.submission);
    }
  }
  return { submissions, assessors };
}

/** What each assessor could still take. */
function roomLeft(problem: SolverProblem, result: SolverResult): Map<string, number> {
  const loads = new Map<string, number>();
  for (const { assessor } of result.assignments) loads.set(assessor, (loads.get(assessor) ?? 0) + 1);
  return new Map(
    problem.assessors.map(({ id, capacity }) => [id, Math.max(0, capacity - (loads.get(id) ?? 0))]),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function bestChange(
  problem: SolverProblem,
  result: SolverResult,
  shortages: readonly Shortage[],
  room: ReadonlyMap<string, number>,
  approvals: readonly Approval[],
): Promise<PlacingChange | null> {
  const shortageOf = new Map(
    shortages.flatMap((one, index) => one.submissions.map((submission) => [submission, index] as const)),
  );
  const missing = (indices: Iterable<number>): number =>
    [...new Set(indices)].reduce((sum, index) => sum + (shortages[index]?.unplaced ?? 0), 0);
  const possible = [
    ...approvals.map((approval) => ({
      approval,
      assessor: approval.assessor,
      name: JSON.stringify([approval.assessor, approval.rule, approval.value]),
      most: Math.min(
        room.get(approval.assessor) ?? 0,
        approval.submissions.length,
        missing(approval.submissions.map((one) => shortageOf.get(one) ?? -1)),
      ),
    })),
    ...shortages.flatMap(({ assessors, unplaced }) =>
      assessors.map((assessor) => ({
        approval: undefined,
        assessor,
        name: JSON.stringify([assessor]),
        most: unplaced,
      })),
    ),
  ]
    .filter(({ most }) => most > 0)
    .sort((a, b) => b.most - a.most || compare(a.name, b.name));
  let best: PlacingChange | null = null;
  for (const { approval, assessor, most } of possible.slice(0, CHANGES_TRIED)) {
    if (best !== null && best.places >= most) break;
    const places =
      shortageOf.size > CONTESTED_TO_SOLVE ? 1 : await gainOf(problem, result, assessor, most, approval);
    if (places <= (best?.places ?? 0)) continue;
    best =
      approval === undefined
        ? { kind: 'CAPACITY', assessor, by: places, places }
        : { kind: approval.rule, assessor, value: approval.value, places };
  }
  return best;
}

/** How many more are placed if an assessor takes `more` more, or is approved. */
async function gainOf(
  problem: SolverProblem,
  result: SolverResult,
  assessor: string,
  more: number,
  approval: Approval | undefined,
): Promise<number> {
  const opened = new Set(approval?.submissions ?? []);
  const { assignments } = await solveAllocation(
    {
      ...problem,
      assessors: problem.assessors.map((one) =>
        one.id === assessor && approval === undefined ? { ...one, capacity: one.capacity + more } : one,
      ),
      submissions: problem.submissions.map((one) =>
        opened.has(one.id) ? { ...one, candidates: [...one.candidates, assessor] } : one,
      ),
    },
    { placedOnly: true },
  );
  return assignments.length - result.assignments.length;
}
