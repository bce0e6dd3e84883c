import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import { checksumMember, checksumOf, verifyChecksums } from './checksums.ts';
import {
  attributesOf,
  checkTags,
  copyObjectSchema,
  deleteObjectsSchema,
  getObjectAttributesSchema,
  getObjectSchema,
  putObjectSchema,
  putObjectTaggingSchema,
  tagsOfQuery,
  versionSchema,
} from './inputs.ts';
import { CHECKSUM_ALGORITHMS, type CreationReason, type ObjectVersion } from './model.ts';
import {
  deleteObject,
  matchesEtag,
  preconditionFailed,
  readObject,
  recordTagging,
  requireBucket,
  requireVersion,
  type S3Context,
  shownVersionId,
  writeObject,
} from './objects.ts';

export type Operation = (
  context: S3Context,
  input: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

/** The operations on single objects, in the SDK's shapes. */
export const objectOperations: Readonly<Record<string, Operation>> = {
  PutObject: (context, input) => putObject(context, input, 'PutObject'),
  /** A form posted by a browser, once its policy is verified: S3 names it apart only in events. */
  PostObject: (context, input) => putObject(context, input, 'POST Object'),

  async GetObject(context, input) {
    const request = parseInput('s3 GetObject', getObjectSchema, input, 'InvalidArgument');
    const { version, bytes } = await readObject(context, request.Bucket, request.Key, request.VersionId);
    checkReadConditions(request, version);
    const range = readRange(request.Range, version.size);
    const body = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
    const overrides = overridesOf({
      CacheControl: request.ResponseCacheControl,
      ContentDisposition: request.ResponseContentDisposition,
      ContentEncoding: request.ResponseContentEncoding,
      ContentLanguage: request.ResponseContentLanguage,
      ContentType: request.ResponseContentType,
      ExpiresString: request.ResponseExpires,
    });
    return {
      ...describe(context, version, request.ChecksumMode === 'ENABLED' && range === undefined),
      ...overrides,
      ContentLength: body.byteLength,
      ...(range === undefined ? {} : { ContentRange: `bytes ${range.start}-${range.end}/${version.size}` }),
      Body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
    };
  },

  async HeadObject(context, input) {
    const request = parseInput('s3 HeadObject', getObjectSchema, input, 'InvalidArgument');
    const version = requireVersion(context, request.Bucket, request.Key, request.VersionId);
    checkReadConditions(request, version);
    return describe(context, version, request.ChecksumMode === 'ENABLED');
  },

  async GetObjectAttributes(context, input) {
    const request = parseInput('s3 GetObjectAttributes', getObjectAttributesSchema, input, 'InvalidArgument');
    const version = requireVersion(context, request.Bucket, request.Key, request.VersionId);
    const wanted = new Set(request.ObjectAttributes);
    const { parts } = version.attributes;
    return defined({
      LastModified: new Date(version.modified),
      VersionId: shownVersionId(context, version),
      ETag: wanted.has('ETag') ? version.etag.replaceAll('"', '') : undefined,
      Checksum: wanted.has('Checksum') ? checksumMembers(version) : undefined,
      ObjectParts:
        wanted.has('ObjectParts') && parts !== undefined ? { TotalPartsCount: parts.length } : undefined,
      StorageClass: wanted.has('StorageClass') ? version.attributes.storageClass : undefined,
      ObjectSize: wanted.has('ObjectSize') ? version.size : undefined,
    });
  },

  async CopyObject(context, input) {
    const request = parseInput('s3 CopyObject', copyObjectSchema, input, 'InvalidArgument');
    const { settings } = requireBucket(context, request.Bucket);
    const source = readCopySource(request.CopySource);
    const { version, bytes } = await readObject(context, source.bucket, source.key, source.versionId);
    if (request.CopySourceIfMatch !== undefined && !matchesEtag(request.CopySourceIfMatch, version.etag)) {
      throw preconditionFailed('x-amz-copy-source-If-Match');
    }
    if (
      request.CopySourceIfNoneMatch !== undefined &&
      matchesEtag(request.CopySourceIfNoneMatch, version.etag)
    ) {
      throw preconditionFailed('x-amz-copy-source-If-None-Match');
    }
    const replaces = request.MetadataDirective === 'REPLACE';
    const ownPlace = source.bucket === request.Bucket && source.key === request.Key;
    if (ownPlace && !replaces && source.versionId === undefined && request.StorageClass === undefined) {
      throw new ServiceError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const asked = attributesOf(request, settings);
    const algorithms =
      request.ChecksumAlgorithm === undefined
        ? CHECKSUM_ALGORITHMS.filter((algorithm) => version.attributes.checksums[algorithm] !== undefined)
        : [request.ChecksumAlgorithm];
    const copy = await writeObject(context, {
      bucket: request.Bucket,
      key: request.Key,
      bytes,
      attributes: {
        ...(replaces
          ? asked
          : { ...version.attributes, encryption: asked.encryption, kmsKeyId: asked.kmsKeyId }),
        storageClass: asked.storageClass,
        checksums: Object.fromEntries(
          algorithms.map((algorithm) => [algorithm, checksumOf(algorithm, bytes)]),
        ),
        checksumType: 'FULL_OBJECT',
        parts: undefined,
      },
      tags: request.TaggingDirective === 'REPLACE' ? tagsOfQuery(request.Tagging) : version.tags,
      reason: 'CopyObject',
      conditions: request,
    });
    return defined({
      CopyObjectResult: {
        ETag: copy.etag,
        LastModified: new Date(copy.modified),
        ...checksumMembers(copy),
      },
      CopySourceVersionId: shownVersionId(context, version),
      VersionId: shownVersionId(context, copy),
      ...encryptionMembers(copy),
    });
  },

  async DeleteObject(context, input) {
    const request = parseInput('s3 DeleteObject', versionSchema, input, 'InvalidArgument');
    const result = await deleteObject(context, request.Bucket, request.Key, request.VersionId);
    return defined({
      VersionId: result.versionId,
      DeleteMarker: result.deleteMarker ? true : undefined,
    });
  },

  async DeleteObjects(context, input) {
    const request = parseInput('s3 DeleteObjects', deleteObjectsSchema, input, 'MalformedXML');
    requireBucket(context, request.Bucket);
    const deleted: Record<string, unknown>[] = [];
    for (const { Key, VersionId } of request.Delete.Objects) {
      const result = await deleteObject(context, request.Bucket, Key, VersionId);
      deleted.push(
        defined({
          Key,
          VersionId,
          DeleteMarker: result.deleteMarker ? true : undefined,
          DeleteMarkerVersionId: result.deleteMarker ? result.versionId : undefined,
        }),
      );
    }
    return request.Delete.Quiet === true ? {} : { Deleted: deleted };
  },

  async GetObjectTagging(context, input) {
    const request = parseInput('s3 GetObjectTagging', versionSchema, input, 'InvalidArgument');
    const version = requireVersion(context, request.Bucket, request.Key, request.VersionId);
    return defined({
      VersionId: shownVersionId(context, version),
      TagSet: Object.entries(version.tags).map(([Key, Value]) => ({ Key, Value })),
    });
  },

  async PutObjectTagging(context, input) {
    const request = parseInput('s3 PutObjectTagging', putObjectTaggingSchema, input, 'MalformedXML');
    const version = requireVersion(context, request.Bucket, request.Key, request.VersionId);
    const tags = checkTags(request.Tagging.TagSet.map(({ Key, Value }) => [Key, Value] as const));
    const tell = context.cloud.journal.transaction(() => {
      context.store.saveTags(version.seq, tags);
      return recordTagging(context, version);
    });
    tell();
    return defined({ VersionId: shownVersionId(context, version) });
  },

  async DeleteObjectTagging(context, input) {
    const request = parseInput('s3 DeleteObjectTagging', versionSchema, input, 'InvalidArgument');
    const version = requireVersion(context, request.Bucket, request.Key, request.VersionId);
    context.store.saveTags(version.seq, {});
    return defined({ VersionId: shownVersionId(context, version) });
  },
};

/** The members that are not undefined. */
export function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function checksumMembers(version: ObjectVersion): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = version.attributes.checksums[algorithm];
    if (value !== undefined) members[checksumMember(algorithm)] = value;
  }
  if (Object.keys(members).length > 0) members.ChecksumType = version.attributes.checksumType;
  return members;
}

