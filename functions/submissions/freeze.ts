import type { Round } from '../programme/model.ts';
import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration } from '../registration/model.ts';
import { WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, create, read, type Stored } from '../shared/table/change.ts';
import { contentDigest, criteriaOf, safeName, sha256Of } from './checklist.ts';
import { freezeFile, frozenPrefix, hashStored, putOnce, readText } from './files.ts';
import {
  type Document,
  type FrozenFile,
  type FrozenVersionRecord,
  frozenVersion,
  frozenVersionKey,
  type Manifest,
  type Submission,
} from './model.ts';
import { FrozenVersionDiffersError } from './read-files.ts';
import { changeSubmission, findSubmission, listDocuments, listReflections } from './store.ts';

const freezer: Actor = { kind: 'system', id: 'freeze-submission' };

/**
 * Freezes what the head declared: every file copied to its own frozen key and hashed as stored, the reflections and a
 * manifest beside them, a record with all hashes in the table, and last the registration moved. Every step does nothing
 * where it was done before, and all that is written follows from the declaration alone, so a repeat is safe; where
 * something else is found in a frozen place it throws `FrozenVersionDiffersError`. Throws `WrongStateError` where
 * nothing is declared.
 */
export async function freezeSubmission(
  round: Round,
  registration: Registration,
  now: Date,
): Promise<Stored<Registration>> {
  const { registrationId, roundId } = registration;
  const submission = await findSubmission(registrationId);
  if (submission === undefined || submission.declaration === null)
    throw new WrongStateError('submission', submission?.status ?? 'missing');
  const record = await storeVersion(round, registration, submission, now);
  await changeSubmission(registrationId, now, (current) =>
    current.status === 'FROZEN'
      ? undefined
      : {
          set: { status: 'FROZEN', frozenVersion: record.number },
          audit: { action: 'submission.freeze', actor: freezer },
          events: [
            {
              name: 'SubmissionVersionStored',
              detail: { registrationId, roundId, version: record.number },
            },
          ],
        },
  );
  return moveRegistration(registrationId, now, {
    from: ['READY_TO_SUBMIT'],
    to: 'SUBMITTED_WORK',
    action: 'submission.frozen',
    actor: freezer,
    events: [{ name: 'SubmissionFrozen', detail: { registrationId, roundId, version: record.number } }],
  });
}

async function storeVersion(
  round: Round,
  registration: Registration,
  submission: Submission,
  now: Date,
): Promise<FrozenVersionRecord> {
  const { registrationId, roundId } = registration;
  const { declaration, signOff } = submission;
  if (declaration === null || signOff === null) throw new WrongStateError('submission', submission.status);
  const key = frozenVersionKey(registrationId, declaration.version);
  const existing = await read(frozenVersion, key);
  if (existing !== undefined) return existing;

  const prefix = frozenPrefix(registrationId, declaration.version);
  const [documents, reflections] = await Promise.all([
    listDocuments(registrationId),
    listReflections(registrationId),
  ]);
  const declared = documents.filter((file) => declaration.documentIds.includes(file.documentId));
  if (contentDigest(round, declaration.level, declared, reflections) !== declaration.contentDigest)
    throw new FrozenVersionDiffersError(`what ${registration.reference} declared`);
  const files = await freezeFiles(declared, prefix);
  const reflectionsKey = `${prefix}/reflections.json`;
  const criteria = criteriaOf(round, declaration.level);
  const reflectionsSha256 = await putHashed(
    reflectionsKey,
    JSON.stringify({
      registrationId,
      version: declaration.version,
      reflections: criteria.map((criterion) => {
        const saved = reflections.find((entry) => entry.criterionId === criterion.id);
        return {
          criterionId: criterion.id,
          title: criterion.title,
          text: saved?.text ?? '',
          words: saved?.words ?? 0,
        };
      }),
    }),
  );
  const manifestKey = `${prefix}/manifest.json`;
  const manifest: Manifest = {
    registrationId,
    reference: registration.reference,
    roundId,
    version: declaration.version,
    level: declaration.level,
    school: { urn: registration.school.urn, name: registration.school.name },
    criteriaVersion: round.criteria.version,
    checklistVersion: round.checklist.version,
    signOff: { by: signOff.by, at: signOff.at },
    declaration: {
      by: declaration.by,
      at: declaration.at,
      language: declaration.language,
      text: declaration.text,
      sha256: declaration.sha256,
      contentDigest: declaration.contentDigest,
    },
    files,
    reflections: { key: reflectionsKey, sha256: reflectionsSha256, count: criteria.length },
  };
  const manifestSha256 = await putHashed(manifestKey, JSON.stringify(manifest));
  return create<FrozenVersionRecord>(
    key,
    {
      next: {
        registrationId,
        roundId,
        number: declaration.version,
        level: declaration.level,
        declaredAt: declaration.at,
        frozenAt: now.toISOString(),
        manifestKey,
        manifestSha256,
        reflectionsKey,
        reflectionsSha256,
        reflectionsCount: criteria.length,
        files,
      },
      audit: { action: 'submission.store-version', actor: freezer },
      events: [],
    },
    now,
  );
}

/** Copies the declared files, in the order of their ids, and hashes each where it now lies. */
async function freezeFiles(declared: readonly Document[], prefix: string): Promise<FrozenFile[]> {
  const files: FrozenFile[] = [];
  for (const file of [...declared].sort((a, b) => a.documentId.localeCompare(b.documentId))) {
    const { documentId } = file;
    if (file.releasedKey === null || file.sha256 === null)
      throw new WrongStateError(`document ${documentId}`, file.status);
    const key = `${prefix}/${documentId}/${safeName(file.name)}`;
    await freezeFile(file.releasedKey, key, file.mediaType);
    const stored = await hashStored(key);
    // The hash taken when the file was accepted is the one that sign-off and declaration covered.
    if (stored.sha256 !== file.sha256) throw new FrozenVersionDiffersError(key);
    files.push({
      documentId,
      documentType: file.documentType,
      name: file.name,
      mediaType: file.mediaType,
      bytes: stored.bytes,
      sha256: stored.sha256,
      key,
    });
  }
  return files;
}

/** Puts a text once and returns its hash; throws where another text stands there already. */
async function putHashed(key: string, text: string): Promise<string> {
  await putOnce(key, text);
  const sha256 = sha256Of(text);
  if (sha256Of(await readText(key)) !== sha256) throw new FrozenVersionDiffersError(key);
  return sha256;
}

/**
 * Closes a submission that was not declared in time. Throws `WrongStateError` where the head has declared in the
 * meantime: the machine then decides anew and freezes it.
 */
export async function missSubmission(registration: Registration, now: Date): Promise<Stored<Registration>> {
  const { registrationId, roundId } = registration;
  const closer: Actor = { kind: 'system', id: 'miss-submission' };
  await changeSubmission(registrationId, now, (current) => {
    if (current.status === 'MISSED') return undefined;
    if (current.status === 'DECLARED' || current.status === 'FROZEN')
      throw new WrongStateError('submission', current.status);
    return {
      set: { status: 'MISSED' },
      audit: { action: 'submission.miss', actor: closer },
      events: [{ name: 'SubmissionClosed', detail: { registrationId, roundId } }],
    };
  });
  return moveRegistration(registrationId, now, {
    from: ['READY_TO_SUBMIT'],
    to: 'MISSED',
    action: 'submission.missed',
    actor: closer,
    reason: 'The submission was not declared complete by its deadline',
    events: [{ name: 'SubmissionMissed', detail: { registrationId, roundId } }],
    set: { ended: { reason: 'MISSED', at: now.toISOString() } },
  });
}
