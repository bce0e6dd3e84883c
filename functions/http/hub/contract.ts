import * as z from 'zod';
import { level } from '../../programme/model.ts';
import { contactRole, registrationStatus } from '../../registration/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';
import {
  fileAddress,
  nextView,
  submissionView,
  timelineView,
  trainingView,
} from '../../submissions/views.ts';

/** The hub leader's pages: the schools of the hubs that the person leads, and nothing of others. */
const roles = ['hub_leader'] as const;
const params = z.object({ registrationId: z.string().min(1).max(64) });
const instant = z.iso.datetime();
const comments = z.string().trim().min(1).max(4000);

export const hubSchoolStatus = registrationStatus.exclude(['IN_MODERATION', 'DECIDED']);

/** One thing that a school, or the hub leader for it, is late with. */
export const lateView = z.object({ code: z.string(), text: z.string(), since: instant });

export const hubSchoolRow = z.object({
  registrationId: z.string(),
  reference: z.string(),
  hubId: z.string(),
  schoolName: z.string(),
  town: z.string(),
  language,
  status: hubSchoolStatus,
  statusText: z.string(),
  targetLevel: level,
  levelConfirmed: z.boolean(),
  levelRequested: level.nullable(),
  actionPlan: z.enum(['MISSING', 'CHECKING', 'RECEIVED']),
  actionPlanFeedbackGiven: z.boolean(),
  sessionsAttended: z.number().int().nonnegative(),
  sessionsRecorded: z.number().int().nonnegative(),
  submission: z.string(),
  next: nextView,
  late: z.array(lateView),
});

export const hubSession = z.object({
  session: z.number().int().positive(),
  date: z.iso.date(),
  time: z.string().nullable(),
  place: z.string().nullable(),
});

export const messageView = z.object({
  messageId: z.string(),
  hubId: z.string(),
  roundId: z.string(),
  subject: z.string(),
  text: z.string(),
  registrationIds: z.array(z.string()),
  sentAt: instant,
  byName: z.string(),
});

