import * as z from 'zod';
import { language } from '../shared/access/identity.ts';
import { pence } from '../shared/money/pence.ts';

/** A calendar day in Europe/London; a deadline is its last millisecond there. */
export const calendarDay = z.iso.date();

/** Levels in rising order (domain.md 1.1); the legacy names are kept for awards given before 2017. */
export const levels = ['PSQM', 'GILT', 'OUTREACH'] as const;
export const level = z.enum(levels);
export type Level = z.output<typeof level>;
export const awardedLevel = z.enum([...levels, 'BRONZE', 'SILVER', 'GOLD']);

/** Outcomes of domain.md 2.3, with those that end a registration before a decision. */
export const decidedOutcomes = [
  'AWARDED',
  'AWARDED_LOWER',
  'DEFERRED_FURTHER_EVIDENCE',
  'WORKING_TOWARDS',
  'NOT_AWARDED',
] as const;
export const decidedOutcome = z.enum(decidedOutcomes);
export type DecidedOutcome = z.output<typeof decidedOutcome>;

/** Text that people read, in both languages. */
export const bilingual = z.object({ en: z.string().min(1), cy: z.string().min(1) });

/** The dates of a round (domain.md 1.3), each movable for the whole round or for one school. */
export const calendar = z.object({
  registrationOpens: calendarDay,
  registrationCloses: calendarDay,
  paymentDue: calendarDay,
  trainingStarts: calendarDay,
  /** The hub sessions, in order. */
  sessions: z.array(calendarDay).min(1),
  actionPlanDue: calendarDay,
  levelChangeCutOff: calendarDay,
  submissionOpens: calendarDay,
  signOffDue: calendarDay,
  submissionDue: calendarDay,
  allocation: calendarDay,
  assessmentDue: calendarDay,
  moderation: calendarDay,
  moderationDue: calendarDay,
  results: calendarDay,
});
export type Calendar = z.output<typeof calendar>;
/** Deadlines that an admin can move; the others are derived from the round's own course. */
export const deadlineNames = [
  'paymentDue',
  'actionPlanDue',
  'levelChangeCutOff',
  'signOffDue',
  'submissionDue',
  'assessmentDue',
  'moderation',
  'moderationDue',
  'results',
] as const;
export const deadlineName = z.enum(deadlineNames);
export type DeadlineName = z.output<typeof deadlineName>;

export const feeTable = z.object({
  version: z.string(),
  standardPence: pence.positive(),
  smallPence: pence.positive(),
  /** A school with at most this many pupils on roll pays the small fee. */
  smallMaximumPupils: z.number().int().nonnegative(),
  paymentTermsDays: z.number().int().positive(),
  vat: z.enum(['EXEMPT', 'STANDARD', 'OUTSIDE_SCOPE']),
});

export const criterion = z.object({
  id: z.string(),
  area: z.string(),
  title: bilingual,
  /** What each level asks, by level. */
  descriptors: z.record(level, bilingual),
  /** Levels that this criterion belongs to (Outreach has its own beside all of Gilt's). */
  levels: z.array(level).min(1),
});
export const criteriaFramework = z.object({
  version: z.string(),
  areas: z.array(z.object({ id: z.string(), title: bilingual })).min(1),
  criteria: z.array(criterion).min(1),
  /** Judgements of one criterion, from best to worst; `meets` tells whether it counts as met. */
  judgements: z.array(z.object({ id: z.string(), title: bilingual, meets: z.boolean() })).min(2),
});

export const documentType = z.object({
  id: z.string(),
  title: bilingual,
  help: bilingual,
  requiredFor: z.array(level),
  minimumFiles: z.number().int().nonnegative(),
  maximumFiles: z.number().int().positive(),
  mediaTypes: z.array(z.string()).min(1),
  maximumBytes: z.number().int().positive(),
});
export const checklist = z.object({
  version: z.string(),
  documents: z.array(documentType).min(1),
  maximumSubmissionBytes: z.number().int().positive(),
  reflectionMaximumWords: z.number().int().positive(),
});

