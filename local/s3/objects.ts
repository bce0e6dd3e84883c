import { createHash, randomBytes } from 'node:crypto';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { BlobStore } from './blobs.ts';
import type { Bucket, CreationReason, ObjectAttributes, ObjectNotice, ObjectVersion, Tags } from './model.ts';
import type { Notifications } from './notifications.ts';
import type { S3Store } from './store.ts';

/** The parts of the S3 service that its operations share. */
export interface S3Context {
  readonly cloud: CloudContext;
  readonly store: S3Store;
  readonly blobs: BlobStore;
  readonly notifications: Notifications;
}

/** `If-Match` and `If-None-Match` of a write. */
export interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly attributes: ObjectAttributes;
  readonly tags: Tags;
  readonly reason: CreationReason;
  readonly conditions?: WriteConditions;
  /** In quotes; the MD5 of the bytes where absent. */
  readonly etag?: string;
  /** Further changes to make in the same transaction. */
  readonly also?: () => void;
}

/** The MD5 of bytes as an ETag in quotes. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

/** The bucket by name, or `NoSuchBucket`. */
export function requireBucket(context: S3Context, name: string): Bucket {
  const bucket = context.store.bucket(name);
  if (bucket === undefined) {
    throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
  }
  return bucket;
}

/**
 * Writes an object: bytes first, then the version with its notice in one transaction in which the conditions are judged,
 * so that of two conditional writes at once one loses.
 */
export async function writeObject(context: S3Context, object: NewObject): Promise<ObjectVersion> {
  requireBucket(context, object.bucket);
  const before = context.store.latest(object.bucket, object.key);
  checkWriteConditions(before, before, object.conditions ?? {});
  if (Buffer.byteLength(object.key) > 1024) {
    throw new ServiceError('KeyTooLongError', 'Your key is too long', 400, {
      Size: Buffer.byteLength(object.key),
      MaxSizeAllowed: 1024,
    });
  }
  const blob = await context.blobs.write(object.bytes);
  let superseded: string[] = [];
  let tell = () => {};
  let written: ObjectVersion;
  try {
    written = context.cloud.journal.transaction(() => {
      const { settings } = requireBucket(context, object.bucket);
      const current = context.store.latest(object.bucket, object.key);
      checkWriteConditions(before, current, object.conditions ?? {});
      const versionId = settings.versioning === 'Enabled' ? newVersionId() : 'null';
      superseded = removeNullVersion(context, object.bucket, object.key, versionId);
      const version = {
        bucket: object.bucket,
        key: object.key,
        versionId,
        deleteMarker: false,
        blob,
        size: object.bytes.byteLength,
        etag: object.etag ?? etagOf(object.bytes),
        modified: context.cloud.clock.now(),
        attributes: object.attributes,
        tags: object.tags,
      };
      const seq = context.store.addVersion(version);
      tell = context.notifications.record({
        ...noticeOf(version),
        detailType: 'Object Created',
        reason: object.reason,
      });
      object.also?.();
      return { ...version, seq, latest: true };
    });
  } catch (error) {
    await context.blobs.remove(blob);
    throw error;
  }
  tell();
  await removeUnused(context, superseded);
  return written;
}

/** Deletes a version for good, or a key: by removal, or by a delete marker where the bucket keeps versions. */
export async function deleteObject(
  context: S3Context,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): Promise<{ readonly versionId: string | undefined; readonly deleteMarker: boolean }> {
  let blobs: string[] = [];
  let tell = () => {};
  const result = context.cloud.journal.transaction(() => {
    const { settings } = requireBucket(context, bucketName);
    if (versionId !== undefined || settings.versioning === 'Off') {
      const version = context.store.version(bucketName, key, versionId ?? 'null');
      if (version === undefined) return { versionId, deleteMarker: false };
      context.store.removeVersion(version);
      blobs = [version.blob];
      tell = context.notifications.record({
        ...noticeOf(version),
        detailType: 'Object Deleted',
        reason: 'DeleteObject',
        deletionType: 'Permanently Deleted',
      });
      return { versionId, deleteMarker: version.deleteMarker };
    }
    const markerId = settings.versioning === 'Enabled' ? newVersionId() : 'null';
    blobs = removeNullVersion(context, bucketName, key, markerId);
    const marker = {
      bucket: bucketName,
      key,
      versionId: markerId,
      deleteMarker: true,
      blob: '',
      size: 0,
      etag: '',
      modified: context.cloud.clock.now(),
      attributes: EMPTY_ATTRIBUTES,
      tags: {},
    };
    context.store.addVersion(marker);
    tell = context.notifications.record({
      ...noticeOf(marker),
      detailType: 'Object Deleted',
      reason: 'DeleteObject',
      deletionType: 'Delete Marker Created',
    });
    return { versionId: markerId, deleteMarker: true };
  });
  tell();
  await removeUnused(context, blobs);
  return result;
}

