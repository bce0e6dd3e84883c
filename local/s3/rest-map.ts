import { ServiceError } from '../core/errors.ts';
import type { RestRequest } from '../gateway/rest.ts';
import { childText, parseXml, type XmlElement } from './xml.ts';

/** Request headers and the SDK's members for them; `n` for numbers, `b` for booleans. */
const INPUT_HEADERS: readonly (readonly [header: string, member: string, kind?: 'n' | 'b'])[] = [
  ['cache-control', 'CacheControl'],
  ['content-disposition', 'ContentDisposition'],
  ['content-encoding', 'ContentEncoding'],
  ['content-language', 'ContentLanguage'],
  ['content-md5', 'ContentMD5'],
  ['content-type', 'ContentType'],
  ['expires', 'Expires'],
  ['x-amz-acl', 'ACL'],
  ['x-amz-checksum-crc32', 'ChecksumCRC32'],
  ['x-amz-checksum-crc32c', 'ChecksumCRC32C'],
  ['x-amz-checksum-crc64nvme', 'ChecksumCRC64NVME'],
  ['x-amz-checksum-sha1', 'ChecksumSHA1'],
  ['x-amz-checksum-sha256', 'ChecksumSHA256'],
  ['x-amz-checksum-algorithm', 'ChecksumAlgorithm'],
  ['x-amz-sdk-checksum-algorithm', 'ChecksumAlgorithm'],
  ['x-amz-checksum-mode', 'ChecksumMode'],
  ['x-amz-checksum-type', 'ChecksumType'],
  ['x-amz-copy-source', 'CopySource'],
  ['x-amz-copy-source-if-match', 'CopySourceIfMatch'],
  ['x-amz-copy-source-if-none-match', 'CopySourceIfNoneMatch'],
  ['x-amz-expected-bucket-owner', 'ExpectedBucketOwner'],
  ['x-amz-metadata-directive', 'MetadataDirective'],
  ['x-amz-tagging-directive', 'TaggingDirective'],
  ['x-amz-mp-object-size', 'MpuObjectSize', 'n'],
  ['x-amz-server-side-encryption', 'ServerSideEncryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 'SSEKMSKeyId'],
  ['x-amz-server-side-encryption-bucket-key-enabled', 'BucketKeyEnabled', 'b'],
  ['x-amz-storage-class', 'StorageClass'],
  ['x-amz-tagging', 'Tagging'],
  ['if-match', 'IfMatch'],
  ['if-none-match', 'IfNoneMatch'],
  ['if-modified-since', 'IfModifiedSince'],
  ['if-unmodified-since', 'IfUnmodifiedSince'],
  ['range', 'Range'],
];

/** Members that each operation takes from headers, besides those of its address. */
const NEW_OBJECT = [
  'ACL',
  'BucketKeyEnabled',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'SSEKMSKeyId',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
];
const CHECKSUMS = [
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
];
const READ = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince', 'Range', 'ChecksumMode'];
const HEADER_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  PutObject: [...NEW_OBJECT, ...CHECKSUMS, 'ContentMD5', 'IfMatch', 'IfNoneMatch'],
  GetObject: READ,
  HeadObject: READ,
  CopyObject: [
    ...NEW_OBJECT,
    'ChecksumAlgorithm',
    'CopySource',
    'CopySourceIfMatch',
    'CopySourceIfNoneMatch',
    'IfMatch',
    'IfNoneMatch',
    'MetadataDirective',
    'TaggingDirective',
  ],
  CreateMultipartUpload: [...NEW_OBJECT, 'ChecksumAlgorithm', 'ChecksumType'],
  UploadPart: [...CHECKSUMS, 'ContentMD5'],
  CompleteMultipartUpload: [...CHECKSUMS, 'ChecksumType', 'MpuObjectSize', 'IfMatch', 'IfNoneMatch'],
};
const WITH_METADATA = new Set(['PutObject', 'CopyObject', 'CreateMultipartUpload']);

