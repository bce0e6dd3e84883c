import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { type BucketSettings, type ObjectAttributes, publicAccessBlockSchema, type Tags } from './model.ts';
import { assertNoGrant } from './public-access.ts';

/** Bytes of a call within the process: what the SDK takes as a blob that is not a stream. */
const bodySchema = z
  .union([z.instanceof(Uint8Array), z.string()])
  .transform((body) => (typeof body === 'string' ? Buffer.from(body) : body))
  .default(() => new Uint8Array());

const dateSchema = z.union([z.date(), z.string().transform((text) => new Date(text))]);

const address = { Bucket: z.string().min(1), ExpectedBucketOwner: z.string().optional() };
const objectAddress = { ...address, Key: z.string().min(1) };
const versionAddress = { ...objectAddress, VersionId: z.string().optional() };

const checksums = {
  ChecksumAlgorithm: z.enum(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']).optional(),
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
};

const newObject = {
  ACL: z.string().optional(),
  CacheControl: z.string().optional(),
  ContentDisposition: z.string().optional(),
  ContentEncoding: z.string().optional(),
  ContentLanguage: z.string().optional(),
  ContentType: z.string().optional(),
  Expires: z.union([z.string(), z.date().transform((date) => date.toUTCString())]).optional(),
  Metadata: z.record(z.string(), z.string()).optional(),
  ServerSideEncryption: z.enum(['AES256', 'aws:kms']).optional(),
  SSEKMSKeyId: z.string().optional(),
  BucketKeyEnabled: z.boolean().optional(),
  StorageClass: z.string().optional(),
  Tagging: z.string().optional(),
};

export const putObjectSchema = z.strictObject({
  ...objectAddress,
  ...newObject,
  ...checksums,
  Body: bodySchema,
  ContentLength: z.number().optional(),
  ContentMD5: z.string().optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

const readConditions = {
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
  IfModifiedSince: dateSchema.optional(),
  IfUnmodifiedSince: dateSchema.optional(),
};

export const getObjectSchema = z.strictObject({
  ...versionAddress,
  ...readConditions,
  Range: z.string().optional(),
  ChecksumMode: z.enum(['ENABLED']).optional(),
  ResponseCacheControl: z.string().optional(),
  ResponseContentDisposition: z.string().optional(),
  ResponseContentEncoding: z.string().optional(),
  ResponseContentLanguage: z.string().optional(),
  ResponseContentType: z.string().optional(),
  ResponseExpires: z.string().optional(),
});

export const copyObjectSchema = z.strictObject({
  ...objectAddress,
  ...newObject,
  ChecksumAlgorithm: checksums.ChecksumAlgorithm,
  CopySource: z.string().min(1),
  CopySourceIfMatch: z.string().optional(),
  CopySourceIfNoneMatch: z.string().optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
  MetadataDirective: z.enum(['COPY', 'REPLACE']).default('COPY'),
  TaggingDirective: z.enum(['COPY', 'REPLACE']).default('COPY'),
});

export const versionSchema = z.strictObject(versionAddress);

export const getObjectAttributesSchema = z.strictObject({
  ...versionAddress,
  ObjectAttributes: z.array(z.enum(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])),
});

export const deleteObjectsSchema = z.strictObject({
  ...address,
  Delete: z.strictObject({
    Objects: z
      .array(z.strictObject({ Key: z.string().min(1), VersionId: z.string().optional() }))
      .min(1)
      .max(1000),
    Quiet: z.boolean().optional(),
  }),
  ChecksumAlgorithm: checksums.ChecksumAlgorithm,
});

const tagSetSchema = z.strictObject({
  TagSet: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
});

export const putObjectTaggingSchema = z.strictObject({
  ...versionAddress,
  Tagging: tagSetSchema,
  ChecksumAlgorithm: checksums.ChecksumAlgorithm,
  ContentMD5: z.string().optional(),
});

export const bucketSchema = z.strictObject(address);

export const createBucketSchema = z.strictObject({
  ...address,
  CreateBucketConfiguration: z.strictObject({ LocationConstraint: z.string().optional() }).optional(),
});

export const putBucketVersioningSchema = z.strictObject({
  ...address,
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }),
});

export const putBucketCorsSchema = z.strictObject({
  ...address,
  CORSConfiguration: z.strictObject({
    CORSRules: z
      .array(
        z.strictObject({
          ID: z.string().optional(),
          AllowedHeaders: z.array(z.string()).optional(),
          AllowedMethods: z.array(z.string()).min(1),
          AllowedOrigins: z.array(z.string()).min(1),
          ExposeHeaders: z.array(z.string()).optional(),
          MaxAgeSeconds: z.coerce.number().int().optional(),
        }),
      )
      .min(1)
      .max(100),
  }),
});

