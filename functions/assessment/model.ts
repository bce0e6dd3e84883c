import * as z from 'zod';
import { bilingual, decidedOutcome, level } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';

/** Where an assignment stands (domain.md section 6). The last five end it; OFFERED, ACCEPTED and IN_REVIEW are live. */
export const assignmentStatuses = [
  'OFFERED',
  'ACCEPTED',
  'IN_REVIEW',
  'RETURNED',
  'DECLINED',
  'EXPIRED',
  'WITHDRAWN',
  'REASSIGNED',
] as const;
export const assignmentStatus = z.enum(assignmentStatuses);
export type AssignmentStatus = z.output<typeof assignmentStatus>;
/** Statuses in which the assessor may open the documents; it ends when the work is returned or given to another. */
export const readingStatuses: readonly AssignmentStatus[] = ['ACCEPTED', 'IN_REVIEW'];
/** Statuses in which nobody else can be given the submission. */
export const liveStatuses: readonly AssignmentStatus[] = ['OFFERED', 'ACCEPTED', 'IN_REVIEW'];

/** Rules that bar an assessor from a submission (domain.md 2.3), in the order in which they are checked. */
export const barRules = [
  'NOT_DECLARED',
  'OWN_HUB',
  'OWN_SCHOOL',
  'EMPLOYER',
  'CONFLICT',
  'BARRED_BEFORE',
  'LEVEL',
  'LANGUAGE',
] as const;
export const barRule = z.enum(barRules);
export type BarRule = z.output<typeof barRule>;

/** Why this assessor: what an admin or the assessor reads beside the offer. */
export const explanation = z.object({
  /** Assessors that no rule barred from this submission, this one included. */
  eligible: z.number().int().nonnegative(),
  /** How many assessors each rule barred (the first that applies to each counts). */
  barred: z.partialRecord(barRule, z.number().int().positive()),
  /** Submissions that this assessor holds after the allocation, and the greatest number that anyone holds. */
  load: z.number().int(),
  maximumLoad: z.number().int(),
  previousAssessor: z.boolean(),
  /** Submissions of the same hub with this assessor, this one included. */
  sameHub: z.number().int(),
});

export const declineReason = z.enum(['CONFLICT', 'WORKLOAD', 'ILLNESS', 'OTHER']);
export type DeclineReason = z.output<typeof declineReason>;

export const assignment = z.object({
  assignmentId: z.string().min(1),
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  schoolId: z.string().min(1),
  assessorId: z.string().min(1),
  allocationAttempt: z.number().int().positive(),
  status: assignmentStatus,
  statusSince: z.iso.datetime(),
  level,
  language,
  submissionVersion: z.number().int().positive(),
  explanation,
  offeredAt: z.iso.datetime(),
  /** Instant until which the offer stands. */
  answerBy: z.iso.datetime(),
  acceptedAt: z.iso.datetime().nullable(),
  returnedAt: z.iso.datetime().nullable(),
  /** Set when the due day passed without the review; it then stands in the queue ASSESSMENT-LATE. */
  escalatedAt: z.iso.datetime().nullable(),
  ended: z.object({ code: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
  /** Set once another allocation was asked for in place of this one. */
  reallocatedAt: z.iso.datetime().nullable(),
  personKey: z.string().optional(),
  personSort: z.string().optional(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type Assignment = z.output<typeof assignment>;

/** One criterion as a reader judged it. `judgement` is an id of the framework's scale, null while undecided. */
export const judgementEntry = z.object({
  criterionId: z.string().min(1),
  judgement: z.string().min(1).nullable(),
  strengths: z.string().max(4000),
  nextSteps: z.string().max(4000),
});
export type JudgementEntry = z.output<typeof judgementEntry>;

/** `level` is the target level for AWARDED, a lower one for AWARDED_LOWER, null otherwise. */
export const recommendation = z.object({ outcome: decidedOutcome, level: level.nullable() });
export type Recommendation = z.output<typeof recommendation>;

/** A review as its reader is writing it: saved as they go, complete only when returned. */
export const reviewDraft = z.object({
  judgements: z.array(judgementEntry).max(60),
  feedback: z.string().max(12_000),
  notes: z.string().max(8000),
  recommendation: recommendation.nullable(),
});
export type ReviewDraft = z.output<typeof reviewDraft>;
export const emptyDraft: ReviewDraft = { judgements: [], feedback: '', notes: '', recommendation: null };

/** A returned review; immutable. */
export const review = z.object({
  readerId: z.string(),
  registrationId: z.string(),
  roundId: z.string(),
  judgements: z.array(judgementEntry.extend({ judgement: z.string().min(1) })).min(1),
  feedback: z.string().min(1),
  notes: z.string(),
  recommendation,
  /** Given where the recommendation does not follow from the judgements. */
  inconsistencyReason: z.string().nullable(),
  /** Share of the level's criteria judged as met, 0 to 1. */
  metShare: z.number().min(0).max(1),
  submissionVersion: z.number().int().positive(),
  criteriaVersion: z.string(),
  returnedAt: z.iso.datetime(),
});
export type Review = z.output<typeof review>;

/** What stands between a draft and its return. */
export const draftCheck = z.object({
  /** Parts still missing: `judgements.<criterionId>`, `feedback`, `recommendation`. */
  missing: z.array(z.string()),
  /** Codes of what does not fit together; returning then needs a reason. */
  inconsistencies: z.array(z.enum(['awarded-with-unmet', 'not-awarded-with-all-met', 'lower-with-all-met'])),
});
export type DraftCheck = z.output<typeof draftCheck>;

/** The school as a reader of its submission sees it. */
export const readSchool = z.object({ name: z.string(), town: z.string(), localAuthority: z.string() });

/** The frozen submission as a reader sees it: exactly what was frozen, by version and digest. */
export const readingMaterial = z.object({
  version: z.number().int(),
  frozenAt: z.iso.datetime(),
  files: z.array(
    z.object({
      documentId: z.string(),
      typeId: z.string(),
      typeTitle: bilingual,
      filename: z.string(),
      mediaType: z.string(),
      bytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
  reflections: z.array(z.object({ criterionId: z.string(), text: z.string() })),
});

/** Criteria of the target level with what that level asks, in the framework's order, and the scale of judgements. */
export const readingCriteria = z.object({
  version: z.string(),
  criteria: z.array(
    z.object({ id: z.string(), areaTitle: bilingual, title: bilingual, descriptor: bilingual }),
  ),
  judgements: z.array(z.object({ id: z.string(), title: bilingual, meets: z.boolean() })),
});

/** A presigned address of one frozen file; it stops working at `expiresAt`. */
export const documentLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

/** A submission that nobody could be given, with the reason. */
export const unplaced = z.object({
  registrationId: z.string(),
  /** NO_ASSESSOR: rules bar everyone; NO_CAPACITY: those whom no rule bars are full. */
  code: z.enum(['NO_ASSESSOR', 'NO_CAPACITY']),
  /** In words for an admin, for example "31 own hub, 2 level, 57 language". */
  reason: z.string(),
  barred: z.partialRecord(barRule, z.number().int().positive()),
});
export type Unplaced = z.output<typeof unplaced>;

/** One solve: objective and proven bound of every stage, in order; equal numbers mean proven optimal. */
export const solvedStage = z.object({ name: z.string(), objective: z.number(), bound: z.number() });
export type SolvedStage = z.output<typeof solvedStage>;
