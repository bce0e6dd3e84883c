import * as z from 'zod';
import { recordedShortage } from '../../assessment/allocation/shortage-report.ts';
import {
  assignmentStatus,
  explanation,
  judgementEntry,
  readSchool,
  recommendation,
  solvedStage,
  unplaced,
} from '../../assessment/model.ts';
import {
  caseStatus,
  comparison,
  proposalBasis,
  readingKind,
  readingStatus,
  selectionReason,
} from '../../moderation/model.ts';
import { bilingual, calendarDay, decidedOutcome, level } from '../../programme/model.ts';
import { registrationStatus } from '../../registration/model.ts';
import { defineContract } from '../../shared/http/contract.ts';

const roundParams = z.object({ roundId: z.string().min(1) });
const caseParams = z.object({ registrationId: z.string().min(1) });
const reason = z.string().trim().min(10).max(4000);
const named = z.object({ personId: z.string(), name: z.string() });
const meetingParams = roundParams.extend({ meeting: z.coerce.number().int().positive() });
const outcomeWithLevel = z.object({ outcome: decidedOutcome, level: level.nullable() });
const because = z.enum(['JUDGED', 'CONFLICT']);

/** A meeting of the panel as the list shows it. */
const meetingSummary = z.object({
  number: z.number().int(),
  sitting: z.boolean(),
  quorum: z.number().int(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  present: z.array(named),
  postponed: z.number().int(),
});

/** One school of the round as the panel's list shows it. Nothing of the case where the asker has a conflict. */
const outcomeSummary = z.object({
  registrationId: z.string(),
  reference: z.string(),
  school: readSchool,
  targetLevel: level,
  status: registrationStatus,
  /** AWAITED: no review yet; READ: returned, not yet moderated; MODERATION: a case is open; PROPOSED, CONFIRMED, RELEASED. */
  stage: z.enum(['AWAITED', 'READ', 'MODERATION', 'PROPOSED', 'CONFIRMED', 'RELEASED']),
  proposed: recommendation
    .extend({ basis: proposalBasis, proposedAt: z.iso.datetime(), confirmBy: calendarDay })
    .nullable(),
  decided: recommendation.nullable(),
  /** Why the asker cannot confirm this one, if so. */
  blocked: z.enum(['JUDGED', 'CONFLICT', 'NOT_PROPOSED', 'NOT_PANEL']).nullable(),
  held: z.boolean(),
});

const reviewOfCase = z.object({
  kind: z.enum(['FIRST', 'SECOND']),
  reader: named,
  judgements: z.array(judgementEntry),
  feedback: z.string(),
  notes: z.string(),
  recommendation,
  inconsistencyReason: z.string().nullable(),
  metShare: z.number(),
  returnedAt: z.iso.datetime(),
});

/** The panel's API, with what an admin does about allocation, moderation and held results. */
export const panelContract = defineContract({
  listRounds: {
    method: 'GET',
    path: '/api/panel/rounds',
    roles: ['panel', 'admin', 'auditor'],
    response: z.object({
      rounds: z.array(z.object({ roundId: z.string(), label: bilingual, resultsOn: calendarDay })),
    }),
    summary: 'Rounds to choose from, the newest first',
  },
  listOutcomes: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/outcomes',
    roles: ['panel', 'admin', 'auditor'],
    params: roundParams,
    response: z.object({
      roundId: z.string(),
      label: bilingual,
      resultsOn: calendarDay,
      outcomes: z.array(outcomeSummary),
    }),
    summary: 'Every school of the round that is being or has been judged, with the proposed outcome',
  },
  readCase: {
    method: 'GET',
    path: '/api/panel/cases/{registrationId}',
    roles: ['panel', 'admin', 'auditor'],
    params: caseParams,
    response: outcomeSummary.extend({
      roundId: z.string(),
      /** The asker is to read it a second time, or could be: nothing of the first reading is told. */
      blind: z.boolean(),
      criteria: z.array(z.object({ id: z.string(), areaTitle: bilingual, title: bilingual })),
      judgements: z.array(z.object({ id: z.string(), title: bilingual, meets: z.boolean() })),
      assignments: z.array(
        z.object({
          assignmentId: z.string(),
          assessor: named,
          status: assignmentStatus,
          offeredAt: z.iso.datetime(),
          endReason: z.string().nullable(),
          explanation,
        }),
      ),
      reviews: z.array(reviewOfCase),
      moderation: z
        .object({
          status: caseStatus,
          reasons: z.array(selectionReason),
          comparison: comparison.nullable(),
          readings: z.array(
            z.object({
              readingId: z.string(),
              kind: readingKind,
              reader: named,
              status: readingStatus,
              dueOn: calendarDay,
              endReason: z.string().nullable(),
            }),
          ),
          adjudication: recommendation.extend({ adjudicator: named, reason: z.string() }).nullable(),
          /** Nobody could be given the reading: an admin names somebody. */
          needsReader: z.boolean(),
        })
        .nullable(),
      feedback: z.string().nullable(),
      decision: recommendation
        .extend({
          confirmedBy: named,
          at: z.iso.datetime(),
          reason: z.string().nullable(),
          feedback: z.string(),
          meeting: z.number().int().nullable(),
          decidedBy: z.array(named),
          keptOut: z.array(named.extend({ because })),
        })
        .nullable(),
      hold: z.object({ reason: z.string(), by: named, at: z.iso.datetime() }).nullable(),
    }),
    summary: 'Everything behind one proposed outcome',
  },
  confirmOutcomes: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/confirm',
    roles: ['panel'],
    params: roundParams,
    body: z.object({
      meeting: z.number().int().positive(),
      decisions: z
        .array(
          z.object({
            registrationId: z.string().min(1),
            outcome: decidedOutcome,
            level: level.nullable(),
            /** Needed where outcome or level differ from what was proposed. */
            reason: reason.optional(),
            /** Replaces the feedback that the school receives. */
            feedback: z.string().trim().min(20).max(12_000).optional(),
          }),
        )
        .min(1)
        .max(50),
    }),
    response: z.object({
      confirmed: z.array(z.string()),
      refused: z.array(z.object({ registrationId: z.string(), code: z.string(), message: z.string() })),
    }),
    summary:
      'Confirm outcomes in a batch in the meeting that is sitting; each is refused alone where a rule forbids it, and goes to the next meeting where no quorum may decide it',
  },
  listMeetings: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/meetings',
    roles: ['panel', 'admin', 'auditor'],
    params: roundParams,
    response: z.object({
      quorum: z.number().int(),
      members: z.array(named),
      meetings: z.array(meetingSummary),
    }),
    summary: 'Meetings of the panel, the latest first, and who can be present',
  },
  openMeeting: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/meetings',
    roles: ['panel'],
    params: roundParams,
    body: z.object({ present: z.array(z.string().min(1)).min(1).max(40) }),
    response: z.object({ meeting: z.number().int() }),
    summary: 'Open a meeting with those present, who open it among them',
  },
  closeMeeting: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/meetings/{meeting}/close',
    roles: ['panel'],
    params: meetingParams,
    body: z.object({ note: z.string().trim().max(4000).optional() }),
    response: z.object({ meeting: z.number().int() }),
    summary: 'Close the meeting, with a note for its minutes',
  },
  readMinutes: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/meetings/{meeting}',
    roles: ['panel', 'admin', 'auditor'],
    params: meetingParams,
    response: z.object({
      label: bilingual,
      meeting: meetingSummary,
      openedBy: z.string(),
      closedBy: z.string().nullable(),
      note: z.string().nullable(),
      rows: z.array(
        z.object({
          registrationId: z.string(),
          reference: z.string(),
          school: z.string(),
          proposed: outcomeWithLevel,
          decided: outcomeWithLevel,
          changed: z.boolean(),
          reason: z.string().nullable(),
          decidedBy: z.array(z.string()),
          keptOut: z.array(z.object({ name: z.string(), because })),
          at: z.iso.datetime(),
        }),
      ),
      postponed: z.array(z.object({ reference: z.string(), school: z.string() })),
      withheld: z.number().int(),
      csv: z.object({ fileName: z.string(), text: z.string() }),
    }),
    summary: 'Minutes of a meeting, without the cases in which the asker has a conflict',
  },
  holdResult: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/hold',
    roles: ['panel', 'admin'],
    params: caseParams,
    body: z.object({ reason }),
    response: z.object({ held: z.boolean() }),
    summary: 'Hold the result of one school back; the others are released without it',
  },
  liftHold: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/lift-hold',
    roles: ['panel', 'admin'],
    params: caseParams,
    body: z.object({ reason }),
    response: z.object({ held: z.boolean() }),
    summary: 'Let a held result go; it is released at once where the results day has passed',
  },
  declareConflict: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/conflict',
    roles: ['panel'],
    params: caseParams,
    body: z.object({ reason }),
    response: z.object({ declared: z.boolean() }),
    summary: 'Declare a conflict of interest with a school: its case is closed to the member from then on',
  },
  nameReader: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/reader',
    roles: ['admin'],
    params: caseParams,
    body: z.object({ personId: z.string().min(1), reason }),
    response: z.object({ readingId: z.string(), kind: readingKind }),
    summary: 'Name the second reader or adjudicator of a case; the rules on conflicts apply',
  },
  readAllocation: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/allocation',
    roles: ['panel', 'admin', 'auditor'],
    params: roundParams,
    response: z.object({
      attempts: z.array(
        z.object({
          attempt: z.number().int(),
          pass: z.number().int(),
          at: z.iso.datetime(),
          seconds: z.number(),
          assessors: z.number().int(),
          submissions: z.number().int(),
          stages: z.array(solvedStage),
          placed: z.number().int(),
          unplaced: z.array(unplaced),
          /** Who competes for whom where not all could be placed, and one change that would place more. */
          shortage: recordedShortage.nullable(),
        }),
      ),
      assignments: z.array(
        z.object({
          assignmentId: z.string(),
          registrationId: z.string(),
          reference: z.string().nullable(),
          school: readSchool.nullable(),
          assessor: named,
          status: assignmentStatus,
          allocationAttempt: z.number().int(),
          offeredAt: z.iso.datetime(),
          returnedAt: z.iso.datetime().nullable(),
          dueOn: calendarDay.nullable(),
          late: z.boolean(),
          endReason: z.string().nullable(),
          explanation,
        }),
      ),
      /** What nobody could be given yet, by the latest solve. */
      unplaced: z.array(unplaced.extend({ reference: z.string(), school: readSchool })),
      /** The assessors that a shortage or its change names. */
      people: z.array(named),
    }),
    summary: 'Every solve with objective and bound of its stages, every assignment with its explanation',
  },
  requestAllocation: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/allocation',
    roles: ['admin'],
    params: roundParams,
    body: z.object({ reason }),
    response: z.object({ attempt: z.number().int() }),
    summary: 'Allocate now what has no assessor yet',
  },
  reassign: {
    method: 'POST',
    path: '/api/panel/assignments/{assignmentId}/reassign',
    roles: ['admin'],
    params: z.object({ assignmentId: z.string().min(1) }),
    body: z.object({ reason }),
    response: z.object({ status: assignmentStatus }),
    summary: 'Take an assignment from its assessor and allocate the submission again',
  },
  readModeration: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/moderation',
    roles: ['panel', 'admin', 'auditor'],
    params: roundParams,
    response: z.object({
      draws: z.array(
        z.object({
          attempt: z.number().int(),
          at: z.iso.datetime(),
          seed: z.string(),
          cohort: z.number().int(),
          selected: z.array(z.object({ registrationId: z.string(), reasons: z.array(selectionReason) })),
        }),
      ),
      cases: z.array(
        z.object({
          registrationId: z.string(),
          status: caseStatus,
          reasons: z.array(selectionReason),
          dueOn: calendarDay.nullable(),
          waitingFor: z.enum(['SECOND_READER', 'ADJUDICATOR', 'ADMIN', 'PANEL', 'NOBODY']),
          agreed: z.boolean().nullable(),
        }),
      ),
    }),
    summary: 'The draws of the round with their seeds, and every case with whom it waits for',
  },
});
