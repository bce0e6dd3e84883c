import { createHash, randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import { badChecksum, checksumMember, checksumOf, verifyChecksums } from './checksums.ts';
import {
  attributesOf,
  completeMultipartUploadSchema,
  createMultipartUploadSchema,
  listPartsSchema,
  tagsOfQuery,
  uploadPartSchema,
  uploadSchema,
} from './inputs.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, type ObjectAttributes } from './model.ts';
import {
  etagOf,
  removeUnused,
  requireBucket,
  type S3Context,
  shownVersionId,
  writeObject,
} from './objects.ts';
import { checksumMembers, defined, encryptionMembers, type Operation } from './operations.ts';
import type { Part, Upload } from './store.ts';

/** Every part but the last one is at least this large (S3 User Guide, "multipart upload limits"). */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** The operations of a multipart upload. */
export const multipartOperations: Readonly<Record<string, Operation>> = {
  async CreateMultipartUpload(context, input) {
    const request = parseInput(
      's3 CreateMultipartUpload',
      createMultipartUploadSchema,
      input,
      'InvalidArgument',
    );
    const { settings } = requireBucket(context, request.Bucket);
    const algorithm = request.ChecksumAlgorithm;
    const checksumType = checksumTypeOf(algorithm, request.ChecksumType);
    const uploadId = randomBytes(48).toString('base64url');
    context.store.saveUpload({
      uploadId,
      bucket: request.Bucket,
      key: request.Key,
      created: context.cloud.clock.now(),
      attributes: {
        ...attributesOf(request, settings),
        checksumType,
      },
      tags: tagsOfQuery(request.Tagging),
      algorithm,
    });
    return defined({
      Bucket: request.Bucket,
      Key: request.Key,
      UploadId: uploadId,
      ChecksumAlgorithm: algorithm,
      ChecksumType: algorithm === undefined ? undefined : checksumType,
      ServerSideEncryption: settings.encryption,
    });
  },

  async UploadPart(context, input) {
    const request = parseInput('s3 UploadPart', uploadPartSchema, input, 'InvalidArgument');
    const upload = requireUpload(context, request);
    const other = CHECKSUM_ALGORITHMS.find(
      (name) => request[checksumMember(name)] !== undefined && name !== (upload.algorithm ?? name),
    );
    if (other !== undefined) {
      throw new ServiceError(
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm?.toLowerCase()}, actual checksum Type: ${other.toLowerCase()}`,
      );
    }
    const checksums = verifyChecksums({ ...request, ChecksumAlgorithm: upload.algorithm }, request.Body);
    const blob = await context.blobs.write(request.Body);
    const part: Part = {
      number: request.PartNumber,
      blob,
      size: request.Body.byteLength,
      etag: etagOf(request.Body),
      checksums,
      modified: context.cloud.clock.now(),
    };
    const replaced = context.cloud.journal.transaction(() => {
      requireUpload(context, request);
      const before = context.store.parts(request.UploadId).find(({ number }) => number === part.number);
      context.store.savePart(request.UploadId, part);
      return before;
    });
    if (replaced !== undefined) await removeUnused(context, [replaced.blob]);
    return {
      ETag: part.etag,
      ServerSideEncryption: upload.attributes.encryption,
      ...Object.fromEntries(
        CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
          const value = checksums[algorithm];
          return value === undefined ? [] : [[checksumMember(algorithm), value] as const];
        }),
      ),
    };
  },

  async ListParts(context, input) {
    const request = parseInput('s3 ListParts', listPartsSchema, input, 'InvalidArgument');
    requireUpload(context, request);
    const after = Number(request.PartNumberMarker ?? 0);
    const limit = request.MaxParts ?? 1000;
    const parts = context.store.parts(request.UploadId).filter(({ number }) => number > after);
    const page = parts.slice(0, limit);
    return defined({
      Bucket: request.Bucket,
      Key: request.Key,
      UploadId: request.UploadId,
      MaxParts: limit,
      IsTruncated: parts.length > page.length,
      NextPartNumberMarker: parts.length > page.length ? String(page.at(-1)?.number ?? after) : undefined,
      Parts: page.map((part) => ({
        PartNumber: part.number,
        ETag: part.etag,
        Size: part.size,
        LastModified: new Date(part.modified),
      })),
    });
  },

  async CompleteMultipartUpload(context, input) {
    const request = parseInput(
      's3 CompleteMultipartUpload',
      completeMultipartUploadSchema,
      input,
      'MalformedXML',
    );
    const upload = requireUpload(context, request);
    const kept = context.store.parts(request.UploadId);
    const parts = chooseParts(request.MultipartUpload.Parts, kept);
    const bytes = Buffer.concat(await Promise.all(parts.map((part) => context.blobs.read(part.blob))));
    if (request.MpuObjectSize !== undefined && request.MpuObjectSize !== bytes.byteLength) {
      throw new ServiceError('InvalidRequest', 'The provided MpuObjectSize does not match the actual size.');
    }
    const attributes: ObjectAttributes = {
      ...upload.attributes,
      parts: parts.map((part) => part.size),
      checksums: wholeChecksums(upload, parts, bytes),
    };
    checkWholeChecksum(request, attributes, bytes);
    const md5s = parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex'));
    const version = await writeObject(context, {
      bucket: upload.bucket,
      key: upload.key,
      bytes,
      attributes,
      tags: upload.tags,
      reason: 'CompleteMultipartUpload',
      conditions: request,
      etag: `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${parts.length}"`,
      also: () => context.store.removeUpload(request.UploadId),
    });
    await removeUnused(
      context,
      kept.map((part) => part.blob),
    );
    return defined({
      Location: `/${upload.bucket}/${upload.key}`,
      Bucket: upload.bucket,
      Key: upload.key,
      ETag: version.etag,
      VersionId: shownVersionId(context, version),
      ...checksumMembers(version),
      ...encryptionMembers(version),
    });
  },

  async AbortMultipartUpload(context, input) {
    const request = parseInput('s3 AbortMultipartUpload', uploadSchema, input, 'InvalidArgument');
    requireUpload(context, request);
    const parts = context.store.parts(request.UploadId);
    context.cloud.journal.transaction(() => context.store.removeUpload(request.UploadId));
    await removeUnused(
      context,
      parts.map((part) => part.blob),
    );
    return {};
  },
};

