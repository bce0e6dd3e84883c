import * as z from 'zod';
import {
  assignmentStatus,
  declineReason,
  documentLink,
  draftCheck,
  explanation,
  readingCriteria,
  readingMaterial,
  readSchool,
  reviewDraft,
} from '../../assessment/model.ts';
import { bilingual, calendarDay, level } from '../../programme/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';

const assignmentParams = z.object({ assignmentId: z.string().min(1) });
const refusalOfWork = z.object({ code: declineReason, reason: z.string().trim().min(3).max(1000) });

/** One line of the assessor's own list. */
export const assignmentSummary = z.object({
  assignmentId: z.string(),
  roundId: z.string(),
  roundLabel: bilingual,
  status: assignmentStatus,
  school: readSchool,
  targetLevel: level,
  language,
  files: z.number().int(),
  bytes: z.number().int(),
  offeredAt: z.iso.datetime(),
  answerBy: z.iso.datetime(),
  /** null until accepted. */
  dueOn: calendarDay.nullable(),
  returnedAt: z.iso.datetime().nullable(),
  explanation,
});

const assignmentDetail = assignmentSummary.extend({
  /** True while the documents and the draft are open to the assessor (accepted, not yet returned or given to another). */
  open: z.boolean(),
  accreditation: z.enum(['FIRST', 'REACCREDITATION']),
  pupilsOnRoll: z.number().int(),
  criteria: readingCriteria.nullable(),
  material: readingMaterial.nullable(),
  draft: reviewDraft.nullable(),
  check: draftCheck.nullable(),
});

/** The assessor's API: my profile and conflicts, my offers, reading, judging, returning. */
export const assessorContract = defineContract({
  readProfile: {
    method: 'GET',
    path: '/api/assessor/profile',
    roles: ['assessor'],
    response: z.object({
      name: z.string(),
      employer: z.string(),
      hubs: z.array(z.object({ hubId: z.string(), name: z.string() })),
      levels: z.array(level),
      languages: z.array(language),
      /** Submissions a round; null: the round's policy. */
      capacity: z.number().int().nullable(),
      isNew: z.boolean(),
      conflicts: z.array(z.object({ schoolId: z.string(), reason: z.string() })),
      /** Rounds in which this assessor can be asked, with the date of the allocation. */
      rounds: z.array(
        z.object({ roundId: z.string(), label: bilingual, allocationOn: calendarDay, declared: z.boolean() }),
      ),
    }),
    summary: 'My profile as an assessor, my conflicts, the rounds that I should declare for',
  },
  listRoundSchools: {
    method: 'GET',
    path: '/api/assessor/rounds/{roundId}/schools',
    roles: ['assessor'],
    params: z.object({ roundId: z.string().min(1) }),
    response: z.object({
      schools: z.array(
        z.object({
          schoolId: z.string(),
          name: z.string(),
          town: z.string(),
          localAuthority: z.string(),
          ownHub: z.boolean(),
        }),
      ),
    }),
    summary: 'The schools of a round, to declare conflicts about',
  },
  declareConflicts: {
    method: 'PUT',
    path: '/api/assessor/rounds/{roundId}/conflicts',
    roles: ['assessor'],
    params: z.object({ roundId: z.string().min(1) }),
    body: z.object({
      conflicts: z
        .array(z.object({ schoolId: z.string().min(1), reason: z.string().trim().min(3).max(500) }))
        .max(200),
    }),
    response: z.object({ declared: z.literal(true), conflicts: z.number().int() }),
    summary: 'Declare my conflicts for a round; an empty list declares that there are none',
  },
  listAssignments: {
    method: 'GET',
    path: '/api/assessor/assignments',
    roles: ['assessor'],
    response: z.object({ assignments: z.array(assignmentSummary) }),
    summary: 'What I am offered and what I am reading, the latest round first',
  },
  readAssignment: {
    method: 'GET',
    path: '/api/assessor/assignments/{assignmentId}',
    roles: ['assessor'],
    params: assignmentParams,
    response: assignmentDetail,
    summary: 'One assignment: once accepted with documents, criteria and my draft',
  },
  acceptAssignment: {
    method: 'POST',
    path: '/api/assessor/assignments/{assignmentId}/accept',
    roles: ['assessor'],
    params: assignmentParams,
    response: z.object({ status: assignmentStatus, dueOn: calendarDay }),
    summary: 'Accept an offer',
  },
  declineAssignment: {
    method: 'POST',
    path: '/api/assessor/assignments/{assignmentId}/decline',
    roles: ['assessor'],
    params: assignmentParams,
    body: refusalOfWork,
    response: z.object({ status: assignmentStatus }),
    summary: 'Decline an offer; a conflict is remembered on my profile',
  },
  withdrawAssignment: {
    method: 'POST',
    path: '/api/assessor/assignments/{assignmentId}/withdraw',
    roles: ['assessor'],
    params: assignmentParams,
    body: refusalOfWork,
    response: z.object({ status: assignmentStatus }),
    summary: 'Give an accepted assignment back; a conflict found is remembered on my profile',
  },
  openDocument: {
    method: 'GET',
    path: '/api/assessor/assignments/{assignmentId}/documents/{documentId}',
    roles: ['assessor'],
    params: assignmentParams.extend({ documentId: z.string().min(1) }),
    response: documentLink,
    summary: 'A short-lived address of one frozen file; each opening is logged',
  },
  saveDraft: {
    method: 'PUT',
    path: '/api/assessor/assignments/{assignmentId}/review',
    roles: ['assessor'],
    params: assignmentParams,
    body: reviewDraft,
    response: z.object({ savedAt: z.iso.datetime(), check: draftCheck }),
    summary: 'Save my draft as I go',
  },
  returnReview: {
    method: 'POST',
    path: '/api/assessor/assignments/{assignmentId}/return',
    roles: ['assessor'],
    params: assignmentParams,
    body: z.object({ inconsistencyReason: z.string().trim().min(10).max(2000).optional() }),
    response: z.object({ status: assignmentStatus, returnedAt: z.iso.datetime() }),
    summary: 'Return the saved review; it cannot be changed afterwards',
  },
});
