import * as z from 'zod';
import { recommendation } from '../assessment/model.ts';
import { calendarDay, decidedOutcome, level } from '../programme/model.ts';

/** Why a review was chosen for a second reading (domain.md 2.3). */
export const selectionReasons = [
  'LEVEL',
  'BELOW_TARGET',
  'BORDERLINE',
  'NEW_ASSESSOR',
  'HIGHEST',
  'LOWEST',
  'RANDOM',
  'EVERY_ASSESSOR',
] as const;
export const selectionReason = z.enum(selectionReasons);
export type SelectionReason = z.output<typeof selectionReason>;

export const readingKind = z.enum(['SECOND_READING', 'ADJUDICATION']);
export type ReadingKind = z.output<typeof readingKind>;
export const readingStatus = z.enum(['OPEN', 'RETURNED', 'REFUSED', 'EXPIRED']);
export type ReadingStatus = z.output<typeof readingStatus>;

/** One piece of work of a moderator on a case: `REG#<id>/READING#<nn>`. */
export const reading = z.object({
  /** `<registrationId>.<nn>`: unique, and says where it is stored. */
  readingId: z.string().min(1),
  registrationId: z.string(),
  roundId: z.string(),
  kind: readingKind,
  readerId: z.string(),
  status: readingStatus,
  offeredAt: z.iso.datetime(),
  dueOn: calendarDay,
  endedAt: z.iso.datetime().nullable(),
  endReason: z.string().nullable(),
  /** Set by an adjudication. */
  adjudication: z
    .object({ outcome: decidedOutcome, level: level.nullable(), reason: z.string(), feedback: z.string() })
    .nullable(),
  personKey: z.string().optional(),
  personSort: z.string().optional(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Reading = z.output<typeof reading>;

/** How far the second reading of a case lies from the first. */
export const comparison = z.object({
  sameRecommendation: z.boolean(),
  /** Criteria that were judged differently, with how many places of the scale lie between. */
  apart: z.array(
    z.object({
      criterionId: z.string(),
      first: z.string().nullable(),
      second: z.string().nullable(),
      places: z.number().int().positive(),
    }),
  ),
  /** Within the round's tolerance: the first reading stands. */
  within: z.boolean(),
});
export type Comparison = z.output<typeof comparison>;

export const caseStatus = z.enum(['READING', 'ADJUDICATION', 'AGREED', 'ADJUDICATED', 'CLOSED']);
export type CaseStatus = z.output<typeof caseStatus>;

/** A selected review on its way to a proposed outcome: `REG#<id>/CASE`. */
export const moderationCase = z.object({
  registrationId: z.string(),
  roundId: z.string(),
  status: caseStatus,
  reasons: z.array(selectionReason).min(1),
  /** Attempt of the round's moderation that drew it; its record carries the seed. */
  moderationAttempt: z.number().int(),
  first: recommendation.extend({ assignmentId: z.string(), readerId: z.string() }),
  second: recommendation.extend({ readingId: z.string(), readerId: z.string() }).nullable(),
  adjudication: recommendation
    .extend({ readingId: z.string(), readerId: z.string(), reason: z.string() })
    .nullable(),
  /** Null until the second reading is returned, and in cases of before comparisons were recorded. */
  comparison: comparison.nullable().default(null),
  /** Set while nobody can be given the reading; an admin names somebody. */
  nobodySince: z.iso.datetime().nullable(),
  escalations: z.number().int().nonnegative(),
  openedAt: z.iso.datetime(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type ModerationCase = z.output<typeof moderationCase>;

/** How a proposed outcome came about. */
export const proposalBasis = z.enum(['FIRST_READING', 'AGREEMENT', 'ADJUDICATION']);

/** What the panel is asked to confirm: `REG#<id>/OUTCOME`. */
export const proposedOutcome = recommendation.extend({
  registrationId: z.string(),
  roundId: z.string(),
  /** CLOSED: the school left the round before the panel confirmed it. */
  status: z.enum(['PROPOSED', 'CONFIRMED', 'CLOSED']),
  basis: proposalBasis,
  /** Everyone who judged this case: first and second reader, adjudicator. None of them may confirm it. */
  judgedBy: z.array(z.string()).min(1),
  feedback: z.string(),
  proposedAt: z.iso.datetime(),
  confirmBy: calendarDay,
  /** Meeting of the panel that confirmed it, so that a meeting finds its decisions. */
  meeting: z.number().int().positive().optional(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type ProposedOutcome = z.output<typeof proposedOutcome>;

/** Somebody of the panel who was present and took no part in a case. */
export const keptOut = z.object({ personId: z.string(), because: z.enum(['JUDGED', 'CONFLICT']) });
export type KeptOut = z.output<typeof keptOut>;

/**
 * A meeting of the award panel: `ROUND#<id>/PANEL-MEETING#<nnnn>`. Who is present is fixed while it lasts, which is until
 * it is closed or its day is over: whoever comes or goes makes it another meeting, so that its minutes say who decided what.
 */
export const panelMeeting = z.object({
  roundId: z.string(),
  number: z.number().int().positive(),
  status: z.enum(['OPEN', 'CLOSED']),
  /** Quorum of the round's policy at the time. */
  quorum: z.number().int().positive(),
  present: z.array(z.string()).min(1),
  openedBy: z.string(),
  openedAt: z.iso.datetime(),
  closedBy: z.string().nullable(),
  closedAt: z.iso.datetime().nullable(),
  note: z.string().nullable(),
  /** Cases for which no quorum was present: nothing is confirmed, they go to the next meeting. */
  postponed: z.array(z.string()),
});
export type PanelMeeting = z.output<typeof panelMeeting>;

/** The confirmed decision: `REG#<id>/DECISION`; immutable, embargoed until the results are released. */
export const decision = recommendation.extend({
  registrationId: z.string(),
  roundId: z.string(),
  proposed: recommendation.extend({ basis: proposalBasis }),
  judgedBy: z.array(z.string()).min(1),
  confirmedBy: z.string(),
  at: z.iso.datetime(),
  /** Given where the panel changed what was proposed. */
  reason: z.string().nullable(),
  feedback: z.string(),
  /** Meeting in which it was decided; null for decisions of before meetings were recorded. */
  meeting: z.number().int().positive().nullable().default(null),
  /** Who of those present decided it, and who was present and kept out of it. */
  decidedBy: z.array(z.string()).default([]),
  keptOut: z.array(keptOut).default([]),
  /** Made by the appeal panel in place of an earlier decision, which the audit keeps. */
  onAppeal: z.boolean().default(false),
});
export type Decision = z.output<typeof decision>;

/** A defence file that was made: `REG#<id>/DEFENCE#<ulid>`; PDF and JSON lie in the documents bucket. */
export const defenceRecord = z.object({
  registrationId: z.string(),
  roundId: z.string(),
  madeAt: z.iso.datetime(),
  madeBy: z.string(),
  differences: z.number().int(),
  pdfKey: z.string(),
  pdfSha256: z.string(),
  jsonKey: z.string(),
  jsonSha256: z.string(),
});
export type DefenceRecord = z.output<typeof defenceRecord>;

/** One draw of a round: `ROUND#<id>/DRAW#<attempt>`; everybody can repeat it from its seed. */
export const draw = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  at: z.iso.datetime(),
  seed: z.string(),
  /** Returned reviews of the round at the time, earlier ones included. */
  cohort: z.number().int(),
  selected: z.number().int(),
  status: z.enum(['DRAWN', 'OPENED', 'COMPLETED']),
  pages: z.number().int().nonnegative(),
  pagesDone: z.number().int().nonnegative(),
});
export type Draw = z.output<typeof draw>;

/** One review that a draw decided. */
export const drawnReview = z.object({
  registrationId: z.string(),
  assignmentId: z.string(),
  /** Empty: its recommendation is proposed as it is. */
  reasons: z.array(selectionReason),
  /** Moderator for the second reading; null where nobody may read it, or it was not selected. */
  readerId: z.string().nullable(),
});
export type DrawnReview = z.output<typeof drawnReview>;
/** Part of a draw, small enough for an item: `DRAW-PAGE#<attempt>#<nn>`. */
export const drawPage = z.object({ reviews: z.array(drawnReview) });
export const DRAW_PAGE_SIZE = 40;
