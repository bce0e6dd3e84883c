import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { requireEnv } from '../shared/runtime/env.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { parse } from '../shared/runtime/parse.ts';
import {
  type Actor,
  type Change,
  change,
  parseStored,
  queryCollection,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { dynamodb } from '../shared/table/client.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { sha256Of } from './checklist.ts';
import { presignRead, readText } from './files.ts';
import {
  type Document,
  document,
  documentKey,
  type FrozenFile,
  type FrozenVersionRecord,
  frozenReflections,
  frozenVersion,
  frozenVersionKey,
  type Manifest,
  manifest,
  type Reflection,
  reflection,
  type Submission,
  submission,
  submissionKey,
} from './model.ts';

/** The submission of a registration, or undefined before it has opened. Consistent. */
export function findSubmission(registrationId: string): Promise<Stored<Submission> | undefined> {
  return read(submission, submissionKey(registrationId));
}

/** One file's record, or undefined. Consistent. */
export function findDocument(
  registrationId: string,
  documentId: string,
): Promise<Stored<Document> | undefined> {
  return read(document, documentKey(registrationId, documentId));
}

/** All files of a registration, the newest first. Consistent. */
export async function listDocuments(registrationId: string): Promise<Stored<Document>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'DOC#');
  return items
    .map((item) => parseStored(document, item))
    .sort((a, b) => b.documentId.localeCompare(a.documentId));
}

/** All reflections of a registration as last saved. Consistent. */
export async function listReflections(registrationId: string): Promise<Reflection[]> {
  return (await queryCollection(registrationPk(registrationId), 'REFLECTION#')).map((item) =>
    parse('reflection', reflection, item),
  );
}

/** The frozen versions of a registration, the oldest first. Consistent. */
export async function listVersions(registrationId: string): Promise<Stored<FrozenVersionRecord>[]> {
  return (await queryCollection(registrationPk(registrationId), 'VERSION#')).map((item) =>
    parseStored(frozenVersion, item),
  );
}

/** A frozen version as assessors read it. */
export interface FrozenVersion {
  readonly version: number;
  readonly manifest: Manifest;
  readonly files: readonly FrozenFile[];
  readonly reflections: readonly {
    readonly criterionId: string;
    readonly title: { readonly en: string; readonly cy: string };
    readonly text: string;
    readonly words: number;
  }[];
}

/** What is stored is not what was frozen. */
export class FrozenVersionDiffersError extends Error {
  constructor(key: string) {
    super(`${key} is not what its record says`);
    this.name = 'FrozenVersionDiffersError';
  }
}

/**
 * A frozen version (default: the newest) from its stored manifest and reflections, each held to the hash of the
 * version's record. Throws `NotFoundError` where there is none, `FrozenVersionDiffersError` where a hash differs.
 */
export async function readFrozenVersion(registrationId: string, version?: number): Promise<FrozenVersion> {
  const record =
    version === undefined
      ? (await listVersions(registrationId)).at(-1)
      : await read(frozenVersion, frozenVersionKey(registrationId, version));
  if (record === undefined) throw new NotFoundError(`frozen version of ${registrationId}`);
  const [manifestText, reflectionsText] = await Promise.all([
    readText(record.manifestKey),
    readText(record.reflectionsKey),
  ]);
  if (sha256Of(manifestText) !== record.manifestSha256)
    throw new FrozenVersionDiffersError(record.manifestKey);
  if (sha256Of(reflectionsText) !== record.reflectionsSha256)
    throw new FrozenVersionDiffersError(record.reflectionsKey);
  const stored = parse('manifest', manifest, JSON.parse(manifestText));
  const { reflections } = parse('reflections', frozenReflections, JSON.parse(reflectionsText));
  return { version: record.number, manifest: stored, files: stored.files, reflections };
}

/** Who reads a file, and as what. */
export interface Reader {
  readonly actor: Actor;
  /** For example `assessor`, `hub_leader`, `school`. */
  readonly as: string;
}

/** A five-minute address of a frozen file; the reading is logged in the registration's collection. */
export async function frozenFileUrl(
  registrationId: string,
  version: number,
  file: FrozenFile,
  reader: Reader,
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const address = await presignRead(file.key, file.name, file.mediaType, now);
  await logAccess(
    registrationId,
    { documentId: file.documentId, key: file.key, sha256: file.sha256, frozenVersion: version },
    reader,
    now,
  );
  return address;
}

/** A five-minute address of an accepted file before it is frozen; the reading is logged. Throws `NotFoundError`. */
export async function documentUrl(
  registrationId: string,
  documentId: string,
  reader: Reader,
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const file = await findDocument(registrationId, documentId);
  if (file === undefined || file.releasedKey === null || file.sha256 === null || file.status === 'DELETED')
    throw new NotFoundError(`document ${documentId}`);
  const address = await presignRead(file.releasedKey, file.name, file.mediaType, now);
  await logAccess(registrationId, { documentId, key: file.releasedKey, sha256: file.sha256 }, reader, now);
  return address;
}

/** Writes `ACCESS#<ulid>`: who was given the address of which file, and its hash at that time. */
async function logAccess(
  registrationId: string,
  what: Record<string, unknown>,
  reader: Reader,
  now: Date,
): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Item: marshall({
        pk: registrationPk(registrationId),
        sk: `ACCESS#${ulid(now.getTime())}`,
        version: 1,
        at: now.toISOString(),
        by: reader.actor,
        as: reader.as,
        ...what,
      }),
    }),
  );
}

/** A change of a record: what is set, why, and what is told. */
export type RecordChange<T> = Omit<Change<T>, 'next'> & { readonly set: Partial<T> };

/** Changes the submission by `decide`; undefined from it changes nothing. */
export function changeSubmission(
  registrationId: string,
  now: Date,
  decide: (
    current: Stored<Submission>,
  ) => Promise<RecordChange<Submission> | undefined> | RecordChange<Submission> | undefined,
): Promise<Stored<Submission>> {
  return change(submission, submissionKey(registrationId), now, async (current) => {
    const decided = await decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}

/** Changes a file's record by `decide`, with further writes in the same transaction. */
export function changeDocument(
  registrationId: string,
  documentId: string,
  now: Date,
  decide: (current: Stored<Document>) => RecordChange<Document> | undefined,
): Promise<Stored<Document>> {
  return change(document, documentKey(registrationId, documentId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}