export const hubContract = defineContract({
  schools: {
    method: 'GET',
    path: '/api/hub/schools',
    roles,
    query: z.object({ roundId: z.string().max(40).optional() }),
    response: z.object({
      roundId: z.string(),
      roundLabel: z.string(),
      /** Rounds to choose from, the newest first. */
      rounds: z.array(z.object({ roundId: z.string(), label: z.string() })),
      hubs: z.array(
        z.object({
          hubId: z.string(),
          name: z.string(),
          capacity: z.number().int().positive(),
          schools: z.number().int(),
        }),
      ),
      deadlines: z.object({
        actionPlanDue: instant,
        levelChangeCutOff: instant,
        signOffDue: instant,
        submissionDue: instant,
      }),
      schools: z.array(hubSchoolRow),
    }),
    summary:
      'My schools of a round (default: the newest round of my hubs) with what is next and what is late.',
  },
  school: {
    method: 'GET',
    path: '/api/hub/schools/{registrationId}',
    roles,
    params,
    response: hubSchoolRow.extend({
      contacts: z.array(z.object({ role: contactRole, name: z.string(), email: z.string() })),
      timeline: z.array(timelineView),
      training: trainingView,
      submission: z.string(),
      can: z.object({
        recordAttendance: z.boolean(),
        recordActionPlan: z.boolean(),
        giveFeedback: z.boolean(),
        confirmLevel: z.boolean(),
        signOff: z.boolean(),
      }),
    }),
    summary: 'One of my schools: contacts, training, level, timeline.',
  },
  submission: {
    method: 'GET',
    path: '/api/hub/schools/{registrationId}/submission',
    roles,
    params,
    response: submissionView,
    summary: 'Documents and reflections of one of my schools, to read before signing off.',
  },
  documentFile: {
    method: 'GET',
    path: '/api/hub/schools/{registrationId}/documents/{documentId}/file',
    roles,
    params: params.extend({ documentId: z.string().min(1).max(64) }),
    response: fileAddress,
    summary: 'A five-minute address of an accepted file; each reading is logged.',
  },
  messages: {
    method: 'GET',
    path: '/api/hub/messages',
    roles,
    response: z.object({ messages: z.array(messageView) }),
    summary: 'What I wrote to my schools, the newest first.',
  },
  sendMessage: {
    method: 'POST',
    path: '/api/hub/messages',
    roles,
    body: z.object({
      /** Chosen by the page: the same one sent twice is one message. */
      messageId: z.uuid(),
      hubId: z.string().min(1),
      roundId: z.string().min(1),
      /** Absent: all schools of the hub in the round that are still taking part. */
      registrationIds: z.array(z.string()).min(1).max(200).optional(),
      subject: z.string().trim().min(1).max(150),
      text: z.string().trim().min(1).max(10_000),
    }),
    response: messageView,
    summary: 'Emails all or some of my schools (head and subject leaders).',
  },
  sessions: {
    method: 'GET',
    path: '/api/hub/sessions',
    roles,
    query: z.object({ roundId: z.string().max(40).optional() }),
    response: z.object({
      roundId: z.string(),
      hubs: z.array(
        z.object({
          hubId: z.string(),
          name: z.string(),
          sessions: z.array(hubSession),
          schools: z.array(
            z.object({
              registrationId: z.string(),
              schoolName: z.string(),
              attended: z.array(z.boolean().nullable()),
            }),
          ),
        }),
      ),
    }),
    summary: 'Session dates of my hubs and who attended.',
  },
  setSessions: {
    method: 'PUT',
    path: '/api/hub/sessions',
    roles,
    body: z.object({
      hubId: z.string().min(1),
      roundId: z.string().min(1),
      sessions: z
        .array(
          z.object({
            date: z.iso.date(),
            time: z
              .string()
              .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
              .nullable(),
            place: z.string().trim().max(200).nullable(),
          }),
        )
        .min(1)
        .max(12),
    }),
    response: z.object({ sessions: z.array(hubSession) }),
    summary: 'Sets dates, times and places of the sessions of one hub; its schools are told of a change.',
  },
  recordAttendance: {
    method: 'PUT',
    path: '/api/hub/sessions/{session}/attendance',
    roles,
    params: z.object({ session: z.coerce.number().int().positive().max(12) }),
    body: z.object({
      hubId: z.string().min(1),
      roundId: z.string().min(1),
      attendance: z
        .array(z.object({ registrationId: z.string().min(1), attended: z.boolean() }))
        .min(1)
        .max(200),
    }),
    response: z.object({ recorded: z.number().int() }),
    summary: 'Records which schools came to a session, once it has begun.',
  },
  recordActionPlan: {
    method: 'POST',
    path: '/api/hub/schools/{registrationId}/action-plan/received',
    roles,
    params,
    body: z.object({ note: comments }),
    response: trainingView,
    summary: 'Records an action plan that was received in another way, with how.',
  },
  giveFeedback: {
    method: 'PUT',
    path: '/api/hub/schools/{registrationId}/action-plan/feedback',
    roles,
    params,
    body: z.object({ text: comments }),
    response: trainingView,
    summary: 'Feedback on the action plan; the school is told.',
  },
  confirmLevel: {
    method: 'POST',
    path: '/api/hub/schools/{registrationId}/level',
    roles,
    params,
    body: z.object({ level, reason: z.string().trim().max(1000).default('') }),
    response: trainingView,
    summary: 'Confirms the target level, or changes it by the rules of the round (a change needs a reason).',
  },
  refuseLevelRequest: {
    method: 'POST',
    path: '/api/hub/schools/{registrationId}/level-request/refusal',
    roles,
    params,
    body: z.object({ reason: comments }),
    response: trainingView,
    summary: 'Refuses the level that the school asked for, with a reason.',
  },
  signOff: {
    method: 'POST',
    path: '/api/hub/schools/{registrationId}/sign-off',
    roles,
    params,
    body: z.object({ comments: z.string().trim().max(4000).default('') }),
    response: submissionView,
    summary: 'Signs off reflections and documents; the head can then declare.',
  },
  returnSubmission: {
    method: 'POST',
    path: '/api/hub/schools/{registrationId}/return',
    roles,
    params,
    body: z.object({ comments }),
    response: submissionView,
    summary: 'Returns the submission with comments; the school can change it again.',
  },
});
