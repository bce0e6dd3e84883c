import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Resources } from '../../../local/s3/resources.ts';
import { provision, type Services, startServices } from './support.ts';

let services: Services;
let s3: S3Client;

async function makeBucket(name: string, properties: Record<string, unknown> = {}) {
  await provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', name, {
    BucketName: name,
    ...properties,
  });
}

beforeAll(async () => {
  services = await startServices({ guarded: true });
  s3 = new S3Client(services.client);
  await makeBucket('plain');
  await makeBucket('uploads', {
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    CorsConfiguration: {
      CorsRules: [
        {
          AllowedHeaders: ['*'],
          AllowedMethods: ['POST', 'GET'],
          AllowedOrigins: ['http://127.0.0.1:4000'],
          ExposedHeaders: ['ETag'],
          MaxAge: 300,
        },
      ],
    },
  });
});

afterAll(async () => {
  s3.destroy();
  await services.stop();
});

/** What S3 puts the file's own name in place of. */
const FILE_NAME = ['$', '{filename}'].join('');

describe('a presigned address', () => {
  it('opens an object until it expires, with the headers it names, and not for another key', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'shared', Body: 'shared' }));
    const url = await getSignedUrl(
      s3,
      new GetObjectCommand({
        Bucket: 'plain',
        Key: 'shared',
        ResponseContentDisposition: 'attachment; filename="report.pdf"',
      }),
      { expiresIn: 60, signingDate: new Date(services.clock.now()) },
    );
    const opened = await fetch(url);
    expect([opened.status, await opened.text(), opened.headers.get('content-disposition')]).toEqual([
      200,
      'shared',
      'attachment; filename="report.pdf"',
    ]);
    const other = await fetch(url.replace('/shared?', '/other?'));
    expect([other.status, await other.text()]).toEqual([
      403,
      expect.stringContaining('SignatureDoesNotMatch'),
    ]);
    await services.clock.advanceTo(services.clock.now() + 61_000);
    const late = await fetch(url);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  it('takes an object', async () => {
    const url = await getSignedUrl(
      s3,
      new PutObjectCommand({ Bucket: 'plain', Key: 'sent', ContentType: 'text/plain' }),
      {
        signingDate: new Date(services.clock.now()),
      },
    );
    const sent = await fetch(url, { method: 'PUT', body: 'sent', headers: { 'content-type': 'text/plain' } });
    expect(sent.status).toBe(200);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'sent' }));
    expect(await got.Body?.transformToString()).toBe('sent');
  });

  it('for an upload binds its type, its size and every header of S3', async () => {
    const url = await getSignedUrl(
      s3,
      new PutObjectCommand({ Bucket: 'plain', Key: 'bound', ContentType: 'text/plain', ContentLength: 5 }),
      {
        signingDate: new Date(services.clock.now()),
        signableHeaders: new Set(['content-type', 'content-length', 'host']),
      },
    );
    const put = async (body: string, headers: Record<string, string> = {}) => {
      const response = await fetch(url, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'text/plain', ...headers },
      });
      return [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]];
    };
    expect(await put('five!')).toEqual([200, undefined]);
    expect(await put('more than five')).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await put('five!', { 'content-type': 'text/html' })).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await put('five!', { 'x-amz-tagging': 'scan=clean' })).toEqual([403, 'AccessDenied']);
    expect(await put('five!', { 'x-amz-meta-school': 'B2' })).toEqual([403, 'AccessDenied']);
  });

  it('lasts seven days at most', async () => {
    const url = new URL(
      await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'plain', Key: 'shared' }), {
        signingDate: new Date(services.clock.now()),
        expiresIn: 604_800,
      }),
    );
    expect((await fetch(url)).status).toBe(200);
    url.searchParams.set('X-Amz-Expires', '604801');
    expect((await fetch(url)).status).toBe(403);
  });

  it('is needed: without a signature nothing opens', async () => {
    const response = await fetch(`${services.endpoint}/plain/shared`);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });
});

