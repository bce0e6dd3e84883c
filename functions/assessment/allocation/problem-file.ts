import * as z from 'zod';
import { type BarRule, solvedStage } from '../model.ts';
import { describeUnplaced } from './problem.ts';
import { type Approval, findShortages } from './shortage.ts';
import { shortageReport } from './shortage-report.ts';
import { type Pair, type SolveOptions, type SolverProblem, solveAllocation } from './solve.ts';

const id = z.string().min(1);
/** A weight; the largest leaves room for the sum over every submission. */
const weight = z.number().nonnegative().max(1e300);

/**
 * A problem as it is given to `npm run allocate`. Everything is text of the giver's; two are the same where they are
 * equal letter by letter. Rules beyond hub, employer, level and language reach the solver as conflicts.
 */
export const problemFile = z
  .object({
    assessors: z.array(
      z.object({
        id,
        capacity: z.number().int().nonnegative(),
        hub: z.string(),
        employers: z.array(z.string()),
        levels: z.array(z.string()),
        languages: z.array(z.string()),
        /** Ids of submissions; one that is not in the problem does no harm. */
        conflicts: z.array(z.string()),
      }),
    ),
    submissions: z.array(
      z.object({
        id,
        hub: z.string(),
        school: z.string(),
        trust: z.string().nullable(),
        level: z.string(),
        language: z.string(),
        previousAssessor: z.string().nullable(),
      }),
    ),
    weights: z.object({ previousAssessor: weight, hubSpread: weight }),
    /** The pairs of now, one a submission at most; empty: a first solve. */
    current: z.array(z.object({ submission: id, assessor: id, accepted: z.boolean() })),
  })
  .superRefine(({ assessors, submissions, current }, context) => {
    const once = (
      list: 'assessors' | 'submissions' | 'current',
      field: string,
      values: readonly string[],
    ) => {
      const first = new Map<string, number>();
      for (const [index, value] of values.entries()) {
        const earlier = first.get(value);
        if (earlier === undefined) first.set(value, index);
        else
          context.addIssue({
            code: 'custom',
            path: [list, index, field],
            message: `${JSON.stringify(value)} is also ${list}[${earlier}].${field}`,
          });
      }
      return first;
    };
    const knownAssessors = once(
      'assessors',
      'id',
      assessors.map((one) => one.id),
    );
    const knownSubmissions = once(
      'submissions',
      'id',
      submissions.map((one) => one.id),
    );
    once(
      'current',
      'submission',
      current.map((one) => one.submission),
    );
    for (const [index, { submission, assessor }] of current.entries()) {
      const missing = (field: string, value: string): void =>
        context.addIssue({
          code: 'custom',
          path: ['current', index, field],
          message: `no ${field} has the id ${JSON.stringify(value)}`,
        });
      if (!knownSubmissions.has(submission)) missing('submission', submission);
      if (!knownAssessors.has(assessor)) missing('assessor', assessor);
    }
  });
export type ProblemFile = z.output<typeof problemFile>;
type FileAssessor = ProblemFile['assessors'][number];
type FileSubmission = ProblemFile['submissions'][number];

/** What `npm run allocate` reports. */
export const reportFile = z.object({
  /** Every placed submission, in order of the submissions' ids. */
  assignments: z.array(z.object({ submission: z.string(), assessor: z.string() })),
  unplaced: z.array(z.object({ submission: z.string(), reason: z.string() })),
  stages: z.array(solvedStage),
  seconds: z.number().nonnegative(),
  /** Where not all can be placed: who competes for whom, and one change that would place more. */
  shortage: shortageReport.nullable(),
  /** Pairs that are kept because they are accepted although a rule bars them. */
  warnings: z.array(z.string()),
});
export type ReportFile = z.output<typeof reportFile>;

/** An assessor with sets instead of lists, which can be long; made when needed and not kept, because there are many. */
interface Reader {
  readonly id: string;
  readonly hub: string;
  readonly employers: ReadonlySet<string>;
  readonly levels: ReadonlySet<string>;
  readonly languages: ReadonlySet<string>;
  readonly conflicts: ReadonlySet<string>;
}
const readerOf = ({ id, hub, employers, levels, languages, conflicts }: FileAssessor): Reader => ({
  id,
  hub,
  employers: new Set(employers),
  levels: new Set(levels),
  languages: new Set(languages),
  conflicts: new Set(conflicts),
});

/** The rules that bar an assessor from a submission, in the order in which they are told. */
function barsOf(
  { hub, employers, conflicts, levels, languages }: Reader,
  submission: FileSubmission,
): BarRule[] {
  const bars: BarRule[] = [];
  if (hub === submission.hub) bars.push('OWN_HUB');
  if (employers.has(submission.school)) bars.push('OWN_SCHOOL');
  else if (submission.trust !== null && employers.has(submission.trust)) bars.push('EMPLOYER');
  if (conflicts.has(submission.id)) bars.push('CONFLICT');
  if (!levels.has(submission.level)) bars.push('LEVEL');
  if (!languages.has(submission.language)) bars.push('LANGUAGE');
  return bars;
}

