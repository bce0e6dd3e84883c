import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { requireEnv } from '../shared/runtime/env.ts';
import { READ_VALIDITY_SECONDS, UPLOAD_VALIDITY_SECONDS } from './model.ts';

/** Files in their two buckets: what was uploaded (quarantine) and what passed its check (submissions). */
const s3 = new S3Client({});
const quarantine = (): string => requireEnv('QUARANTINE_BUCKET');
const submissions = (): string => requireEnv('SUBMISSIONS_BUCKET');

export const quarantineKey = (registrationId: string, documentId: string, name: string): string =>
  `quarantine/${registrationId}/${documentId}/${name}`;
export const releasedKey = (registrationId: string, documentId: string, name: string): string =>
  `released/${registrationId}/${documentId}/${name}`;
export const frozenPrefix = (registrationId: string, version: number): string =>
  `frozen/${registrationId}/v${version}`;

/** Registration and document of a quarantine key; undefined for another key. */
export function ofQuarantineKey(key: string): { registrationId: string; documentId: string } | undefined {
  const [, registrationId, documentId] = /^quarantine\/([^/]+)\/([^/]+)\/[^/]+$/.exec(key) ?? [];
  return registrationId === undefined || documentId === undefined
    ? undefined
    : { registrationId, documentId };
}

/** A form with which a browser posts exactly one file of this key, type and at most this size, within its validity. */
export async function presignUpload(
  key: string,
  mediaType: string,
  maximumBytes: number,
): Promise<{ url: string; fields: Record<string, string> }> {
  return createPresignedPost(s3, {
    Bucket: quarantine(),
    Key: key,
    Conditions: [
      ['content-length-range', 1, maximumBytes],
      ['eq', '$Content-Type', mediaType],
    ],
    Fields: { 'Content-Type': mediaType },
    Expires: UPLOAD_VALIDITY_SECONDS,
  });
}

/** A five-minute address of an object of the submissions bucket, shown in the browser under its own name. */
export async function presignRead(
  key: string,
  name: string,
  mediaType: string,
  now: Date,
): Promise<{ url: string; expiresAt: string }> {
  const url = await getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket: submissions(),
      Key: key,
      ResponseContentType: mediaType,
      ResponseContentDisposition: `inline; filename*=UTF-8''${encodeURIComponent(name)}`,
    }),
    { expiresIn: READ_VALIDITY_SECONDS },
  );
  return { url, expiresAt: new Date(now.getTime() + READ_VALIDITY_SECONDS * 1000).toISOString() };
}

/** What lies in quarantine under `key`, or undefined. */
export async function quarantined(key: string): Promise<{ bytes: number; eTag: string } | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: quarantine(), Key: key }));
    return { bytes: head.ContentLength ?? 0, eTag: head.ETag ?? '' };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * The bytes in quarantine, if they are still those of `eTag` (a presigned form can be posted again, so what was scanned
 * must be what is read); undefined where they are not there any more, or are others.
 */
export async function readQuarantined(key: string, eTag: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: quarantine(), Key: key, IfMatch: quoted(eTag) }),
    );
    return await Body?.transformToByteArray();
  } catch (error) {
    if (isMissing(error) || isPrecondition(error)) return undefined;
    throw error;
  }
}

/** Copies what was scanned (`eTag`) to the released files; false where quarantine holds something else by now. */
export async function release(from: string, eTag: string, to: string, mediaType: string): Promise<boolean> {
  try {
    await s3.send(
      new CopyObjectCommand({
        Bucket: submissions(),
        Key: to,
        CopySource: copySource(quarantine(), from),
        CopySourceIfMatch: quoted(eTag),
        MetadataDirective: 'REPLACE',
        ContentType: mediaType,
        TaggingDirective: 'REPLACE',
      }),
    );
    return true;
  } catch (error) {
    if (isMissing(error) || isPrecondition(error)) return false;
    throw error;
  }
}

/** Removes an uploaded file. Safe to repeat. */
export async function dropQuarantined(key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: quarantine(), Key: key }));
}

/** Removes a released file; never a frozen one. Safe to repeat. */
export async function dropReleased(key: string): Promise<void> {
  if (!key.startsWith('released/')) throw new Error(`not a released file: ${key}`);
  await s3.send(new DeleteObjectCommand({ Bucket: submissions(), Key: key }));
}

/** Copies a released file to its frozen place unless something is there already (an earlier try). */
export async function freezeFile(from: string, to: string, mediaType: string): Promise<void> {
  try {
    await s3.send(
      new CopyObjectCommand({
        Bucket: submissions(),
        Key: to,
        CopySource: copySource(submissions(), from),
        IfNoneMatch: '*',
        MetadataDirective: 'REPLACE',
        ContentType: mediaType,
        TaggingDirective: 'REPLACE',
      }),
    );
  } catch (error) {
    if (!isPrecondition(error)) throw error;
  }
}

/** SHA-256 (hex) and size of an object of the submissions bucket, streamed: what is hashed is what is stored. */
export async function hashStored(key: string): Promise<{ sha256: string; bytes: number }> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: submissions(), Key: key }));
  const hash = createHash('sha256');
  let bytes = 0;
  if (Body === undefined) throw new Error(`no body: ${key}`);
  const stream: AsyncIterable<unknown> = Object.assign(Body);
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new Error(`not bytes: ${key}`);
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Puts a text object once; where one is there already it stays as it is. */
export async function putOnce(key: string, text: string): Promise<void> {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: submissions(),
        Key: key,
        Body: text,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
  } catch (error) {
    if (!isPrecondition(error)) throw error;
  }
}

/** A text object of the submissions bucket. */
export async function readText(key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: submissions(), Key: key }));
  return (await Body?.transformToString('utf8')) ?? '';
}

function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** Events carry the ETag bare, headers want it quoted. */
function quoted(eTag: string): string {
  return eTag.startsWith('"') ? eTag : `"${eTag}"`;
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    (error.name === 'NotFound' || error.name === 'NoSuchKey' || error.$metadata.httpStatusCode === 404)
  );
}

function isPrecondition(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
}
