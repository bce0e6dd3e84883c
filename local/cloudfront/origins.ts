import { randomBytes } from 'node:crypto';
import type { ApiGatewayService } from '../api-gateway/service.ts';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { Distribution, ForwardingPolicy, Origin, ViewerRequest, ViewerResponse } from './model.ts';
import { forwards } from './policies.ts';

/** Headers that reach an origin whatever the policies say. */
const ALWAYS_FORWARDED = new Set([
  'content-length',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]);

/** Members of GetObject's output that are response headers. */
const OBJECT_HEADERS = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-range': 'ContentRange',
  'content-type': 'ContentType',
  etag: 'ETag',
  'last-modified': 'LastModified',
} as const;

/** Reads an object of an S3 origin with the distribution's access (OAC). */
export async function fetchObject(
  cloud: CloudContext,
  distribution: Distribution,
  origin: Origin,
  bucket: string,
  request: ViewerRequest,
): Promise<ViewerResponse> {
  const key = decodePath(`${origin.path}${request.path}`)?.slice(1) ?? '';
  if (key === '') return errorPage(403, 'AccessDenied');
  const { headers } = request;
  const input: Record<string, unknown> = { Bucket: bucket, Key: key };
  if (headers['if-none-match'] !== undefined) input.IfNoneMatch = headers['if-none-match'];
  if (headers['if-modified-since'] !== undefined) input.IfModifiedSince = headers['if-modified-since'];
  if (headers.range !== undefined) input.Range = headers.range;
  try {
    const output = await cloud.gateway.call({
      service: 's3',
      action: 'GetObject',
      input,
      caller: { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: distribution.arn },
    });
    return {
      status: output.ContentRange === undefined ? 200 : 206,
      headers: { 'accept-ranges': 'bytes', ...objectHeaders(output) },
      body: output.Body instanceof Uint8Array ? output.Body : '',
    };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status === 304) return { status: 304, headers: objectHeaders(error.fields), body: '' };
    // Without s3:ListBucket S3 does not tell what is missing from what is forbidden.
    return error.code === 'NoSuchKey' ? errorPage(403, 'AccessDenied') : errorPage(error.status, error.code);
  }
}

/** Sends a request on to a custom origin, which on this machine is always an HTTP API. */
export async function fetchApi(
  apiGateway: ApiGatewayService,
  distribution: Distribution,
  origin: Origin,
  policies: readonly ForwardingPolicy[],
  request: ViewerRequest,
): Promise<ViewerResponse> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'cookie') continue;
    if (ALWAYS_FORWARDED.has(name) || policies.some((policy) => forwards(policy.headers, name))) {
      headers[name] = value;
    }
  }
  const cookies = (request.headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => policies.some((policy) => forwards(policy.cookies, cookie.split('=')[0] ?? '')));
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  headers.host ??= origin.domainName;
  headers['user-agent'] ??= 'Amazon CloudFront';
  headers.via = `2.0 ${distribution.domainName} (CloudFront)`;
  headers['x-amz-cf-id'] = randomBytes(42).toString('base64url');
  headers['x-forwarded-for'] = request.sourceIp ?? '127.0.0.1';
  for (const [name, value] of Object.entries(origin.customHeaders)) headers[name.toLowerCase()] = value;
  const at = request.rawUrl.indexOf('?');
  const query = (at < 0 ? '' : request.rawUrl.slice(at + 1))
    .split('&')
    .filter(
      (part) => part !== '' && policies.some((policy) => forwards(policy.query, part.split('=')[0] ?? '')),
    )
    .join('&');
  const path = `${origin.path}${request.path}`;
  // A viewer's own host means nothing to API Gateway, which then refuses.
  const response = await apiGateway.handleHost(headers.host, {
    ...request,
    path,
    rawUrl: query === '' ? path : `${path}?${query}`,
    headers,
  });
  return response ?? errorPage(403, 'Forbidden');
}

/** An error that CloudFront or S3 words itself. */
export function errorPage(status: number, code: string): ViewerResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  };
}

function objectHeaders(members: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, member] of Object.entries(OBJECT_HEADERS)) {
    const value = members[member];
    if (value instanceof Date) headers[name] = value.toUTCString();
    else if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
