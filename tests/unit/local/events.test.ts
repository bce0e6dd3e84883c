import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../local/core/errors.ts';
import { createEventsService } from '../../../local/events/service.ts';
import { createSqsService } from '../../../local/sqs/service.ts';
import { call, recordingService, type TestCloud, testCloud } from './support.ts';

const START = '2026-09-01T08:00:00.000Z';
const MACHINE = 'arn:aws:states:eu-west-2:000000000000:stateMachine:m';
const ROLE = 'arn:aws:iam::000000000000:role/r';
const DLQ = 'arn:aws:sqs:eu-west-2:000000000000:dlq';
const entry = (more: Record<string, unknown> = {}) => ({
  Source: 'psqm',
  DetailType: 'Frozen',
  Detail: '{"ref":"A1"}',
  ...more,
});

async function rule(cloud: TestCloud, target: Record<string, unknown>, more: Record<string, unknown> = {}) {
  await call(cloud, 'events', 'PutRule', { Name: 'r', EventPattern: '{"source":["psqm"]}', ...more });
  await call(cloud, 'events', 'PutTargets', { Rule: 'r', Targets: [{ Id: 't', ...target }] });
}

function cloudWithEvents(): TestCloud {
  const cloud = testCloud(START);
  cloud.gateway.register(createEventsService(cloud));
  cloud.gateway.register(createSqsService(cloud));
  return cloud;
}

