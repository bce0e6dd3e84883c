import * as z from 'zod';
import {
  documentLink,
  draftCheck,
  judgementEntry,
  readingCriteria,
  readingMaterial,
  readSchool,
  recommendation,
  reviewDraft,
} from '../../assessment/model.ts';
import { readingKind, readingStatus } from '../../moderation/model.ts';
import { bilingual, calendarDay, decidedOutcome, level } from '../../programme/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';

const readingParams = z.object({ readingId: z.string().min(1) });

/** One line of the moderator's own list. It says nothing of the first reader, nor why the case was chosen. */
const readingSummary = z.object({
  readingId: z.string(),
  registrationId: z.string(),
  roundId: z.string(),
  roundLabel: bilingual,
  kind: readingKind,
  status: readingStatus,
  school: readSchool,
  targetLevel: level,
  language,
  offeredAt: z.iso.datetime(),
  dueOn: calendarDay,
  endedAt: z.iso.datetime().nullable(),
});

/** A review as the adjudicator compares it: readers by letter, not by name. */
const comparedReview = z.object({
  reader: z.enum(['FIRST', 'SECOND']),
  judgements: z.array(judgementEntry),
  feedback: z.string(),
  notes: z.string(),
  recommendation,
  inconsistencyReason: z.string().nullable(),
});

/** The moderator's API: second readings (blind to the first) and adjudications. */
export const moderatorContract = defineContract({
  listReadings: {
    method: 'GET',
    path: '/api/moderator/readings',
    roles: ['moderator'],
    response: z.object({ readings: z.array(readingSummary) }),
    summary: 'My queue: second readings and adjudications, the most urgent first',
  },
  readReading: {
    method: 'GET',
    path: '/api/moderator/readings/{readingId}',
    roles: ['moderator'],
    params: readingParams,
    response: readingSummary.extend({
      open: z.boolean(),
      criteria: readingCriteria.nullable(),
      material: readingMaterial.nullable(),
      /** Of a second reading. */
      draft: reviewDraft.nullable(),
      check: draftCheck.nullable(),
      /** Of an adjudication alone: both readings, side by side. */
      reviews: z.array(comparedReview).nullable(),
    }),
    summary: 'One reading: documents, criteria and my draft; for an adjudication both reviews',
  },
  openDocument: {
    method: 'GET',
    path: '/api/moderator/readings/{readingId}/documents/{documentId}',
    roles: ['moderator'],
    params: readingParams.extend({ documentId: z.string().min(1) }),
    response: documentLink,
    summary: 'A short-lived address of one frozen file; each opening is logged',
  },
  refuseReading: {
    method: 'POST',
    path: '/api/moderator/readings/{readingId}/refuse',
    roles: ['moderator'],
    params: readingParams,
    body: z.object({ code: z.enum(['CONFLICT', 'OTHER']), reason: z.string().trim().min(3).max(1000) }),
    response: z.object({ status: readingStatus }),
    summary: 'Say that I cannot read this; it is given to another, a conflict is remembered on my profile',
  },
  saveDraft: {
    method: 'PUT',
    path: '/api/moderator/readings/{readingId}/review',
    roles: ['moderator'],
    params: readingParams,
    body: reviewDraft,
    response: z.object({ savedAt: z.iso.datetime(), check: draftCheck }),
    summary: 'Save my second reading as I go',
  },
  returnReading: {
    method: 'POST',
    path: '/api/moderator/readings/{readingId}/return',
    roles: ['moderator'],
    params: readingParams,
    body: z.object({ inconsistencyReason: z.string().trim().min(10).max(2000).optional() }),
    response: z.object({ status: readingStatus }),
    summary: 'Return my second reading; it cannot be changed afterwards',
  },
  adjudicate: {
    method: 'POST',
    path: '/api/moderator/readings/{readingId}/adjudication',
    roles: ['moderator'],
    params: readingParams,
    body: z.object({
      outcome: decidedOutcome,
      level: level.nullable(),
      reason: z.string().trim().min(20).max(8000),
      /** Whose feedback the school receives, or a text of the adjudicator's own. */
      feedback: z.union([
        z.enum(['FIRST', 'SECOND']),
        z.object({ text: z.string().trim().min(20).max(12_000) }),
      ]),
    }),
    response: z.object({ status: readingStatus }),
    summary: 'Adjudicate between two readings, with the written reason',
  },
});
