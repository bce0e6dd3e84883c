import * as z from 'zod';
import { level } from '../programme/model.ts';

/**
 * What pages see of training and submissions: the schemas that the school's and the hub leader's contracts share.
 * Texts are in the language of the page that asks; instants are UTC, days are London's.
 */
const instant = z.iso.datetime();
const day = z.iso.date();

/** Something asked of somebody by a time: `code` is stable for programs, `title` and `text` are for people. */
export const nextView = z.object({
  code: z.string(),
  title: z.string(),
  text: z.string(),
  /** Who must act: the school, the hub leader, the programme, or nobody. */
  who: z.enum(['SCHOOL', 'HUB_LEADER', 'PROGRAMME', 'NOBODY']),
  by: instant.nullable(),
  late: z.boolean(),
});

export const sessionView = z.object({
  session: z.number().int().positive(),
  date: day,
  /** HH:MM in London; null: not announced. */
  time: z.string().nullable(),
  place: z.string().nullable(),
  /** null: not recorded yet. */
  attended: z.boolean().nullable(),
});

export const documentStatus = z.enum([
  'UPLOADING',
  'SCANNING',
  'ACCEPTED',
  'REFUSED',
  'REPLACED',
  'DELETED',
  'ABANDONED',
]);

export const documentView = z.object({
  documentId: z.string(),
  documentType: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int().nonnegative(),
  status: documentStatus,
  /** Why it was refused: a stable code and the words. */
  refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
  uploadedAt: instant,
  replacedBy: z.string().nullable(),
});

export const checklistView = z.object({
  documentType: z.string(),
  title: z.string(),
  help: z.string(),
  required: z.boolean(),
  minimumFiles: z.number().int().nonnegative(),
  maximumFiles: z.number().int().positive(),
  mediaTypes: z.array(z.string()),
  maximumBytes: z.number().int().positive(),
  /** CHECKING while a file is uploaded or scanned, REFUSED where the last try was and nothing stands. */
  state: z.enum(['MISSING', 'CHECKING', 'REFUSED', 'COMPLETE', 'OPTIONAL']),
  /** Files that count, or may yet: uploading, scanning, accepted, and refused ones not yet replaced. Newest first. */
  files: z.array(documentView),
  /** Replaced, deleted and abandoned ones, newest first. */
  history: z.array(documentView),
});

export const reflectionView = z.object({
  criterionId: z.string(),
  area: z.string(),
  areaTitle: z.string(),
  title: z.string(),
  /** What the target level asks. */
  descriptor: z.string(),
  text: z.string(),
  words: z.number().int().nonnegative(),
  maximumWords: z.number().int().positive(),
  /** Number of the saved text: sent back with the next save, so that nobody overwrites another's. 0: nothing saved. */
  revision: z.number().int().nonnegative(),
  savedAt: instant.nullable(),
  state: z.enum(['EMPTY', 'TOO_LONG', 'COMPLETE']),
});

export const submissionStatus = z.enum([
  'NOT_OPEN',
  'OPEN',
  'SIGN_OFF_REQUESTED',
  'RETURNED',
  'SIGNED_OFF',
  'DECLARED',
  'FROZEN',
  'MISSED',
]);

/** One step between school, hub leader and head, oldest first. */
export const exchangeView = z.object({
  kind: z.enum(['SIGN_OFF_REQUESTED', 'RETURNED', 'SIGNED_OFF', 'REOPENED', 'DECLARED']),
  at: instant,
  byName: z.string(),
  comments: z.string(),
});

export const frozenVersionView = z.object({
  version: z.number().int().positive(),
  level,
  declaredAt: instant,
  frozenAt: instant,
  manifestSha256: z.string(),
  files: z.array(
    z.object({
      documentId: z.string(),
      documentType: z.string(),
      title: z.string(),
      name: z.string(),
      mediaType: z.string(),
      bytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
  reflections: z.number().int().nonnegative(),
});

export const submissionView = z.object({
  registrationId: z.string(),
  schoolName: z.string(),
  level,
  status: submissionStatus,
  opens: day,
  signOffDue: instant,
  submissionDue: instant,
  checklist: z.array(checklistView),
  reflections: z.array(reflectionView),
  totalBytes: z.number().int().nonnegative(),
  maximumTotalBytes: z.number().int().positive(),
  /** What is still wanted before sign-off can be asked for, in words; empty: nothing. */
  missing: z.array(z.object({ code: z.string(), id: z.string(), message: z.string() })),
  exchanges: z.array(exchangeView),
  versions: z.array(frozenVersionView),
  /** What the person who asks may do now. */
  can: z.object({
    upload: z.boolean(),
    write: z.boolean(),
    requestSignOff: z.boolean(),
    reopen: z.boolean(),
    declare: z.boolean(),
    signOff: z.boolean(),
    returnWithComments: z.boolean(),
  }),
});

export const trainingView = z.object({
  sessions: z.array(sessionView),
  minimumSessions: z.number().int().nonnegative(),
  actionPlan: z.object({
    due: instant,
    state: z.enum(['MISSING', 'CHECKING', 'RECEIVED']),
    late: z.boolean(),
    receivedAt: instant.nullable(),
    /** The plan as text; null where it came as a file or by other means. */
    text: z.string().nullable(),
    /** The plan's file, the newest that counts. */
    document: documentView.nullable(),
    feedback: z.object({ text: z.string(), at: instant, byName: z.string() }).nullable(),
  }),
  level: z.object({
    target: level,
    confirmed: z.boolean(),
    /** Until when it can be changed. */
    changeUntil: instant,
    /** Levels to which it can be changed now, by the rules of the round. */
    allowed: z.array(level),
    request: z.object({ to: level, reason: z.string(), at: instant, byName: z.string() }).nullable(),
  }),
});

/** A short-lived address of a file. */
export const fileAddress = z.object({ url: z.url(), expiresAt: instant });

/** A step of the school's journey. */
export const timelineView = z.object({ at: instant, code: z.string(), text: z.string() });
