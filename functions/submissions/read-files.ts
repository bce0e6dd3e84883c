import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { requireEnv } from '../shared/runtime/env.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { parse } from '../shared/runtime/parse.ts';
import { type Actor, read } from '../shared/table/change.ts';
import { dynamodb } from '../shared/table/client.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { sha256Of } from './checklist.ts';
import { presignRead, readText } from './files.ts';
import {
  type FrozenFile,
  frozenReflections,
  frozenVersion,
  frozenVersionKey,
  type Manifest,
  manifest,
} from './model.ts';
import { findDocument, listVersions } from './store.ts';

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
