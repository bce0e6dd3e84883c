import { randomBytes } from 'node:crypto';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { RestResponse } from '../gateway/rest.ts';
import { writeErrorXml, writeXml } from './xml.ts';

/** Members of an output that S3 answers as headers. */
const OUTPUT_HEADERS: Readonly<Record<string, string>> = {
  AcceptRanges: 'accept-ranges',
  BucketRegion: 'x-amz-bucket-region',
  CacheControl: 'cache-control',
  ChecksumCRC32: 'x-amz-checksum-crc32',
  ChecksumCRC32C: 'x-amz-checksum-crc32c',
  ChecksumCRC64NVME: 'x-amz-checksum-crc64nvme',
  ChecksumSHA1: 'x-amz-checksum-sha1',
  ChecksumSHA256: 'x-amz-checksum-sha256',
  ChecksumType: 'x-amz-checksum-type',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ContentType: 'content-type',
  CopySourceVersionId: 'x-amz-copy-source-version-id',
  DeleteMarker: 'x-amz-delete-marker',
  ETag: 'etag',
  ExpiresString: 'expires',
  LastModified: 'last-modified',
  Location: 'location',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  StorageClass: 'x-amz-storage-class',
  TagCount: 'x-amz-tagging-count',
  VersionId: 'x-amz-version-id',
};

/** Operations that answer a document: its root element, and the members that go into headers all the same. */
const DOCUMENTS: Readonly<Record<string, { readonly root: string; readonly headers: readonly string[] }>> = {
  CompleteMultipartUpload: {
    root: 'CompleteMultipartUploadResult',
    headers: ['VersionId', 'ServerSideEncryption', 'SSEKMSKeyId'],
  },
  CreateMultipartUpload: {
    root: 'InitiateMultipartUploadResult',
    headers: ['ServerSideEncryption', 'SSEKMSKeyId'],
  },
  DeleteObjects: { root: 'DeleteResult', headers: [] },
  GetBucketCors: { root: 'CORSConfiguration', headers: [] },
  GetBucketNotificationConfiguration: { root: 'NotificationConfiguration', headers: [] },
  GetBucketVersioning: { root: 'VersioningConfiguration', headers: [] },
  GetObjectAttributes: { root: 'GetObjectAttributesResponse', headers: ['LastModified', 'VersionId'] },
  GetObjectTagging: { root: 'Tagging', headers: ['VersionId'] },
  ListBuckets: { root: 'ListAllMyBucketsResult', headers: [] },
  ListObjectVersions: { root: 'ListVersionsResult', headers: [] },
  ListObjects: { root: 'ListBucketResult', headers: [] },
  ListObjectsV2: { root: 'ListBucketResult', headers: [] },
  ListParts: { root: 'ListPartsResult', headers: [] },
};

/** Lists within documents whose elements S3 names otherwise than the SDK. */
const ELEMENT_NAMES: Readonly<Record<string, string>> = {
  Versions: 'Version',
  DeleteMarkers: 'DeleteMarker',
  CORSRules: 'CORSRule',
  AllowedHeaders: 'AllowedHeader',
  AllowedMethods: 'AllowedMethod',
  AllowedOrigins: 'AllowedOrigin',
  ExposeHeaders: 'ExposeHeader',
  Parts: 'Part',
};
/** Lists that keep their element around the items. */
const WRAPPED: Readonly<Record<string, string>> = { TagSet: 'Tag', Buckets: 'Bucket' };

const NO_CONTENT = new Set([
  'AbortMultipartUpload',
  'DeleteBucket',
  'DeleteBucketCors',
  'DeleteBucketPolicy',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeletePublicAccessBlock',
]);

/** The HTTP answer of an operation's output. */
export function answer(action: string, output: Readonly<Record<string, unknown>>): RestResponse {
  const headers: Record<string, string> = { 'x-amz-request-id': requestId() };
  const document = DOCUMENTS[action];
  if (document !== undefined) {
    const inBody: Record<string, unknown> = {};
    for (const [member, value] of Object.entries(output)) {
      if (document.headers.includes(member)) setHeader(headers, member, value);
      else inBody[member] = value;
    }
    headers['content-type'] = 'application/xml';
    return { status: 200, headers, body: writeXml(document.root, rename(inBody)) };
  }
  for (const [member, value] of Object.entries(output)) setHeader(headers, member, value);
  const metadata = output.Metadata;
  if (typeof metadata === 'object' && metadata !== null) {
    for (const [name, value] of Object.entries(metadata)) {
      headers[`x-amz-meta-${name}`] = Buffer.from(String(value), 'utf8').toString('latin1');
    }
  }
  switch (action) {
    case 'CopyObject': {
      const result = output.CopyObjectResult;
      headers['content-type'] = 'application/xml';
      return {
        status: 200,
        headers,
        body: writeXml(
          'CopyObjectResult',
          typeof result === 'object' && result !== null ? { ...result } : {},
        ),
      };
    }
    case 'GetBucketLocation':
      headers['content-type'] = 'application/xml';
      return {
        status: 200,
        headers,
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${String(output.LocationConstraint)}</LocationConstraint>`,
      };
    case 'GetBucketPolicyStatus':
    case 'GetPublicAccessBlock': {
      const [[root, members] = ['', {}]] = Object.entries(output);
      headers['content-type'] = 'application/xml';
      return { status: 200, headers, body: writeXml(root, isPlain(members) ? members : {}) };
    }
    case 'GetBucketPolicy':
      headers['content-type'] = 'application/json';
      return { status: 200, headers, body: String(output.Policy) };
    default: {
      const status = NO_CONTENT.has(action) ? 204 : output.ContentRange === undefined ? 200 : 206;
      const body = output.Body instanceof Uint8Array ? output.Body : undefined;
      return body === undefined ? { status, headers } : { status, headers, body };
    }
  }
}

/** The HTTP answer of an error; without a body for HEAD and 304, as S3 does. */
export function answerError(error: unknown, method: string, resource: string): RestResponse {
  if (!(error instanceof ServiceError) && !(error instanceof UnsupportedError)) throw error;
  const known =
    error instanceof ServiceError ? error : new ServiceError('NotImplemented', error.message, 501);
  const id = requestId();
  const headers: Record<string, string> = { 'x-amz-request-id': id };
  for (const member of ['ETag', 'LastModified', 'DeleteMarker', 'VersionId']) {
    if (known.fields[member] !== undefined) setHeader(headers, member, known.fields[member]);
  }
  if (method === 'HEAD' || known.status === 304) return { status: known.status, headers };
  headers['content-type'] = 'application/xml';
  return {
    status: known.status,
    headers,
    body: writeErrorXml({
      Code: known.code,
      Message: known.message,
      ...known.fields,
      Resource: resource,
      RequestId: id,
      HostId: 'local',
    }),
  };
}

function setHeader(headers: Record<string, string>, member: string, value: unknown): void {
  const header = OUTPUT_HEADERS[member];
  if (header === undefined || value === undefined) return;
  // Beyond Latin-1 a header's characters travel as the bytes of their UTF-8.
  const text = value instanceof Date ? value.toUTCString() : String(value);
  headers[header] = /^[\x20-\xff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function rename(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    const inner = Array.isArray(value)
      ? value.map((item) => (isPlain(item) ? rename(item) : item))
      : isPlain(value)
        ? rename(value)
        : value;
    const wrapped = WRAPPED[name];
    if (wrapped !== undefined) renamed[name] = { [wrapped]: inner };
    else renamed[Array.isArray(value) ? (ELEMENT_NAMES[name] ?? name) : name] = inner;
  }
  return renamed;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value);
}

function requestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}
