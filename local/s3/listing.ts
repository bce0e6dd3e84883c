import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import {
  bucketSchema,
  createBucketSchema,
  listObjectsSchema,
  listObjectsV2Schema,
  listObjectVersionsSchema,
} from './inputs.ts';
import { bucketSettingsSchema, type ObjectVersion } from './model.ts';
import { requireBucket } from './objects.ts';
import { defined, type Operation } from './operations.ts';

/** The operations on buckets and on what is in them. */
export const bucketOperations: Readonly<Record<string, Operation>> = {
  async ListBuckets(context) {
    return {
      Buckets: context.store.buckets().map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.created),
        BucketRegion: context.cloud.region,
      })),
      Owner: { ID: context.cloud.account, DisplayName: context.cloud.account },
    };
  },

  async CreateBucket(context, input) {
    const request = parseInput('s3 CreateBucket', createBucketSchema, input, 'InvalidArgument');
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(request.Bucket)) {
      throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', 400, {
        BucketName: request.Bucket,
      });
    }
    if (context.store.bucket(request.Bucket) !== undefined) {
      throw new ServiceError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
        { BucketName: request.Bucket },
      );
    }
    context.store.saveBucket(request.Bucket, context.cloud.clock.now(), bucketSettingsSchema.parse({}));
    return { Location: `/${request.Bucket}` };
  },

  async DeleteBucket(context, input) {
    const { Bucket } = parseInput('s3 DeleteBucket', bucketSchema, input, 'InvalidArgument');
    requireBucket(context, Bucket);
    // Versions and delete markers count too; uploads that nobody completed do not.
    if (context.store.listVersions(Bucket, '').length > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: Bucket,
      });
    }
    context.store.deleteBucket(Bucket);
    return {};
  },

  async HeadBucket(context, input) {
    const request = parseInput('s3 HeadBucket', bucketSchema, input, 'InvalidArgument');
    requireBucket(context, request.Bucket);
    return { BucketRegion: context.cloud.region };
  },

  async GetBucketLocation(context, input) {
    const request = parseInput('s3 GetBucketLocation', bucketSchema, input, 'InvalidArgument');
    requireBucket(context, request.Bucket);
    return { LocationConstraint: context.cloud.region };
  },

  async ListObjects(context, input) {
    const request = parseInput('s3 ListObjects', listObjectsSchema, input, 'InvalidArgument');
    requireBucket(context, request.Bucket);
    const encode = encoder(request.EncodingType);
    const page = collect(
      context.store.listCurrent(request.Bucket, request.Prefix, request.Marker),
      request.Prefix,
      request.Delimiter,
      Math.min(request.MaxKeys, 1000),
      request.Marker,
    );
    return defined({
      Name: request.Bucket,
      Prefix: encode(request.Prefix),
      Marker: encode(request.Marker),
      Delimiter: request.Delimiter === undefined ? undefined : encode(request.Delimiter),
      MaxKeys: request.MaxKeys,
      EncodingType: request.EncodingType,
      IsTruncated: page.last !== undefined,
      // Without a delimiter the next page begins after the last key, which clients know (API Reference, ListObjects).
      NextMarker: page.last === undefined || request.Delimiter === undefined ? undefined : encode(page.last),
      Contents: page.items.map((version) =>
        defined({
          Key: encode(version.key),
          LastModified: new Date(version.modified),
          ETag: version.etag,
          Size: version.size,
          StorageClass: version.attributes.storageClass,
          ChecksumAlgorithm: algorithmsOf(version),
          Owner: { ID: context.cloud.account },
        }),
      ),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    });
  },

  async ListObjectsV2(context, input) {
    const request = parseInput('s3 ListObjectsV2', listObjectsV2Schema, input, 'InvalidArgument');
    requireBucket(context, request.Bucket);
    const after = readToken(request.ContinuationToken) ?? request.StartAfter;
    const encode = encoder(request.EncodingType);
    const page = collect(
      context.store.listCurrent(request.Bucket, request.Prefix, after),
      request.Prefix,
      request.Delimiter,
      Math.min(request.MaxKeys, 1000),
      after,
    );
    return defined({
      Name: request.Bucket,
      Prefix: encode(request.Prefix),
      Delimiter: request.Delimiter === undefined ? undefined : encode(request.Delimiter),
      MaxKeys: request.MaxKeys,
      EncodingType: request.EncodingType,
      KeyCount: page.items.length + page.prefixes.length,
      IsTruncated: page.last !== undefined,
      ContinuationToken: request.ContinuationToken,
      NextContinuationToken:
        page.last === undefined ? undefined : Buffer.from(page.last).toString('base64url'),
      StartAfter: request.StartAfter === '' ? undefined : encode(request.StartAfter),
      Contents: page.items.map((version) =>
        defined({
          Key: encode(version.key),
          LastModified: new Date(version.modified),
          ETag: version.etag,
          Size: version.size,
          StorageClass: version.attributes.storageClass,
          ChecksumAlgorithm: algorithmsOf(version),
          Owner: request.FetchOwner === true ? { ID: context.cloud.account } : undefined,
        }),
      ),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    });
  },

  async ListObjectVersions(context, input) {
    const request = parseInput('s3 ListObjectVersions', listObjectVersionsSchema, input, 'InvalidArgument');
    requireBucket(context, request.Bucket);
    const encode = encoder(request.EncodingType);
    const prefixes = new Set<string>();
    const all: ObjectVersion[] = [];
    for (const version of context.store.listVersions(request.Bucket, request.Prefix)) {
      const common = commonPrefix(version.key, request.Prefix, request.Delimiter);
      if (common === undefined) all.push(version);
      else prefixes.add(common);
    }
    const marker = all.findIndex(
      (version) => version.key === request.KeyMarker && version.versionId === request.VersionIdMarker,
    );
    const rest =
      marker >= 0 ? all.slice(marker + 1) : all.filter((version) => version.key > (request.KeyMarker ?? ''));
    const page = rest.slice(0, Math.min(request.MaxKeys, 1000));
    const last = rest.length > page.length ? page.at(-1) : undefined;
    const shown = (version: ObjectVersion) => ({
      Key: encode(version.key),
      VersionId: version.versionId,
      IsLatest: version.latest,
      LastModified: new Date(version.modified),
      Owner: { ID: context.cloud.account },
    });
    return defined({
      Name: request.Bucket,
      Prefix: encode(request.Prefix),
      KeyMarker: request.KeyMarker,
      VersionIdMarker: request.VersionIdMarker,
      MaxKeys: request.MaxKeys,
      EncodingType: request.EncodingType,
      IsTruncated: last !== undefined,
      NextKeyMarker: last === undefined ? undefined : encode(last.key),
      NextVersionIdMarker: last?.versionId,
      Versions: page
        .filter((version) => !version.deleteMarker)
        .map((version) => ({
          ...shown(version),
          ETag: version.etag,
          Size: version.size,
          StorageClass: version.attributes.storageClass,
        })),
      DeleteMarkers: page.filter((version) => version.deleteMarker).map(shown),
      CommonPrefixes: [...prefixes].map((prefix) => ({ Prefix: encode(prefix) })),
    });
  },
};

