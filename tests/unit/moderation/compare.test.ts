import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recommendation } from '../../../functions/assessment/model.ts';
import { criteriaOf } from '../../../functions/assessment/rules.ts';
import { compare } from '../../../functions/moderation/compare.ts';
import { sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const scale = round.criteria.judgements.map(({ id }) => id);
const asked = criteriaOf(round, 'GILT').map(({ id }) => id);
const awarded = { outcome: 'AWARDED', level: 'GILT' } as const;

const review = (places: readonly number[], recommendation: Recommendation = awarded) => ({
  judgements: asked.map((criterionId, at) => ({
    criterionId,
    judgement: scale[places[at] ?? 0] ?? '',
    strengths: '',
    nextSteps: '',
  })),
  recommendation,
});
const within = (tolerance: { places: number | null; criteria: number | null }) => ({
  criteria: round.criteria,
  policies: { ...round.policies, moderation: { ...round.policies.moderation, tolerance } },
});
const places = fc.array(fc.integer({ min: 0, max: scale.length - 1 }), {
  minLength: asked.length,
  maxLength: asked.length,
});

describe('the comparison of two readings', () => {
  it('finds each criterion that is judged differently, with the places between, whichever is compared', () => {
    fc.assert(
      fc.property(places, places, (first, second) => {
        const found = compare(round, 'GILT', review(first), review(second));
        const back = compare(round, 'GILT', review(second), review(first));
        const differing = asked.filter((_, at) => first[at] !== second[at]);
        expect(found.apart.map(({ criterionId }) => criterionId)).toEqual(differing);
        expect(found.apart.map((one) => one.places)).toEqual(back.apart.map((one) => one.places));
        expect(found.within).toBe(back.within);
      }),
    );
  });

  it('is within tolerance up to its limits and not beyond', () => {
    const none = asked.map(() => 1);
    const with_ = (changed: number, to: number) => none.map((place, at) => (at < changed ? to : place));
    const compared = (tolerance: Parameters<typeof within>[0], second: readonly number[]) =>
      compare(within(tolerance), 'GILT', review(none), review(second)).within;
    expect(compared({ places: 1, criteria: 3 }, with_(3, 2))).toBe(true);
    expect(compared({ places: 1, criteria: 3 }, with_(4, 2))).toBe(false);
    expect(compared({ places: 1, criteria: 3 }, with_(1, 3))).toBe(false);
    expect(compared({ places: null, criteria: null }, with_(asked.length, 3))).toBe(true);
    expect(compared({ places: 0, criteria: null }, none)).toBe(true);
  });

  it('never is where the recommendations differ', () => {
    fc.assert(
      fc.property(places, (both) => {
        const lower = { outcome: 'AWARDED_LOWER', level: 'PSQM' } as const;
        const unlimited = within({ places: null, criteria: null });
        const found = compare(unlimited, 'GILT', review(both), review(both, lower));
        expect(found).toEqual({ sameRecommendation: false, apart: [], within: false });
      }),
    );
  });
});