export function encryptionMembers(version: ObjectVersion): Record<string, unknown> {
  return defined({
    ServerSideEncryption: version.attributes.encryption,
    SSEKMSKeyId: version.attributes.kmsKeyId,
  });
}

async function putObject(
  context: S3Context,
  input: Record<string, unknown>,
  reason: CreationReason,
): Promise<Record<string, unknown>> {
  const request = parseInput('s3 PutObject', putObjectSchema, input, 'InvalidArgument');
  const { settings } = requireBucket(context, request.Bucket);
  const version = await writeObject(context, {
    bucket: request.Bucket,
    key: request.Key,
    bytes: request.Body,
    attributes: { ...attributesOf(request, settings), checksums: verifyChecksums(request, request.Body) },
    tags: tagsOfQuery(request.Tagging),
    reason,
    conditions: request,
  });
  return defined({
    ETag: version.etag,
    VersionId: shownVersionId(context, version),
    ...checksumMembers(version),
    ...encryptionMembers(version),
  });
}

/** What GetObject and HeadObject answer about a version. */
function describe(
  context: S3Context,
  version: ObjectVersion,
  withChecksums: boolean,
): Record<string, unknown> {
  const { attributes } = version;
  const tagCount = Object.keys(version.tags).length;
  return defined({
    AcceptRanges: 'bytes',
    LastModified: new Date(version.modified),
    ContentLength: version.size,
    ETag: version.etag,
    VersionId: shownVersionId(context, version),
    ContentType: attributes.contentType,
    CacheControl: attributes.cacheControl,
    ContentDisposition: attributes.contentDisposition,
    ContentEncoding: attributes.contentEncoding,
    ContentLanguage: attributes.contentLanguage,
    ExpiresString: attributes.expires,
    Metadata: attributes.metadata,
    StorageClass: attributes.storageClass === 'STANDARD' ? undefined : attributes.storageClass,
    TagCount: tagCount === 0 ? undefined : tagCount,
    ...encryptionMembers(version),
    ...(withChecksums ? checksumMembers(version) : {}),
  });
}

