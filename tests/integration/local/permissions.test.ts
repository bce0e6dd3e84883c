import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  lambdaFunction,
  role,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const directory = temporaryDirectory();
const arnOf = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
let test: TestCloud;

const resources = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'records',
      AttributeDefinitions: ['pk', 'hub'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byHub',
          KeySchema: [{ AttributeName: 'hub', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'frozen' } },
  BucketPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:PutObject',
            Resource: join(arnOf('Bucket'), '/kept/*'),
            Condition: { StringNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/App-Keeper*' } },
          },
        ],
      },
    },
  },
  Role: role([]),
  Writer: role([
    { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:Query'], Resource: arnOf('Table') },
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: join(arnOf('Bucket'), '/*') },
  ]),
  Lister: role([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: join(arnOf('Bucket'), '/*') },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: arnOf('Bucket') },
  ]),
  Keeper: role([{ Effect: 'Allow', Action: 's3:PutObject', Resource: join(arnOf('Bucket'), '/*') }]),
  Fn: lambdaFunction('fn'),
};
const assets = { fn: { 'index.mjs': 'export const handler = async () => 1;' } };

beforeAll(async () => {
  test = await startTestCloud({
    assemblyDir: writeAssembly(`${directory.path}/cdk.out`, { App: { Resources: resources } }, assets),
  });
});
afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});

/** Clients with the credentials of a role of the template, by its logical id. */
function as(id: string) {
  const settings = {
    endpoint: test.cloud.endpoint,
    region: 'eu-west-2',
    credentials: test.cloud.services.iam.credentialsOf(`arn:aws:iam::000000000000:role/App-${id}`),
    maxAttempts: 1,
  };
  return { dynamodb: new DynamoDBClient(settings), s3: new S3Client({ ...settings, forcePathStyle: true }) };
}
const put = (Key: string) => new PutObjectCommand({ Bucket: 'frozen', Key, Body: 'x' });
const item = { pk: { S: '1' } };
const refusal = (action: string, resource: string, id: string) =>
  `User: arn:aws:sts::000000000000:assumed-role/App-${id}/local is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
const table = 'arn:aws:dynamodb:eu-west-2:000000000000:table/records';

describe('a role of the template', () => {
  it('may do what its policy grants, and is refused the rest in the words of AWS', async () => {
    await as('Writer').dynamodb.send(new PutItemCommand({ TableName: 'records', Item: item }));
    await expect(
      as('Lister').dynamodb.send(new PutItemCommand({ TableName: 'records', Item: item })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: refusal('dynamodb:PutItem', table, 'Lister'),
    });
  });

  it('may query a table without its index, where the grant names the table alone', async () => {
    const query = (IndexName?: string) =>
      as('Writer').dynamodb.send(
        new QueryCommand({
          TableName: 'records',
          ...(IndexName === undefined ? {} : { IndexName }),
          KeyConditionExpression: '#k = :k',
          ExpressionAttributeNames: { '#k': IndexName === undefined ? 'pk' : 'hub' },
          ExpressionAttributeValues: { ':k': { S: '1' } },
        }),
      );
    await query();
    await expect(query('byHub')).rejects.toMatchObject({
      message: refusal('dynamodb:Query', `${table}/index/byHub`, 'Writer'),
    });
  });

  it('needs for a transaction what each part of it needs', async () => {
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: 'records', Item: { pk: { S: '2' } } } },
        { Delete: { TableName: 'records', Key: item } },
      ],
    });
    await expect(as('Writer').dynamodb.send(transaction)).rejects.toMatchObject({
      message: refusal('dynamodb:DeleteItem', table, 'Writer'),
    });
  });

  it('is denied by the policy of a bucket what its own policy grants, unless it is the one excepted', async () => {
    await as('Writer').s3.send(put('free/1'));
    await expect(as('Writer').s3.send(put('kept/1'))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
    await as('Keeper').s3.send(put('kept/1'));
  });

  it('learns that an object is missing only where it may list the bucket', async () => {
    const get = new GetObjectCommand({ Bucket: 'frozen', Key: 'never' });
    await expect(as('Lister').s3.send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(as('Writer').s3.send(get)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('a service', () => {
  it('invokes a function only with a permission of the function', async () => {
    const invoke = test.cloud.context.gateway.call({
      service: 'lambda',
      action: 'Invoke',
      input: { FunctionName: 'App-Fn' },
      caller: {
        kind: 'service',
        service: 'events.amazonaws.com',
        sourceArn: 'arn:aws:events:eu-west-2:000000000000:rule/r',
      },
    });
    await expect(invoke).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('because no resource-based policy allows the lambda:InvokeFunction'),
    });
  });

  it('acts with no role that does not trust it', async () => {
    const untrusting = { Role: role([], ['states']), Fn: resources.Fn };
    const assemblyDir = writeAssembly(
      `${directory.path}/untrusting`,
      { App: { Resources: untrusting } },
      assets,
    );
    await expect(startTestCloud({ assemblyDir })).rejects.toThrow(
      'The role defined for the function cannot be assumed by Lambda.',
    );
  });
});
