import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../core/errors.ts';
import type { Caller } from '../core/service.ts';
import type { RestRequest } from '../gateway/rest.ts';
import { readSignature } from '../gateway/sigv4.ts';

/** Whose access key it is, and its secret; undefined for a key that does not exist. */
export interface AccessKeys {
  callerOf(accessKeyId: string): { readonly caller: Caller; readonly secretAccessKey: string } | undefined;
}

/** The scope of a signature: `AKID/20260101/eu-west-2/s3/aws4_request` taken apart. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const MAX_PRESIGNED_SECONDS = 7 * 24 * 3600;
const MAX_SKEW_MS = 15 * 60_000;

/** Reads a credential's scope; undefined where malformed. */
export function readCredential(credential: string): CredentialScope | undefined {
  const match = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  const [, accessKeyId, date, region, service] = match ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) {
    return undefined;
  }
  return { accessKeyId, date, region, service };
}

/** Whether `signature` (hex) is that of a posted policy, which is signed as it stands, in base64. */
export function isPolicySigned(
  policy: string,
  signature: string,
  scope: CredentialScope,
  secret: string,
): boolean {
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const dateKey = hmac(`AWS4${secret}`, scope.date);
  const signingKey = hmac(hmac(hmac(dateKey, scope.region), scope.service), 'aws4_request');
  const expected = Buffer.from(hmac(signingKey, policy).toString('hex'));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Refuses a presigned URL (whose signature the gateway has verified) that is expired or not yet valid at `now` (epoch ms). */
export function checkPresignedTimes(query: URLSearchParams, now: number): void {
  const date = readAmzDate(query.get('X-Amz-Date') ?? '');
  const expires = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (Number.isNaN(date) || !Number.isInteger(expires)) {
    throw new ServiceError(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (expires > MAX_PRESIGNED_SECONDS || expires < 0) {
    throw new ServiceError(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  if (date > now + MAX_SKEW_MS) throw new ServiceError('AccessDenied', 'Request is not yet valid', 403);
  if (now > date + expires * 1000) {
    throw new ServiceError('AccessDenied', 'Request has expired', 403, {
      'X-Amz-Expires': expires,
      Expires: new Date(date + expires * 1000),
      ServerTime: new Date(now),
    });
  }
}

/**
 * Refuses a signed request that carries an `x-amz-` header beside what was signed, or a body of another hash than the one
 * that it declares: either could have been changed on the way.
 */
export function checkSigned(request: RestRequest): void {
  const signed = readSignature(request.headers, request.query)?.signedHeaders ?? [];
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signed.includes(name),
  );
  if (unsigned.length > 0) {
    throw new ServiceError(
      'AccessDenied',
      'There were headers present in the request which were not signed',
      403,
      { HeadersNotSigned: unsigned.join(', ') },
    );
  }
  const declared = request.headers['x-amz-content-sha256'] ?? '';
  if (!/^[0-9a-f]{64}$/.test(declared)) return;
  const actual = createHash('sha256').update(request.body).digest('hex');
  if (declared !== actual) {
    throw new ServiceError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
      { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: actual },
    );
  }
}

/** `20260101T120000Z` in epoch ms; NaN where malformed. */
function readAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