/** Headers that the request wants in place of the object's own. */
function overridesOf(members: Record<string, string | undefined>): Record<string, unknown> {
  for (const value of Object.values(members)) {
    if (value !== undefined && !/^[\x20-\xff]*$/.test(value)) {
      throw new ServiceError('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.');
    }
  }
  return defined(members);
}

interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** RFC 9110 section 13.2.2: ETags win over dates, whose precision is the second. */
function checkReadConditions(conditions: ReadConditions, version: ObjectVersion): void {
  const modified = Math.floor(version.modified / 1000) * 1000;
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matchesEtag(IfMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unmodified =
    IfNoneMatch !== undefined
      ? matchesEtag(IfNoneMatch, version.etag)
      : IfModifiedSince !== undefined && modified <= IfModifiedSince.getTime();
  if (unmodified) {
    throw new ServiceError('NotModified', 'Not Modified', 304, {
      ETag: version.etag,
      LastModified: new Date(version.modified),
    });
  }
}

/** First and last byte of a single range; undefined for none or one that S3 ignores (several, or malformed). */
function readRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416, {
      ActualObjectSize: size,
      RangeRequested: header,
    });
  }
  return { start, end };
}

/** `bucket/key` with an optional `?versionId=`, percent-encoded, with or without a leading slash. */
function readCopySource(source: string): {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
} {
  const match = /^\/?([^/]+)\/(.+?)(?:\?versionId=(.+))?$/s.exec(source);
  const [, bucket, key, versionId] = match ?? [];
  if (bucket === undefined || key === undefined) {
    throw new ServiceError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  return { bucket, key: decodeURIComponent(key), versionId };
}
