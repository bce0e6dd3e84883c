import { createHash } from 'node:crypto';
import type { Recommendation } from '../assessment/model.ts';
import { type Level, levels, type Round } from '../programme/model.ts';
import type { SelectionReason } from './model.ts';

/** A returned review as the draw looks at it. */
export interface ReturnedReview {
  readonly registrationId: string;
  /** What the draw's tickets are made of: the same school has the same ticket under the same seed. */
  readonly schoolId: string;
  readonly assessorId: string;
  readonly assessorIsNew: boolean;
  readonly targetLevel: Level;
  readonly recommendation: Recommendation;
  /** Share of the criteria judged as met. */
  readonly metShare: number;
  /** How many of the level's criteria were judged as not met. */
  readonly unmet: number;
  readonly returnedAt: string;
  /** Set where an earlier draw of the round has decided it, with whether it was drawn at random. */
  readonly decided: { readonly selected: boolean; readonly random: boolean } | null;
}

export interface Selection {
  readonly registrationId: string;
  /** Empty: not selected, the recommendation is proposed as it is. */
  readonly reasons: readonly SelectionReason[];
}

type ModerationPolicy = Round['policies']['moderation'];

/**
 * The seed of a draw: a digest of everything that was returned. Nobody can know it before the last of these reviews is
 * in, and everybody can recompute it from the record afterwards.
 */
export function seedOf(roundId: string, attempt: number, reviews: readonly ReturnedReview[]): string {
  const lines = reviews
    .map(
      ({ schoolId, recommendation, metShare }) =>
        `${schoolId} ${recommendation.outcome} ${recommendation.level ?? '-'} ${metShare.toFixed(6)}`,
    )
    .sort();
  return createHash('sha256')
    .update([roundId, attempt, ...lines].join('\n'))
    .digest('hex');
}

/** The ticket of a school under a seed: the lowest tickets are drawn. */
export function ticketOf(seed: string, schoolId: string): string {
  return createHash('sha256').update(`${seed}\n${schoolId}`).digest('hex');
}

/** Size of the random sample for a cohort, by the policy's table (Pearson's, domain.md 2.2). */
export function sampleSize(policy: Pick<ModerationPolicy, 'sample'>, cohort: number): number {
  const rows = [...policy.sample].sort(
    (a, b) => (a.upTo ?? Number.POSITIVE_INFINITY) - (b.upTo ?? Number.POSITIVE_INFINITY),
  );
  const row = rows.find(({ upTo }) => upTo === null || cohort <= upTo);
  if (row === undefined) return cohort;
  return row.size === 'ALL' ? cohort : Math.min(cohort, row.size);
}

/**
 * Which of a round's returned reviews are read a second time, and why (domain.md 2.3): every review of certain levels,
 * every outcome below the target and every borderline one, the first of each new assessor, the highest and the lowest, a random sample by the
 * table, at least one of each assessor. Reviews that an earlier draw decided count towards what is covered and are not
 * decided again. The same reviews and seed give the same selection, whatever their order.
 */
export function selectSample(
  reviews: readonly ReturnedReview[],
  policy: ModerationPolicy,
  seed: string,
): Selection[] {
  const tickets = new Map(reviews.map(({ schoolId }) => [schoolId, ticketOf(seed, schoolId)]));
  const ordered = [...reviews].sort((a, b) =>
    (tickets.get(a.schoolId) ?? '') < (tickets.get(b.schoolId) ?? '') ? -1 : 1,
  );
  const open = ordered.filter(({ decided }) => decided === null);
  const reasons = new Map(open.map((one) => [one.registrationId, new Set<SelectionReason>()]));
  const pick = (one: ReturnedReview | undefined, reason: SelectionReason): void => {
    if (one !== undefined) reasons.get(one.registrationId)?.add(reason);
  };
  const isChosen = (one: ReturnedReview): boolean =>
    one.decided === null ? (reasons.get(one.registrationId)?.size ?? 0) > 0 : one.decided.selected;

  for (const one of open) {
    if (policy.alwaysLevels.includes(one.targetLevel)) pick(one, 'LEVEL');
    if (isBelowTarget(one)) pick(one, 'BELOW_TARGET');
    if (isBorderline(one, policy)) pick(one, 'BORDERLINE');
  }
  for (const own of Map.groupBy(ordered, ({ assessorId }) => assessorId).values()) {
    if (own[0]?.assessorIsNew !== true) continue;
    const first = [...own].sort(
      (a, b) => compare(a.returnedAt, b.returnedAt) || compare(a.schoolId, b.schoolId),
    );
    for (const one of first.slice(0, policy.newAssessorFirst)) pick(one, 'NEW_ASSESSOR');
  }
  // Highest and lowest by what was recommended, then by the share of criteria met; ties by ticket.
  const ranked = [...ordered].sort((a, b) => rankOf(b) - rankOf(a) || b.metShare - a.metShare);
  pick(ranked[0], 'HIGHEST');
  pick(ranked.at(-1), 'LOWEST');

  const drawn = ordered.filter(({ decided }) => decided?.random === true).length;
  const wanted = Math.max(0, sampleSize(policy, reviews.length) - drawn);
  const rest = open.filter((one) => !isChosen(one));
  for (const one of rest.slice(0, wanted)) pick(one, 'RANDOM');

  for (const own of Map.groupBy(ordered, ({ assessorId }) => assessorId).values()) {
    if (!own.some(isChosen))
      pick(
        own.find(({ decided }) => decided === null),
        'EVERY_ASSESSOR',
      );
  }
  return open.map(({ registrationId }) => ({
    registrationId,
    reasons: [...(reasons.get(registrationId) ?? [])],
  }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Everything but an award at the target: lower, further evidence, working towards, not awarded. */
export function isBelowTarget({
  recommendation,
  targetLevel,
}: Pick<ReturnedReview, 'recommendation' | 'targetLevel'>): boolean {
  return recommendation.outcome !== 'AWARDED' || recommendation.level !== targetLevel;
}

/** One judgement more or less decides: few criteria are not met, whatever was recommended. */
export function isBorderline(
  { unmet }: Pick<ReturnedReview, 'unmet'>,
  { borderlineUnmet }: Pick<ModerationPolicy, 'borderlineUnmet'>,
): boolean {
  return borderlineUnmet !== null && unmet > 0 && unmet <= borderlineUnmet;
}

/** What was recommended as a number: a higher level ranks higher, no award below all levels. */
function rankOf({ recommendation }: ReturnedReview): number {
  return recommendation.level === null ? -1 : levels.indexOf(recommendation.level);
}
