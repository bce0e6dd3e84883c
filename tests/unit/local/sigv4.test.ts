import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSignature, verifySignature } from '../../../local/gateway/sigv4.ts';
import { Sha256 } from '../../integration/local/invoke-over-http.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret/secret' };
const signer = (service: string) =>
  new SignatureV4({
    credentials,
    region: 'eu-west-2',
    service,
    sha256: Sha256 as never,
    uriEscapePath: service !== 's3',
  });

const segment = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '.' && text !== '..');
const request = fc.record({
  path: fc
    .array(segment, { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.map(encodeURIComponent).join('/')}`),
  query: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), fc.string({ maxLength: 6 }), {
    maxKeys: 3,
  }),
  body: fc.string(),
});

function rawQuery(query: Record<string, unknown> | undefined): string {
  return Object.entries(query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
}

describe.each(['s3', 'lambda', 'dynamodb'])('a request to %s', (service) => {
  it('that the SDK signed is recognised, and no other secret is', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ path, query, body }) => {
        const signed = await signer(service).sign({
          method: 'POST',
          protocol: 'http:',
          hostname: '127.0.0.1',
          path,
          query,
          headers: {
            host: '127.0.0.1',
            'content-type': 'text/plain',
            'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
          },
          body,
        });
        const headers = Object.fromEntries(
          Object.entries(signed.headers).map(([k, v]) => [k.toLowerCase(), v]),
        );
        const signature = readSignature(headers, new URLSearchParams());
        expect(signature).toMatchObject({
          accessKeyId: 'AKIATEST',
          service,
          region: 'eu-west-2',
          presigned: false,
        });
        const seen = { method: 'POST', path, rawQuery: rawQuery(query), headers, body: Buffer.from(body) };
        expect(verifySignature(seen, signature!, credentials.secretAccessKey)).toBe(true);
        expect(verifySignature(seen, signature!, 'another')).toBe(false);
        expect(
          verifySignature(
            { ...seen, body: Buffer.from(`${body}x`) },
            signature!,
            credentials.secretAccessKey,
          ),
          // S3 judges by itself whether a body is what its declared hash says, to refuse it with a code of its own.
        ).toBe(service === 's3');
      }),
      { numRuns: 50 },
    );
  });
});

it.each([
  new GetObjectCommand({ Bucket: 'bucket', Key: 'a b/ŵ.pdf' }),
  new PutObjectCommand({ Bucket: 'bucket', Key: 'k' }),
])('recognises an address that the SDK presigned, and not with another key in it', async (command) => {
  const client = new S3Client({ credentials, region: 'eu-west-2', endpoint: 'http://127.0.0.1:4566' });
  const url = new URL(await getSignedUrl(client, command as GetObjectCommand, { expiresIn: 60 }));
  const signature = readSignature({}, url.searchParams);
  expect(signature).toMatchObject({ presigned: true, accessKeyId: 'AKIATEST', service: 's3' });
  const seen = {
    method: command instanceof GetObjectCommand ? 'GET' : 'PUT',
    path: url.pathname,
    rawQuery: url.search.slice(1),
    headers: { host: '127.0.0.1:4566' },
    body: new Uint8Array([1, 2]),
  };
  expect(verifySignature(seen, signature!, credentials.secretAccessKey)).toBe(true);
  expect(verifySignature({ ...seen, path: '/bucket/other' }, signature!, credentials.secretAccessKey)).toBe(
    false,
  );
});
