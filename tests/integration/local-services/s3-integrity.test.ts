import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Resources } from '../../../local/s3/resources.ts';
import { provision, type Services, startServices } from './support.ts';

let services: Services;
let s3: S3Client;

/** A client that changes what it sends once it is signed, as something on the way might. */
function meddlingClient(change: (request: { headers: Record<string, string>; body?: unknown }) => void) {
  const client = new S3Client(services.client);
  client.middlewareStack.add(
    (next) => (args) => {
      change(args.request as { headers: Record<string, string>; body?: unknown });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'meddle' },
  );
  return client;
}

/** A client that changes what it sends before it signs. */
function oddClient(change: (headers: Record<string, string>) => void) {
  const client = new S3Client(services.client);
  client.middlewareStack.add(
    (next) => (args) => {
      change((args.request as { headers: Record<string, string> }).headers);
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'odd' },
  );
  return client;
}

beforeAll(async () => {
  services = await startServices({ guarded: true });
  s3 = new S3Client(services.client);
  for (const [name, status] of [
    ['plain', undefined],
    ['kept', 'Enabled'],
  ] as const) {
    await provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', name, {
      BucketName: name,
      ...(status && { VersioningConfiguration: { Status: status } }),
    });
  }
});

afterAll(async () => {
  s3.destroy();
  await services.stop();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');
const put = (client: S3Client, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body: 'hello', ...more }));

describe('a checksum', () => {
  // Of `hello`, from the algorithms' own definitions.
  it.each([
    ['CRC32', 'NhCmhg=='],
    ['CRC32C', 'mnG7TA=='],
    ['SHA1', 'qvTGHdzF6KLavt4PO0gs2a6pQ00='],
    ['SHA256', sha256('hello')],
  ] as const)('%s is kept, and a wrong one refused', async (algorithm, value) => {
    const member = `Checksum${algorithm}` as const;
    expect(await put(s3, { ChecksumAlgorithm: algorithm })).toMatchObject({ [member]: value });
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'a', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [member]: value, ChecksumType: 'FULL_OBJECT' });
    await expect(put(s3, { Body: 'hallo', [member]: value })).rejects.toMatchObject({
      name: 'BadDigest',
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  });

  it('that cannot be one, or that is one of several, is refused', async () => {
    await expect(put(s3, { ChecksumSHA256: 'NhCmhg==' })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: 'Value for x-amz-checksum-sha256 header is invalid.',
    });
    await expect(
      put(s3, { ChecksumSHA256: sha256('hello'), ChecksumCRC32: 'NhCmhg==' }),
    ).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('Expecting a single x-amz-checksum- header'),
    });
    const announcing = oddClient((headers) => {
      for (const name of Object.keys(headers)) if (/^x-amz-checksum-/.test(name)) delete headers[name];
      headers['x-amz-sdk-checksum-algorithm'] = 'SHA256';
    });
    await expect(put(announcing)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('no corresponding x-amz-checksum-*'),
    });
    await expect(put(s3, { ContentMD5: 'bm90IGFuIE1ENQ==' })).rejects.toMatchObject({
      name: 'InvalidDigest',
    });
  });

  it('of the parts of an upload is compared with what they were', async () => {
    const address = { Bucket: 'plain', Key: 'parts' };
    const begin = (ChecksumAlgorithm: 'SHA256' | 'CRC64NVME', ChecksumType?: 'COMPOSITE' | 'FULL_OBJECT') =>
      s3.send(
        new CreateMultipartUploadCommand({
          ...address,
          ChecksumAlgorithm,
          ...(ChecksumType && { ChecksumType }),
        }),
      );
    await expect(begin('SHA256', 'FULL_OBJECT')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(begin('CRC64NVME', 'COMPOSITE')).rejects.toMatchObject({ name: 'InvalidRequest' });
    const { UploadId } = await begin('SHA256');
    const part = await s3.send(
      new UploadPartCommand({
        ...address,
        UploadId,
        PartNumber: 1,
        Body: 'hello',
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    await expect(
      s3.send(
        new UploadPartCommand({
          ...address,
          UploadId,
          PartNumber: 1,
          Body: 'hello',
          ChecksumAlgorithm: 'SHA1',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
    const complete = (ChecksumSHA256: string, whole?: string) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          ...address,
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag, ChecksumSHA256 }] },
          ...(whole && { ChecksumSHA256: whole }),
        }),
      );
    await expect(complete(sha256('hallo'))).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(sha256('hello'), `${sha256('hello')}-1`)).rejects.toMatchObject({
      name: 'BadDigest',
    });
    const composite = createHash('sha256')
      .update(createHash('sha256').update('hello').digest())
      .digest('base64');
    expect(await complete(sha256('hello'), `${composite}-1`)).toMatchObject({
      ChecksumSHA256: `${composite}-1`,
      ChecksumType: 'COMPOSITE',
    });
  });
});

