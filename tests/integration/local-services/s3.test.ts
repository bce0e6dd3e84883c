import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Resources } from '../../../local/s3/resources.ts';
import { provision, type Services, startServices, temporaryDirectory } from './support.ts';

const directory = temporaryDirectory();
let services: Services;
let s3: S3Client;

async function makeBucket(name: string, properties: Record<string, unknown> = {}) {
  await provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', name, {
    BucketName: name,
    ...properties,
  });
}

beforeAll(async () => {
  services = await startServices({ dataDir: directory.path, guarded: true });
  s3 = new S3Client(services.client);
  await makeBucket('plain');
  await makeBucket('kept', { VersioningConfiguration: { Status: 'Enabled' } });
  await makeBucket('uploads', {
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
});

afterAll(async () => {
  s3.destroy();
  await services.stop();
  await directory.remove();
});

describe('objects by the SDK', () => {
  it('come back with their metadata, and in ranges', async () => {
    await s3.send(
      new PutObjectCommand({
        Bucket: 'plain',
        Key: 'a folder/ŵy+%.txt',
        Body: 'hello world',
        ContentType: 'text/plain; charset=utf-8',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment; filename="a.txt"',
        Metadata: { school: 'St Mary' },
        Tagging: 'kind=report&x=1',
      }),
    );
    const whole = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a folder/ŵy+%.txt' }));
    expect(await whole.Body?.transformToString()).toBe('hello world');
    expect(whole).toMatchObject({
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'no-store',
      Metadata: { school: 'St Mary' },
      TagCount: 2,
      ContentLength: 11,
      ETag: `"${createHash('md5').update('hello world').digest('hex')}"`,
    });
    const part = await s3.send(
      new GetObjectCommand({ Bucket: 'plain', Key: 'a folder/ŵy+%.txt', Range: 'bytes=6-' }),
    );
    expect(await part.Body?.transformToString()).toBe('world');
    expect(part.ContentRange).toBe('bytes 6-10/11');
    await expect(
      s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a folder/ŵy+%.txt', Range: 'bytes=90-' })),
    ).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  it('are refused by name where bucket or key is unknown', async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'none' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(
      s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'x', Body: 'x' })),
    ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('stream in chunks with a trailing checksum', async () => {
    const bytes = Buffer.alloc(200_000, 'abc');
    const put = await s3.send(
      new PutObjectCommand({
        Bucket: 'plain',
        Key: 'streamed',
        Body: Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]),
        ContentLength: bytes.length,
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    expect(put.ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'));
    const got = await s3.send(
      new GetObjectCommand({ Bucket: 'plain', Key: 'streamed', ChecksumMode: 'ENABLED' }),
    );
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(got.ContentEncoding).toBeUndefined();
  });

  it('with a wrong checksum or MD5 are refused and nothing is kept', async () => {
    await expect(
      s3.send(
        new PutObjectCommand({
          Bucket: 'plain',
          Key: 'wrong',
          Body: 'x',
          ChecksumSHA256: createHash('sha256').update('y').digest('base64'),
        }),
      ),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(
      s3.send(
        new PutObjectCommand({
          Bucket: 'plain',
          Key: 'wrong',
          Body: 'x',
          ContentMD5: createHash('md5').update('y').digest('base64'),
        }),
      ),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'wrong' }))).rejects.toThrow();
  });

  it('are written under conditions: of ten at once one wins', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'once', Body: `${index}`, IfNoneMatch: '*' })),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'once' }));
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'once', Body: 'next', IfMatch: ETag! }));
    await expect(
      s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'once', Body: 'late', IfMatch: ETag! })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(
      s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'once', IfNoneMatch: '"other"' })),
    ).resolves.toBeDefined();
  });

  it('are copied with their metadata and tags, or with new ones', async () => {
    await s3.send(
      new PutObjectCommand({ Bucket: 'plain', Key: 'from', Body: 'x', Metadata: { a: '1' }, Tagging: 't=1' }),
    );
    await s3.send(new CopyObjectCommand({ Bucket: 'kept', Key: 'to', CopySource: 'plain/from' }));
    const same = await s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'to' }));
    expect([same.Metadata, same.TagCount]).toEqual([{ a: '1' }, 1]);
    await s3.send(
      new CopyObjectCommand({
        Bucket: 'kept',
        Key: 'to',
        CopySource: 'plain/from',
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
        TaggingDirective: 'REPLACE',
        Tagging: 'u=2',
      }),
    );
    const other = await s3.send(new HeadObjectCommand({ Bucket: 'kept', Key: 'to' }));
    expect(other.Metadata).toEqual({ b: '2' });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'kept', Key: 'to' }));
    expect(TagSet).toEqual([{ Key: 'u', Value: '2' }]);
    await expect(
      s3.send(new CopyObjectCommand({ Bucket: 'plain', Key: 'from', CopySource: 'plain/from' })),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  it('are listed in pages, by prefix and by folder', async () => {
    const keys = ['list/a/1', 'list/a/2', 'list/b', 'list/c&<d>', 'list/é'];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'plain', Key, Body: 'x' }));
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: 'plain',
          Prefix: 'list/',
          MaxKeys: 2,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(found).toEqual(keys);
    const folders = await s3.send(
      new ListObjectsV2Command({ Bucket: 'plain', Prefix: 'list/', Delimiter: '/', MaxKeys: 2 }),
    );
    expect([folders.CommonPrefixes, folders.Contents?.map(({ Key }) => Key), folders.IsTruncated]).toEqual([
      [{ Prefix: 'list/a/' }],
      ['list/b'],
      true,
    ]);
    const rest = await s3.send(
      new ListObjectsV2Command({
        Bucket: 'plain',
        Prefix: 'list/',
        Delimiter: '/',
        ContinuationToken: folders.NextContinuationToken!,
      }),
    );
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['list/c&<d>', 'list/é']);
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['kept', 'plain', 'uploads']);
  });

  it('are put together from parts', async () => {
    const address = { Bucket: 'kept', Key: 'large' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(address));
    const first = Buffer.alloc(5 * 1024 * 1024, 1);
    const parts = [];
    for (const [index, Body] of [first, Buffer.from('end')].entries()) {
      const { ETag, ChecksumCRC32 } = await s3.send(
        new UploadPartCommand({ ...address, UploadId, PartNumber: index + 1, Body }),
      );
      parts.push({ ETag, ChecksumCRC32, PartNumber: index + 1 });
    }
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts: parts } }),
    );
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ ...address, ObjectAttributes: ['ObjectSize', 'ETag'] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: first.length + 3, ETag: done.ETag?.replaceAll('"', '') });
  });

  it('keep their versions where the bucket does', async () => {
    const address = { Bucket: 'kept', Key: 'draft' };
    const one = await s3.send(new PutObjectCommand({ ...address, Body: 'one' }));
    await s3.send(new PutObjectCommand({ ...address, Body: 'two' }));
    const deleted = await s3.send(new DeleteObjectCommand(address));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(s3.send(new GetObjectCommand(address))).rejects.toMatchObject({ name: 'NoSuchKey' });
    const old = await s3.send(new GetObjectCommand({ ...address, VersionId: one.VersionId! }));
    expect(await old.Body?.transformToString()).toBe('one');
    const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: 'kept', Prefix: 'draft' }));
    expect([versions.Versions?.length, versions.DeleteMarkers?.[0]?.IsLatest]).toEqual([2, true]);
    await s3.send(new DeleteObjectCommand({ ...address, VersionId: deleted.VersionId! }));
    const back = await s3.send(new GetObjectCommand(address));
    expect(await back.Body?.transformToString()).toBe('two');
    await expect(
      s3.send(new GetObjectCommand({ ...address, VersionId: deleted.VersionId! })),
    ).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  it('are deleted in one call', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'gone', Body: 'x' }));
    const result = await s3.send(
      new DeleteObjectsCommand({
        Bucket: 'plain',
        Delete: { Objects: [{ Key: 'gone' }, { Key: 'never was' }] },
      }),
    );
    expect(result.Deleted?.map(({ Key }) => Key)).toEqual(['gone', 'never was']);
  });
});

