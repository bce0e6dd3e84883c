import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a request's signature says, from its `Authorization` header or the query of a presigned address. */
export interface RequestSignature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly presigned: boolean;
  /** `YYYYMMDDTHHMMSSZ` as signed. */
  readonly timestamp: string;
}

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const HEADER =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,?\s*SignedHeaders=([^,\s]+),?\s*Signature=([0-9a-f]+)\s*$/;

/** Reads the signature of a request; undefined where it has none (or one of another scheme). */
export function readSignature(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): RequestSignature | undefined {
  const header = headers.authorization === undefined ? null : HEADER.exec(headers.authorization);
  if (header !== null) {
    const [, accessKeyId = '', date = '', region = '', service = '', signed = '', signature = ''] = header;
    return {
      accessKeyId,
      date,
      region,
      service,
      signedHeaders: signed.split(';'),
      signature,
      presigned: false,
      timestamp: headers['x-amz-date'] ?? '',
    };
  }
  const credential = query.get('X-Amz-Credential')?.split('/');
  if (credential === undefined || query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return undefined;
  const [accessKeyId = '', date = '', region = '', service = ''] = credential;
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? 'host').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    presigned: true,
    timestamp: query.get('X-Amz-Date') ?? '',
  };
}

const signingKeys = new Map<string, Buffer>();

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  const name = `${secret}/${date}/${region}/${service}`;
  let key = signingKeys.get(name);
  if (key === undefined) {
    const hmac = (by: string | Buffer, text: string) => createHmac('sha256', by).update(text).digest();
    key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
    // One key a role and day: emptied rather than aged, since it is rebuilt in microseconds.
    if (signingKeys.size > 5_000) signingKeys.clear();
    signingKeys.set(name, key);
  }
  return key;
}

/** RFC 3986 encoding as signatures use it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(rawQuery: string, presigned: boolean): string {
  const pairs: [string, string][] = [];
  for (const part of rawQuery === '' ? [] : rawQuery.split('&')) {
    const at = part.indexOf('=');
    const name = encode(decodeURIComponent(at < 0 ? part : part.slice(0, at)));
    const value = encode(decodeURIComponent(at < 0 ? '' : part.slice(at + 1)));
    if (presigned && name === 'X-Amz-Signature') continue;
    pairs.push([name, value]);
  }
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/**
 * Whether the request was signed with `secret`: AWS Signature Version 4. S3 signs the path as sent, other services its
 * encoding once more. The hash of the body is checked where the client declared one, but for S3's, which S3 checks.
 */
export function verifySignature(
  request: SignedRequest,
  signature: RequestSignature,
  secret: string,
): boolean {
  const sha = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
  const declared = request.headers['x-amz-content-sha256'];
  let payload: string;
  if (signature.presigned) payload = declared ?? 'UNSIGNED-PAYLOAD';
  else if (declared === undefined) payload = sha(request.body);
  else {
    // Streaming declarations name a scheme instead of a hash. S3 has an error of its own for a wrong one.
    const isHash = signature.service !== 's3' && /^[0-9a-f]{64}$/.test(declared);
    if (isHash && declared !== sha(request.body)) return false;
    payload = declared;
  }
  if (signature.presigned && signature.service !== 's3') payload = sha(request.body);
  const path = signature.service === 's3' ? request.path : request.path.split('/').map(encode).join('/');
  const headers = signature.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    path,
    canonicalQuery(request.rawQuery, signature.presigned),
    headers.join(''),
    signature.signedHeaders.join(';'),
    payload,
  ].join('\n');
  const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', signature.timestamp, scope, sha(canonical)].join('\n');
  const key = signingKey(secret, signature.date, signature.region, signature.service);
  const expected = createHmac('sha256', key).update(toSign).digest('hex');
  return (
    expected.length === signature.signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(signature.signature))
  );
}