/** Query parameters and members, by operation. */
const QUERY_MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GetObject: {
    'response-cache-control': 'ResponseCacheControl',
    'response-content-disposition': 'ResponseContentDisposition',
    'response-content-encoding': 'ResponseContentEncoding',
    'response-content-language': 'ResponseContentLanguage',
    'response-content-type': 'ResponseContentType',
    'response-expires': 'ResponseExpires',
  },
  ListObjects: {
    prefix: 'Prefix',
    delimiter: 'Delimiter',
    'encoding-type': 'EncodingType',
    'max-keys': 'MaxKeys',
    marker: 'Marker',
  },
  ListObjectsV2: {
    prefix: 'Prefix',
    delimiter: 'Delimiter',
    'encoding-type': 'EncodingType',
    'max-keys': 'MaxKeys',
    'continuation-token': 'ContinuationToken',
    'start-after': 'StartAfter',
    'fetch-owner': 'FetchOwner',
  },
  ListObjectVersions: {
    prefix: 'Prefix',
    delimiter: 'Delimiter',
    'encoding-type': 'EncodingType',
    'max-keys': 'MaxKeys',
    'key-marker': 'KeyMarker',
    'version-id-marker': 'VersionIdMarker',
  },
  UploadPart: { partNumber: 'PartNumber' },
  ListParts: { 'max-parts': 'MaxParts', 'part-number-marker': 'PartNumberMarker' },
};
const NUMBERS = new Set(['MaxKeys', 'PartNumber', 'MaxParts']);

/** The operation that a request's method and query name (S3 API Reference, request syntax of each). */
export function actionOf(request: RestRequest, bucket: string | undefined, key: string | undefined): string {
  const { method, query, headers } = request;
  const has = (name: string) => query.has(name);
  const unsupported = (): never => {
    throw new ServiceError(
      'NotImplemented',
      `The local cloud does not support s3 ${method} ${key === undefined ? 'bucket' : 'object'} ?${[...query.keys()].join('&')}`,
      501,
    );
  };
  const only = (action: string, ...known: readonly string[]): string => {
    const strange = [...query.keys()].find((name) => !known.includes(name) && !COMMON_QUERY.test(name));
    return strange === undefined ? action : unsupported();
  };
  const setting = (verb: string): string | undefined => {
    const found = Object.entries(SETTINGS).find(([name]) => has(name));
    if (found === undefined) return undefined;
    const [name, { operation, verbs }] = found;
    return verbs.includes(verb) ? only(`${verb}${operation}`, name) : unsupported();
  };
  if (bucket === undefined) return method === 'GET' ? only('ListBuckets') : unsupported();
  if (key === undefined) {
    switch (method) {
      case 'GET':
        if (has('list-type')) return only('ListObjectsV2', 'list-type', ...queryOf('ListObjectsV2'));
        if (has('versions')) return only('ListObjectVersions', 'versions', ...queryOf('ListObjectVersions'));
        if (has('location')) return only('GetBucketLocation', 'location');
        return setting('Get') ?? only('ListObjects', ...queryOf('ListObjects'));
      case 'HEAD':
        return only('HeadBucket');
      case 'PUT':
        return setting('Put') ?? only('CreateBucket');
      case 'DELETE':
        return setting('Delete') ?? only('DeleteBucket');
      case 'POST':
        return has('delete') ? only('DeleteObjects', 'delete') : unsupported();
      default:
        return unsupported();
    }
  }
  switch (method) {
    case 'GET':
      if (has('tagging')) return only('GetObjectTagging', 'tagging', 'versionId');
      if (has('uploadId')) return only('ListParts', 'uploadId', ...queryOf('ListParts'));
      if (has('attributes')) return only('GetObjectAttributes', 'attributes', 'versionId');
      return only('GetObject', 'versionId', ...queryOf('GetObject'));
    case 'HEAD':
      return only('HeadObject', 'versionId');
    case 'PUT':
      if (has('tagging')) return only('PutObjectTagging', 'tagging', 'versionId');
      if (has('uploadId') && headers['x-amz-copy-source'] === undefined) {
        return only('UploadPart', 'uploadId', 'partNumber');
      }
      if (headers['x-amz-copy-source'] !== undefined) return only('CopyObject');
      return only('PutObject');
    case 'POST':
      if (has('uploads')) return only('CreateMultipartUpload', 'uploads');
      if (has('uploadId')) return only('CompleteMultipartUpload', 'uploadId');
      return unsupported();
    case 'DELETE':
      if (has('tagging')) return only('DeleteObjectTagging', 'tagging', 'versionId');
      if (has('uploadId')) return only('AbortMultipartUpload', 'uploadId');
      return only('DeleteObject', 'versionId');
    default:
      return unsupported();
  }
}