describe('what happens to objects', () => {
  it('is told again until the bus takes it', async () => {
    services.events.length = 0;
    services.eventBus.failing = true;
    await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'later', Body: 'x' }));
    await s3.send(
      new PutObjectTaggingCommand({
        Bucket: 'uploads',
        Key: 'later',
        Tagging: { TagSet: [{ Key: 'GuardDutyMalwareScanStatus', Value: 'NO_THREATS_FOUND' }] },
      }),
    );
    await services.cloud.activity.idle();
    expect(services.events).toHaveLength(0);
    services.eventBus.failing = false;
    await services.clock.advanceTo(services.clock.now() + 120_000);
    expect(services.events.map(({ DetailType }) => DetailType).sort()).toEqual([
      'Object Created',
      'Object Tags Added',
    ]);
  });
});

describe('after a stop', () => {
  it('everything is there again', async () => {
    const own = temporaryDirectory();
    const first = await startServices({ dataDir: own.path, serve: false });
    await provision(first.cloud, s3Resources(first.s3), 'AWS::S3::Bucket', 'b', { BucketName: 'b' });
    const root = { kind: 'root' } as const;
    first.eventBus.failing = true;
    await provision(first.cloud, s3Resources(first.s3), 'AWS::S3::Bucket', 'b', {
      BucketName: 'b',
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    });
    await first.s3.call('PutObject', { Bucket: 'b', Key: 'k', Body: 'kept', Tagging: 'a=1' }, root);
    await first.cloud.activity.idle();
    await first.stop();
    const second = await startServices({ dataDir: own.path, serve: false });
    const object = await second.s3.call('GetObject', { Bucket: 'b', Key: 'k' }, root);
    expect([Buffer.from(object.Body as Uint8Array).toString(), object.TagCount]).toEqual(['kept', 1]);
    await second.clock.advanceTo(second.clock.now() + 120_000);
    expect(second.events).toHaveLength(1);
    await second.stop();
    await own.remove();
  });
});

