import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { cbor } from '@smithy/core/cbor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedFetch } from './invoke-over-http.ts';
import {
  lambdaFunction,
  role,
  START,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const directory = temporaryDirectory();
let test: TestCloud;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

beforeAll(async () => {
  const assemblyDir = writeAssembly(
    `${directory.path}/cdk.out`,
    {
      App: {
        Resources: {
          Role: role([{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }]),
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              TableName: 'programme',
              AttributeDefinitions: ['pk', 'hub'].map((AttributeName) => ({
                AttributeName,
                AttributeType: 'S',
              })),
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              GlobalSecondaryIndexes: [
                {
                  IndexName: 'byHub',
                  KeySchema: [{ AttributeName: 'hub', KeyType: 'HASH' }],
                  Projection: { ProjectionType: 'ALL' },
                },
              ],
              TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
            },
          },
          Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
          Deployment: {
            Type: 'Custom::CDKBucketDeployment',
            Properties: {
              ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] },
              SourceBucketNames: ['assets'],
              SourceObjectKeys: ['site.zip'],
              SourceMarkers: [{ '<<marker>>': { Ref: 'Bucket' } }],
              DestinationBucketName: { Ref: 'Bucket' },
              Prune: true,
            },
          },
          Handler: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13', Layers: ['x'] } },
          Fn: lambdaFunction('fn'),
        },
        Outputs: { Bucket: { Value: { Ref: 'Bucket' } } },
      },
    },
    {
      site: { 'index.html': '<h1><<marker>></h1>', 'app.js': '1' },
      fn: {
        'index.mjs': `
export const handler = async () => ({ key: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY });`,
      },
    },
  );
  test = await startTestCloud({ assemblyDir });
  config = { endpoint: test.cloud.endpoint, region: 'eu-west-2', credentials: test.cloud.rootCredentials };
});
afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});

