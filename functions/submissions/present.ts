import type * as z from 'zod';
import { deadlineFor } from '../programme/deadlines.ts';
import type { Level, Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import {
  criteriaOf,
  lineState,
  type Missing,
  minimumFiles,
  missingOf,
  reflectionState,
  totalBytes,
} from './checklist.ts';
import {
  type Document,
  editableStatuses,
  type FrozenVersionRecord,
  type Reflection,
  type Submission,
} from './model.ts';
import { texts } from './texts.ts';
import type {
  checklistView,
  documentView,
  frozenVersionView,
  reflectionView,
  submissionView,
} from './views.ts';

/** Everything that a submission's page is made of. */
export interface SubmissionContents {
  readonly round: Round;
  readonly registration: Registration;
  readonly submission: Submission | undefined;
  readonly documents: readonly Document[];
  readonly reflections: readonly Reflection[];
  readonly versions: readonly FrozenVersionRecord[];
}

/** As what somebody looks at a submission. */
export interface Viewer {
  readonly school: boolean;
  readonly head: boolean;
  /** Head or subject leader: may ask for sign-off. */
  readonly leads: boolean;
  readonly hubLeader: boolean;
}

export function presentDocument(file: Document, language: Language): z.input<typeof documentView> {
  return {
    documentId: file.documentId,
    documentType: file.documentType,
    name: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    status: file.status,
    refusal:
      file.refusal === null
        ? null
        : { code: file.refusal, message: texts.text(language, `documents.${file.refusal}`) },
    uploadedAt: file.issuedAt,
    replacedBy: file.replacedBy,
  };
}

/** A submission's page in a language, for a viewer, at `now`. */
export function presentSubmission(
  contents: SubmissionContents,
  viewer: Viewer,
  language: Language,
  now: Date,
): z.input<typeof submissionView> {
  const { round, registration, submission, documents, reflections, versions } = contents;
  const level = registration.targetLevel;
  const missing = missingOf(round, level, documents, reflections, now);
  const submissionDue = deadlineFor(round, registration, 'submissionDue');
  const live = registration.status === 'READY_TO_SUBMIT' && submission !== undefined && now <= submissionDue;
  const status = submission?.status;
  const editable = live && status !== undefined && editableStatuses.includes(status);
  const signing = live && (status === 'SIGN_OFF_REQUESTED' || status === 'SIGNED_OFF');
  return {
    registrationId: registration.registrationId,
    schoolName: registration.school.name,
    level,
    status: status ?? 'NOT_OPEN',
    opens: round.calendar.submissionOpens,
    signOffDue: deadlineFor(round, registration, 'signOffDue').toISOString(),
    submissionDue: submissionDue.toISOString(),
    checklist: round.checklist.documents.map((type) => presentLine(type, level, documents, language, now)),
    reflections: presentReflections(round, level, reflections, language),
    totalBytes: totalBytes(documents, now),
    maximumTotalBytes: round.checklist.maximumSubmissionBytes,
    missing: missing.map((entry) => ({
      code: entry.code,
      id: entry.id,
      message: missingMessage(round, entry, language),
    })),
    exchanges: (submission?.exchanges ?? []).map(({ kind, at, byName, comments }) => ({
      kind,
      at,
      byName,
      comments,
    })),
    versions: versions.map((version) => presentVersion(round, version, language)),
    can: {
      upload: viewer.school && editable,
      write: viewer.school && editable,
      requestSignOff: viewer.leads && editable && missing.length === 0,
      reopen: viewer.leads && signing,
      declare: viewer.head && live && status === 'SIGNED_OFF',
      signOff:
        viewer.hubLeader &&
        live &&
        status === 'SIGN_OFF_REQUESTED' &&
        registration.targetLevelConfirmed &&
        missing.length === 0,
      returnWithComments: viewer.hubLeader && signing,
    },
  };
}

function presentLine(
  type: Round['checklist']['documents'][number],
  level: Level,
  documents: readonly Document[],
  language: Language,
  now: Date,
): z.input<typeof checklistView> {
  const files = documents.filter((file) => file.documentType === type.id);
  const past = (file: Document): boolean =>
    file.status === 'REPLACED' ||
    file.status === 'DELETED' ||
    file.status === 'ABANDONED' ||
    (file.status === 'REFUSED' && file.replacedBy !== null);
  return {
    documentType: type.id,
    title: type.title[language],
    help: type.help[language],
    required: minimumFiles(type, level) > 0,
    minimumFiles: minimumFiles(type, level),
    maximumFiles: type.maximumFiles,
    mediaTypes: type.mediaTypes,
    maximumBytes: type.maximumBytes,
    state: lineState(type, level, files, now),
    files: files.filter((file) => !past(file)).map((file) => presentDocument(file, language)),
    history: files.filter(past).map((file) => presentDocument(file, language)),
  };
}

function presentReflections(
  round: Round,
  level: Level,
  reflections: readonly Reflection[],
  language: Language,
): z.input<typeof reflectionView>[] {
  const maximumWords = round.checklist.reflectionMaximumWords;
  return criteriaOf(round, level).map((criterion) => {
    const saved = reflections.find((entry) => entry.criterionId === criterion.id);
    return {
      criterionId: criterion.id,
      area: criterion.area,
      areaTitle:
        round.criteria.areas.find((area) => area.id === criterion.area)?.title[language] ?? criterion.area,
      title: criterion.title[language],
      descriptor: criterion.descriptors[level]?.[language] ?? '',
      text: saved?.text ?? '',
      words: saved?.words ?? 0,
      maximumWords,
      revision: saved?.revision ?? 0,
      savedAt: saved?.savedAt ?? null,
      state: reflectionState(saved?.words ?? 0, maximumWords),
    };
  });
}

function missingMessage(round: Round, { code, id }: Missing, language: Language): string {
  const title =
    round.checklist.documents.find((type) => type.id === id)?.title[language] ??
    round.criteria.criteria.find((criterion) => criterion.id === id)?.title[language] ??
    id;
  return texts.text(language, `missing.${code}`, { title });
}

function presentVersion(
  round: Round,
  version: FrozenVersionRecord,
  language: Language,
): z.input<typeof frozenVersionView> {
  return {
    version: version.number,
    level: version.level,
    declaredAt: version.declaredAt,
    frozenAt: version.frozenAt,
    manifestSha256: version.manifestSha256,
    files: version.files.map(({ documentId, documentType, name, mediaType, bytes, sha256 }) => ({
      documentId,
      documentType,
      title:
        round.checklist.documents.find((type) => type.id === documentType)?.title[language] ?? documentType,
      name,
      mediaType,
      bytes,
      sha256,
    })),
    reflections: version.reflectionsCount,
  };
}
