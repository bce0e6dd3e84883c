import type { Round } from '../programme/model.ts';
import type { Draw, DrawnReview } from './model.ts';
import { type ReturnedReview, seedOf, selectSample } from './select.ts';

/** A draw beside its repetition. */
export interface RepeatedDraw {
  readonly attempt: number;
  /** The recorded seed is the digest of what had been returned. */
  readonly seedAgrees: boolean;
  /** The recorded seed and what had been returned select the same reviews for the same reasons. */
  readonly selectionAgrees: boolean;
}

/**
 * Repeats a draw from its record, so that anybody can see that nobody chose (domain.md 2.3): what it and the draws before
 * it decided, under the policy of the round. A difference means that a review, the policy, or who counts as a new assessor
 * was changed since.
 */
export function repeatDraw(
  draw: Pick<Draw, 'attempt' | 'seed' | 'roundId'>,
  drawn: readonly (DrawnReview & { readonly attempt: number })[],
  reviews: readonly ReturnedReview[],
  round: Pick<Round, 'policies'>,
): RepeatedDraw {
  const { attempt, seed, roundId } = draw;
  const decidedIn = new Map(drawn.map((one) => [one.registrationId, one]));
  const then = reviews.flatMap((review): ReturnedReview[] => {
    const decided = decidedIn.get(review.registrationId);
    if (decided === undefined || decided.attempt > attempt) return [];
    const before = decided.attempt < attempt;
    const { reasons } = decided;
    return [
      {
        ...review,
        decided: before ? { selected: reasons.length > 0, random: reasons.includes('RANDOM') } : null,
      },
    ];
  });
  const recorded = drawn.filter((one) => one.attempt === attempt);
  const selection = selectSample(then, round.policies.moderation, seed);
  return {
    attempt,
    seedAgrees: seedOf(roundId, attempt, then) === seed,
    selectionAgrees:
      selection.length === recorded.length &&
      selection.every(({ registrationId, reasons }) => {
        const given = decidedIn.get(registrationId)?.reasons ?? [];
        return given.length === reasons.length && reasons.every((reason) => given.includes(reason));
      }),
  };
}
