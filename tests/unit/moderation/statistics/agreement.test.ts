import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  exactAgreement,
  type RatedPair,
  weightedKappa,
} from '../../../../functions/moderation/statistics/agreement.ts';

/** The ratings of 20 subjects' anxiety by two raters: data set `anxiety` of the R package irr (M. Gamer et al.), raters 1 and 2. */
const anxiety: readonly RatedPair[] = [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3].map(
  (first, at) => ({
    first,
    second: [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4][at] ?? 0,
  }),
);

const place = fc.integer({ min: 0, max: 3 });
const pairs = fc.array(fc.record({ first: place, second: place }), { minLength: 1, maxLength: 60 });

describe('weighted kappa', () => {
  it('is that of the package irr for its own example (kappa2, squared weights: 0.297)', () => {
    expect(weightedKappa(anxiety)).toBeCloseTo(0.297, 3);
  });

  it('is the formula over the table of counts', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const share = (of: (pair: RatedPair) => boolean) => given.filter(of).length / given.length;
        let [observed, expected] = [0, 0];
        for (let i = 0; i < 4; i++)
          for (let j = 0; j < 4; j++) {
            observed += (i - j) ** 2 * share(({ first, second }) => first === i && second === j);
            expected +=
              (i - j) ** 2 * share(({ first }) => first === i) * share(({ second }) => second === j);
          }
        const kappa = weightedKappa(given);
        if (expected < 1e-12) expect(kappa).toBeUndefined();
        else expect(kappa).toBeCloseTo(1 - observed / expected, 9);
      }),
    );
  });

  it('is 1 where both always agree, and does not depend on who is first', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const same = given.map(({ first }) => ({ first, second: first }));
        expect(weightedKappa(same) ?? 1).toBeCloseTo(1, 9);
        const turned = given.map(({ first, second }) => ({ first: second, second: first }));
        expect(weightedKappa(turned) ?? 2).toBeCloseTo(weightedKappa(given) ?? 2, 9);
      }),
    );
    expect(weightedKappa([])).toBeUndefined();
    expect(exactAgreement([])).toBeUndefined();
    expect(exactAgreement(anxiety)).toBe(0.3);
  });
});

describe('an interval by resampling', () => {
  const cases = anxiety.map((pair) => [pair]);

  it('is the same for the same seed, and holds the statistic', () => {
    const interval = bootstrapInterval(cases, weightedKappa, 'seed');
    expect(bootstrapInterval(cases, weightedKappa, 'seed')).toEqual(interval);
    expect(bootstrapInterval(cases, weightedKappa, 'another')).not.toEqual(interval);
    expect(interval?.lower).toBeLessThan(0.297);
    expect(interval?.upper).toBeGreaterThan(0.297);
  });

  it('is wider where the same pairs belong to fewer cases', () => {
    const clustered = Array.from({ length: 5 }, (_, at) => anxiety.slice(4 * at, 4 * at + 4));
    const repeated = anxiety.map((pair) => Array.from({ length: 8 }, () => pair));
    const width = (of: readonly (readonly RatedPair[])[]) => {
      const interval = bootstrapInterval(of, exactAgreement, 'seed');
      return (interval?.upper ?? Number.NaN) - (interval?.lower ?? Number.NaN);
    };
    expect(width(clustered)).toBeGreaterThan(0);
    // Eight times the same judgement is no more than one.
    expect(width(repeated)).toBeCloseTo(width(cases), 9);
  });

  it('is not told from fewer than five cases', () => {
    expect(bootstrapInterval(cases.slice(0, 4), exactAgreement, 'seed')).toBeUndefined();
  });
});