describe('what was changed once it was signed', () => {
  it('is refused', async () => {
    const body = meddlingClient((request) => {
      request.body = 'jello';
    });
    await expect(put(body)).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
    const header = meddlingClient((request) => {
      request.headers['x-amz-tagging'] = 'scan=clean';
    });
    await expect(put(header)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'There were headers present in the request which were not signed',
    });
  });
});

describe('a conditional write', () => {
  it('is refused where there is something already, or something else', async () => {
    const first = await put(s3, { Key: 'c', IfNoneMatch: '*' });
    await expect(put(s3, { Key: 'c', IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    await expect(put(s3, { Key: 'c', IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put(s3, { Key: 'none', IfMatch: '"0"' })).rejects.toMatchObject({
      name: 'NoSuchKey',
      $metadata: { httpStatusCode: 404 },
    });
    await put(s3, { Key: 'c', Body: 'other', IfMatch: first.ETag });
    await expect(put(s3, { Key: 'c', IfNoneMatch: '"0"' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('that completes an upload is judged as well, and the upload can be completed once it may', async () => {
    const address = { Bucket: 'plain', Key: 'd' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(address));
    const { ETag } = await s3.send(
      new UploadPartCommand({ ...address, UploadId, PartNumber: 1, Body: 'part' }),
    );
    const current = await put(s3, { Key: 'd' });
    const complete = (conditions: { IfNoneMatch?: string; IfMatch?: string }) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          ...address,
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
          ...conditions,
        }),
      );
    await expect(complete({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(complete({ IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await complete({ IfMatch: current.ETag! });
    const got = await s3.send(new GetObjectCommand(address));
    expect(await got.Body?.transformToString()).toBe('part');
  });

  it.each(['plain', 'kept'])('meets a deletion in the middle: a conflict, in %s', async (Bucket) => {
    const { ETag } = await put(s3, { Bucket, Key: 'e' });
    // Bytes are on their way to the disk when the object goes.
    const write = services.cloud.gateway.call({
      service: 's3',
      action: 'PutObject',
      input: { Bucket, Key: 'e', Body: 'new', IfMatch: ETag },
      caller: { kind: 'root' },
    });
    const deletion = services.cloud.gateway.call({
      service: 's3',
      action: 'DeleteObject',
      input: { Bucket, Key: 'e' },
      caller: { kind: 'root' },
    });
    await deletion;
    await expect(write).rejects.toMatchObject({ name: 'ConditionalRequestConflict', status: 409 });
  });

  it('sees nothing behind a delete marker', async () => {
    const { ETag } = await put(s3, { Bucket: 'kept', Key: 'f' });
    await s3.send(new DeleteObjectCommand({ Bucket: 'kept', Key: 'f' }));
    await expect(put(s3, { Bucket: 'kept', Key: 'f', IfMatch: ETag })).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    await put(s3, { Bucket: 'kept', Key: 'f', IfNoneMatch: '*' });
  });
});