function algorithmsOf(version: ObjectVersion): string[] | undefined {
  const algorithms = Object.keys(version.attributes.checksums);
  return algorithms.length === 0 ? undefined : algorithms;
}

function encoder(encoding: 'url' | undefined): (text: string) => string {
  return encoding === 'url'
    ? (text) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+')
    : (text) => text;
}

function readToken(token: string | undefined): string | undefined {
  return token === undefined ? undefined : Buffer.from(token, 'base64url').toString();
}

function commonPrefix(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

interface Page {
  readonly items: ObjectVersion[];
  readonly prefixes: string[];
  /** What the next page comes after; undefined where this is the last one. */
  readonly last: string | undefined;
}

/** Takes up to `limit` keys and common prefixes, both counted alike, in byte order. */
function collect(
  versions: Iterable<ObjectVersion>,
  prefix: string,
  delimiter: string | undefined,
  limit: number,
  after: string,
): Page {
  const items: ObjectVersion[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  if (limit === 0) return { items, prefixes, last };
  for (const version of versions) {
    const common = commonPrefix(version.key, prefix, delimiter);
    // A page that ended at a common prefix goes on behind everything below it.
    if (common !== undefined && (common === prefixes.at(-1) || common === after)) continue;
    if (items.length + prefixes.length >= limit) return { items, prefixes, last };
    if (common === undefined) items.push(version);
    else prefixes.push(common);
    last = common ?? version.key;
  }
  return { items, prefixes, last: undefined };
}
