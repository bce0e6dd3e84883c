import type { Review } from '../../assessment/model.ts';
import { sameRecommendation } from '../../assessment/rules.ts';
import { findReview } from '../../assessment/store.ts';
import type { Level, Round } from '../../programme/model.ts';
import { readRegistration } from '../../registration/store.ts';
import { findReadingReview, listCases } from '../store.ts';
import {
  bootstrapInterval,
  exactAgreement,
  FEWEST_CASES,
  type Interval,
  type RatedPair,
  weightedKappa,
} from './agreement.ts';
import { type Severity, severities } from './severity.ts';

/** A case whose second reading came back, with both reviews. */
export interface CaseReadTwice {
  readonly registrationId: string;
  readonly assessorId: string;
  readonly targetLevel: Level;
  readonly first: Pick<Review, 'judgements' | 'recommendation'>;
  readonly second: Pick<Review, 'judgements' | 'recommendation'>;
}

/** A statistic with its interval; null where too little was read for it. */
export interface Figure {
  readonly value: number | null;
  readonly interval: Interval | null;
}

export interface RoundAgreement {
  readonly cases: number;
  readonly judgements: number;
  /** So few cases say little: the page says so. */
  readonly isThin: boolean;
  /** Share of judgements in which both readers chose the same, and quadratic-weighted kappa. */
  readonly sameJudgement: Figure;
  readonly kappa: Figure;
  /** Share of cases in which both recommend the same. */
  readonly sameRecommendation: Figure;
  readonly severity: readonly Severity[] | null;
}

/** Below so many cases intervals are so wide that figures compare nobody. */
const THIN = 30;

/** The cases of a round that were read twice, with both reviews. Eventually consistent. */
export async function readTwice(roundId: string): Promise<CaseReadTwice[]> {
  const cases = await listCases(roundId);
  const found = await Promise.all(
    cases.map(async ({ registrationId, first: own, second: other }): Promise<CaseReadTwice | undefined> => {
      if (other === null) return undefined;
      const [first, second, { targetLevel }] = await Promise.all([
        findReview(own.assignmentId),
        findReadingReview(other.readingId),
        readRegistration(registrationId),
      ]);
      if (first === undefined || second === undefined) return undefined;
      return { registrationId, assessorId: own.readerId, targetLevel, first, second };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/**
 * How far readers of a round agree, and how severe each assessor is, by the framework's scale, its best place the highest.
 * Pure; the same cases give the same figures. They advise people: no result depends on them (domain.md 2.3).
 */
export function agreementOf(
  round: Pick<Round, 'roundId' | 'criteria'>,
  cases: readonly CaseReadTwice[],
): RoundAgreement {
  const { judgements: scale } = round.criteria;
  const placeOf = new Map(scale.map(({ id }, at) => [id, scale.length - 1 - at]));
  const pairsOf = cases.map(({ first, second }) => pairs(first, second, placeOf));
  const figure = <T>(
    items: readonly (readonly T[])[],
    statistic: (of: readonly T[]) => number | undefined,
    name: string,
  ): Figure => ({
    value: statistic(items.flat()) ?? null,
    interval: bootstrapInterval(items, statistic, `${round.roundId} ${name}`) ?? null,
  });
  return {
    cases: cases.length,
    judgements: pairsOf.flat().length,
    isThin: cases.length < THIN,
    sameJudgement: figure(pairsOf, exactAgreement, 'judgements'),
    kappa: figure(pairsOf, weightedKappa, 'kappa'),
    sameRecommendation: figure(
      cases.map(({ first, second }) => [sameRecommendation(first.recommendation, second.recommendation)]),
      (same) => (same.length === 0 ? undefined : same.filter(Boolean).length / same.length),
      'recommendations',
    ),
    severity:
      cases.length < FEWEST_CASES
        ? null
        : (severities(
            cases.flatMap(({ assessorId, targetLevel }, at) => {
              const own = pairsOf[at] ?? [];
              if (own.length === 0) return [];
              const difference = own.reduce((sum, { first, second }) => sum + second - first, 0) / own.length;
              return [{ assessorId, level: targetLevel, difference }];
            }),
          ) ?? null),
  };
}

/** The criteria that both judged, each by its places; a judgement that the scale no longer has is left out. */
function pairs(
  first: CaseReadTwice['first'],
  second: CaseReadTwice['second'],
  placeOf: ReadonlyMap<string, number>,
): RatedPair[] {
  const other = new Map(second.judgements.map(({ criterionId, judgement }) => [criterionId, judgement]));
  return first.judgements.flatMap(({ criterionId, judgement }) => {
    const given = other.get(criterionId);
    const one = judgement === null ? undefined : placeOf.get(judgement);
    const two = given === undefined || given === null ? undefined : placeOf.get(given);
    return one === undefined || two === undefined ? [] : [{ first: one, second: two }];
  });
}