/** Rounds that were made before this was a policy have none; the default applies (functions/awards/appeals/policy.ts). */
export const appealPolicy = z.object({
  /** Working days after its results day in which a school may appeal. */
  windowWorkingDays: z.number().int().positive(),
  /** Working days in which an appeal is decided. */
  decisionWorkingDays: z.number().int().positive(),
  /** Members without a part in the case who decide an appeal. */
  quorum: z.number().int().positive(),
  /** Whether the school's entry is left out of the public list until its appeal is decided. */
  staysEntry: z.boolean(),
  grounds: z.array(z.object({ id: z.string().min(1), title: bilingual })).min(1),
});

/** Every rule of domain.md that is an inference, as configuration of the round. */
export const policies = z.object({
  hubCapacity: z.number().int().positive(),
  maximumSubjectLeaders: z.number().int().positive(),
  /** Rounds that were made before these were policies keep the values that applied to them. */
  registration: z
    .object({
      /** Hours in which a school can correct its form before the invoice is issued by itself. */
      correctionHours: z.number().int().positive(),
      /** Working days that finance have to decide about a funder's place before the school is billed itself. */
      fundingDecisionWorkingDays: z.number().int().positive(),
      /** How often admins are told of a school that no hub has room for, before its search ends on the stuck board. */
      placementEscalations: z.number().int().nonnegative().default(3),
    })
    .default({ correctionHours: 24, fundingDecisionWorkingDays: 10, placementEscalations: 3 }),
  payment: z.object({
    /** Days relative to the invoice's due date on which a reminder goes out. */
    reminderDays: z.array(z.number().int()),
    /** Days after the due date at which an unpaid registration lapses. */
    lapseAfterDays: z.number().int().positive(),
    /** Days after which an invoice that rests without an end (a dispute) is looked at again. */
    holdReviewDays: z.number().int().positive().default(14),
    /** Days that a payer has at least once a dispute, promise or query has ended, before the registration lapses. */
    graceAfterHoldDays: z.number().int().nonnegative().default(14),
    /** Days that an admin has to place a school before the wait escalates. */
    placementDays: z.number().int().positive(),
  }),
  training: z.object({
    reminderDaysBefore: z.array(z.number().int()),
    minimumSessions: z.number().int().nonnegative(),
    /** Days that a hub leader has for feedback on a plan and for answering a request, before the list shows it as late. */
    answerDays: z.number().int().positive().default(14),
  }),
  /** Level changes allowed until `levelChangeCutOff`: pairs of from and to (domain.md 1.1). */
  levelChanges: z.array(z.object({ from: level, to: level })),
  submission: z.object({
    reminderDaysBefore: z.array(z.number().int()),
    scanTimeoutMinutes: z.number().int().positive(),
  }),
  assessment: z.object({
    capacityPerRound: z.number().int().positive(),
    acceptWorkingDays: z.number().int().positive(),
    completeDays: z.number().int().positive(),
    reminderDays: z.array(z.number().int()),
    expireAfterDays: z.number().int().positive(),
    weights: z.object({
      previousAssessor: z.number().nonnegative(),
      hubSpread: z.number().nonnegative(),
      levelMix: z.number().nonnegative().optional(),
    }),
  }),
  moderation: z.object({
    alwaysLevels: z.array(level),
    newAssessorFirst: z.number().int().nonnegative(),
    /** Sample size by cohort: the row with the smallest `upTo` not below the cohort (Pearson's table, domain.md 2.2); null = beyond. */
    sample: z.array(
      z.object({ upTo: z.number().int().nullable(), size: z.union([z.number().int(), z.literal('ALL')]) }),
    ),
    /** Unmet criteria up to which a review is borderline, whatever it recommends; null: no review is. */
    borderlineUnmet: z.number().int().positive().nullable().default(null),
    /** How far two readings may lie apart for the first to stand; null: no limit (the recommendation alone counts). */
    tolerance: z
      .object({
        /** Places of the scale between the judgements of one criterion. */
        places: z.number().int().nonnegative().nullable(),
        /** Criteria that are judged differently at all. */
        criteria: z.number().int().nonnegative().nullable(),
      })
      .default({ places: null, criteria: null }),
    secondReadingDays: z.number().int().positive(),
    /** Days before its due day on which the reader of a second reading or adjudication is reminded. */
    reminderDaysBefore: z.number().int().positive().default(2),
    adjudicationDays: z.number().int().positive(),
    confirmationDays: z.number().int().positive(),
  }),
  /** How the award panel decides (domain.md 2.1: a committee confirms; its size is nowhere stated). */
  panel: z
    .object({
      /** Members who must be present and free to decide a case (neither judged it nor have a conflict), each case for itself. */
      quorum: z.number().int().positive(),
      /** Days before the results day from which panel and admins are told each day what is still unconfirmed. */
      callDaysBefore: z.number().int().nonnegative(),
    })
    .default({ quorum: 2, callDaysBefore: 7 }),
  /** Appeals (domain.md 2.2, 2.3): procedural grounds alone; whoever had to do with the case decides none. */
  appeals: appealPolicy.optional(),
  award: z.object({ validityMonths: z.number().int().positive() }),
  furtherEvidenceWorkingDays: z.number().int().positive(),
});

