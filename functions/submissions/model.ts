import * as z from 'zod';
import { level } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';
import { type Key, registrationPk } from '../shared/table/keys.ts';

const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** How long a presigned POST may be used after it was issued. */
export const UPLOAD_VALIDITY_SECONDS = 15 * 60;
/** How long a presigned GET may be used. */
export const READ_VALIDITY_SECONDS = 5 * 60;

/** Why a file was refused; the words are `refusals.document-<code>` of the submissions texts. */
export const refusalCodes = [
  'malware',
  'not-scannable',
  'scan-failed',
  'scan-timeout',
  'wrong-type',
  'content-mismatch',
  'macros',
  'encrypted',
  'too-big',
  'empty',
  'submission-too-big',
  'too-many-files',
] as const;
export const refusalCode = z.enum(refusalCodes);
export type RefusalCode = z.output<typeof refusalCode>;

/** Refusals that tell of our own check, not of the file: an admin hears of them too. */
export const failedChecks: readonly RefusalCode[] = ['scan-failed', 'scan-timeout'];

/**
 * One file of a registration: item `DOC#<documentId>` of its collection. UPLOADING until the page says that it was
 * sent, SCANNING until its check has an outcome; ABANDONED where nothing ever arrived.
 */
export const document = z.object({
  documentId: z.string().min(1),
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  documentType: z.string().min(1),
  /** As the school named it. */
  name: z.string().min(1),
  mediaType: z.string(),
  /** As announced; as stored once accepted. */
  bytes: z.number().int().nonnegative(),
  status: z.enum(['UPLOADING', 'SCANNING', 'ACCEPTED', 'REFUSED', 'REPLACED', 'DELETED', 'ABANDONED']),
  quarantineKey: z.string(),
  releasedKey: z.string().nullable(),
  sha256: sha256.nullable(),
  /** When the presigned POST was issued and until when it is valid. */
  issuedAt: instant,
  expiresAt: instant,
  scanningSince: instant.nullable(),
  settledAt: instant.nullable(),
  refusal: refusalCode.nullable(),
  uploadedBy: z.string(),
  uploadedByName: z.string(),
  replaces: z.string().nullable(),
  replacedBy: z.string().nullable(),
});
export type Document = z.output<typeof document>;

export const documentKey = (registrationId: string, documentId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `DOC#${documentId}`,
});

/** A file whose check is not over, and the instant at which it counts as not having come. */
export interface ScanLimit {
  readonly documentId: string;
  readonly at: Date;
}

/**
 * When each unsettled file's check is given up: `timeoutMinutes` after it was sent or, where the page never said so,
 * after its presigned POST ended.
 */
export function scanLimits(
  documents: readonly Pick<Document, 'documentId' | 'status' | 'scanningSince' | 'expiresAt'>[],
  timeoutMinutes: number,
): ScanLimit[] {
  return documents
    .filter((entry) => entry.status === 'UPLOADING' || entry.status === 'SCANNING')
    .map((entry) => {
      const from =
        entry.status === 'SCANNING' && entry.scanningSince !== null ? entry.scanningSince : entry.expiresAt;
      return {
        documentId: entry.documentId,
        at: new Date(new Date(from).getTime() + timeoutMinutes * 60_000),
      };
    });
}

/**
 * A reflection as last saved: item `REFLECTION#<criterionId>`. A draft that is saved as it is typed is no change of
 * state, so it has a `revision` of its own instead of versions with audit entries; what counts is frozen.
 */
export const reflection = z.object({
  criterionId: z.string().min(1),
  text: z.string(),
  words: z.number().int().nonnegative(),
  revision: z.number().int().positive(),
  savedAt: instant,
  by: z.string(),
});
export type Reflection = z.output<typeof reflection>;
export const reflectionKey = (registrationId: string, criterionId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `REFLECTION#${criterionId}`,
});

export const exchange = z.object({
  kind: z.enum(['SIGN_OFF_REQUESTED', 'RETURNED', 'SIGNED_OFF', 'REOPENED', 'DECLARED']),
  at: instant,
  by: z.string(),
  byName: z.string(),
  comments: z.string(),
});
export type Exchange = z.output<typeof exchange>;

/** What the head declared: the very text with its hash, and the digest of the contents that it covers. */
export const declaration = z.object({
  by: z.string(),
  byName: z.string(),
  at: instant,
  language,
  text: z.string().min(1),
  sha256,
  contentDigest: sha256,
  version: z.number().int().positive(),
  level,
  documentIds: z.array(z.string()),
});

/** The submission of a registration: item `SUBMISSION` of its collection. */
export const submission = z.object({
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  status: z.enum(['OPEN', 'SIGN_OFF_REQUESTED', 'RETURNED', 'SIGNED_OFF', 'DECLARED', 'FROZEN', 'MISSED']),
  openedAt: instant,
  exchanges: z.array(exchange),
  /** The standing sign-off, with the digest of what was signed off. */
  signOff: z.object({ by: z.string(), byName: z.string(), at: instant, contentDigest: sha256 }).nullable(),
  declaration: declaration.nullable(),
  /** The newest frozen version; 0: none. */
  frozenVersion: z.number().int().nonnegative(),
});
export type Submission = z.output<typeof submission>;
export const submissionKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'SUBMISSION',
});

/** Statuses in which the school may change its submission. */
export const editableStatuses: readonly Submission['status'][] = ['OPEN', 'RETURNED'];

export const frozenFile = z.object({
  documentId: z.string(),
  documentType: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256,
  key: z.string(),
});
export type FrozenFile = z.output<typeof frozenFile>;

export const frozenReflection = z.object({
  criterionId: z.string(),
  title: z.object({ en: z.string(), cy: z.string() }),
  text: z.string(),
  words: z.number().int(),
});

/** The JSON object of a version's reflections in the submissions bucket. */
export const frozenReflections = z.object({
  registrationId: z.string(),
  version: z.number().int(),
  reflections: z.array(frozenReflection),
});

/** The manifest of a frozen version: what it consists of, who signed it off and declared it. */
export const manifest = z.object({
  registrationId: z.string(),
  reference: z.string(),
  roundId: z.string(),
  version: z.number().int().positive(),
  level,
  school: z.object({ urn: z.string().nullable(), name: z.string() }),
  criteriaVersion: z.string(),
  checklistVersion: z.string(),
  signOff: z.object({ by: z.string(), at: instant }),
  declaration: z.object({
    by: z.string(),
    at: instant,
    language,
    text: z.string(),
    sha256,
    contentDigest: sha256,
  }),
  files: z.array(frozenFile),
  reflections: z.object({ key: z.string(), sha256, count: z.number().int() }),
});
export type Manifest = z.output<typeof manifest>;

/** A frozen version in the table: item `VERSION#<n>`; never changed. */
export const frozenVersion = z.object({
  registrationId: z.string(),
  roundId: z.string(),
  /** 1, 2, ...: which version of the submission it is (`version` counts a record's changes). */
  number: z.number().int().positive(),
  level,
  declaredAt: instant,
  frozenAt: instant,
  manifestKey: z.string(),
  manifestSha256: sha256,
  reflectionsKey: z.string(),
  reflectionsSha256: sha256,
  reflectionsCount: z.number().int().nonnegative(),
  files: z.array(frozenFile),
});
export type FrozenVersionRecord = z.output<typeof frozenVersion>;
export const frozenVersionKey = (registrationId: string, version: number): Key => ({
  pk: registrationPk(registrationId),
  sk: `VERSION#${String(version).padStart(4, '0')}`,
});
