import { createHash } from 'node:crypto';
import type { Level, Round } from '../programme/model.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { Document, Reflection } from './model.ts';

type ChecklistRound = Pick<Round, 'checklist' | 'criteria'>;
type DocumentType = Round['checklist']['documents'][number];
type Criterion = Round['criteria']['criteria'][number];

/** Something that the submission still lacks: `id` is the document type or criterion. */
export interface Missing {
  readonly code:
    | 'document-missing'
    | 'document-checking'
    | 'reflection-missing'
    | 'reflection-too-long'
    | 'submission-too-big';
  readonly id: string;
}

/** Where a line of the checklist stands. */
export type LineState = 'MISSING' | 'CHECKING' | 'REFUSED' | 'COMPLETE' | 'OPTIONAL';

/** A file on its way: being sent within its form's validity, or under check. */
export function isPending(file: Pick<Document, 'status' | 'expiresAt'>, now: Date): boolean {
  return file.status === 'SCANNING' || (file.status === 'UPLOADING' && now <= new Date(file.expiresAt));
}

/** A file that is there or may yet be: what counts against the number and size allowed. */
export function stands(file: Pick<Document, 'status' | 'expiresAt'>, now: Date): boolean {
  return file.status === 'ACCEPTED' || isPending(file, now);
}

/** The criteria that a level asks for, in the framework's order (Outreach has its own beside all of Gilt's). */
export function criteriaOf(round: Pick<Round, 'criteria'>, level: Level): Criterion[] {
  return round.criteria.criteria.filter((criterion) => criterion.levels.includes(level));
}

/** Files that a level needs of a document type; 0 where it is optional. */
export function minimumFiles(type: DocumentType, level: Level): number {
  return type.requiredFor.includes(level) ? Math.max(1, type.minimumFiles) : 0;
}

/** Where the checklist's line stands for a level, `files` being those of its type. */
export function lineState(
  type: DocumentType,
  level: Level,
  files: readonly Pick<Document, 'status' | 'replacedBy' | 'expiresAt'>[],
  now: Date,
): LineState {
  const accepted = files.filter((file) => file.status === 'ACCEPTED').length;
  if (files.some((file) => isPending(file, now))) return 'CHECKING';
  if (accepted >= Math.max(1, minimumFiles(type, level))) return 'COMPLETE';
  if (files.some((file) => file.status === 'REFUSED' && file.replacedBy === null)) return 'REFUSED';
  return minimumFiles(type, level) === 0 ? 'OPTIONAL' : 'MISSING';
}

export function reflectionState(words: number, maximumWords: number): 'EMPTY' | 'TOO_LONG' | 'COMPLETE' {
  if (words === 0) return 'EMPTY';
  return words > maximumWords ? 'TOO_LONG' : 'COMPLETE';
}

/** Bytes of the files that stand. */
export function totalBytes(
  documents: readonly Pick<Document, 'status' | 'bytes' | 'expiresAt'>[],
  now: Date,
): number {
  return documents.filter((file) => stands(file, now)).reduce((sum, file) => sum + file.bytes, 0);
}

/** All that is wanted before sign-off can be asked for at this level; empty: complete. */
export function missingOf(
  round: ChecklistRound,
  level: Level,
  documents: readonly Document[],
  reflections: readonly Reflection[],
  now: Date,
): Missing[] {
  const missing: Missing[] = [];
  for (const type of round.checklist.documents) {
    const files = documents.filter((file) => file.documentType === type.id);
    const accepted = files.filter((file) => file.status === 'ACCEPTED').length;
    if (files.some((file) => isPending(file, now))) {
      missing.push({ code: 'document-checking', id: type.id });
    } else if (accepted < minimumFiles(type, level)) {
      missing.push({ code: 'document-missing', id: type.id });
    }
  }
  if (totalBytes(documents, now) > round.checklist.maximumSubmissionBytes)
    missing.push({ code: 'submission-too-big', id: '' });
  for (const criterion of criteriaOf(round, level)) {
    const words = reflections.find((entry) => entry.criterionId === criterion.id)?.words ?? 0;
    const state = reflectionState(words, round.checklist.reflectionMaximumWords);
    if (state === 'EMPTY') missing.push({ code: 'reflection-missing', id: criterion.id });
    if (state === 'TOO_LONG') missing.push({ code: 'reflection-too-long', id: criterion.id });
  }
  return missing;
}