export const round = z.object({
  /** For example `R23-AUTUMN`; a round number alone is not unique (domain.md 1.3). */
  roundId: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,30}$/),
  /** As on the certificate, for example "Round 16 - Spring 2018-2019". */
  label: bilingual,
  status: z.enum(['DRAFT', 'OPEN', 'CLOSED']),
  calendar,
  fees: feeTable,
  criteria: criteriaFramework,
  checklist,
  policies,
  /** Attempts of the round's own machines, so that a further run is a new attempt. */
  allocationAttempt: z.number().int().nonnegative(),
  moderationAttempt: z.number().int().nonnegative(),
  resultsReleasedAt: z.iso.datetime().nullable(),
  /** Deadlines that were moved for the whole round, with the day that they have now; the calendar has it too. */
  movedDeadlines: z.partialRecord(deadlineName, calendarDay).default({}),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Round = z.output<typeof round>;

export const hub = z.object({
  hubId: z.string().min(1),
  name: z.string().min(1),
  region: z.string(),
  /** Postcode areas that the hub serves, for placing a school without a preference, e.g. ["AL", "SG"]. */
  postcodeAreas: z.array(z.string()),
  /** Languages in which its sessions are held. */
  languages: z.array(language).min(1),
  /** Schools a round; null takes the round's policy. */
  capacity: z.number().int().positive().nullable(),
  leaderIds: z.array(z.string()),
  active: z.boolean(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Hub = z.output<typeof hub>;

/** A school of the register (open government data; columns as GIAS publishes them, those absent empty). */
export const registerSchool = z.object({
  urn: z.string().regex(/^\d{6,7}$/),
  name: z.string().min(1),
  town: z.string(),
  postcode: z.string(),
  openDate: z.string(),
  /** Empty for an open school. */
  closeDate: z.string(),
  phase: z.string(),
  localAuthority: z.string(),
  trust: z.string(),
  pupils: z.number().int().nonnegative().nullable(),
  fsmPercent: z.number().min(0).max(100).nullable(),
});
export type RegisterSchool = z.output<typeof registerSchool>;

/** A body that pays for places of schools (domain.md 3.6: funding agreement). */
export const funder = z.object({
  funderId: z.string().min(1),
  name: z.string().min(1),
  email: z.email(),
  active: z.boolean(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Funder = z.output<typeof funder>;

/** A funder's places in one round; `used` is counted by whoever covers a registration, never above `places`. */
/** Which schools a funder pays for; a trial or a programme has its own rules (domain.md 1.10). Empty: all. */
export const fundingEligibility = z.object({
  /** Only schools that never held an award. */
  neverAwarded: z.boolean(),
  phases: z.array(z.string()),
  localAuthorities: z.array(z.string()),
  /** Least share of pupils with free school meals, per cent; a school that has not told its share is not eligible. */
  minimumFsmPercent: z.number().min(0).max(100).nullable(),
});
export type FundingEligibility = z.output<typeof fundingEligibility>;
export const everySchool: FundingEligibility = {
  neverAwarded: false,
  phases: [],
  localAuthorities: [],
  minimumFsmPercent: null,
};
export const fundingRefusals = ['AWARDED_BEFORE', 'PHASE', 'LOCAL_AUTHORITY', 'FREE_MEALS'] as const;
export type FundingRefusal = (typeof fundingRefusals)[number];

export const funderPlaces = z.object({
  funderId: z.string().min(1),
  roundId: z.string().min(1),
  places: z.number().int().nonnegative(),
  used: z.number().int().nonnegative(),
  eligibility: fundingEligibility.default(everySchool),
  purchaseOrder: z.string().nullable().default(null),
});
export type FunderPlaces = z.output<typeof funderPlaces>;