async function deadLetters(
  cloud: TestCloud,
): Promise<{ Body: string; MessageAttributes: Record<string, { StringValue: string }> }[]> {
  const { Messages = [] } = await call(cloud, 'sqs', 'ReceiveMessage', {
    QueueUrl: 'dlq',
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  return Messages as never;
}

describe('delivery', () => {
  it('starts an execution as the role of the target, with the event', async () => {
    const cloud = cloudWithEvents();
    const started = recordingService(cloud, 'states');
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE });
    const answer = await call(cloud, 'events', 'PutEvents', {
      Entries: [entry(), entry({ Source: 'other' })],
    });
    expect(answer).toMatchObject({ FailedEntryCount: 0 });
    expect(cloud.activity.busy).toBeGreaterThan(0);
    await cloud.activity.idle();
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({ action: 'StartExecution', caller: { kind: 'role', roleArn: ROLE } });
    expect(started[0]!.input).toMatchObject({
      stateMachineArn: MACHINE,
      name: expect.stringMatching(/^[\w-]{73}$/),
    });
    expect(JSON.parse(started[0]!.input.input as string)).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Frozen',
      source: 'psqm',
      account: '000000000000',
      time: '2026-09-01T08:00:00Z',
      region: 'eu-west-2',
      resources: [],
      detail: { ref: 'A1' },
    });
  });

  it('invokes a function asynchronously as EventBridge', async () => {
    const cloud = cloudWithEvents();
    const invoked = recordingService(cloud, 'lambda');
    const Arn = 'arn:aws:lambda:eu-west-2:000000000000:function:f';
    await rule(cloud, { Arn, InputPath: '$.detail' });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.activity.idle();
    expect(invoked[0]).toMatchObject({
      action: 'Invoke',
      input: { FunctionName: Arn, InvocationType: 'Event' },
      caller: {
        kind: 'service',
        service: 'events.amazonaws.com',
        sourceArn: expect.stringMatching(/rule\/r$/),
      },
    });
    expect(new TextDecoder().decode(invoked[0]!.input.Payload as Uint8Array)).toBe('{"ref":"A1"}');
  });

  it('tries again with growing delays on the simulated clock, then succeeds', async () => {
    const cloud = cloudWithEvents();
    const started = recordingService(cloud, 'states', (_call, count) => {
      if (count < 4) throw new ServiceError('ServiceUnavailable', 'later', 503);
      return {};
    });
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.clock.advanceTo(Date.parse(START) + 3_600_000);
    expect(started).toHaveLength(4);
    const times = started.map(({ at }) => Date.parse(at) - Date.parse(START));
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(gaps[0]).toBeGreaterThan(0);
    expect(gaps[1]).toBeGreaterThan(gaps[0]!);
    expect(gaps[2]).toBeGreaterThan(gaps[1]!);
    expect(new Set(started.map(({ input }) => input.name)).size).toBe(1);
  });

  it('buries what no attempt delivered, with the reason', async () => {
    const cloud = cloudWithEvents();
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'dlq' });
    const started = recordingService(cloud, 'states', () => {
      throw new ServiceError('ThrottlingException', 'Rate exceeded', 400);
    });
    await rule(cloud, {
      Arn: MACHINE,
      RoleArn: ROLE,
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: DLQ },
    });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.clock.advanceTo(Date.parse(START) + 86_400_000);
    expect(started).toHaveLength(3);
    const [letter, ...more] = await deadLetters(cloud);
    expect(more).toEqual([]);
    expect(JSON.parse(letter!.Body)).toMatchObject({ source: 'psqm' });
    expect(letter!.MessageAttributes).toMatchObject({
      RULE_ARN: { StringValue: 'arn:aws:events:eu-west-2:000000000000:rule/r' },
      TARGET_ARN: { StringValue: MACHINE },
      ERROR_CODE: { StringValue: 'THROTTLING' },
      RETRY_ATTEMPTS: { StringValue: '2' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
    });
  });

  it('gives up at the maximum age, by default after 24 hours and 185 attempts at most', async () => {
    const cloud = cloudWithEvents();
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'dlq' });
    const started = recordingService(cloud, 'states', () => {
      throw new ServiceError('InternalError', 'broken', 500);
    });
    await rule(cloud, {
      Arn: MACHINE,
      RoleArn: ROLE,
      RetryPolicy: { MaximumEventAgeInSeconds: 60 },
      DeadLetterConfig: { Arn: DLQ },
    });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.clock.advanceTo(Date.parse(START) + 86_400_000);
    expect(Date.parse(started.at(-1)!.at)).toBeLessThanOrEqual(Date.parse(START) + 60_000);
    const [letter] = await deadLetters(cloud);
    expect(letter!.MessageAttributes.EXHAUSTED_RETRY_CONDITION).toMatchObject({
      StringValue: 'MaximumEventAgeInSeconds',
    });
  });

  it.each([
    ['AccessDeniedException', 400, 'NO_PERMISSIONS'],
    ['StateMachineDoesNotExist', 400, 'NO_RESOURCE'],
    ['InvalidExecutionInput', 400, 'INVALID_PARAMETER'],
  ])('buries %s at once', async (code, status, expected) => {
    const cloud = cloudWithEvents();
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'dlq' });
    const started = recordingService(cloud, 'states', () => {
      throw new ServiceError(code, 'no', status);
    });
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE, DeadLetterConfig: { Arn: DLQ } });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.activity.idle();
    expect(started).toHaveLength(1);
    const [letter] = await deadLetters(cloud);
    expect(letter!.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: expected } });
    expect(letter!.MessageAttributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  it('forwards to another bus with the event unchanged', async () => {
    const cloud = cloudWithEvents();
    const started = recordingService(cloud, 'states');
    await call(cloud, 'events', 'CreateEventBus', { Name: 'other' });
    await rule(cloud, { Arn: 'arn:aws:events:eu-west-2:000000000000:event-bus/other' });
    await call(cloud, 'events', 'PutRule', {
      Name: 'x',
      EventBusName: 'other',
      EventPattern: '{"detail":{"ref":["A1"]}}',
    });
    await call(cloud, 'events', 'PutTargets', {
      Rule: 'x',
      EventBusName: 'other',
      Targets: [{ Id: 'm', Arn: MACHINE, RoleArn: ROLE, InputPath: '$.id' }],
    });
    const { Entries } = await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.activity.idle();
    const [{ EventId }] = Entries as [{ EventId: string }];
    expect(started.map(({ input }) => input.input)).toEqual([JSON.stringify(EventId)]);
  });

  it('writes to a log group', async () => {
    const cloud = testCloud(START);
    const lines: string[] = [];
    cloud.gateway.register(
      createEventsService(cloud, { writeLog: (group, line) => lines.push(`${group} ${line}`) }),
    );
    await rule(cloud, {
      Arn: 'arn:aws:logs:eu-west-2:000000000000:log-group:/aws/events/x:*',
      InputPath: '$.detail.ref',
    });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.activity.idle();
    expect(lines).toEqual(['/aws/events/x "A1"']);
  });
});

