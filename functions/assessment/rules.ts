import type { Person } from '../people/model.ts';
import { deadlineDay } from '../programme/deadlines.ts';
import { type Level, levels, type Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { addDays, addWorkingDays, endOfLondonDay, londonDate } from '../shared/time/london.ts';
import type {
  Assignment,
  BarRule,
  DraftCheck,
  JudgementEntry,
  Recommendation,
  ReviewDraft,
} from './model.ts';

/** What a hard rule asks about a person. */
export type Reader = Pick<Person, 'personId' | 'email' | 'hubIds' | 'assessor' | 'panelConflicts'>;
/** What a hard rule asks about a submission. */
export type ReadableSubmission = Pick<
  Registration,
  'registrationId' | 'roundId' | 'schoolId' | 'school' | 'hubId' | 'contacts' | 'targetLevel' | 'language'
>;

/**
 * Why a person may not judge a school, or undefined: own hub (member or leader), own school, employer (the school, its
 * trust or its local authority), declared conflict (domain.md 2.2, 2.3). The one rule for assessors, moderators and the
 * panel.
 */
export function conflictOf(
  reader: Reader,
  submission: ReadableSubmission,
): Extract<BarRule, 'OWN_HUB' | 'OWN_SCHOOL' | 'EMPLOYER' | 'CONFLICT'> | undefined {
  const { hubId, school, schoolId, contacts } = submission;
  const hubs = [...reader.hubIds, ...(reader.assessor?.hubIds ?? [])];
  if (hubId !== null && hubs.includes(hubId)) return 'OWN_HUB';
  if (contacts.some(({ personId }) => personId === reader.personId)) return 'OWN_SCHOOL';
  const employer = comparable(reader.assessor?.employer ?? '');
  if (employer !== '') {
    if (employer === comparable(school.name)) return 'OWN_SCHOOL';
    if (employer === comparable(school.trust ?? '') || employer === comparable(school.localAuthority)) {
      return 'EMPLOYER';
    }
  }
  const declared = [...(reader.assessor?.conflicts ?? []), ...(reader.panelConflicts ?? [])];
  if (declared.some((conflict) => conflict.schoolId === schoolId)) return 'CONFLICT';
  return undefined;
}

/**
 * The first hard rule that bars an assessor from a submission, or undefined (order of `barRules`). `barredBefore`:
 * assessors who declined, let lapse or gave back this very submission.
 */
export function barredBy(
  reader: Reader,
  submission: ReadableSubmission,
  barredBefore: ReadonlySet<string>,
): BarRule | undefined {
  const profile = reader.assessor;
  if (profile === null || !profile.conflictsDeclaredFor.includes(submission.roundId)) return 'NOT_DECLARED';
  const conflict = conflictOf(reader, submission);
  if (conflict !== undefined) return conflict;
  if (barredBefore.has(reader.personId)) return 'BARRED_BEFORE';
  if (!profile.levels.includes(submission.targetLevel)) return 'LEVEL';
  if (!profile.languages.includes(submission.language)) return 'LANGUAGE';
  return undefined;
}

/** Names of organisations as people type them: case, accents, punctuation and "the" do not tell two apart. */
export function comparable(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/^the /, '')
    .trim();
}

/** Submissions a round that this assessor takes: their own number, else the round's policy. */
export function capacityOf(reader: Reader, round: Pick<Round, 'policies'>): number {
  return reader.assessor?.capacity ?? round.policies.assessment.capacityPerRound;
}

/** Instant until which an offer stands: the end of the last of the policy's working days (domain.md 2.3). */
export function answerBy(round: Pick<Round, 'policies'>, offeredAt: Date): Date {
  return endOfLondonDay(addWorkingDays(londonDate(offeredAt), round.policies.assessment.acceptWorkingDays));
}

/**
 * Day by which an accepted assessment is due: the policy's days after it was accepted, and never before the round's own
 * date, or the school's moved one. A moved deadline thus gives everyone who is still reading the new day.
 */
export function dueOn(
  round: Pick<Round, 'calendar' | 'policies'>,
  registration: Pick<Registration, 'movedDeadlines'>,
  acceptedAt: string,
): string {
  const own = addDays(londonDate(new Date(acceptedAt)), round.policies.assessment.completeDays);
  const common = deadlineDay(round, registration, 'assessmentDue');
  if (common > own) return common;
  return own;
}

/** Criteria that a target level asks for, in the framework's order. */
export function criteriaOf(round: Pick<Round, 'criteria'>, level: Level): Round['criteria']['criteria'] {
  return round.criteria.criteria.filter((one) => one.levels.includes(level));
}

/** Share of the level's criteria that were judged as met, 0 to 1. Undecided ones count as not met. */
export function metShare(
  round: Pick<Round, 'criteria'>,
  level: Level,
  judgements: readonly Pick<JudgementEntry, 'criterionId' | 'judgement'>[],
): number {
  const asked = criteriaOf(round, level);
  const meeting = new Set(round.criteria.judgements.filter(({ meets }) => meets).map(({ id }) => id));
  const judged = new Map(judgements.map(({ criterionId, judgement }) => [criterionId, judgement]));
  const met = asked.filter(({ id }) => meeting.has(judged.get(id) ?? '')).length;
  return asked.length === 0 ? 0 : met / asked.length;
}

/** True where outcome and level can stand together: AWARDED at the target, AWARDED_LOWER below it, others without. */
export function fitsTarget({ outcome, level }: Recommendation, target: Level): boolean {
  switch (outcome) {
    case 'AWARDED':
      return level === target;
    case 'AWARDED_LOWER':
      return level !== null && levels.indexOf(level) < levels.indexOf(target);
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
      return level === null;
  }
}

/** Same outcome at the same level: the two readings agree (domain.md 2.3, "same level: original stands"). */
export function sameRecommendation(a: Recommendation, b: Recommendation): boolean {
  return a.outcome === b.outcome && a.level === b.level;
}

/** What a draft still lacks before it can be returned, and where its recommendation does not follow from its judgements. */
export function checkDraft(round: Pick<Round, 'criteria'>, level: Level, draft: ReviewDraft): DraftCheck {
  const scale = new Set(round.criteria.judgements.map(({ id }) => id));
  const judged = new Map(draft.judgements.map((entry) => [entry.criterionId, entry.judgement]));
  const asked = criteriaOf(round, level);
  const missing = asked
    .filter(({ id }) => !scale.has(judged.get(id) ?? ''))
    .map(({ id }) => `judgements.${id}`);
  if (draft.feedback.trim().length < 20) missing.push('feedback');
  const { recommendation } = draft;
  if (recommendation === null || !fitsTarget(recommendation, level)) missing.push('recommendation');
  const inconsistencies: DraftCheck['inconsistencies'] = [];
  if (missing.length === 0 && recommendation !== null) {
    const allMet = metShare(round, level, draft.judgements) === 1;
    if (recommendation.outcome === 'AWARDED' && !allMet) inconsistencies.push('awarded-with-unmet');
    if (recommendation.outcome === 'AWARDED_LOWER' && allMet) inconsistencies.push('lower-with-all-met');
    if (recommendation.outcome !== 'AWARDED' && recommendation.outcome !== 'AWARDED_LOWER' && allMet) {
      inconsistencies.push('not-awarded-with-all-met');
    }
  }
  return { missing, inconsistencies };
}

/** Whether an offer can still be answered. */
export function isOpenOffer(assignment: Pick<Assignment, 'status' | 'answerBy'>, now: Date): boolean {
  return assignment.status === 'OFFERED' && now <= new Date(assignment.answerBy);
}