type CompleteRequest = z.infer<typeof completeMultipartUploadSchema>;

/** How the whole's checksum is made; S3 knows one way alone for some algorithms. */
function checksumTypeOf(
  algorithm: ChecksumAlgorithm | undefined,
  asked: ObjectAttributes['checksumType'] | undefined,
): ObjectAttributes['checksumType'] {
  const only =
    algorithm === 'CRC64NVME'
      ? 'FULL_OBJECT'
      : algorithm === 'SHA1' || algorithm === 'SHA256'
        ? 'COMPOSITE'
        : undefined;
  if (asked !== undefined && only !== undefined && asked !== only) {
    throw new ServiceError(
      'InvalidRequest',
      `The ${asked} checksum type cannot be used with the ${algorithm?.toLowerCase()} checksum algorithm.`,
    );
  }
  return asked ?? only ?? 'COMPOSITE';
}

/** Refuses a completion whose checksum of the whole, or whose way of making it, is another than the upload's. */
function checkWholeChecksum(request: CompleteRequest, attributes: ObjectAttributes, bytes: Uint8Array): void {
  if (request.ChecksumType !== undefined && request.ChecksumType !== attributes.checksumType) {
    throw new ServiceError(
      'InvalidRequest',
      `The upload was created using the ${attributes.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  if (attributes.checksumType === 'FULL_OBJECT') {
    verifyChecksums({ ...request, ContentMD5: undefined }, bytes);
    return;
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const given = request[checksumMember(algorithm)];
    const actual = attributes.checksums[algorithm];
    if (given === undefined || actual === undefined) continue;
    if (given.split('-')[0] !== actual.split('-')[0]) throw badChecksum(algorithm);
  }
}

function requireUpload(
  context: S3Context,
  request: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): Upload {
  requireBucket(context, request.Bucket);
  const upload = context.store.upload(request.UploadId);
  if (upload === undefined || upload.bucket !== request.Bucket || upload.key !== request.Key) {
    throw new ServiceError(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      404,
      { UploadId: request.UploadId },
    );
  }
  return upload;
}

/** The parts that the request names, in its order, which must be ascending, with the checksums that it gives. */
function chooseParts(named: CompleteRequest['MultipartUpload']['Parts'], kept: readonly Part[]): Part[] {
  if (named.length === 0) {
    throw new ServiceError('MalformedXML', 'You must specify at least one part');
  }
  const parts = named.map(({ PartNumber, ETag, ...given }, index) => {
    if (index > 0 && PartNumber <= (named[index - 1]?.PartNumber ?? 0)) {
      throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    const part = kept.find(({ number }) => number === PartNumber);
    const changed = CHECKSUM_ALGORITHMS.some((algorithm) => {
      const checksum = given[checksumMember(algorithm)];
      return checksum !== undefined && checksum !== part?.checksums[algorithm];
    });
    if (part === undefined || changed || part.etag.replaceAll('"', '') !== ETag.replaceAll('"', '')) {
      throw new ServiceError(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { PartNumber },
      );
    }
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size < MIN_PART_BYTES) {
      throw new ServiceError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        { ProposedSize: part.size, MinSizeAllowed: MIN_PART_BYTES, PartNumber: part.number },
      );
    }
  }
  return parts;
}

/** The whole object's checksum: of its bytes, or of the parts' checksums with their number. */
function wholeChecksums(
  upload: Upload,
  parts: readonly Part[],
  bytes: Uint8Array,
): Partial<Record<ChecksumAlgorithm, string>> {
  const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => candidate === upload.algorithm);
  if (algorithm === undefined) return {};
  if (upload.attributes.checksumType === 'FULL_OBJECT') return { [algorithm]: checksumOf(algorithm, bytes) };
  const sums = parts.map((part) => Buffer.from(part.checksums[algorithm] ?? '', 'base64'));
  return { [algorithm]: `${checksumOf(algorithm, Buffer.concat(sums))}-${parts.length}` };
}
