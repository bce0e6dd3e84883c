import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Resources } from '../../../local/s3/resources.ts';
import { provision, ROLE, type Services, startServices } from './support.ts';

const SESSION = 'arn:aws:sts::000000000000:assumed-role/uploader/local';
let services: Services;
/** The owner of the machine, and a role that may do everything as far as the bucket's policy lets it. */
let owner: S3Client;
let role: S3Client;

beforeAll(async () => {
  services = await startServices({ guarded: true });
  owner = new S3Client({ ...services.client, credentials: services.iam.rootCredentials });
  role = new S3Client(services.client);
  await owner.send(new CreateBucketCommand({ Bucket: 'site' }));
  await owner.send(new PutObjectCommand({ Bucket: 'site', Key: 'open/page', Body: 'page' }));
  await owner.send(new PutObjectCommand({ Bucket: 'site', Key: 'closed/page', Body: 'closed' }));
});

afterAll(async () => {
  owner.destroy();
  role.destroy();
  await services.stop();
});

const statement = (more: Record<string, unknown>) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::site/open/*',
  ...more,
});
const document = (...statements: Record<string, unknown>[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const putPolicy = (policy: string) =>
  owner.send(new PutBucketPolicyCommand({ Bucket: 'site', Policy: policy }));

async function unsigned(path: string, init: RequestInit = {}) {
  const response = await fetch(`${services.endpoint}${path}`, init);
  const text = await response.text();
  return [response.status, /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text];
}

describe('a new bucket', () => {
  it('blocks all public access and takes no policy for everybody', async () => {
    const block = await owner.send(new GetPublicAccessBlockCommand({ Bucket: 'site' }));
    expect(block.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    await expect(putPolicy(document(statement({})))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('BlockPublicPolicy'),
    });
  });

  it.each(['public-read', 'public-read-write'] as const)('refuses the ACL %s', async (ACL) => {
    await expect(
      owner.send(new PutObjectCommand({ Bucket: 'site', Key: 'x', Body: 'x', ACL })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('has ACLs disabled', async () => {
    await expect(
      owner.send(new PutObjectCommand({ Bucket: 'site', Key: 'x', Body: 'x', ACL: 'authenticated-read' })),
    ).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  });

  it('takes a policy that holds everybody to fixed values', async () => {
    await putPolicy(
      document(statement({ Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } })),
    );
    const status = await owner.send(new GetBucketPolicyStatusCommand({ Bucket: 'site' }));
    expect(status.PolicyStatus?.IsPublic).toBe(false);
    await expect(
      putPolicy(document(statement({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } } }))),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await owner.send(new DeleteBucketPolicyCommand({ Bucket: 'site' }));
  });

  it('of a template is refused with a policy for everybody, unless the template lets it be public', async () => {
    const make = (name: string, properties: Record<string, unknown>) =>
      provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', name, {
        BucketName: name,
        ...properties,
      });
    const hold = (name: string) =>
      provision(services.cloud, s3Resources(services.s3), 'AWS::S3::BucketPolicy', 'Policy', {
        Bucket: name,
        PolicyDocument: JSON.parse(document(statement({ Resource: `arn:aws:s3:::${name}/*` }))),
      });
    await make('private', {});
    await expect(hold('private')).rejects.toMatchObject({ name: 'AccessDenied' });
    await make('public', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } });
    await hold('public');
    await owner.send(new PutObjectCommand({ Bucket: 'public', Key: 'a', Body: 'everybody' }));
    expect(await unsigned('/public/a')).toEqual([200, 'everybody']);
  });
});

describe('a request without a signature', () => {
  it('is refused where no policy speaks of everybody', async () => {
    expect(await unsigned('/site/open/page')).toEqual([403, 'AccessDenied']);
    expect(await unsigned('/site?list-type=2')).toEqual([403, 'AccessDenied']);
    expect(await unsigned('/')).toEqual([403, 'AccessDenied']);
    expect(await unsigned('/site/open/new', { method: 'PUT', body: 'x' })).toEqual([403, 'AccessDenied']);
  });

  it('may do what the policy allows everybody, and nothing beside', async () => {
    await owner.send(new DeletePublicAccessBlockCommand({ Bucket: 'site' }));
    await putPolicy(document(statement({})));
    expect(await unsigned('/site/open/page')).toEqual([200, 'page']);
    expect(await unsigned('/site/closed/page')).toEqual([403, 'AccessDenied']);
    expect(await unsigned('/site/open/page', { method: 'DELETE' })).toEqual([403, 'AccessDenied']);
    expect(await unsigned('/site?list-type=2')).toEqual([403, 'AccessDenied']);
    // Who may not list learns nothing of what is missing.
    expect(await unsigned('/site/open/missing')).toEqual([403, 'AccessDenied']);
    const status = await owner.send(new GetBucketPolicyStatusCommand({ Bucket: 'site' }));
    expect(status.PolicyStatus?.IsPublic).toBe(true);
  });

  it('is refused by a policy that names the account or the role, and by a Deny', async () => {
    await putPolicy(document(statement({ Principal: { AWS: [ROLE, 'arn:aws:iam::000000000000:root'] } })));
    expect(await unsigned('/site/open/page')).toEqual([403, 'AccessDenied']);
    await putPolicy(document(statement({}), statement({ Effect: 'Deny', Principal: { AWS: '*' } })));
    expect(await unsigned('/site/open/page')).toEqual([403, 'AccessDenied']);
  });

  it('is refused as soon as the bucket restricts what is public, while the account may go on', async () => {
    await putPolicy(document(statement({})));
    expect(await unsigned('/site/open/page')).toEqual([200, 'page']);
    await owner.send(
      new PutPublicAccessBlockCommand({
        Bucket: 'site',
        PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
      }),
    );
    expect(await unsigned('/site/open/page')).toEqual([403, 'AccessDenied']);
    const got = await role.send(new GetObjectCommand({ Bucket: 'site', Key: 'open/page' }));
    expect(await got.Body?.transformToString()).toBe('page');
    await owner.send(new DeletePublicAccessBlockCommand({ Bucket: 'site' }));
  });

  it('is no way around a signature of another kind or half of one', async () => {
    const headers = { authorization: 'AWS AKIDEXAMPLE:c2lnbmF0dXJl' };
    expect(await unsigned('/site/open/page', { headers })).toEqual([400, 'InvalidRequest']);
    expect(await unsigned('/site/open/page?X-Amz-Signature=00')).toEqual([
      400,
      'AuthorizationQueryParametersError',
    ]);
  });
});

describe('a policy of a bucket', () => {
  it('binds a role that its own policies allow everything', async () => {
    await putPolicy(
      document(statement({ Effect: 'Deny', Action: 's3:PutObject', Principal: { AWS: ROLE } })),
    );
    await expect(
      role.send(new PutObjectCommand({ Bucket: 'site', Key: 'open/new', Body: 'x' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${SESSION} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::site/open/new" with an explicit deny in a resource-based policy`,
    });
    await role.send(new PutObjectCommand({ Bucket: 'site', Key: 'other/new', Body: 'x' }));
    await expect(
      role.send(new CopyObjectCommand({ Bucket: 'site', Key: 'open/copy', CopySource: 'site/other/new' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.each([
    ['no JSON', '{'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['an unknown effect', document(statement({ Effect: 'Perhaps' }))],
    ['an unknown operator', document(statement({ Condition: { Sounds: { 'aws:SourceArn': 'x' } } }))],
  ])('is refused with %s', async (_name, policy) => {
    await expect(putPolicy(policy)).rejects.toMatchObject({ name: 'MalformedPolicy' });
  });
});

describe('settings by the SDK', () => {
  it('turn versions on and let a page of another origin in', async () => {
    await owner.send(
      new PutBucketVersioningCommand({ Bucket: 'site', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    expect((await owner.send(new GetBucketVersioningCommand({ Bucket: 'site' }))).Status).toBe('Enabled');
    const rule = { AllowedMethods: ['GET'], AllowedOrigins: ['https://*.example.org'], MaxAgeSeconds: 60 };
    await owner.send(new PutBucketCorsCommand({ Bucket: 'site', CORSConfiguration: { CORSRules: [rule] } }));
    const preflight = await fetch(`${services.endpoint}/site/open/page`, {
      method: 'OPTIONS',
      headers: { origin: 'https://www.example.org', 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://www.example.org',
    ]);
    await expect(
      owner.send(
        new PutBucketCorsCommand({
          Bucket: 'site',
          CORSConfiguration: { CORSRules: [{ ...rule, AllowedMethods: ['PATCH'] }] },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
