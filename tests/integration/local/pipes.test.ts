import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startCloud } from '../../../local/cloud.ts';

const ROLE = 'arn:aws:iam::000000000000:role/pipes';
const START = Date.parse('2031-03-01T09:00:00.000Z');
const FUNCTION = 'arn:aws:lambda:eu-west-2:000000000000:function:reader';

let directory: string;
let cloud: LocalCloud;
let lambdas: Server;
/** What the function was called with, and what it answers. */
let batches: unknown[][] = [];
let answer: (batch: readonly Record<string, unknown>[]) => unknown = () => null;
let endpoint = '';
let number = 0;

const call = (service: string, action: string, input: Record<string, unknown>) =>
  cloud.context.gateway.call({ service, action, input, caller: { kind: 'root' } });
const pass = (seconds: number) => cloud.context.clock.advanceTo(cloud.context.clock.now() + seconds * 1000);

async function start(): Promise<void> {
  cloud = await startCloud({
    dataDir: `${directory}/data`,
    clock: { simulatedFrom: START },
    lambdaEndpoint: endpoint,
  });
}

beforeAll(async () => {
  directory = mkdtempSync(`${tmpdir()}/pipes-test-`);
  lambdas = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const batch = JSON.parse(text) as Record<string, unknown>[];
      batches.push(batch);
      try {
        response.end(JSON.stringify(answer(batch) ?? null));
      } catch (error) {
        response.setHeader('X-Amz-Function-Error', 'Unhandled');
        response.end(JSON.stringify({ errorType: 'Error', errorMessage: String(error) }));
      }
    });
  });
  await new Promise<void>((resolve) => lambdas.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(lambdas.address() as AddressInfo).port}`;
  await start();
});

afterAll(async () => {
  await cloud.stop();
  lambdas.close();
  rmSync(directory, { recursive: true, force: true });
});

afterEach(() => {
  batches = [];
  answer = () => null;
});

async function table(): Promise<{
  name: string;
  stream: string;
  put(pk: string, n?: number): Promise<void>;
}> {
  const name = `table-${++number}`;
  const { TableDescription } = await call('dynamodb', 'CreateTable', {
    TableName: name,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  return {
    name,
    stream: (TableDescription as { LatestStreamArn: string }).LatestStreamArn,
    async put(pk, n = 0) {
      await call('dynamodb', 'PutItem', { TableName: name, Item: { pk: { S: pk }, n: { N: String(n) } } });
    },
  };
}

async function queue(): Promise<{ arn: string; url: string; bodies(): Promise<unknown[]> }> {
  const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName: `queue-${++number}` });
  const url = String(QueueUrl);
  const { Attributes } = await call('sqs', 'GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['QueueArn'],
  });
  return {
    url,
    arn: (Attributes as { QueueArn: string }).QueueArn,
    async bodies() {
      const found: unknown[] = [];
      for (;;) {
        const { Messages } = await call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
        const page = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
        if (page.length === 0) return found;
        for (const { Body, ReceiptHandle } of page) {
          found.push(JSON.parse(Body));
          await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
        }
      }
    },
  };
}

async function pipe(definition: Record<string, unknown>): Promise<string> {
  const Name = `pipe-${++number}`;
  await call('pipes', 'CreatePipe', { Name, RoleArn: ROLE, ...definition });
  return Name;
}

const stream = (more: Record<string, unknown> = {}) => ({
  DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON', ...more },
});

describe('from a stream', () => {
  it('hands on what passes the filter, in order, as the template makes it', async () => {
    const source = await table();
    const target = await queue();
    await source.put('before');
    const name = await pipe({
      Source: source.stream,
      SourceParameters: {
        ...stream({ BatchSize: 3 }),
        FilterCriteria: {
          Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"n":{"N":[{"anything-but":"9"}]}}}}' }],
        },
      },
      Target: target.arn,
      TargetParameters: {
        InputTemplate: '{"key":<$.dynamodb.Keys.pk.S>,"text":"<$.eventName> by <aws.pipes.pipe-name>"}',
      },
    });
    for (let n = 0; n < 12; n++) await source.put(n % 2 === 0 ? 'even' : 'odd', n);
    await pass(1);
    const bodies = (await target.bodies()) as { key: string; text: string }[];
    expect(bodies.map(({ key }) => key)).toEqual([
      'before',
      ...Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? 'even' : 'odd')).filter((_, n) => n !== 9),
    ]);
    expect(bodies[1]).toEqual({ key: 'even', text: `INSERT by ${name}` });
  });

  it('goes on where it was after a stop of its own and of the cloud', async () => {
    const source = await table();
    const target = await queue();
    const Name = await pipe({
      Source: source.stream,
      SourceParameters: stream(),
      Target: target.arn,
      TargetParameters: { InputTemplate: '{"key":<$.dynamodb.Keys.pk.S>}' },
    });
    await source.put('a');
    await pass(1);
    await call('pipes', 'StopPipe', { Name });
    await source.put('b');
    await pass(1);
    expect(await target.bodies()).toEqual([{ key: 'a' }]);
    await cloud.stop();
    await start();
    await call('pipes', 'StartPipe', { Name });
    await source.put('c');
    await pass(1);
    expect(await target.bodies()).toEqual([{ key: 'b' }, { key: 'c' }]);
    expect(await call('pipes', 'DescribePipe', { Name })).toMatchObject({ CurrentState: 'RUNNING' });
  });

  it('tries a batch again, halves it, and gives what fails to the dead-letter queue', async () => {
    const source = await table();
    const lost = await queue();
    answer = (batch) => {
      if (batch.some((record) => JSON.stringify(record).includes('"bad"'))) throw new Error('poisoned');
      return null;
    };
    await pipe({
      Source: source.stream,
      SourceParameters: stream({
        BatchSize: 10,
        MaximumRetryAttempts: 1,
        OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
        DeadLetterConfig: { Arn: lost.arn },
      }),
      Target: FUNCTION,
    });
    await Promise.all(['one', 'two', 'bad', 'four'].map((pk) => source.put(pk)));
    await pass(120);
    const done = batches.filter((batch) => !JSON.stringify(batch).includes('"bad"')).flat();
    expect(
      new Set(
        done.map((record) => JSON.stringify((record as { dynamodb: { Keys: unknown } }).dynamodb.Keys)),
      ),
    ).toEqual(new Set(['one', 'two', 'four'].map((S) => JSON.stringify({ pk: { S } }))));
    expect(await lost.bodies()).toMatchObject([
      {
        context: { condition: 'RetryAttemptsExhausted' },
        DDBStreamBatchInfo: { batchSize: 1, streamArn: source.stream },
      },
    ]);
  });

  it('takes the answer of an enrichment as its events', async () => {
    const source = await table();
    const target = await queue();
    answer = (batch) => batch.map((record) => ({ seen: (record as { eventName: string }).eventName }));
    await pipe({
      Source: source.stream,
      SourceParameters: stream(),
      Enrichment: FUNCTION,
      Target: target.arn,
    });
    await source.put('a');
    await pass(1);
    expect(await target.bodies()).toEqual([{ seen: 'INSERT' }]);
  });

  it('starts executions with the batch, and puts events on a bus', async () => {
    const source = await table();
    const seen = await queue();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: seen.arn,
        },
      ],
    });
    await call('sqs', 'SetQueueAttributes', { QueueUrl: seen.url, Attributes: { Policy } });
    await call('events', 'PutRule', { Name: 'piped', EventPattern: '{"source":["here"]}' });
    await call('events', 'PutTargets', {
      Rule: 'piped',
      Targets: [{ Id: '1', Arn: seen.arn, InputPath: '$.detail-type' }],
    });
    const { stateMachineArn } = await call('states', 'CreateStateMachine', {
      name: 'piped',
      roleArn: ROLE,
      definition: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: { A: { Type: 'Pass', Output: '{% $count($states.input) %}', End: true } },
      }),
    });
    const parameters = { Source: source.stream, SourceParameters: stream() };
    await pipe({
      ...parameters,
      Target: stateMachineArn,
      TargetParameters: { StepFunctionStateMachineParameters: { InvocationType: 'FIRE_AND_FORGET' } },
    });
    await pipe({
      ...parameters,
      Target: 'arn:aws:events:eu-west-2:000000000000:event-bus/default',
      TargetParameters: { EventBridgeEventBusParameters: { Source: 'here', DetailType: 'Change' } },
    });
    await source.put('a');
    await pass(1);
    const { executions } = await call('states', 'ListExecutions', { stateMachineArn });
    expect(executions).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect(await seen.bodies()).toEqual(['Change']);
  });
});

describe('from a queue', () => {
  it('hands messages on and deletes them; the template sees a body that is JSON', async () => {
    const source = await queue();
    const target = await queue();
    await pipe({
      Source: source.arn,
      Target: target.arn,
      TargetParameters: { InputTemplate: '{"value":<$.body.value>}' },
    });
    await call('sqs', 'SendMessage', { QueueUrl: source.url, MessageBody: '{"value":[1,"two"]}' });
    await pass(1);
    expect(await target.bodies()).toEqual([{ value: [1, 'two'] }]);
    expect(await source.bodies()).toEqual([]);
  });
});

describe('the API', () => {
  it('describes, lists, changes and deletes', async () => {
    const source = await queue();
    const target = await queue();
    const Name = await pipe({
      Source: source.arn,
      Target: target.arn,
      Tags: { a: '1' },
      DesiredState: 'STOPPED',
    });
    const described = await call('pipes', 'DescribePipe', { Name });
    expect(described).toMatchObject({ CurrentState: 'STOPPED', Source: source.arn, Tags: { a: '1' } });
    await call('pipes', 'UpdatePipe', { Name, RoleArn: ROLE, Description: 'changed' });
    expect(await call('pipes', 'DescribePipe', { Name })).toMatchObject({
      Description: 'changed',
      Target: target.arn,
    });
    await call('pipes', 'TagResource', { ResourceArn: described.Arn, Tags: { b: '2' } });
    await call('pipes', 'UntagResource', { ResourceArn: described.Arn, TagKeys: ['a'] });
    expect(await call('pipes', 'ListTagsForResource', { ResourceArn: described.Arn })).toEqual({
      tags: { b: '2' },
    });
    const all: unknown[] = [];
    let NextToken: unknown;
    do {
      const page = await call('pipes', 'ListPipes', {
        Limit: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      all.push(...(page.Pipes as { Name: string }[]).map((one) => one.Name));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(all).toContain(Name);
    expect(new Set(all).size).toBe(all.length);
    await call('pipes', 'DeletePipe', { Name });
    await expect(call('pipes', 'DescribePipe', { Name })).rejects.toMatchObject({
      code: 'NotFoundException',
    });
  });

  it('refuses what AWS refuses, and what is not run here by its name', async () => {
    const source = await table();
    const target = await queue();
    const Target = target.arn;
    const Source = source.stream;
    const refused = (definition: Record<string, unknown>) => expect(pipe(definition)).rejects;
    await refused({ Source, Target }).toThrow('DynamoDBStreamParameters are required');
    await refused({
      Source,
      Target,
      SourceParameters: { ...stream(), FilterCriteria: { Filters: [{ Pattern: '{"a":1}' }] } },
    }).toMatchObject({ code: 'ValidationException' });
    await refused({
      Source,
      SourceParameters: stream(),
      Target: 'arn:aws:states:eu-west-2:000000000000:stateMachine:m',
    }).toThrow('InvocationType must be FIRE_AND_FORGET');
    await refused({
      Source,
      Target,
      SourceParameters: stream(),
      TargetParameters: { InputTemplate: '<$..a>' },
    }).toThrow('InputTemplate uses <$..a>');
    await refused({ Source: 'arn:aws:kinesis:eu-west-2:000000000000:stream/s', Target }).toThrow(
      'does not support the source',
    );
    await refused({
      Source,
      Target: 'arn:aws:sns:eu-west-2:000000000000:t',
      SourceParameters: stream(),
    }).toThrow('does not support the target');
    const Name = await pipe({ Source, Target, SourceParameters: stream() });
    await expect(
      call('pipes', 'CreatePipe', { Name, RoleArn: ROLE, Source, Target, SourceParameters: stream() }),
    ).rejects.toMatchObject({ code: 'ConflictException' });
  });
});
