import type { Interval } from './agreement.ts';

/** What is known of one of several like quantities: an estimate and its variance. */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

/** A quantity after the others were taken into account. */
export interface Shrunken extends Interval {
  readonly mean: number;
  readonly deviation: number;
}

export interface HierarchicalFit {
  /** Each quantity's distance from the mean of all, without its interval, which takes longer. */
  readonly distanceMeans: readonly number[];
  /** Each quantity itself. */
  effects(): Shrunken[];
  /** Each quantity's distance from the mean of all. */
  distances(): Shrunken[];
  /** The mean of all, and the standard deviation between the quantities. */
  readonly centre: number;
  readonly spread: number;
}

const GRID = 200;

/**
 * Quantities that come from one normal distribution, known each by an estimate of its own precision: the normal
 * hierarchical model with a uniform prior on the standard deviation between them (A. Gelman et al., Bayesian Data Analysis,
 * 3rd edition, 2013, section 5.4, equations 5.17 to 5.21), integrated over a grid. What is known badly is drawn towards
 * the mean of all, and its interval says how badly; the uncertainty of mean and spread is part of it. Needs three
 * estimates or more, with variances above 0; undefined otherwise.
 */
export function fitHierarchicalNormal(estimates: readonly Estimate[]): HierarchicalFit | undefined {
  if (estimates.length < 3 || estimates.some(({ variance }) => !(variance > 0))) return undefined;
  const means = estimates.map(({ mean }) => mean);
  const range = Math.max(...means) - Math.min(...means);
  const widest = Math.max(...estimates.map(({ variance }) => Math.sqrt(variance)));
  const points = Array.from({ length: GRID }, (_, index) =>
    atSpread(estimates, ((index + 0.5) / GRID) * 3 * (range + widest)),
  );
  const highest = Math.max(...points.map(({ logWeight }) => logWeight));
  // Spreads that are a million times less likely than the likeliest add nothing.
  const likely = points.filter(({ logWeight }) => logWeight > highest - 14);
  const total = likely.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - highest), 0);
  const weighted = likely.map((point) => ({ ...point, weight: Math.exp(point.logWeight - highest) / total }));
  const average = (of: (point: Point) => number): number =>
    weighted.reduce((sum, point) => sum + point.weight * of(point), 0);
  const mixed = (partsOf: (point: Point) => readonly Part[]): Shrunken[] =>
    estimates.map((_, index) =>
      mixture(
        weighted.flatMap((point) => {
          const part = partsOf(point)[index];
          return part === undefined ? [] : [{ ...part, weight: point.weight }];
        }),
      ),
    );
  return {
    distanceMeans: estimates.map((_, index) => average(({ distances }) => distances[index]?.mean ?? 0)),
    effects: () => mixed(({ effects }) => effects),
    distances: () => mixed(({ distances }) => distances),
    centre: average(({ centre }) => centre),
    spread: average(({ spread }) => spread),
  };
}

interface Part {
  readonly mean: number;
  readonly variance: number;
}

interface Point {
  readonly spread: number;
  readonly centre: number;
  readonly logWeight: number;
  readonly effects: readonly Part[];
  readonly distances: readonly Part[];
}

/** Everything where the spread is known: normal distributions (5.17, 5.20), and how likely the spread is (5.21). */
function atSpread(estimates: readonly Estimate[], spread: number): Point {
  const between = spread ** 2;
  const precision = estimates.reduce((sum, { variance }) => sum + 1 / (variance + between), 0);
  const centre =
    estimates.reduce((sum, { mean, variance }) => sum + mean / (variance + between), 0) / precision;
  const logWeight = estimates.reduce(
    (sum, { mean, variance }) =>
      sum - 0.5 * Math.log(variance + between) - (mean - centre) ** 2 / (2 * (variance + between)),
    -0.5 * Math.log(precision),
  );
  const parts = estimates.map(({ mean, variance }) => {
    // The share of an estimate's own word; the rest is the mean's.
    const own = between / (between + variance);
    return {
      effect: {
        mean: own * mean + (1 - own) * centre,
        variance: own * variance + (1 - own) ** 2 / precision,
      },
      distance: { mean: own * (mean - centre), variance: own * variance + own ** 2 / precision },
    };
  });
  return {
    spread,
    centre,
    logWeight,
    effects: parts.map(({ effect }) => effect),
    distances: parts.map(({ distance }) => distance),
  };
}

/** Mean, deviation and central 95 % of a mixture of normal distributions. */
function mixture(parts: readonly (Part & { readonly weight: number })[]): Shrunken {
  const mean = parts.reduce((sum, part) => sum + part.weight * part.mean, 0);
  const variance = parts.reduce(
    (sum, part) => sum + part.weight * (part.variance + (part.mean - mean) ** 2),
    0,
  );
  const deviation = Math.sqrt(variance);
  const below = (value: number): number =>
    parts.reduce(
      (sum, part) => sum + part.weight * normalBelow((value - part.mean) / Math.sqrt(part.variance)),
      0,
    );
  return {
    mean,
    deviation,
    lower: solve(below, 0.025, mean, deviation),
    upper: solve(below, 0.975, mean, deviation),
  };
}

/** Where a rising function reaches `share`, by halving. */
function solve(below: (value: number) => number, share: number, mean: number, deviation: number): number {
  let [low, high] = [mean - 10 * deviation, mean + 10 * deviation];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The standard normal distribution function, by formula 7.1.26 of Abramowitz and Stegun (error below 1.5e-7). */
export function normalBelow(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x);
  return value < 0 ? tail / 2 : 1 - tail / 2;
}