/** A bucket policy has at most 20 KB. */
export const putBucketPolicySchema = z.strictObject({ ...address, Policy: z.string().max(20_480) });

/** Events go to EventBridge alone; other targets are refused by their names before. */
export const putBucketNotificationSchema = z.strictObject({
  ...address,
  NotificationConfiguration: z.strictObject({ EventBridgeConfiguration: z.strictObject({}).optional() }),
});

export const putPublicAccessBlockSchema = z.strictObject({
  ...address,
  PublicAccessBlockConfiguration: publicAccessBlockSchema,
});

const listing = {
  ...address,
  Prefix: z.string().default(''),
  Delimiter: z.string().optional(),
  EncodingType: z.enum(['url']).optional(),
  MaxKeys: z.number().int().min(0).default(1000),
};

export const listObjectsSchema = z.strictObject({ ...listing, Marker: z.string().default('') });

export const listObjectsV2Schema = z.strictObject({
  ...listing,
  ContinuationToken: z.string().optional(),
  StartAfter: z.string().default(''),
  FetchOwner: z.boolean().optional(),
});

export const listObjectVersionsSchema = z.strictObject({
  ...listing,
  KeyMarker: z.string().optional(),
  VersionIdMarker: z.string().optional(),
});

export const createMultipartUploadSchema = z.strictObject({
  ...objectAddress,
  ...newObject,
  ChecksumAlgorithm: checksums.ChecksumAlgorithm,
  ChecksumType: z.enum(['COMPOSITE', 'FULL_OBJECT']).optional(),
});

const uploadAddress = { ...objectAddress, UploadId: z.string().min(1) };

export const uploadPartSchema = z.strictObject({
  ...uploadAddress,
  ...checksums,
  PartNumber: z.number().int().min(1).max(10_000),
  Body: bodySchema,
  ContentLength: z.number().optional(),
  ContentMD5: z.string().optional(),
});

export const completeMultipartUploadSchema = z.strictObject({
  ...uploadAddress,
  MultipartUpload: z.strictObject({
    Parts: z.array(
      z.strictObject({
        PartNumber: z.number().int(),
        ETag: z.string(),
        ChecksumCRC32: z.string().optional(),
        ChecksumCRC32C: z.string().optional(),
        ChecksumCRC64NVME: z.string().optional(),
        ChecksumSHA1: z.string().optional(),
        ChecksumSHA256: z.string().optional(),
      }),
    ),
  }),
  ...checksums,
  ChecksumType: z.enum(['COMPOSITE', 'FULL_OBJECT']).optional(),
  MpuObjectSize: z.number().optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

export const uploadSchema = z.strictObject(uploadAddress);

export const listPartsSchema = z.strictObject({
  ...uploadAddress,
  MaxParts: z.number().optional(),
  PartNumberMarker: z.string().optional(),
});

type NewObject = z.infer<z.ZodObject<typeof newObject>>;

/** What a write gives an object besides bytes, checksums and tags; `its bucket's settings are the defaults. */
export function attributesOf(input: NewObject, defaults: BucketSettings): ObjectAttributes {
  assertNoGrant(defaults, input.ACL);
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(input.Metadata ?? {})) {
    metadata[name.toLowerCase()] = value;
    size += name.length + Buffer.byteLength(value);
  }
  if (size > 2048) {
    throw new ServiceError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
    );
  }
  const encryption = input.ServerSideEncryption ?? defaults.encryption;
  return {
    contentType: input.ContentType ?? 'binary/octet-stream',
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    contentEncoding: input.ContentEncoding,
    contentLanguage: input.ContentLanguage,
    expires: input.Expires,
    storageClass: input.StorageClass ?? 'STANDARD',
    encryption,
    kmsKeyId: encryption === 'aws:kms' ? (input.SSEKMSKeyId ?? defaults.kmsKeyId) : undefined,
    metadata,
    checksums: {},
    checksumType: 'FULL_OBJECT',
  };
}

/** Tags of a `Tagging` member or header: a query string. */
export function tagsOfQuery(tagging: string | undefined): Tags {
  return checkTags([...new URLSearchParams(tagging ?? '')]);
}

/** S3's limits on tags: 10 of them, each key once, 128 and 256 characters. */
export function checkTags(pairs: readonly (readonly [string, string])[]): Tags {
  if (pairs.length > 10) throw new ServiceError('BadRequest', 'Object tags cannot be greater than 10');
  const tags: Tags = {};
  for (const [key, value] of pairs) {
    if (key.length === 0 || key.length > 128) {
      throw new ServiceError('InvalidTag', 'The TagKey you have provided is invalid');
    }
    if (value.length > 256) throw new ServiceError('InvalidTag', 'The TagValue you have provided is invalid');
    if (key in tags) {
      throw new ServiceError('InvalidTag', 'Cannot provide multiple Tags with the same key');
    }
    tags[key] = value;
  }
  return tags;
}
