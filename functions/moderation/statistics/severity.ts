import { type Estimate, fitHierarchicalNormal } from './hierarchical-normal.ts';

/** One case that was read twice: by how many steps of the scale the second reader placed it above the first, on average over its criteria. */
export interface ReadTwice {
  readonly assessorId: string;
  readonly level: string;
  readonly difference: number;
}

/** How much harder than their colleagues an assessor judges, in steps of the scale: above 0 severe, below 0 lenient. */
export interface Severity {
  readonly assessorId: string;
  readonly cases: number;
  readonly steps: number;
  readonly lower: number;
  readonly upper: number;
}

/** Rounds of telling levels and assessors apart; each moves less than the one before. */
const PASSES = 12;

/**
 * Severity of each assessor against the second readers, adjusted for the levels that they happened to read, drawn towards
 * the mean of all where few cases speak (random effects; see `fitHierarchicalNormal`), with its 95 % interval. Levels and
 * assessors are told apart by turns (backfitting: A. Buja, T. Hastie and R. Tibshirani, Annals of Statistics 17, 1989,
 * 453-510); the variance of a single case is pooled over all assessors. The cases that a moderation draws are no random
 * sample (all of some outcomes are among them), so that this advises people and decides nothing. Undefined with fewer than
 * three assessors, or none who has two cases.
 */
export function severities(cases: readonly ReadTwice[]): Severity[] | undefined {
  const byAssessor = [...Map.groupBy(cases, ({ assessorId }) => assessorId)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const levels = [...new Set(cases.map(({ level }) => level))];
  const freedom = cases.length - byAssessor.length - (levels.length - 1);
  if (byAssessor.length < 3 || freedom < 1) return undefined;
  const overall = meanOf(cases.map(({ difference }) => difference));
  const levelOf = new Map(levels.map((level) => [level, 0]));
  const assessorOf = new Map(byAssessor.map(([assessorId]) => [assessorId, 0]));
  let fitted: ReturnType<typeof fitHierarchicalNormal>;
  for (let pass = 0; pass < PASSES; pass++) {
    const adjusted = ({ level, difference }: ReadTwice): number =>
      difference - overall - (levelOf.get(level) ?? 0);
    const own = byAssessor.map(([, of]) => ({ count: of.length, mean: meanOf(of.map(adjusted)) }));
    const within = byAssessor.reduce(
      (sum, [, of], at) =>
        sum + of.reduce((all, one) => all + (adjusted(one) - (own[at]?.mean ?? 0)) ** 2, 0),
      0,
    );
    // Equal differences throughout leave no variance; a tenth of a step is what a person could not tell.
    const single = Math.max(within / freedom, 0.1 ** 2);
    const estimates = own.map(({ mean, count }): Estimate => ({ mean, variance: single / count }));
    fitted = fitHierarchicalNormal(estimates);
    byAssessor.forEach(([assessorId], at) => {
      assessorOf.set(assessorId, fitted?.distanceMeans[at] ?? 0);
    });
    for (const [level, of] of Map.groupBy(cases, (one) => one.level))
      levelOf.set(
        level,
        meanOf(of.map((one) => one.difference - overall - (assessorOf.get(one.assessorId) ?? 0))),
      );
  }
  const distances = fitted?.distances() ?? [];
  return byAssessor.flatMap(([assessorId, of], at) => {
    const distance = distances[at];
    if (distance === undefined) return [];
    const { mean, lower, upper } = distance;
    return [{ assessorId, cases: of.length, steps: mean, lower, upper }];
  });
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
