import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { generator } from '../../functions/moderation/statistics/agreement.ts';
import { type ReadTwice, severities } from '../../functions/moderation/statistics/severity.ts';

export interface SeverityFigures {
  readonly rounds: number;
  readonly assessors: number;
  /** Intervals that were made, and the share of them that cover the truth. */
  readonly intervals: number;
  readonly covered: number;
  /** Mean width of an interval, in steps of the scale. */
  readonly width: number;
}

const ROUNDS = 200;
const ASSESSORS = 60;
const CRITERIA = 13;
const TOP = 3;
/** Deviations, in steps: between schools, criteria of a school, assessors, a case's two readers as a whole, a judgement. */
const SCHOOLS = 0.5;
const OF_SCHOOL = 0.6;
const SEVERITY = 0.35;
const CASE = 0.25;
const JUDGEMENT = 0.4;
/** First readers judge higher levels harder by so much; the statistics know nothing of it. */
const harder: Readonly<Record<string, number>> = { PSQM: 0, GILT: 0.1, OUTREACH: 0.25 };
const levels = Object.keys(harder);

/**
 * Simulates rounds in which the severity of every assessor is known: schools of a latent quality, judged on the scale's
 * four places by a first reader of that severity and by a second one. An interval covers where it holds what the assessor
 * differs by on average on that scale, relative to the mean of all (nearer than the latent severity, since no place is
 * above the highest).
 */
export function measureSeverity(): SeverityFigures {
  const random = generator('severity');
  const steps = expectedSteps(random);
  let intervals = 0;
  let covered = 0;
  let width = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const latent = Array.from({ length: ASSESSORS }, () => SEVERITY * normal(random));
    const cases = latent.flatMap((severity, at) =>
      Array.from({ length: 1 + below(random, 6) }, (): ReadTwice => {
        const level = levels[below(random, levels.length)] ?? '';
        return { assessorId: String(at), level, difference: differenceOf(random, severity, level) };
      }),
    );
    for (const { assessorId, lower, upper } of severities(cases) ?? []) {
      const truth = steps(latent[Number(assessorId)] ?? 0);
      intervals++;
      width += upper - lower;
      if (truth >= lower && truth <= upper) covered++;
    }
  }
  return {
    rounds: ROUNDS,
    assessors: ASSESSORS,
    intervals,
    covered: covered / intervals,
    width: width / intervals,
  };
}

/** By how many steps the second reader is above the first in one case, on average over its criteria. */
function differenceOf(random: RandomGenerator, severity: number, level: string): number {
  const school = 2 + SCHOOLS * normal(random);
  const together = CASE * normal(random);
  let sum = 0;
  for (let criterion = 0; criterion < CRITERIA; criterion++) {
    const quality = school + OF_SCHOOL * normal(random);
    const hard = severity + (harder[level] ?? 0) + together;
    sum += placed(quality + JUDGEMENT * normal(random)) - placed(quality - hard + JUDGEMENT * normal(random));
  }
  return sum / CRITERIA;
}

const placed = (quality: number): number => Math.max(0, Math.min(TOP, Math.round(quality)));

/** What a latent severity is on the scale, relative to none: from many cases at severities all along, in between by a line. */
function expectedSteps(random: RandomGenerator): (severity: number) => number {
  const [least, most, parts, each] = [-1.5, 1.5, 24, 1_500];
  const points = Array.from({ length: parts + 1 }, (_, at) => {
    const severity = least + ((most - least) * at) / parts;
    let sum = 0;
    for (let time = 0; time < each; time++)
      for (const level of levels) sum += differenceOf(random, severity, level);
    return sum / (each * levels.length);
  });
  const at = (severity: number): number => {
    const place = Math.max(0, Math.min(parts, ((severity - least) / (most - least)) * parts));
    const low = Math.min(parts - 1, Math.floor(place));
    const [from = 0, to = 0] = [points[low], points[low + 1]];
    return from + (to - from) * (place - low);
  };
  // The mean over all assessors, whose severities are normally distributed around none.
  let mean = 0;
  for (let time = 0; time < 20_000; time++) mean += at(SEVERITY * normal(random)) / 20_000;
  return (severity) => at(severity) - mean;
}

/** A whole number from 0 to `count` - 1. */
const below = (random: RandomGenerator, count: number): number => (random.next() >>> 0) % count;
const share = (random: RandomGenerator): number => ((random.next() >>> 0) + 0.5) / 2 ** 32;
/** A standard normal number (G. E. P. Box and M. E. Muller, 1958). */
const normal = (random: RandomGenerator): number =>
  Math.sqrt(-2 * Math.log(share(random))) * Math.cos(2 * Math.PI * share(random));
