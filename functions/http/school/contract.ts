import * as z from 'zod';
import { decidedOutcome, level } from '../../programme/model.ts';
import { contactRole, registrationStatus } from '../../registration/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';
import {
  documentView,
  fileAddress,
  nextView,
  submissionView,
  timelineView,
  trainingView,
} from '../../submissions/views.ts';

/** The school's pages: registrant, head and subject leaders of a registration, each only of their own. */
const roles = ['registrant', 'head', 'subject_leader'] as const;
const params = z.object({ registrationId: z.string().min(1).max(64) });
const documentParams = params.extend({ documentId: z.string().min(1).max(64) });
const instant = z.iso.datetime();
const reason = z.string().trim().min(1).max(1000);
const done = z.object({ done: z.literal(true) });

/** Where a registration stands, as a school may know it: nothing of moderation or of a decision before its release. */
export const schoolStatus = registrationStatus.exclude(['IN_MODERATION', 'DECIDED']);

export const contactView = z.object({
  contactId: z.string(),
  role: contactRole,
  name: z.string(),
  email: z.string(),
  from: instant,
  until: instant.nullable(),
  isMe: z.boolean(),
});

export const resultView = z.object({
  outcome: decidedOutcome,
  level: level.nullable(),
  releasedAt: instant,
  /** What the assessors wrote for the school. */
  feedback: z.array(z.object({ criterionId: z.string().nullable(), title: z.string(), text: z.string() })),
  certificate: z
    .object({
      number: z.string(),
      validUntil: z.iso.date(),
      verificationUrl: z.url(),
      fileUrl: z.url().nullable(),
    })
    .nullable(),
});

export const registrationView = z.object({
  registrationId: z.string(),
  reference: z.string(),
  roundId: z.string(),
  roundLabel: z.string(),
  schoolName: z.string(),
  town: z.string(),
  language,
  status: schoolStatus,
  statusText: z.string(),
  hub: z
    .object({
      hubId: z.string(),
      name: z.string(),
      leaders: z.array(z.object({ name: z.string(), email: z.string() })),
    })
    .nullable(),
  accreditation: z.enum(['FIRST', 'REACCREDITATION']),
  next: nextView,
  timeline: z.array(timelineView),
  contacts: z.array(contactView),
  /** My part in this registration. */
  myRoles: z.array(contactRole),
  feePence: z.number().int(),
  purchaseOrder: z.object({ kind: z.enum(['NUMBER', 'LATER', 'NONE']), number: z.string().nullable() }),
  invoices: z.array(
    z.object({
      number: z.string(),
      kind: z.enum(['INVOICE', 'CREDIT_NOTE', 'RECEIPT', 'REFUND_ADVICE']),
      pence: z.number().int(),
      issuedAt: instant,
      dueOn: z.iso.date().nullable(),
      status: z.string(),
    }),
  ),
  /** null until the registration is confirmed. */
  training: trainingView.nullable(),
  submission: z
    .object({
      status: z.string(),
      opens: z.iso.date(),
      signOffDue: instant,
      submissionDue: instant,
      missing: z.number().int(),
    })
    .nullable(),
  result: resultView.nullable(),
  can: z.object({
    withdraw: z.boolean(),
    changeContacts: z.boolean(),
    sendActionPlan: z.boolean(),
    requestLevelChange: z.boolean(),
    addPurchaseOrder: z.boolean(),
  }),
});

