import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isBelowTarget,
  isBorderline,
  type ReturnedReview,
  sampleSize,
  seedOf,
  selectSample,
} from '../../../functions/moderation/select.ts';
import { sampleRound } from '../../support/school-year.ts';

const policy = sampleRound().policies.moderation;

const recommendations = [
  { outcome: 'AWARDED', level: 'TARGET' },
  { outcome: 'AWARDED', level: 'TARGET' },
  { outcome: 'AWARDED', level: 'TARGET' },
  { outcome: 'NOT_AWARDED', level: null },
] as const;

/** Returned reviews of a round, each of a school of its own. */
const cohort = fc
  .array(
    fc.record({
      assessor: fc.integer({ min: 0, max: 12 }),
      level: fc.constantFrom('PSQM', 'PSQM', 'GILT', 'OUTREACH'),
      recommendation: fc.constantFrom(...recommendations),
      met: fc.integer({ min: 0, max: 13 }),
      minute: fc.integer({ min: 0, max: 59 }),
    }),
    { maxLength: 120 },
  )
  .map((rows) =>
    rows.map(
      (row, at): ReturnedReview => ({
        registrationId: `R${at}`,
        schoolId: `URN-${100000 + at}`,
        assessorId: `A${row.assessor}`,
        assessorIsNew: row.assessor < 3,
        targetLevel: row.level as ReturnedReview['targetLevel'],
        recommendation:
          row.recommendation.level === null
            ? { outcome: 'NOT_AWARDED', level: null }
            : { outcome: 'AWARDED', level: row.level as ReturnedReview['targetLevel'] },
        metShare: row.met / 13,
        unmet: 13 - row.met,
        returnedAt: `2027-07-01T10:${String(row.minute).padStart(2, '0')}:00.000Z`,
        decided: null,
      }),
    ),
  );

const chosen = (selection: ReturnType<typeof selectSample>): Map<string, readonly string[]> =>
  new Map(
    selection.filter(({ reasons }) => reasons.length > 0).map((one) => [one.registrationId, one.reasons]),
  );

describe('the draw of reviews for a second reading', () => {
  it('is reproducible from its seed, whatever the order of the reviews', () => {
    fc.assert(
      fc.property(cohort, fc.string(), (reviews, seed) => {
        const byId = (a: { registrationId: string }, b: { registrationId: string }): number =>
          a.registrationId < b.registrationId ? -1 : 1;
        const normal = (selection: ReturnType<typeof selectSample>) =>
          selection.map((one) => ({ ...one, reasons: [...one.reasons].sort() })).sort(byId);
        expect(normal(selectSample([...reviews].reverse(), policy, seed))).toEqual(
          normal(selectSample(reviews, policy, seed)),
        );
        expect(seedOf('R', 1, [...reviews].reverse())).toBe(seedOf('R', 1, reviews));
      }),
    );
  });

  it('takes every Outreach, everything below target or borderline, one of each assessor, the first two of new ones, and a sample by the table', () => {
    fc.assert(
      fc.property(cohort, fc.string(), (reviews, seed) => {
        const selection = selectSample(reviews, policy, seed);
        const selected = chosen(selection);
        for (const one of reviews) {
          if (one.targetLevel === 'OUTREACH' || isBelowTarget(one) || isBorderline(one, policy))
            expect(selected.has(one.registrationId)).toBe(true);
        }
        for (const [assessorId, own] of Map.groupBy(reviews, (one) => one.assessorId)) {
          const mine = own.filter(({ registrationId }) => selected.has(registrationId));
          expect(mine.length).toBeGreaterThanOrEqual(1);
          if (Number(assessorId.slice(1)) < 3) {
            const fresh = own.filter(
              (one) => selected.get(one.registrationId)?.includes('NEW_ASSESSOR') === true,
            );
            expect(fresh.length).toBe(Math.min(policy.newAssessorFirst, own.length));
          }
        }
        const random = [...selected.values()].filter((reasons) => reasons.includes('RANDOM')).length;
        const others = [...selected.values()].filter(
          (reasons) => !reasons.includes('RANDOM') && !reasons.includes('EVERY_ASSESSOR'),
        ).length;
        expect(random).toBe(Math.min(sampleSize(policy, reviews.length), reviews.length - others));
        expect(selection).toHaveLength(reviews.length);
      }),
    );
  });

  it('does not decide again what an earlier draw decided, and counts it', () => {
    fc.assert(
      fc.property(cohort, fc.string(), (reviews, seed) => {
        const half = Math.floor(reviews.length / 2);
        const first = chosen(selectSample(reviews.slice(0, half), policy, seed));
        const later = reviews.map((one, at) =>
          at >= half
            ? one
            : {
                ...one,
                decided: {
                  selected: first.has(one.registrationId),
                  random: first.get(one.registrationId)?.includes('RANDOM') === true,
                },
              },
        );
        const second = selectSample(later, policy, 'another seed');
        expect(second.map(({ registrationId }) => registrationId).sort()).toEqual(
          reviews
            .slice(half)
            .map(({ registrationId }) => registrationId)
            .sort(),
        );
        const covered = new Set([...first.keys(), ...chosen(second).keys()]);
        for (const own of Map.groupBy(reviews, (one) => one.assessorId).values()) {
          const missed = own.every(({ registrationId }) => !covered.has(registrationId));
          expect(missed).toBe(false);
        }
      }),
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [15, 15],
    [16, 15],
    [100, 15],
    [101, 20],
    [200, 20],
    [201, 25],
    [600, 25],
  ])('draws of a cohort of %i at random %i', (count, size) => {
    expect(sampleSize(policy, count)).toBe(size);
  });
});
