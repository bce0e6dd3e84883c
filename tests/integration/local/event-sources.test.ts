import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  lambdaFunction,
  MINUTE,
  role,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const directory = temporaryDirectory();
const file = `${directory.path}/batches.jsonl`;
let test: TestCloud;

const consumer = {
  'index.mjs': `
import { appendFileSync } from 'node:fs';
const seen = new Map();
export const handler = async (event) => {
  const items = event.Records.map((r) => r.dynamodb ? r.dynamodb.Keys.pk.S : JSON.parse(r.body).pk);
  appendFileSync(process.env.FILE, JSON.stringify({ by: process.env.NAME, at: Date.now(), items, first: event.Records[0] }) + '\\n');
  if (process.env.NAME === 'poison' && items.some((each) => each.startsWith('bad'))) throw new Error('poisoned');
  if (process.env.NAME === 'partial') {
    const failed = event.Records.filter((r) => {
      const key = r.dynamodb ? r.dynamodb.Keys.pk.S : JSON.parse(r.body).pk;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return key.startsWith('once') && seen.get(key) === 1;
    });
    return { batchItemFailures: failed.map((r) => ({ itemIdentifier: r.dynamodb?.SequenceNumber ?? r.messageId })) };
  }
};`,
};

const table = (name: string) => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    Replicas: [
      { Region: 'eu-west-2', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ],
  },
});
const consumerFunction = (name: string) =>
  lambdaFunction('consumer', { Environment: { Variables: { FILE: file, NAME: name } }, Timeout: 10 });
const mapping = (fn: string, source: unknown, more: Record<string, unknown>) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { FunctionName: { Ref: fn }, EventSourceArn: source, ...more },
});
const streamOf = (name: string) => ({ 'Fn::GetAtt': [name, 'StreamArn'] });
const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });

beforeAll(async () => {
  const assemblyDir = writeAssembly(
    `${directory.path}/cdk.out`,
    {
      App: {
        Resources: {
          Role: role(),
          Events: table('events-table'),
          Poisoned: table('poisoned-table'),
          Partly: table('partly-table'),
          Plain: consumerFunction('plain'),
          Poison: consumerFunction('poison'),
          Partial: consumerFunction('partial'),
          Queued: consumerFunction('partial'),
          Lost: { Type: 'AWS::SQS::Queue', Properties: {} },
          Work: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
          PlainSource: mapping('Plain', streamOf('Events'), {
            StartingPosition: 'LATEST',
            BatchSize: 10,
            FilterCriteria: {
              Filters: [
                {
                  Pattern: JSON.stringify({
                    eventName: ['INSERT'],
                    dynamodb: { Keys: { pk: { S: [{ prefix: 'EVENT#' }] } } },
                  }),
                },
              ],
            },
          }),
          PoisonSource: mapping('Poison', streamOf('Poisoned'), {
            StartingPosition: 'TRIM_HORIZON',
            BatchSize: 100,
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: 2,
            DestinationConfig: { OnFailure: { Destination: arnOf('Lost') } },
          }),
          PartialSource: mapping('Partial', streamOf('Partly'), {
            StartingPosition: 'TRIM_HORIZON',
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          }),
          QueuedSource: mapping('Queued', arnOf('Work'), {
            BatchSize: 5,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          }),
        },
      },
    },
    { consumer },
  );
  test = await startTestCloud({ assemblyDir });
});
afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});
let from = 0;
const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
const batches = () =>
  lines()
    .slice(from)
    .map((line) => JSON.parse(line));
beforeEach(() => {
  from = lines().length;
});
const put = (TableName: string, pk: string) =>
  test.call('dynamodb', 'PutItem', { TableName, Item: { pk: { S: pk } } });
const settle = async (ms = 0) => test.cloud.context.clock.advanceTo(test.cloud.context.clock.now() + ms);

describe('a stream mapping', () => {
  it('feeds what its filter lets through, in order, before the clock moves', async () => {
    for (const pk of ['EVENT#1', 'SCHOOL#1', 'EVENT#2', 'SCHOOL#2']) await put('events-table', pk);
    await settle();
    expect(batches().flatMap((each) => each.items)).toEqual(['EVENT#1', 'EVENT#2']);
    expect(batches()[0].first).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-2',
      eventSourceARN: expect.stringMatching(
        /^arn:aws:dynamodb:eu-west-2:000000000000:table\/events-table\/stream\//,
      ),
      dynamodb: { ApproximateCreationDateTime: Math.floor(test.cloud.context.clock.now() / 1000) },
    });
  });

  it('does not let an update through a filter on inserts', async () => {
    await put('events-table', 'EVENT#1');
    await settle();
    expect(batches()).toEqual([]);
  });

  it('halves a failing batch down to the poisoned record and gives that one up', async () => {
    await test.call('dynamodb', 'BatchWriteItem', {
      RequestItems: {
        'poisoned-table': ['a', 'b', 'bad', 'd'].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } })),
      },
    });
    await settle(30 * MINUTE);
    const succeeded = batches()
      .filter((each) => !each.items.includes('bad'))
      .flatMap((each) => each.items);
    expect(succeeded.sort()).toEqual(['a', 'b', 'd']);
    const alone = batches().filter((each) => each.items.length === 1 && each.items[0] === 'bad');
    expect(alone).toHaveLength(3);
    const output = (await test.call('sqs', 'ReceiveMessage', {
      QueueUrl: 'https://sqs.eu-west-2.amazonaws.com/000000000000/App-Lost',
    })) as { Messages: { Body: string }[] };
    expect(JSON.parse(output.Messages[0]!.Body)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
  });

  it('tries again from the first item that a partial failure names', async () => {
    await test.call('dynamodb', 'BatchWriteItem', {
      RequestItems: {
        'partly-table': ['p1', 'once', 'p3'].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } })),
      },
    });
    await settle(5 * MINUTE);
    const [whole, again] = batches().filter((each) => each.items.length > 0);
    const order: string[] = whole.items;
    expect([...order].sort()).toEqual(['once', 'p1', 'p3']);
    expect(again.items).toEqual(order.slice(order.indexOf('once')));
    expect(batches()).toHaveLength(2);
  });
});

describe('a queue mapping', () => {
  it('deletes what is done and shows again what failed', async () => {
    const QueueUrl = 'https://sqs.eu-west-2.amazonaws.com/000000000000/App-Work';
    const began = test.cloud.context.clock.now();
    for (const pk of ['q1', 'once-q', 'q3']) {
      await test.call('sqs', 'SendMessage', { QueueUrl, MessageBody: JSON.stringify({ pk }) });
    }
    await settle(10 * MINUTE);
    const attempts = batches().flatMap((each) =>
      each.items.map((item: string) => ({ item, after: each.at - began })),
    );
    expect(
      attempts
        .filter(({ item }) => item !== 'once-q')
        .map(({ item }) => item)
        .sort(),
    ).toEqual(['q1', 'q3']);
    expect(attempts.filter(({ item }) => item === 'once-q').map(({ after }) => after)).toEqual([0, MINUTE]);
    const left = await test.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(left.Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });
});