describe('PutEvents', () => {
  it('refuses single entries and takes the others', async () => {
    const cloud = cloudWithEvents();
    const answer = await call(cloud, 'events', 'PutEvents', {
      Entries: [
        entry(),
        entry({ Source: undefined }),
        entry({ DetailType: '' }),
        entry({ Detail: '[1]' }),
        entry({ Detail: '{' }),
        entry({ Source: 'aws.s3' }),
      ],
    });
    expect(answer.FailedEntryCount).toBe(5);
    expect((answer.Entries as Record<string, unknown>[]).map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'InvalidArgument',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
    ]);
  });

  it('refuses more than ten entries and more than 1 MiB', async () => {
    const cloud = cloudWithEvents();
    const put = (Entries: unknown[]) => call(cloud, 'events', 'PutEvents', { Entries });
    await expect(put(Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
      code: 'ValidationException',
    });
    const big = entry({ Detail: JSON.stringify({ text: 'x'.repeat(1_048_576) }) });
    await expect(put([big])).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it('says where an event was lost on a bus that does not exist', async () => {
    const cloud = cloudWithEvents();
    const answer = await call(cloud, 'events', 'PutEvents', {
      Entries: [entry({ EventBusName: 'nowhere' })],
    });
    expect(answer.FailedEntryCount).toBe(0);
    expect(cloud.lines.join()).toContain('nowhere');
  });
});

describe('rules', () => {
  it('are validated', async () => {
    const cloud = cloudWithEvents();
    const put = (more: Record<string, unknown>) => call(cloud, 'events', 'PutRule', { Name: 'r', ...more });
    await expect(put({})).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(put({ EventPattern: '{"a":[]}' })).rejects.toMatchObject({
      code: 'InvalidEventPatternException',
    });
    await expect(put({ ScheduleExpression: 'at(2027-01-01T00:00:00)' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
    await expect(put({ EventPattern: '{"a":[1]}', EventBusName: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await expect(put({ EventPattern: '{"a":[1]}', Unknown: 1 })).rejects.toThrow('PutRule Unknown');
    await put({ EventPattern: '{"a":[1]}' });
    const target = (more: Record<string, unknown>) =>
      call(cloud, 'events', 'PutTargets', { Rule: 'r', Targets: [{ Id: 't', ...more }] });
    await expect(target({ Arn: MACHINE })).rejects.toThrow('RoleArn is required');
    await expect(target({ Arn: MACHINE, RoleArn: ROLE, Input: 'x' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
    await expect(target({ Arn: 'arn:aws:sns:eu-west-2:000000000000:t' })).rejects.toThrow('arn:aws:sns');
    await target({ Arn: MACHINE, RoleArn: ROLE });
    await expect(call(cloud, 'events', 'DeleteRule', { Name: 'r' })).rejects.toThrow('has targets');
  });

  it('that are disabled deliver nothing', async () => {
    const cloud = cloudWithEvents();
    const started = recordingService(cloud, 'states');
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE }, { State: 'DISABLED' });
    await call(cloud, 'events', 'PutEvents', { Entries: [entry()] });
    await cloud.activity.idle();
    expect(started).toEqual([]);
  });

  it('fire by schedule in UTC and keep their timer when put again unchanged', async () => {
    const cloud = cloudWithEvents();
    const started = recordingService(cloud, 'states');
    const schedule = { EventPattern: undefined, ScheduleExpression: 'rate(15 minutes)' };
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE }, schedule);
    await cloud.clock.advanceTo(Date.parse(START) + 20 * 60_000);
    await rule(cloud, { Arn: MACHINE, RoleArn: ROLE }, schedule);
    await cloud.clock.advanceTo(Date.parse(START) + 30 * 60_000);
    expect(started.map(({ at }) => at)).toEqual(['2026-09-01T08:15:00.000Z', '2026-09-01T08:30:00.000Z']);
    expect(JSON.parse(started[0]!.input.input as string)).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-09-01T08:15:00Z',
      resources: ['arn:aws:events:eu-west-2:000000000000:rule/r'],
      detail: {},
    });
  });
});

describe('after a restart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'events-'));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('goes on with what was due and with what waited', async () => {
    const before = testCloud(START, directory);
    const interrupted = createEventsService(before);
    before.gateway.register(interrupted);
    recordingService(before, 'states', () => {
      throw new ServiceError('ServiceUnavailable', 'later', 503);
    });
    await rule(before, { Arn: MACHINE, RoleArn: ROLE });
    await call(before, 'events', 'PutEvents', { Entries: [entry()] });
    await before.activity.idle();
    await call(before, 'events', 'PutEvents', { Entries: [entry({ Detail: '{"ref":"B2"}' })] });
    await interrupted.stop();
    before.journal.close();

    const after = testCloud(START, directory);
    const events = createEventsService(after);
    after.gateway.register(events);
    const started = recordingService(after, 'states');
    events.resume();
    await after.activity.idle();
    expect(started.map(({ input }) => JSON.parse(input.input as string).detail.ref)).toEqual(['B2']);
    await after.clock.advanceTo(Date.parse(START) + 60_000);
    expect(started.map(({ input }) => JSON.parse(input.input as string).detail.ref)).toEqual(['B2', 'A1']);
    expect(events.statistics()).toMatchObject({
      events: { Frozen: { default: 2 } },
      deliveries: { 'arn:aws:events:eu-west-2:000000000000:rule/r': { delivered: 2, retried: 1 } },
      open: { due: 0, waiting: 0 },
    });
    after.journal.close();
  });
});