/** What a page announces before it sends a file. */
export interface AnnouncedFile {
  readonly documentType: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly replaces?: string | undefined;
}

/**
 * Refuses by the checklist, before anything is sent, what would be refused afterwards: type, size, number, total.
 * Returns the checklist's line. The file that is replaced does not count.
 */
export function checkAnnounced(
  round: ChecklistRound,
  documents: readonly Document[],
  file: AnnouncedFile,
  now: Date,
): DocumentType {
  const type = round.checklist.documents.find((entry) => entry.id === file.documentType);
  if (type === undefined) throw new RefusedError('document-type-unknown', { field: 'documentType' });
  if (!type.mediaTypes.includes(file.mediaType)) {
    throw new RefusedError('document-wrong-type', {
      field: 'file',
      values: { types: namesOf(type.mediaTypes) },
    });
  }
  if (file.bytes > type.maximumBytes) {
    throw new RefusedError('document-too-big', {
      field: 'file',
      values: { maximum: megabytes(type.maximumBytes), actual: megabytes(file.bytes) },
    });
  }
  const others = documents.filter((entry) => stands(entry, now) && entry.documentId !== file.replaces);
  if (others.filter((entry) => entry.documentType === type.id).length >= type.maximumFiles) {
    throw new RefusedError('document-too-many-files', {
      field: 'file',
      values: { maximum: type.maximumFiles },
    });
  }
  if (totalBytes(others, now) + file.bytes > round.checklist.maximumSubmissionBytes) {
    throw new RefusedError('document-submission-too-big', {
      field: 'file',
      values: { maximum: megabytes(round.checklist.maximumSubmissionBytes) },
    });
  }
  return type;
}

const shortNames: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word (docx)',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint (pptx)',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel (xlsx)',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
};

/** Media types as a teacher knows them: "PDF, Word (docx)". */
export function namesOf(mediaTypes: readonly string[]): string {
  return mediaTypes.map((type) => shortNames[type] ?? type).join(', ');
}

/** Bytes as MB with at most one decimal, for people. */
export function megabytes(bytes: number): string {
  return String(Math.round((bytes / (1024 * 1024)) * 10) / 10);
}

/**
 * A name that is safe as an S3 key and in a form field on every system: letters without accents, digits, dot, dash,
 * underscore; at most 80 characters, its ending kept. The school's own name stays in the record.
 */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 ? plain.slice(dot).slice(0, 12) : '';
  const stem = (dot > 0 ? plain.slice(0, dot) : plain).slice(0, 80 - ending.length);
  return `${stem === '' ? 'file' : stem}${ending}`;
}

/** SHA-256 of a text or of bytes, in lower-case hex. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Digest of all that would be frozen at this level: the accepted files with their hashes and the reflections, in a
 * fixed order. Sign-off and declaration each carry it, so that nobody signs for something else than what is frozen.
 */
export function contentDigest(
  round: ChecklistRound,
  level: Level,
  documents: readonly Document[],
  reflections: readonly Reflection[],
): string {
  const files = documents
    .filter((file) => file.status === 'ACCEPTED')
    .map((file) => [file.documentId, file.documentType, file.sha256])
    .sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  const texts = criteriaOf(round, level).map((criterion) => [
    criterion.id,
    reflections.find((entry) => entry.criterionId === criterion.id)?.text ?? '',
  ]);
  return sha256Of(JSON.stringify({ level, files, texts }));
}