/** What a bucket is set to, by query parameter, and what may be done to it. */
const SETTINGS: Readonly<Record<string, { readonly operation: string; readonly verbs: readonly string[] }>> =
  {
    versioning: { operation: 'BucketVersioning', verbs: ['Get', 'Put'] },
    cors: { operation: 'BucketCors', verbs: ['Get', 'Put', 'Delete'] },
    notification: { operation: 'BucketNotificationConfiguration', verbs: ['Get', 'Put'] },
    policyStatus: { operation: 'BucketPolicyStatus', verbs: ['Get'] },
    policy: { operation: 'BucketPolicy', verbs: ['Get', 'Put', 'Delete'] },
    publicAccessBlock: { operation: 'PublicAccessBlock', verbs: ['Get', 'Put', 'Delete'] },
  };

/** Parameters that any request may carry: of a presigned URL, and the SDK's own mark. */
const COMMON_QUERY = /^(x-amz-.*|x-id)$/i;

/**
 * Headers that a presigned URL may carry in its query instead. Not checksums: the SDK puts that of an empty body there,
 * and S3 disregards it.
 */
const IN_QUERY = /^x-amz-(?!checksum-(?!mode)|sdk-checksum-)/;

function queryOf(action: string): string[] {
  return Object.keys(QUERY_MEMBERS[action] ?? {});
}

/** The input of an operation in the SDK's shape, from headers, query and body. */
export function inputOf(
  action: string,
  request: RestRequest,
  bucket: string | undefined,
  key: string | undefined,
  body: Uint8Array,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (bucket !== undefined) input.Bucket = bucket;
  if (key !== undefined) input.Key = key;
  const versionId = request.query.get('versionId');
  if (versionId !== null) input.VersionId = versionId;
  const uploadId = request.query.get('uploadId');
  if (uploadId !== null) input.UploadId = uploadId;
  const members = HEADER_MEMBERS[action] ?? [];
  for (const [header, member, kind] of INPUT_HEADERS) {
    const value =
      request.headers[header] ?? (IN_QUERY.test(header) ? request.query.get(header) : null) ?? undefined;
    if (value === undefined || value === '' || !members.includes(member)) continue;
    input[member] = kind === 'n' ? Number(value) : kind === 'b' ? value === 'true' : value;
  }
  if (WITH_METADATA.has(action)) input.Metadata = metadataOf(request);
  for (const [name, member] of Object.entries(QUERY_MEMBERS[action] ?? {})) {
    const value = request.query.get(name);
    if (value === null) continue;
    input[member] = NUMBERS.has(member) ? Number(value) : member === 'FetchOwner' ? value === 'true' : value;
  }
  switch (action) {
    case 'PutObject':
    case 'UploadPart':
      input.Body = body;
      break;
    case 'PutBucketVersioning':
      input.VersioningConfiguration = { Status: childText(parseXml(text(body)), 'Status') };
      break;
    case 'PutBucketPolicy':
      input.Policy = text(body);
      break;
    case 'PutBucketCors':
      input.CORSConfiguration = { CORSRules: corsRulesOf(parseXml(text(body))) };
      break;
    case 'PutPublicAccessBlock':
      input.PublicAccessBlockConfiguration = Object.fromEntries(
        parseXml(text(body)).children.map(({ name, text: value }) => [name, value]),
      );
      break;
    case 'PutBucketNotificationConfiguration':
      input.NotificationConfiguration = Object.fromEntries(
        parseXml(text(body)).children.map(({ name }) => {
          if (name !== 'EventBridgeConfiguration')
            throw new ServiceError('NotImplemented', `The local cloud does not support s3 ${name}`, 501);
          return [name, {}];
        }),
      );
      break;
    case 'PutObjectTagging':
      input.Tagging = { TagSet: tagSetOf(parseXml(text(body))) };
      break;
    case 'DeleteObjects':
      input.Delete = deleteOf(parseXml(text(body)));
      break;
    case 'CompleteMultipartUpload':
      input.MultipartUpload = { Parts: partsOf(parseXml(text(body))) };
      break;
    case 'GetObjectAttributes':
      input.ObjectAttributes = (request.headers['x-amz-object-attributes'] ?? '')
        .split(',')
        .map((name) => name.trim());
      break;
  }
  return input;
}

