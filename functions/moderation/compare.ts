import type { Review } from '../assessment/model.ts';
import { criteriaOf, sameRecommendation } from '../assessment/rules.ts';
import type { Level, Round } from '../programme/model.ts';
import type { Comparison } from './model.ts';

type Compared = Pick<Review, 'judgements' | 'recommendation'>;

/**
 * Compares a second reading with the first, criterion by criterion, in places of the framework's scale. Within tolerance
 * the first stands (domain.md 2.2, NCFE; 2.3): the same outcome at the same level, no criterion further apart than the
 * policy's places, and at most its number of criteria apart at all. A limit that is null sets none. Pure.
 */
export function compare(
  round: Pick<Round, 'criteria' | 'policies'>,
  level: Level,
  first: Compared,
  second: Compared,
): Comparison {
  const { tolerance } = round.policies.moderation;
  const placeOf = new Map(round.criteria.judgements.map(({ id }, at) => [id, at]));
  const judged = (review: Compared) =>
    new Map(review.judgements.map(({ criterionId, judgement }) => [criterionId, judgement]));
  const [byFirst, bySecond] = [judged(first), judged(second)];
  const apart = criteriaOf(round, level).flatMap(({ id: criterionId }) => {
    const [one, other] = [byFirst.get(criterionId) ?? null, bySecond.get(criterionId) ?? null];
    const [from, to] = [placeOf.get(one ?? ''), placeOf.get(other ?? '')];
    if (one === other || from === undefined || to === undefined) return [];
    return [{ criterionId, first: one, second: other, places: Math.abs(from - to) }];
  });
  const agree = sameRecommendation(first.recommendation, second.recommendation);
  const isFar = ({ places }: { places: number }): boolean =>
    tolerance.places !== null && places > tolerance.places;
  return {
    sameRecommendation: agree,
    apart,
    within:
      agree && !apart.some(isFar) && (tolerance.criteria === null || apart.length <= tolerance.criteria),
  };
}