/** The version that a read names, or S3's error for its absence. */
export function requireVersion(
  context: S3Context,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): ObjectVersion {
  requireBucket(context, bucketName);
  if (versionId !== undefined) {
    const version = context.store.version(bucketName, key, versionId);
    if (version === undefined) {
      throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404, {
        Key: key,
        VersionId: versionId,
      });
    }
    if (version.deleteMarker) {
      throw new ServiceError(
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
        405,
        { DeleteMarker: true, VersionId: versionId },
      );
    }
    return version;
  }
  const version = context.store.latest(bucketName, key);
  if (version === undefined || version.deleteMarker) {
    const marker = version === undefined ? {} : { DeleteMarker: true, VersionId: version.versionId };
    throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key, ...marker });
  }
  return version;
}

/** A version with its bytes. One that is overwritten between the two reads is read anew, as what it is then. */
export async function readObject(
  context: S3Context,
  bucketName: string,
  key: string,
  versionId: string | undefined,
): Promise<{ readonly version: ObjectVersion; readonly bytes: Buffer }> {
  for (;;) {
    const version = requireVersion(context, bucketName, key, versionId);
    try {
      return { version, bytes: await context.blobs.read(version.blob) };
    } catch (error) {
      if (context.store.blobInUse(version.blob)) throw error;
    }
  }
}

/** The version's id as answers carry it: absent for a bucket that never kept versions. */
export function shownVersionId(context: S3Context, version: ObjectVersion): string | undefined {
  const versioning = context.store.bucket(version.bucket)?.settings.versioning ?? 'Off';
  return versioning === 'Off' && version.versionId === 'null' ? undefined : version.versionId;
}

/** Whether an `If-Match`-like header names the ETag. */
export function matchesEtag(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((candidate) => candidate.trim().replace(/^W\//, ''))
    .some((candidate) => candidate === '*' || candidate.replaceAll('"', '') === etag.replaceAll('"', ''));
}

export function preconditionFailed(condition: string): ServiceError {
  return new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    { Condition: condition },
  );
}

/** Records that an object was given tags. Returns the function that tells of it after the commit. */
export function recordTagging(context: S3Context, version: ObjectVersion): () => void {
  return context.notifications.record({
    ...noticeOf(version),
    size: undefined,
    detailType: 'Object Tags Added',
  });
}

/** Removes blobs on which no version rests any more. */
export async function removeUnused(context: S3Context, blobs: readonly string[]): Promise<void> {
  for (const blob of blobs) {
    if (blob !== '' && !context.store.blobInUse(blob)) await context.blobs.remove(blob);
  }
}

const EMPTY_ATTRIBUTES: ObjectAttributes = {
  contentType: 'binary/octet-stream',
  storageClass: 'STANDARD',
  encryption: 'AES256',
  metadata: {},
  checksums: {},
  checksumType: 'FULL_OBJECT',
};

/**
 * Judges `If-Match` and `If-None-Match` of a write (S3 User Guide, "How to prevent object overwrites with conditional
 * writes"): of two writes the later fails; a deletion since the request began (`before`) is a conflict, to be tried anew.
 */
function checkWriteConditions(
  before: ObjectVersion | undefined,
  current: ObjectVersion | undefined,
  conditions: WriteConditions,
): void {
  const { IfMatch, IfNoneMatch } = conditions;
  if (IfMatch === undefined && IfNoneMatch === undefined) return;
  if ((IfMatch !== undefined && IfNoneMatch !== undefined) || (IfNoneMatch ?? '*') !== '*') {
    throw new ServiceError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      501,
    );
  }
  const live = (version: ObjectVersion | undefined) => version !== undefined && !version.deleteMarker;
  const deleted = !live(current) && before?.seq !== current?.seq;
  if (deleted) {
    throw new ServiceError(
      'ConditionalRequestConflict',
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
      409,
    );
  }
  if (IfNoneMatch !== undefined && live(current)) throw preconditionFailed('If-None-Match');
  if (IfMatch !== undefined) {
    if (current === undefined || current.deleteMarker) {
      throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
    }
    if (!matchesEtag(IfMatch, current.etag)) throw preconditionFailed('If-Match');
  }
}

/** A bucket that keeps no versions, or no longer, holds one version `null` a key: a new one replaces it. */
function removeNullVersion(context: S3Context, bucket: string, key: string, newId: string): string[] {
  if (newId !== 'null') return [];
  const version = context.store.version(bucket, key, 'null');
  if (version === undefined) return [];
  context.store.removeVersion(version);
  return [version.blob];
}

function newVersionId(): string {
  return randomBytes(24).toString('base64url');
}

function noticeOf(version: Omit<ObjectVersion, 'seq' | 'latest'>): Omit<ObjectNotice, 'detailType'> {
  return {
    bucket: version.bucket,
    key: version.key,
    versionId: version.versionId === 'null' ? undefined : version.versionId,
    size: version.deleteMarker ? undefined : version.size,
    etag: version.etag === '' ? undefined : version.etag,
    at: version.modified,
  };
}