/** Tags of a `<Tagging>` document. */
export function tagSetOf(document: XmlElement): { Key: string; Value: string }[] {
  const set = document.children.find((child) => child.name === 'TagSet');
  return (set?.children ?? []).map((tag) => ({
    Key: childText(tag, 'Key') ?? '',
    Value: childText(tag, 'Value') ?? '',
  }));
}

/** Rules of a `<CORSConfiguration>` document: lists are elements that repeat. */
function corsRulesOf(document: XmlElement): Record<string, unknown>[] {
  return document.children.map((rule) => {
    const all = (name: string) => rule.children.filter((each) => each.name === name).map((each) => each.text);
    return {
      ID: childText(rule, 'ID'),
      AllowedHeaders: all('AllowedHeader'),
      AllowedMethods: all('AllowedMethod'),
      AllowedOrigins: all('AllowedOrigin'),
      ExposeHeaders: all('ExposeHeader'),
      MaxAgeSeconds: childText(rule, 'MaxAgeSeconds'),
    };
  });
}

/** Metadata in a header may be RFC 2047 encoded where it is not ASCII; Node hands other bytes over as Latin-1. */
function metadataOf(request: RestRequest): Record<string, string> {
  const metadata: Record<string, string> = {};
  const take = (name: string, value: string) => {
    const match = /^x-amz-meta-(.+)$/i.exec(name);
    if (match?.[1] !== undefined) metadata[match[1].toLowerCase()] = value;
  };
  for (const [name, value] of request.query) take(name, value);
  for (const [name, value] of Object.entries(request.headers)) {
    take(name, Buffer.from(value, 'latin1').toString('utf8'));
  }
  return metadata;
}

function text(body: Uint8Array): string {
  return Buffer.from(body).toString('utf8');
}

function deleteOf(document: XmlElement): Record<string, unknown> {
  return {
    Quiet: childText(document, 'Quiet') === 'true',
    Objects: document.children
      .filter((child) => child.name === 'Object')
      .map((object) => {
        const versionId = childText(object, 'VersionId');
        return {
          Key: childText(object, 'Key') ?? '',
          ...(versionId === undefined ? {} : { VersionId: versionId }),
        };
      }),
  };
}

function partsOf(document: XmlElement): Record<string, unknown>[] {
  return document.children
    .filter((child) => child.name === 'Part')
    .map((part) => ({
      ...Object.fromEntries(part.children.map((child) => [child.name, child.text])),
      PartNumber: Number(childText(part, 'PartNumber')),
    }));
}