describe('the endpoint', () => {
  it('answers the SDKs of several services by the signature they make', async () => {
    const db = new DynamoDBClient(config);
    await db.send(
      new PutItemCommand({ TableName: 'programme', Item: { pk: { S: 'a' }, hub: { S: 'north' } } }),
    );
    const { Item } = await db.send(new GetItemCommand({ TableName: 'programme', Key: { pk: { S: 'a' } } }));
    expect(Item).toEqual({ pk: { S: 'a' }, hub: { S: 'north' } });

    const s3 = new S3Client(config);
    const Bucket = test.cloud.outputs.App!.Bucket!;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'x/ŵ y.txt', Body: 'text' }));
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'x/ŵ y.txt' }));
    expect(await read.Body?.transformToString()).toBe('text');

    expect((await new SFNClient(config).send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
    const { MessageId } = await new SESv2Client(config).send(
      new SendEmailCommand({
        FromEmailAddress: 'a@example.org',
        Destination: { ToAddresses: ['b@example.org'] },
        Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
      }),
    );
    expect(MessageId).toBeDefined();
  });

  it('speaks CBOR too', async () => {
    const response = await signedFetch(
      config,
      'states',
      '/service/AWSStepFunctions/operation/ListStateMachines',
      { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
      cbor.serialize({}),
    );
    expect(response.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    expect(cbor.deserialize(new Uint8Array(await response.arrayBuffer()))).toEqual({ stateMachines: [] });
  });

  it('tells the time of the cloud, so that clients do not correct theirs', async () => {
    const response = await fetch(`${config.endpoint}/`, { method: 'OPTIONS' });
    expect(response.headers.get('date')).toBe(new Date(START).toUTCString());
  });

  it('refuses keys it did not mint and signatures made with another secret', async () => {
    const get = new GetItemCommand({ TableName: 'programme', Key: { pk: { S: 'a' } } });
    const unknown = { ...config, credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } };
    await expect(new DynamoDBClient(unknown).send(get)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(new S3Client(unknown).send(new ListObjectsV2Command({ Bucket: 'b' }))).rejects.toMatchObject(
      {
        name: 'InvalidAccessKeyId',
      },
    );
    const wrong = { ...config, credentials: { ...config.credentials, secretAccessKey: 'x' } };
    await expect(new DynamoDBClient(wrong).send(get)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('knows a function by the key of its role', async () => {
    const { payload } = await test.invoke('App-Fn', {});
    const credentials = { accessKeyId: payload.key, secretAccessKey: payload.secret };
    await new DynamoDBClient({ ...config, credentials }).send(
      new GetItemCommand({ TableName: 'programme', Key: { pk: { S: 'a' } } }),
    );
    const { calls } = test.cloud.statistics() as {
      calls: { service: string; action: string; caller: string; calls: number }[];
    };
    expect(calls).toContainEqual({
      service: 'dynamodb',
      action: 'GetItem',
      caller: 'arn:aws:iam::000000000000:role/App-Role',
      calls: 1,
      errors: 0,
    });
  });
});

describe('DynamoDB', () => {
  it('counts units by table and index and does not show what the client did not ask for', async () => {
    const db = new DynamoDBClient(config);
    const before = JSON.parse(JSON.stringify(test.cloud.statistics().dynamodb)).tables.programme;
    const plain = await db.send(
      new PutItemCommand({ TableName: 'programme', Item: { pk: { S: 'b' }, hub: { S: 'h' } } }),
    );
    expect(plain.ConsumedCapacity).toBeUndefined();
    const asked = await db.send(
      new PutItemCommand({
        TableName: 'programme',
        Item: { pk: { S: 'c' }, hub: { S: 'h' } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(asked.ConsumedCapacity).toMatchObject({ TableName: 'programme', CapacityUnits: 2 });
    const after = JSON.parse(JSON.stringify(test.cloud.statistics().dynamodb)).tables.programme;
    expect(after.indexes.byHub.writeUnits - before.indexes.byHub.writeUnits).toBe(1);
  });

  it('says why a transaction was cancelled, in process as over HTTP', async () => {
    const input = {
      TransactItems: [
        {
          Put: {
            TableName: 'programme',
            Item: { pk: { S: 'a' } },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ],
    };
    const reasons = [{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }];
    await expect(new DynamoDBClient(config).send(new TransactWriteItemsCommand(input))).rejects.toMatchObject(
      {
        name: 'TransactionCanceledException',
        CancellationReasons: reasons,
      },
    );
    await expect(test.call('dynamodb', 'TransactWriteItems', input)).rejects.toMatchObject({
      code: 'TransactionCanceledException',
      fields: { CancellationReasons: reasons },
    });
  });

  it('keeps items whose time to live is over by the clock of the machine', async () => {
    const past = { pk: { S: 'old' }, ttl: { N: '1000' } };
    await test.call('dynamodb', 'PutItem', { TableName: 'programme', Item: past });
    expect(await test.call('dynamodb', 'DescribeTimeToLive', { TableName: 'programme' })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    });
    const { Item } = await test.call('dynamodb', 'GetItem', {
      TableName: 'programme',
      Key: { pk: { S: 'old' } },
    });
    expect(Item).toEqual(past);
  });

  it('is reached by ARN as well as by name', async () => {
    const { Item } = await test.call('dynamodb', 'GetItem', {
      TableName: 'arn:aws:dynamodb:eu-west-2:000000000000:table/programme',
      Key: { pk: { S: 'a' } },
    });
    expect(Item).toMatchObject({ pk: { S: 'a' } });
    const { Table } = (await test.call('dynamodb', 'DescribeTable', { TableName: 'programme' })) as {
      Table: { TableArn: string };
    };
    expect(Table.TableArn).toBe('arn:aws:dynamodb:eu-west-2:000000000000:table/programme');
  });
});

describe('a bucket deployment', () => {
  it('copies the files with their types and fills in the markers', async () => {
    const s3 = new S3Client(config);
    const Bucket = test.cloud.outputs.App!.Bucket!;
    const page = await s3.send(new GetObjectCommand({ Bucket, Key: 'index.html' }));
    expect(page.ContentType).toBe('text/html');
    expect(await page.Body?.transformToString()).toBe(`<h1>${Bucket}</h1>`);
  });
});

describe('the control endpoint', () => {
  const local = (path: string, init?: RequestInit) => fetch(`${config.endpoint}/_local/${path}`, init);

  it('tells and moves the time', async () => {
    const to = '2031-03-02T09:00:00.000Z';
    const moved = await local('clock/advance', { method: 'POST', body: JSON.stringify({ to }) });
    expect(await moved.json()).toMatchObject({ now: to, simulated: true, busy: 0 });
    expect(await (await local('status')).json()).toMatchObject({ now: to });
    expect((await local('clock/advance', { method: 'POST', body: '{}' })).status).toBe(400);
  });

  it('shows statistics and the inbox', async () => {
    const statistics = (await (await local('statistics')).json()) as { memory: { peakMb: number } };
    expect(Object.keys(statistics)).toEqual(
      expect.arrayContaining(['calls', 'dynamodb', 'lambda', 's3', 'ses', 'states']),
    );
    expect(statistics.memory.peakMb).toBeGreaterThan(100);
    expect(await (await local('inbox?since=0')).json()).toMatchObject([
      { to: ['b@example.org'], subject: 's' },
    ]);
    expect((await local('inbox/')).headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('is closed to pages of other origins', async () => {
    expect((await local('stop', { method: 'POST', headers: { origin: 'http://evil.example' } })).status).toBe(
      403,
    );
  });
});
