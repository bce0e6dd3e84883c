import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrawnReview } from '../../../functions/moderation/model.ts';
import { repeatDraw } from '../../../functions/moderation/repeat-draw.ts';
import { type ReturnedReview, seedOf, selectSample } from '../../../functions/moderation/select.ts';
import { sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const { roundId } = round;
const review = (at: number, change: Partial<ReturnedReview> = {}): ReturnedReview => ({
  registrationId: `R${at}`,
  schoolId: `URN-${100000 + at}`,
  assessorId: `A${at % 7}`,
  assessorIsNew: at % 7 === 0,
  targetLevel: at % 5 === 0 ? 'OUTREACH' : 'PSQM',
  recommendation:
    at % 9 === 0 ? { outcome: 'NOT_AWARDED', level: null } : { outcome: 'AWARDED', level: 'PSQM' },
  metShare: (at % 13) / 13,
  unmet: 13 - (at % 13),
  returnedAt: `2027-07-01T10:${String(at % 60).padStart(2, '0')}:00.000Z`,
  decided: null,
  ...change,
});

/** Draws as the machine does: attempt after attempt, each over what had been returned by then. */
function drawn(sizes: readonly number[]) {
  const reviews: ReturnedReview[] = [];
  const draws: { attempt: number; seed: string; roundId: string }[] = [];
  const pages: (DrawnReview & { attempt: number })[] = [];
  sizes.forEach((size, index) => {
    const attempt = index + 1;
    for (let more = 0; more < size; more++) reviews.push(review(reviews.length));
    const then = reviews.map((one) => {
      const known = pages.find(({ registrationId }) => registrationId === one.registrationId);
      return known === undefined
        ? one
        : {
            ...one,
            decided: { selected: known.reasons.length > 0, random: known.reasons.includes('RANDOM') },
          };
    });
    const seed = seedOf(roundId, attempt, then);
    draws.push({ attempt, seed, roundId });
    for (const { registrationId, reasons } of selectSample(then, round.policies.moderation, seed))
      pages.push({ registrationId, reasons: [...reasons], assignmentId: 'X', readerId: null, attempt });
  });
  return { reviews, draws, pages };
}

describe('a draw that is repeated', () => {
  it('is the same for every attempt, whatever came back afterwards', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const { reviews, draws, pages } = drawn(sizes);
        for (const draw of draws)
          expect(repeatDraw(draw, pages, reviews, round)).toEqual({
            attempt: draw.attempt,
            seedAgrees: true,
            selectionAgrees: true,
          });
      }),
    );
  });

  it('differs where somebody chose, where a review was changed, and where the rules were', () => {
    const { reviews, draws, pages } = drawn([60]);
    const [draw] = draws;
    if (draw === undefined) throw new Error('nothing was drawn');
    const spared = pages.map((one) => (one.reasons.includes('RANDOM') ? { ...one, reasons: [] } : one));
    expect(repeatDraw(draw, spared, reviews, round)).toMatchObject({
      seedAgrees: true,
      selectionAgrees: false,
    });
    const changed = reviews.map((one, at) => (at === 3 ? { ...one, metShare: 1 } : one));
    expect(repeatDraw(draw, pages, changed, round).seedAgrees).toBe(false);
    const otherRules = {
      policies: { ...round.policies, moderation: { ...round.policies.moderation, newAssessorFirst: 0 } },
    };
    expect(repeatDraw(draw, pages, reviews, otherRules).selectionAgrees).toBe(false);
    expect(repeatDraw({ ...draw, seed: 'chosen' }, pages, reviews, round).seedAgrees).toBe(false);
  });
});
