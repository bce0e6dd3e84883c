import * as z from 'zod';
import { booleanProperty } from '../core/input.ts';

/** One rule of a bucket's CORS configuration. */
export const corsRuleSchema = z.strictObject({
  AllowedHeaders: z.array(z.string()).optional(),
  AllowedMethods: z.array(z.string()),
  AllowedOrigins: z.array(z.string()),
  ExposedHeaders: z.array(z.string()).optional(),
  Id: z.string().optional(),
  MaxAge: z.coerce.number().optional(),
});
export type CorsRule = z.infer<typeof corsRuleSchema>;

/** S3 Block Public Access of one bucket. */
export const publicAccessBlockSchema = z.strictObject({
  BlockPublicAcls: booleanProperty.default(false),
  IgnorePublicAcls: booleanProperty.default(false),
  BlockPublicPolicy: booleanProperty.default(false),
  RestrictPublicBuckets: booleanProperty.default(false),
});
export const PUBLIC_ACCESS_ALLOWED = publicAccessBlockSchema.parse({});
/** What every new bucket has (S3 User Guide, "Default settings for new S3 buckets"). */
const PUBLIC_ACCESS_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

/** What the local cloud honours of a bucket's configuration; the rest of the template is kept in `declared`. */
export const bucketSettingsSchema = z.object({
  versioning: z.enum(['Off', 'Enabled', 'Suspended']).default('Off'),
  cors: z.array(corsRuleSchema).default([]),
  eventBridge: z.boolean().default(false),
  /** `AES256` or `aws:kms`: what the bucket answers as each object's encryption. Nothing is encrypted on this machine. */
  encryption: z.string().default('AES256'),
  kmsKeyId: z.string().optional(),
  bucketKey: z.boolean().default(false),
  publicAccessBlock: publicAccessBlockSchema.default(PUBLIC_ACCESS_BLOCKED),
  /** Properties kept as declared without effect here: lifecycle, logging, ownership, tags. */
  declared: z.record(z.string(), z.unknown()).default({}),
});
export type BucketSettings = z.infer<typeof bucketSettingsSchema>;

export interface Bucket {
  readonly name: string;
  /** Epoch ms. */
  readonly created: number;
  readonly settings: BucketSettings;
  /** The bucket policy, as JSON; the evaluator of policies asks for it. */
  readonly policy: string | undefined;
}

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** What travels with an object besides its bytes: the system metadata by SDK member name, and the user's own. */
export const objectAttributesSchema = z.object({
  contentType: z.string().default('binary/octet-stream'),
  cacheControl: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentLanguage: z.string().optional(),
  expires: z.string().optional(),
  storageClass: z.string().default('STANDARD'),
  encryption: z.string().default('AES256'),
  kmsKeyId: z.string().optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  /** Base64 by algorithm, as the sender gave it or asked for it. */
  checksums: z.partialRecord(z.enum(CHECKSUM_ALGORITHMS), z.string()).default({}),
  checksumType: z.enum(['FULL_OBJECT', 'COMPOSITE']).default('FULL_OBJECT'),
  /** Sizes of the parts of a multipart upload, in order. */
  parts: z.array(z.number()).optional(),
});
export type ObjectAttributes = z.infer<typeof objectAttributesSchema>;

export const tagsSchema = z.record(z.string(), z.string());
export type Tags = z.infer<typeof tagsSchema>;

/** One version of one key; a delete marker has no blob. */
export interface ObjectVersion {
  readonly seq: number;
  readonly bucket: string;
  readonly key: string;
  /** `null` (as text) where the bucket kept no versions when it was written. */
  readonly versionId: string;
  readonly latest: boolean;
  readonly deleteMarker: boolean;
  /** Name of the file that holds the bytes; empty for a delete marker. */
  readonly blob: string;
  readonly size: number;
  /** In quotes, as S3 gives it. */
  readonly etag: string;
  /** Epoch ms. */
  readonly modified: number;
  readonly attributes: ObjectAttributes;
  readonly tags: Tags;
}

/** The S3 API by which an object came to be, as EventBridge names it. */
export const creationReasonSchema = z.enum([
  'PutObject',
  'POST Object',
  'CopyObject',
  'CompleteMultipartUpload',
]);
export type CreationReason = z.infer<typeof creationReasonSchema>;

/** Told to listeners and (where the bucket asks for it) to EventBridge once an object's change is durable. */
export const objectNoticeSchema = z.object({
  detailType: z.enum(['Object Created', 'Object Deleted', 'Object Tags Added']),
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  size: z.number().optional(),
  etag: z.string().optional(),
  /** Epoch ms. */
  at: z.number(),
  reason: z.union([creationReasonSchema, z.literal('DeleteObject')]).optional(),
  deletionType: z.enum(['Permanently Deleted', 'Delete Marker Created']).optional(),
});
export type ObjectNotice = z.infer<typeof objectNoticeSchema>;
