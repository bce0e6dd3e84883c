import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitHierarchicalNormal } from '../../../../functions/moderation/statistics/hierarchical-normal.ts';
import { type ReadTwice, severities } from '../../../../functions/moderation/statistics/severity.ts';

/** The eight schools (Rubin 1981): Bayesian Data Analysis, 3rd edition, table 5.2, and the posterior quantiles of table 5.3. */
const eightSchools = [
  { mean: 28, deviation: 15, quantiles: [-2, 31] },
  { mean: 8, deviation: 10, quantiles: [-5, 23] },
  { mean: -3, deviation: 16, quantiles: [-11, 19] },
  { mean: 7, deviation: 11, quantiles: [-7, 21] },
  { mean: -1, deviation: 9, quantiles: [-9, 18] },
  { mean: 1, deviation: 11, quantiles: [-7, 28] },
  { mean: 18, deviation: 10, quantiles: [-1, 26] },
  { mean: 12, deviation: 18, quantiles: [-6, 33] },
] as const;

describe('the hierarchical normal model', () => {
  it('has the posterior of the eight schools, as far as the 200 draws of the book tell it', () => {
    const fit = fitHierarchicalNormal(
      eightSchools.map(({ mean, deviation }) => ({ mean, variance: deviation ** 2 })),
    );
    expect(fit?.centre).toBeCloseTo(8, 0);
    fit?.effects().forEach(({ lower, upper }, at) => {
      const [low, high] = eightSchools[at]?.quantiles ?? [0, 0];
      // 200 draws leave an outer quantile uncertain by several points.
      expect(Math.abs(lower - low)).toBeLessThan(4);
      expect(Math.abs(upper - high)).toBeLessThan(10);
    });
  });

  it('draws what is known badly further towards the mean of all', () => {
    const fit = fitHierarchicalNormal([
      { mean: 1, variance: 0.01 },
      { mean: 1, variance: 1 },
      { mean: 0, variance: 0.01 },
      { mean: -1, variance: 0.01 },
      { mean: 0.4, variance: 0.01 },
    ]);
    const [sure = 0, unsure = 0] = fit?.effects().map(({ mean }) => mean) ?? [];
    expect(sure).toBeGreaterThan(unsure);
    expect(unsure).toBeGreaterThan(fit?.centre ?? 1);
    expect(fitHierarchicalNormal([{ mean: 1, variance: 1 }])).toBeUndefined();
  });
});

describe('severity', () => {
  const cases = (perAssessor: Readonly<Record<string, readonly number[]>>, level = 'PSQM'): ReadTwice[] =>
    Object.entries(perAssessor).flatMap(([assessorId, differences]) =>
      differences.map((difference) => ({ assessorId, level, difference })),
    );

  it('is above 0 for who judges below the second readers, and sure of itself with many cases only', () => {
    const many = Array.from({ length: 12 }, (_, at) => 0.8 + 0.1 * (at % 3));
    const colleagues = Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`B${at}`, [0.02 * (at - 4), -0.1, 0.1]]),
    );
    const found = severities(cases({ A: many, ...colleagues, D: [0.9] }));
    const of = (id: string) => found?.find(({ assessorId }) => assessorId === id);
    expect(of('A')?.lower).toBeGreaterThan(0);
    expect(of('A')?.cases).toBe(12);
    const width = (id: string) => (of(id)?.upper ?? 0) - (of(id)?.lower ?? 0);
    expect(width('D')).toBeGreaterThan(width('A'));
    expect(of('D')?.steps).toBeLessThan(0.9);
  });

  it('is not laid at the door of who read a level that all read harder', () => {
    const found = severities([
      ...cases({ A: [0, 0.1], B: [0.1, 0], C: [0, 0.05], D: [0.05, 0] }, 'PSQM'),
      ...cases({ A: [0.6], B: [0.6], C: [0.55], E: [0.6, 0.58, 0.62] }, 'OUTREACH'),
    ]);
    const outreachAlone = found?.find(({ assessorId }) => assessorId === 'E');
    expect(Math.abs(outreachAlone?.steps ?? 1)).toBeLessThan(0.2);
  });

  it('does not depend on the order of the cases, and is not told from too few', () => {
    const some = cases({ A: [0.1, 0.4], B: [0, -0.2], C: [0.3, 0.3], D: [0.5] });
    fc.assert(
      fc.property(fc.shuffledSubarray(some, { minLength: some.length }), (shuffled) => {
        const [one, other] = [severities(some), severities(shuffled)];
        one?.forEach(({ assessorId, steps }, at) => {
          expect(other?.[at]?.assessorId).toBe(assessorId);
          expect(other?.[at]?.steps).toBeCloseTo(steps, 9);
        });
      }),
      { numRuns: 10 },
    );
    expect(severities(cases({ A: [0.1], B: [0.2], C: [0] }))).toBeUndefined();
    expect(severities(cases({ A: [0.1, 0.2], B: [0.2, 0] }))).toBeUndefined();
  });
});
