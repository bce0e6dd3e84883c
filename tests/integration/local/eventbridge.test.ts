import {
  CreateEventBusCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sha256 } from '../local/invoke-over-http.ts';
import {
  MINUTE,
  role,
  START,
  sendPermission,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from '../local/support.ts';

const directory = temporaryDirectory();
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const QUEUE = 'events-queue';
let test: TestCloud;
let client: EventBridgeClient;

const stack = {
  Resources: {
    Role: role(),
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: QUEUE,
        RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 },
      },
    },
    Dead: {
      Type: 'AWS::SQS::Queue',
      Properties: { MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true },
    },
    QueuePolicy: sendPermission('Queue'),
    Bus: {
      Type: 'AWS::Events::EventBus',
      Properties: { Name: 'programme', Description: 'Everything that happened' },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['psqm'], detail: { level: [{ 'anything-but': 'GILT' }] } },
        State: 'ENABLED',
        Targets: [
          {
            Id: 'Target0',
            Arn: arnOf('Queue'),
            DeadLetterConfig: { Arn: arnOf('Dead') },
            InputTransformer: { InputPathsMap: { ref: '$.detail.ref' }, InputTemplate: '{"ref":<ref>}' },
            RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
          },
        ],
      },
    },
    Sweep: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'cron(0/15 * * * ? *)',
        ScheduleExpressionTimezone: 'Europe/London',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: arnOf('Queue'),
          RoleArn: arnOf('Role'),
          Input: '{"sweep":"<aws.scheduler.scheduled-time>"}',
        },
      },
    },
  },
  Outputs: { RuleArn: { Value: arnOf('Rule') }, QueueUrl: { Value: { Ref: 'Queue' } } },
};

beforeAll(async () => {
  const assemblyDir = writeAssembly(`${directory.path}/assembly`, { Events: stack });
  test = await startTestCloud({ assemblyDir });
  client = new EventBridgeClient({
    endpoint: test.cloud.endpoint,
    region: 'eu-west-2',
    credentials: test.cloud.rootCredentials,
  });
});
afterAll(async () => {
  client?.destroy();
  await test?.cloud.stop();
  directory.remove();
});

async function request(
  service: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const url = new URL(`${test.cloud.endpoint}${path}`);
  const signer = new SignatureV4({
    credentials: test.cloud.rootCredentials,
    region: 'eu-west-2',
    service,
    sha256: Sha256 as never,
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await fetch(url, {
    method,
    headers: signed.headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

const sqs = (action: string, input: Record<string, unknown>) =>
  request('sqs', 'POST', '/', input, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `AmazonSQS.${action}`,
  });

async function takeBodies(): Promise<unknown[]> {
  const QueueUrl = test.cloud.outputs.Events!.QueueUrl!;
  const { body } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  const messages: { Body: string; ReceiptHandle: string }[] = body.Messages ?? [];
  for (const { ReceiptHandle } of messages) await sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
  return messages.map(({ Body }) => JSON.parse(Body));
}

describe('EventBridge over the SDK', () => {
  it('delivers what a provisioned rule matches, transformed', async () => {
    const put = await client.send(
      new PutEventsCommand({
        Entries: ['PSQM', 'GILT'].map((level) => ({
          EventBusName: 'programme',
          Source: 'psqm',
          DetailType: 'SubmissionFrozen',
          Time: new Date(START),
          Detail: JSON.stringify({ ref: `R-${level}`, level }),
        })),
      }),
    );
    expect(put.FailedEntryCount).toBe(0);
    expect(put.Entries?.map(({ EventId }) => typeof EventId)).toEqual(['string', 'string']);
    await test.cloud.context.activity.idle();
    expect(await takeBodies()).toEqual([{ ref: 'R-PSQM' }]);
  });

  it('describes what the template made', async () => {
    const { Rules } = await client.send(new ListRulesCommand({ EventBusName: 'programme' }));
    expect(Rules?.map(({ Arn }) => Arn)).toEqual([test.cloud.outputs.Events!.RuleArn]);
    const Rule = Rules![0]!.Name!;
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule, EventBusName: 'programme' }));
    expect(Targets).toMatchObject([{ Id: 'Target0', RetryPolicy: { MaximumRetryAttempts: 10 } }]);
    const bus = await client.send(new DescribeEventBusCommand({ Name: 'programme' }));
    expect(bus).toMatchObject({ Description: 'Everything that happened' });
    expect(bus.CreationTime).toEqual(new Date(START));
    const { EventBuses } = await client.send(new ListEventBusesCommand({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(['default', 'programme']);
  });

  it('creates buses, rules and targets', async () => {
    const { EventBusArn } = await client.send(new CreateEventBusCommand({ Name: 'mine' }));
    expect(EventBusArn).toBe('arn:aws:events:eu-west-2:000000000000:event-bus/mine');
    await client.send(
      new PutRuleCommand({ Name: 'all', EventBusName: 'mine', EventPattern: '{"source":[{"prefix":""}]}' }),
    );
    const Arn = `arn:aws:sqs:eu-west-2:000000000000:${QUEUE}`;
    await client.send(
      new PutTargetsCommand({ Rule: 'all', EventBusName: 'mine', Targets: [{ Id: 'q', Arn }] }),
    );
    await client.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: EventBusArn, Source: 's', DetailType: 'd', Detail: '{}' }],
      }),
    );
    await test.cloud.context.activity.idle();
    expect(await takeBodies()).toMatchObject([{ source: 's', detail: {} }]);
  });

  it('answers errors as the SDK knows them', async () => {
    const event = {
      id: '1',
      account: '1',
      source: 's',
      time: '2026-01-01T00:00:00Z',
      region: 'r',
      'detail-type': 'd',
    };
    const tested = (EventPattern: string) =>
      client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }));
    expect((await tested('{"source":["s"]}')).Result).toBe(true);
    await expect(tested('{"source":"s"}')).rejects.toBeInstanceOf(InvalidEventPatternException);
    await expect(client.send(new DescribeRuleCommand({ Name: 'none' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });
});

describe('Scheduler over HTTP', () => {
  it('fires a provisioned schedule on the simulated clock', async () => {
    await test.cloud.context.clock.advanceTo(START + 20 * MINUTE);
    expect(await takeBodies()).toEqual([
      { sweep: '2031-03-01T09:00:00Z' },
      { sweep: '2031-03-01T09:15:00Z' },
    ]);
  });

  it('keeps a schedule from creation to deletion', async () => {
    const target = {
      Arn: `arn:aws:sqs:eu-west-2:000000000000:${QUEUE}`,
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      Input: '"once"',
    };
    const created = await request('scheduler', 'POST', '/schedules/once', {
      ClientToken: 't',
      ScheduleExpression: 'at(2031-03-01T09:25:00)',
      StartDate: START / 1000,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: target,
    });
    expect(created).toMatchObject({
      status: 200,
      body: { ScheduleArn: expect.stringMatching(/schedule\/default\/once$/) },
    });
    const got = await request('scheduler', 'GET', '/schedules/once?groupName=default');
    expect(got.body).toMatchObject({
      Name: 'once',
      GroupName: 'default',
      StartDate: START / 1000,
      CreationDate: expect.any(Number),
    });
    const listed = await request('scheduler', 'GET', '/schedules?NamePrefix=on');
    expect(listed.body.Schedules).toHaveLength(1);
    await test.cloud.context.clock.advanceTo(START + 26 * MINUTE);
    expect(await takeBodies()).toEqual(['once']);
    expect(await request('scheduler', 'GET', '/schedules/once')).toMatchObject({ status: 404 });
  });
});