export const schoolContract = defineContract({
  myRegistrations: {
    method: 'GET',
    path: '/api/school/registrations',
    roles,
    response: z.object({
      registrations: z.array(
        z.object({
          registrationId: z.string(),
          reference: z.string(),
          schoolName: z.string(),
          roundId: z.string(),
          roundLabel: z.string(),
          targetLevel: level,
          status: schoolStatus,
          statusText: z.string(),
          next: nextView,
        }),
      ),
    }),
    summary: 'My registrations, the newest first.',
  },
  registration: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}',
    roles,
    params,
    response: registrationView,
    summary: 'One registration: what is next and by when, timeline, contacts, invoices, training, result.',
  },
  sendActionPlan: {
    method: 'PUT',
    path: '/api/school/registrations/{registrationId}/action-plan',
    roles,
    params,
    body: z.object({ text: z.string().trim().min(1).max(20_000) }),
    response: trainingView,
    summary: "Sends the action plan as text (as a file: startUpload with the checklist's action plan).",
  },
  startUpload: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/documents',
    roles,
    params,
    body: z.object({
      documentType: z.string().min(1).max(64),
      name: z.string().trim().min(1).max(200),
      mediaType: z.string().min(1).max(200),
      bytes: z.number().int().positive(),
      /** The file that this one shall take the place of, once accepted. */
      replaces: z.string().max(64).optional(),
    }),
    response: z.object({
      documentId: z.string(),
      /** Post the file as multipart/form-data: every field, then `file` last. */
      upload: z.object({ url: z.url(), fields: z.record(z.string(), z.string()) }),
      expiresAt: instant,
    }),
    summary:
      'Begins an upload: the address and form fields with which the browser sends one file straight to S3.',
  },
  uploadDone: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/documents/{documentId}/uploaded',
    roles,
    params: documentParams,
    response: documentView,
    summary: 'Says that the file has been sent, so that its check is waited for.',
  },
  document: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/documents/{documentId}',
    roles,
    params: documentParams,
    response: documentView,
    summary: 'One file and where its check stands (asked again until it is accepted or refused).',
  },
  documentFile: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/documents/{documentId}/file',
    roles,
    params: documentParams,
    response: fileAddress,
    summary: 'A five-minute address of an accepted file.',
  },
  deleteDocument: {
    method: 'DELETE',
    path: '/api/school/registrations/{registrationId}/documents/{documentId}',
    roles,
    params: documentParams,
    response: done,
    summary: 'Deletes a file, as long as the submission can be changed.',
  },
  submission: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/submission',
    roles,
    params,
    response: submissionView,
    summary: "The submission: checklist with each document's state, reflections, exchanges, frozen versions.",
  },
  saveReflection: {
    method: 'PUT',
    path: '/api/school/registrations/{registrationId}/reflections/{criterionId}',
    roles,
    params: params.extend({ criterionId: z.string().min(1).max(64) }),
    body: z.object({ text: z.string().max(60_000), revision: z.number().int().nonnegative() }),
    response: z.object({
      revision: z.number().int().positive(),
      savedAt: instant,
      words: z.number().int().nonnegative(),
      maximumWords: z.number().int().positive(),
      state: z.enum(['EMPTY', 'TOO_LONG', 'COMPLETE']),
    }),
    summary:
      'Saves a reflection as it is typed. A text over the word limit is kept, but cannot be signed off.',
  },
  requestSignOff: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/sign-off-request',
    roles: ['head', 'subject_leader'],
    params,
    body: z.object({ message: z.string().trim().max(2000).default('') }),
    response: submissionView,
    summary: 'Asks the hub leader to sign off; the submission cannot be changed meanwhile.',
  },
  reopenSubmission: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/submission/reopened',
    roles: ['head', 'subject_leader'],
    params,
    body: z.object({ reason }),
    response: submissionView,
    summary: 'Takes the submission back to change it, before it is declared; it must be signed off again.',
  },
  declaration: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/declaration',
    roles: ['head'],
    params,
    response: z.object({
      text: z.string(),
      sha256: z.string(),
      language,
      canDeclare: z.boolean(),
      declaredAt: instant.nullable(),
    }),
    summary: 'The text that the head declares, with its hash.',
  },
  declare: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/declaration',
    roles: ['head'],
    params,
    body: z.object({
      /** Of the text as read; refused where the text has changed since. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      language,
      agreed: z.literal(true),
    }),
    response: submissionView,
    summary: 'The head declares exactly the text that was read; the submission is then frozen.',
  },
  frozenFile: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/versions/{version}/files/{documentId}',
    roles,
    params: documentParams.extend({ version: z.coerce.number().int().positive() }),
    response: fileAddress,
    summary: 'A five-minute address of a file of a frozen version.',
  },
  changeContact: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/contacts/{contactId}/replacement',
    roles,
    params: params.extend({ contactId: z.string().min(1).max(64) }),
    body: z.object({
      reason,
      /** Who takes over; null only for a subject leader while another remains. */
      replacement: z
        .object({ name: z.string().trim().min(1).max(120), email: z.email().max(254) })
        .nullable(),
    }),
    response: z.object({ contacts: z.array(contactView) }),
    summary:
      'Head, subject leader, registrant or finance contact leaves: access ends at once, the new one is invited.',
  },
  addContact: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/contacts',
    roles,
    params,
    body: z.object({
      role: z.enum(['subject_leader', 'finance']),
      name: z.string().trim().min(1).max(120),
      email: z.email().max(254),
    }),
    response: z.object({ contacts: z.array(contactView) }),
    summary: 'Adds a further subject leader or a finance contact.',
  },
  requestLevelChange: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/level-change',
    roles: ['head', 'subject_leader'],
    params,
    body: z.object({ to: level, reason }),
    response: trainingView,
    summary: 'Asks the hub leader for another target level, by the rules and until the cut-off of the round.',
  },
  addPurchaseOrder: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/purchase-order',
    roles,
    params,
    body: z.object({ number: z.string().trim().min(1).max(40) }),
    response: done,
    summary: 'Adds the purchase order number that was to follow later.',
  },
  invoiceFile: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/invoices/{invoiceNumber}/file',
    roles,
    params: params.extend({ invoiceNumber: z.string().min(1).max(64) }),
    response: fileAddress,
    summary: 'A five-minute address of an invoice, credit note or receipt as PDF.',
  },
  withdraw: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/withdrawal',
    roles,
    params,
    body: z.object({ reason }),
    response: done,
    summary: 'Withdraws the school from the round, with a reason.',
  },
});
