import type * as z from 'zod';
import { person } from '../people/model.ts';
import type { Level, Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import { type Actor, change } from '../shared/table/change.ts';
import { personKey } from '../shared/table/keys.ts';
import { frozenFileUrl, readFrozenVersion } from '../submissions/read-files.ts';
import { listVersions } from '../submissions/store.ts';
import type { Review, ReviewDraft, readingCriteria, readingMaterial, readSchool } from './model.ts';
import { checkDraft, criteriaOf, metShare } from './rules.ts';

/** The school as a reader of its submission sees it. */
export function schoolView({ school }: Pick<Registration, 'school'>): z.output<typeof readSchool> {
  return { name: school.name, town: school.town, localAuthority: school.localAuthority };
}

/** Criteria of a level with what it asks, and the scale of judgements. */
export function criteriaView(round: Round, level: Level): z.output<typeof readingCriteria> {
  const areas = new Map(round.criteria.areas.map(({ id, title }) => [id, title]));
  return {
    version: round.criteria.version,
    criteria: criteriaOf(round, level).map((one) => ({
      id: one.id,
      areaTitle: areas.get(one.area) ?? one.title,
      title: one.title,
      descriptor: one.descriptors[level] ?? one.title,
    })),
    judgements: round.criteria.judgements,
  };
}

/** The frozen version as its reader sees it; held to its hashes when it is read. */
export async function materialView(
  registrationId: string,
  version: number,
  round: Round,
): Promise<z.output<typeof readingMaterial>> {
  const frozen = await readFrozenVersion(registrationId, version);
  const titles = new Map(round.checklist.documents.map(({ id, title }) => [id, title]));
  return {
    version: frozen.version,
    frozenAt: frozen.manifest.declaration.at,
    files: frozen.files.map((file) => ({
      documentId: file.documentId,
      typeId: file.documentType,
      typeTitle: titles.get(file.documentType) ?? { en: file.documentType, cy: file.documentType },
      filename: file.name,
      mediaType: file.mediaType,
      bytes: file.bytes,
      sha256: file.sha256,
    })),
    reflections: frozen.reflections.map(({ criterionId, text }) => ({ criterionId, text })),
  };
}

/** A short-lived address of one frozen file; the opening is logged with the reader. Throws `NotFoundError`. */
export async function openFrozenFile(
  registrationId: string,
  version: number,
  documentId: string,
  reader: { readonly personId: string; readonly as: 'assessor' | 'moderator' },
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const record = (await listVersions(registrationId)).find(({ number }) => number === version);
  const file = record?.files.find((one) => one.documentId === documentId);
  if (file === undefined) throw new NotFoundError(`document ${documentId}`);
  const actor: Actor = { kind: 'person', id: reader.personId };
  return frozenFileUrl(registrationId, version, file, { actor, as: reader.as }, now);
}

/** Refuses a draft that judges criteria of another level. */
export function checkCriteria(round: Round, level: Level, draft: ReviewDraft): void {
  const asked = new Set(criteriaOf(round, level).map(({ id }) => id));
  if (draft.judgements.some(({ criterionId }) => !asked.has(criterionId))) {
    throw new RefusedError('criterion-unknown', { field: 'judgements' });
  }
}

/**
 * The review that a complete draft becomes. Throws `RefusedError` review-incomplete with what is missing, and
 * review-inconsistent where the recommendation does not follow from the judgements and no reason says why it stands.
 */
export function completeReview(
  round: Round,
  level: Level,
  draft: ReviewDraft,
  reader: { readonly readerId: string; readonly registrationId: string; readonly version: number },
  inconsistencyReason: string | undefined,
  now: Date,
): Review {
  const { missing, inconsistencies } = checkDraft(round, level, draft);
  if (missing.length > 0 || draft.recommendation === null) {
    throw new RefusedError('review-incomplete', { values: { missing: missing.join(', ') } });
  }
  if (inconsistencies.length > 0 && inconsistencyReason === undefined) {
    throw new RefusedError('review-inconsistent', { field: 'inconsistencyReason' });
  }
  const asked = new Set(criteriaOf(round, level).map(({ id }) => id));
  return {
    readerId: reader.readerId,
    registrationId: reader.registrationId,
    roundId: round.roundId,
    judgements: draft.judgements.flatMap((entry) =>
      entry.judgement === null || !asked.has(entry.criterionId)
        ? []
        : [{ ...entry, judgement: entry.judgement }],
    ),
    feedback: draft.feedback,
    notes: draft.notes,
    recommendation: draft.recommendation,
    inconsistencyReason: inconsistencies.length > 0 ? (inconsistencyReason ?? null) : null,
    metShare: metShare(round, level, draft.judgements),
    submissionVersion: reader.version,
    criteriaVersion: round.criteria.version,
    returnedAt: now.toISOString(),
  };
}

/** Remembers conflicts on a reader's profile; those known already stay as they are. */
export async function rememberConflicts(
  personId: string,
  conflicts: readonly { readonly schoolId: string; readonly reason: string }[],
  declaredFor: string | undefined,
  now: Date,
): Promise<void> {
  await change(person, personKey(personId), now, (current) => {
    const { assessor } = current;
    if (assessor === null) throw new NotFoundError(`profile of ${personId}`);
    const known = new Set(assessor.conflicts.map(({ schoolId }) => schoolId));
    const added = conflicts.filter(({ schoolId }) => !known.has(schoolId));
    const isDeclared = declaredFor === undefined || assessor.conflictsDeclaredFor.includes(declaredFor);
    if (added.length === 0 && isDeclared) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    return {
      next: {
        ...rest,
        assessor: {
          ...assessor,
          conflicts: [...assessor.conflicts, ...added.map(({ schoolId, reason }) => ({ schoolId, reason }))],
          conflictsDeclaredFor: isDeclared
            ? assessor.conflictsDeclaredFor
            : [...assessor.conflictsDeclaredFor, declaredFor],
        },
      },
      audit: {
        action: declaredFor === undefined ? 'remember-conflict' : 'declare-conflicts',
        actor: { kind: 'person', id: personId },
      },
      events: [{ name: 'PersonChanged', detail: { personId } }],
    };
  });
}