describe('a presigned form', () => {
  async function form(
    options: {
      fields?: Record<string, string>;
      file?: Blob;
      maximum?: number;
      changed?: Record<string, string>;
    } = {},
  ) {
    const { url, fields } = await createPresignedPost(s3, {
      Bucket: 'uploads',
      Key: `quarantine/${FILE_NAME}`,
      Conditions: [
        ['content-length-range', 1, options.maximum ?? 1000],
        ['starts-with', '$Content-Type', 'image/'],
        ['starts-with', '$key', 'quarantine/'],
      ],
      Fields: { 'x-amz-meta-school': 'A1', 'Content-Type': 'image/png', ...options.fields },
      Expires: 600,
    });
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...options.changed })) body.set(name, value);
    body.set('file', options.file ?? new Blob(['picture']), 'photo.png');
    return fetch(url, { method: 'POST', body, headers: { origin: 'http://127.0.0.1:4000' } });
  }

  it('takes what its policy allows, tells the bus and lets the page read the answer', async () => {
    services.events.length = 0;
    const response = await form({ fields: { success_action_status: '201' } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      201,
      'http://127.0.0.1:4000',
    ]);
    expect(await response.text()).toContain('<Key>quarantine/photo.png</Key>');
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key: 'quarantine/photo.png' }));
    expect(head).toMatchObject({ ContentType: 'image/png', Metadata: { school: 'A1' } });
    await services.cloud.activity.idle();
    expect(services.events).toHaveLength(1);
    expect(services.events[0]).toMatchObject({
      Source: 'aws.s3',
      DetailType: 'Object Created',
      Resources: ['arn:aws:s3:::uploads'],
    });
    expect(JSON.parse(services.events[0]!.Detail)).toMatchObject({
      bucket: { name: 'uploads' },
      object: { key: 'quarantine/photo.png', size: 7, etag: head.ETag?.replaceAll('"', '') },
      reason: 'POST Object',
    });
  });

  it.each([
    ['too large a file', { file: new Blob(['x'.repeat(1001)]) }, 400, 'EntityTooLarge'],
    ['an empty file', { file: new Blob([]) }, 400, 'EntityTooSmall'],
    [
      'another type',
      { changed: { 'Content-Type': 'text/html' } },
      403,
      'Invalid according to Policy: Policy Condition failed: [&quot;starts-with&quot;, &quot;$Content-Type&quot;, &quot;image/&quot;]',
    ],
    ['another key', { changed: { key: 'released/x' } }, 403, 'Policy Condition failed'],
    ['other metadata', { changed: { 'x-amz-meta-school': 'B2' } }, 403, 'Policy Condition failed'],
    [
      'a field without a condition',
      { changed: { 'x-amz-meta-more': '1' } },
      403,
      'Extra input fields: x-amz-meta-more',
    ],
    ['a changed signature', { changed: { 'X-Amz-Signature': 'f'.repeat(64) } }, 403, 'SignatureDoesNotMatch'],
    ['no policy', { changed: { Policy: '' } }, 403, 'SignatureDoesNotMatch'],
  ] as const)('refuses %s', async (_name, options, status, message) => {
    const response = await form(options);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(message)]);
  });

  it('is refused once its policy has expired', async () => {
    await services.clock.advanceTo(services.clock.now() + 601_000);
    const response = await form();
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('Invalid according to Policy: Policy expired.'),
    ]);
  });
});

describe('a preflight request', () => {
  const preflight = (origin: string, method: string) =>
    fetch(`${services.endpoint}/uploads`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      },
    });

  it('is answered by the rules of the bucket', async () => {
    const allowed = await preflight('http://127.0.0.1:4000', 'POST');
    expect([
      allowed.status,
      allowed.headers.get('access-control-allow-origin'),
      allowed.headers.get('access-control-max-age'),
    ]).toEqual([200, 'http://127.0.0.1:4000', '300']);
    expect((await preflight('http://evil.example', 'POST')).status).toBe(403);
    expect((await preflight('http://127.0.0.1:4000', 'DELETE')).status).toBe(403);
  });
});