/**
 * Whom no rule bars from each submission. Goes by level and language, so that most pairs are never looked at, and one
 * assessor after the other, so that one set of conflicts at a time is in use.
 */
function candidatesOf({ assessors, submissions }: ProblemFile): Map<string, string[]> {
  const byLevel = new Map(
    [...Map.groupBy(submissions, ({ level }) => level)].map(([level, works]) => [
      level,
      Map.groupBy(works, ({ language }) => language),
    ]),
  );
  const candidates = new Map<string, string[]>(submissions.map((one) => [one.id, []]));
  for (const assessor of assessors) {
    const reader = readerOf(assessor);
    for (const level of reader.levels) {
      for (const language of reader.languages) {
        for (const work of byLevel.get(level)?.get(language) ?? []) {
          if (barsOf(reader, work).length === 0) candidates.get(work.id)?.push(assessor.id);
        }
      }
    }
  }
  return candidates;
}

/** The problem for the solver, the very one that a round's allocation goes through. */
function toSolverProblem(problem: ProblemFile): SolverProblem {
  const candidates = candidatesOf(problem);
  const pair = ({ submission, assessor }: Pair): Pair => ({ submission, assessor });
  return {
    assessors: problem.assessors,
    submissions: problem.submissions.map((one) => ({
      id: one.id,
      candidates: candidates.get(one.id) ?? [],
      hub: one.hub,
      level: one.level,
      previousAssessor: one.previousAssessor,
    })),
    weights: problem.weights,
    fixed: problem.current.filter(({ accepted }) => accepted).map(pair),
    ...(problem.current.length === 0
      ? {}
      : { movable: problem.current.filter(({ accepted }) => !accepted).map(pair) }),
  };
}

/** Solves a given problem in stages and says of what is unplaced why. Throws `SolverError`. */
export async function solveProblemFile(
  problem: ProblemFile,
  options: SolveOptions = {},
): Promise<ReportFile> {
  const began = performance.now();
  const solver = toSolverProblem(problem);
  const result = await solveAllocation(solver, options);
  const submissions = new Map(problem.submissions.map((one) => [one.id, one]));
  const assessors = new Map(problem.assessors.map((one) => [one.id, one]));
  const candidates = new Map(solver.submissions.map((one) => [one.id, one.candidates.length]));
  const open = result.unplaced.flatMap((submission) => submissions.get(submission) ?? []);
  const barred = open.map((): Partial<Record<BarRule, number>> => ({}));
  for (const assessor of open.length === 0 ? [] : problem.assessors) {
    const reader = readerOf(assessor);
    for (const [index, work] of open.entries()) {
      const [rule] = barsOf(reader, work);
      const counts = barred[index];
      if (rule !== undefined && counts !== undefined) counts[rule] = (counts[rule] ?? 0) + 1;
    }
  }
  const unplaced = open.map(({ id: submission }, index) => ({
    submission,
    reason: describeUnplaced(candidates.get(submission) ?? 0, barred[index] ?? {}).reason,
  }));
  const shortage = await findShortages(solver, result, (contested, roomy) =>
    approvalsOf(
      problem.assessors.filter((one) => roomy.has(one.id)),
      problem.submissions.filter((one) => contested.has(one.id)),
    ),
  );
  const warnings = solver.fixed.flatMap(({ submission, assessor }) => {
    const work = submissions.get(submission);
    const reader = assessors.get(assessor);
    const bars = work === undefined || reader === undefined ? [] : barsOf(readerOf(reader), work);
    return bars.length === 0
      ? []
      : [`${submission} stays with ${assessor}, who has accepted it, although barred: ${bars.join(', ')}`];
  });
  return {
    assignments: [...result.assignments],
    unplaced,
    stages: [...result.stages],
    seconds: Math.round(performance.now() - began) / 1000,
    shortage,
    warnings,
  };
}

/** Approvals of a level or a language that an assessor lacks and that alone would open some of the submissions to them. */
function approvalsOf(assessors: readonly FileAssessor[], works: readonly FileSubmission[]): Approval[] {
  return assessors.flatMap((assessor) => {
    const reader = readerOf(assessor);
    const opened = new Map<string, Approval & { submissions: string[] }>();
    for (const work of works) {
      const bars = barsOf(reader, work);
      const [rule] = bars;
      if (bars.length !== 1 || (rule !== 'LEVEL' && rule !== 'LANGUAGE')) continue;
      const value = rule === 'LEVEL' ? work.level : work.language;
      const key = `${rule} ${value}`;
      const known = opened.get(key) ?? { assessor: assessor.id, rule, value, submissions: [] };
      known.submissions.push(work.id);
      opened.set(key, known);
    }
    return [...opened.values()];
  });
}