describe('a bucket', () => {
  it('is deleted once nothing is left in it', async () => {
    const Bucket = 'short-lived';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'b' }));
    expect(UploadId).toBeDefined();
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
      message: 'The bucket you tried to delete is not empty',
      $metadata: { httpStatusCode: 409 },
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const deleted = await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  it('is listed by the first version of the listing too, page by page', async () => {
    const Bucket = 'listed-first';
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['a/1', 'a/2', 'b', 'c/1', 'd & e'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const all: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Marker }));
      const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
      expect(page.NextMarker).toBeUndefined();
      all.push(...keys);
      Marker = page.IsTruncated === true ? keys.at(-1) : undefined;
    } while (Marker !== undefined);
    expect(all).toEqual(['a/1', 'a/2', 'b', 'c/1', 'd & e']);
    const first = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(first.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b' });
    const second = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: 'b' }));
    expect(second.CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['d & e']);
  });

  it('tells EventBridge of its objects where it is set to, and refuses other targets by name', async () => {
    const Bucket = 'told-later';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const put = (NotificationConfiguration: object) =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const get = async () => {
      const { EventBridgeConfiguration } = await s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket }),
      );
      return EventBridgeConfiguration;
    };
    expect(await get()).toBeUndefined();
    await put({ EventBridgeConfiguration: {} });
    expect(await get()).toEqual({});
    await put({});
    expect(await get()).toBeUndefined();
    const queue = { QueueArn: 'arn:aws:sqs:eu-west-2:000000000000:q', Events: ['s3:ObjectCreated:*'] };
    await expect(put({ QueueConfigurations: [queue] })).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
