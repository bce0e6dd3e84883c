import { ServiceError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import { checkChecksumHeaders } from './checksums.ts';
import { readPayload } from './chunked.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { type PostedForm, readForm, verifyPolicy } from './post-policy.ts';
import { assertNotRestricted } from './public-access.ts';
import { answer, answerError } from './rest-answer.ts';
import { actionOf, inputOf, tagSetOf } from './rest-map.ts';
import { type AccessKeys, checkPresignedTimes, checkSigned } from './signature.ts';
import type { S3Store } from './store.ts';
import { parseXml, writeXml } from './xml.ts';

/**
 * Answers S3's REST API, path-style (`/bucket/key`): signed requests and presigned URLs (whose signature the gateway has
 * verified), forms posted under a signed policy, CORS preflights. Each passes the gateway as an operation in the SDK's
 * shape.
 */
export async function handleS3Http(
  cloud: CloudContext,
  store: S3Store,
  keys: AccessKeys,
  request: RestRequest,
): Promise<RestResponse> {
  const { bucket, key } = readAddress(request.path) ?? {};
  const rules = (bucket === undefined ? undefined : store.bucket(bucket))?.settings.cors ?? [];
  const resource = `/${bucket ?? ''}${key === undefined ? '' : `/${key}`}`;
  let response: RestResponse;
  try {
    if (request.method === 'OPTIONS') {
      return { status: 200, headers: answerPreflight(rules, request.headers) };
    }
    if (readAddress(request.path) === undefined) {
      throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
    }
    response = await dispatch(cloud, store, keys, request, bucket, key);
  } catch (error) {
    response = answerError(error, request.method, resource);
  }
  const cors = corsHeaders(rules, request.method, request.headers.origin);
  return { ...response, headers: { ...response.headers, ...cors } };
}

async function dispatch(
  cloud: CloudContext,
  store: S3Store,
  keys: AccessKeys,
  request: RestRequest,
  bucket: string | undefined,
  key: string | undefined,
): Promise<RestResponse> {
  const contentType = request.headers['content-type'] ?? '';
  if (
    request.method === 'POST' &&
    bucket !== undefined &&
    key === undefined &&
    contentType.startsWith('multipart/form-data')
  ) {
    return postForm(cloud, keys, bucket, contentType, request);
  }
  const caller = callerOf(cloud, store, request, bucket);
  const action = actionOf(request, bucket, key);
  const { body, headers } = readPayload(request);
  checkChecksumHeaders(headers);
  const input = inputOf(action, { ...request, headers }, bucket, key, body);
  const output = await cloud.gateway.call({ service: 's3', action, input, caller });
  return answer(action, output);
}

/**
 * Who asks: who signed the request, if it is complete and not too late; nobody known where nothing is signed, whom Block
 * Public Access may keep out and the bucket's policy must allow.
 */
function callerOf(
  cloud: CloudContext,
  store: S3Store,
  request: RestRequest,
  bucket: string | undefined,
): Caller {
  const presigned = [...request.query.keys()].some((name) => PRESIGNED.test(name));
  if (presigned && request.headers.authorization !== undefined) {
    throw new ServiceError(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    );
  }
  if (presigned) checkPresignedTimes(request.query, cloud.clock.now());
  if (request.caller !== undefined) {
    checkSigned(request);
    return request.caller;
  }
  if (presigned || request.headers.authorization !== undefined) {
    throw new ServiceError(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const asked = bucket === undefined ? undefined : store.bucket(bucket);
  if (asked !== undefined) assertNotRestricted(asked);
  return { kind: 'anonymous' };
}

const PRESIGNED = /^X-Amz-(Algorithm|Credential|Signature)$/i;

/** Bucket and key of a path, decoded; neither for `/`. Undefined where the path's encoding is broken. */
function readAddress(
  path: string,
): { readonly bucket?: string | undefined; readonly key?: string | undefined } | undefined {
  const match = /^\/([^/]+)(?:\/(.*))?$/s.exec(path);
  const [, bucket, key] = match ?? [];
  if (bucket === undefined) return {};
  try {
    return {
      bucket: decodeURIComponent(bucket),
      key: key === undefined || key === '' ? undefined : decodeURIComponent(key),
    };
  } catch {
    return undefined;
  }
}

/** Form fields and the members of PutObject for them. */
const FORM_MEMBERS: Readonly<Record<string, string>> = {
  acl: 'ACL',
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-type': 'ContentType',
  expires: 'Expires',
  'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
  'x-amz-storage-class': 'StorageClass',
};

async function postForm(
  cloud: CloudContext,
  keys: AccessKeys,
  bucket: string,
  contentType: string,
  request: RestRequest,
): Promise<RestResponse> {
  const form = await readForm(contentType, request.body);
  const named = form.fields.get('key');
  if (named === undefined || named === '') {
    throw new ServiceError(
      'InvalidArgument',
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    );
  }
  const caller = verifyPolicy(bucket, form, keys, cloud.clock.now());
  const key = named.replaceAll('${' + 'filename}', form.fileName);
  const output = await cloud.gateway.call({
    service: 's3',
    action: 'PostObject',
    input: formInput(bucket, key, form),
    caller,
  });
  return answerPost(request, form, bucket, key, output);
}

function formInput(bucket: string, key: string, form: PostedForm): Record<string, unknown> {
  const input: Record<string, unknown> = { Bucket: bucket, Key: key, Body: form.bytes };
  const metadata: Record<string, string> = {};
  for (const [name, value] of form.fields) {
    const member = FORM_MEMBERS[name];
    if (member !== undefined) input[member] = value;
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = value;
    if (name === 'tagging') {
      input.Tagging = new URLSearchParams(
        tagSetOf(parseXml(value)).map(({ Key, Value }): [string, string] => [Key, Value]),
      ).toString();
    }
  }
  input.Metadata = metadata;
  return input;
}

function answerPost(
  request: RestRequest,
  form: PostedForm,
  bucket: string,
  key: string,
  output: Record<string, unknown>,
): RestResponse {
  const { headers = {} } = answer('PutObject', output);
  const location = `http://${request.headers.host ?? '127.0.0.1'}/${bucket}/${encodeURIComponent(key)}`;
  const redirect = form.fields.get('success_action_redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    target.searchParams.set('bucket', bucket);
    target.searchParams.set('key', key);
    target.searchParams.set('etag', String(output.ETag));
    return { status: 303, headers: { ...headers, location: target.href } };
  }
  switch (form.fields.get('success_action_status')) {
    case '200':
      return { status: 200, headers: { ...headers, location } };
    case '201':
      return {
        status: 201,
        headers: { ...headers, location, 'content-type': 'application/xml' },
        body: writeXml('PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: output.ETag }),
      };
    default:
      return { status: 204, headers: { ...headers, location } };
  }
}
