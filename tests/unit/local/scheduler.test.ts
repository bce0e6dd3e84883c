import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../local/core/errors.ts';
import { definitionSchema } from '../../../local/scheduler/model.ts';
import { createSchedulerService } from '../../../local/scheduler/service.ts';
import { createSqsService } from '../../../local/sqs/service.ts';
import { call, recordingService, type TestCloud, testCloud } from './support.ts';

const START = '2026-10-24T12:00:00.000Z';
const HOUR = 3_600_000;
const ROLE = 'arn:aws:iam::000000000000:role/r';
const MACHINE = 'arn:aws:states:eu-west-2:000000000000:stateMachine:m';
const schedule = (more: Record<string, unknown> = {}) => ({
  Name: 's',
  ScheduleExpression: 'rate(1 hour)',
  Target: { Arn: MACHINE, RoleArn: ROLE, Input: '{}' },
  FlexibleTimeWindow: { Mode: 'OFF' },
  ...more,
});

function cloudWithScheduler(dataDir?: string, from = START) {
  const cloud = testCloud(from, dataDir);
  const scheduler = createSchedulerService(cloud);
  cloud.gateway.register(scheduler);
  return { cloud, scheduler };
}
const create = (cloud: TestCloud, more: Record<string, unknown> = {}) =>
  call(cloud, 'scheduler', 'CreateSchedule', schedule(more));
const advance = (cloud: TestCloud, hours: number) => cloud.clock.advanceTo(Date.parse(START) + hours * HOUR);

describe('firings', () => {
  it('of a cron expression follow the local clock over the change', async () => {
    const { cloud } = cloudWithScheduler();
    const started = recordingService(cloud, 'states');
    await create(cloud, {
      ScheduleExpression: 'cron(30 1,9 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/London',
    });
    await advance(cloud, 48);
    expect(started.map(({ at }) => at.slice(0, 16))).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T09:30',
      '2026-10-26T01:30',
      '2026-10-26T09:30',
    ]);
    expect(started[0]!.caller).toEqual({ kind: 'role', roleArn: ROLE });
  });

  it('of a rate begin at once, or at the start date, and stop at the end date', async () => {
    const { cloud } = cloudWithScheduler();
    const started = recordingService(cloud, 'states');
    await create(cloud, { EndDate: '2026-10-24T14:00:00Z' });
    await create(cloud, {
      Name: 'later',
      StartDate: '2026-10-24T15:30:00Z',
      EndDate: '2026-10-24T16:30:00Z',
    });
    await advance(cloud, 12);
    expect(started.map(({ at }) => at.slice(11, 16))).toEqual(['12:00', '13:00', '14:00', '15:30', '16:30']);
  });

  it('fill in the time and the ids', async () => {
    const { cloud } = cloudWithScheduler();
    const started = recordingService(cloud, 'states', (_call, count) => {
      if (count === 1) throw new ServiceError('ThrottlingException', 'slow', 400);
      return {};
    });
    await create(cloud, {
      ScheduleExpression: 'at(2026-10-24T13:00:00)',
      Target: {
        Arn: MACHINE,
        RoleArn: ROLE,
        Input:
          '{"at":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>","arn":"<aws.scheduler.schedule-arn>","n":"<aws.scheduler.attempt-number>"}',
      },
    });
    await advance(cloud, 2);
    const inputs = started.map(({ input }) => JSON.parse(input.input as string));
    expect(inputs[0]).toEqual({
      at: '2026-10-24T13:00:00Z',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      arn: 'arn:aws:scheduler:eu-west-2:000000000000:schedule/default/s',
      n: '1',
    });
    expect(inputs[1]).toEqual({ ...inputs[0], n: '2' });
  });

  it('lie within a flexible window, the same in every run', async () => {
    const times = [];
    for (let run = 0; run < 2; run++) {
      const { cloud } = cloudWithScheduler();
      const started = recordingService(cloud, 'states');
      await create(cloud, {
        ScheduleExpression: 'cron(0 * * * ? *)',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      });
      await advance(cloud, 5.5);
      times.push(started.map(({ at }) => at));
    }
    expect(times[0]).toEqual(times[1]);
    expect(times[0]).toHaveLength(6);
    for (const at of times[0]!) expect(Number(at.slice(14, 16))).toBeLessThan(15);
  });
});

describe('after completion', () => {
  it('a schedule deletes itself, or stays', async () => {
    const { cloud } = cloudWithScheduler();
    const started = recordingService(cloud, 'states');
    const at = { ScheduleExpression: 'at(2026-10-24T13:00:00)' };
    await create(cloud, { ...at, ActionAfterCompletion: 'DELETE' });
    await create(cloud, { ...at, Name: 'stays' });
    await advance(cloud, 2);
    expect(started).toHaveLength(2);
    const { Schedules } = await call(cloud, 'scheduler', 'ListSchedules');
    expect(Schedules).toMatchObject([{ Name: 'stays' }]);
  });

  it('is not provisioned again by an unchanged template', async () => {
    const { cloud, scheduler } = cloudWithScheduler();
    const started = recordingService(cloud, 'states');
    const definition = definitionSchema.parse(
      schedule({ ScheduleExpression: 'at(2026-10-24T13:00:00)', ActionAfterCompletion: 'DELETE' }),
    );
    scheduler.provisionSchedule(definition);
    await advance(cloud, 2);
    scheduler.provisionSchedule(definition);
    await advance(cloud, 4);
    expect(started).toHaveLength(1);
    scheduler.provisionSchedule({ ...definition, ScheduleExpression: 'at(2026-10-24T17:00:00)' });
    await advance(cloud, 6);
    expect(started).toHaveLength(2);
  });
});

describe('a schedule that left the templates', () => {
  it('is gone after the next start', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'scheduler-'));
    const first = cloudWithScheduler(directory);
    for (const Name of ['old', 'kept'])
      first.scheduler.provisionSchedule(definitionSchema.parse(schedule({ Name })));
    first.cloud.journal.close();
    const second = cloudWithScheduler(directory);
    second.scheduler.provisionSchedule(definitionSchema.parse(schedule({ Name: 'kept' })));
    second.scheduler.resume();
    const { Schedules } = await call(second.cloud, 'scheduler', 'ListSchedules');
    expect(Schedules).toMatchObject([{ Name: 'kept' }]);
    second.cloud.journal.close();
    rmSync(directory, { recursive: true });
  });
});

describe('targets', () => {
  const target = async (Target: Record<string, unknown>, service: string) => {
    const { cloud } = cloudWithScheduler();
    const calls = recordingService(cloud, service);
    await create(cloud, {
      ScheduleExpression: 'at(2026-10-24T13:00:00)',
      Target: { RoleArn: ROLE, ...Target },
    });
    await advance(cloud, 2);
    return calls[0]!;
  };

  it('are functions, queues, buses and every action of an SDK', async () => {
    const invoked = await target({ Arn: 'arn:aws:lambda:eu-west-2:000000000000:function:f' }, 'lambda');
    expect(invoked).toMatchObject({ action: 'Invoke', input: { InvocationType: 'Event' } });
    expect(JSON.parse(new TextDecoder().decode(invoked.input.Payload as Uint8Array))).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
    });
    const sent = await target({ Arn: 'arn:aws:sqs:eu-west-2:000000000000:q', Input: 'hello' }, 'sqs');
    expect(sent).toMatchObject({ action: 'SendMessage', input: { MessageBody: 'hello' } });
    const bus = 'arn:aws:events:eu-west-2:000000000000:event-bus/b';
    const put = await target(
      { Arn: bus, Input: '{"a":1}', EventBridgeParameters: { Source: 's', DetailType: 'd' } },
      'events',
    );
    expect(put).toMatchObject({
      action: 'PutEvents',
      input: { Entries: [{ Source: 's', DetailType: 'd', Detail: '{"a":1}', EventBusName: bus }] },
    });
    const stopped = await target(
      { Arn: 'arn:aws:scheduler:::aws-sdk:sfn:stopExecution', Input: '{"ExecutionArn":"x"}' },
      'states',
    );
    expect(stopped).toMatchObject({ action: 'StopExecution', input: { executionArn: 'x' } });
  });

  it('that fail for good are buried', async () => {
    const { cloud } = cloudWithScheduler();
    cloud.gateway.register(createSqsService(cloud));
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'dlq' });
    recordingService(cloud, 'states', () => {
      throw new ServiceError('StateMachineDoesNotExist', 'gone', 400);
    });
    await create(cloud, {
      ScheduleExpression: 'at(2026-10-24T13:00:00)',
      Target: {
        Arn: MACHINE,
        RoleArn: ROLE,
        Input: '{"a":1}',
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-2:000000000000:dlq' },
      },
    });
    await advance(cloud, 2);
    const { Messages } = await call(cloud, 'sqs', 'ReceiveMessage', {
      QueueUrl: 'dlq',
      MessageAttributeNames: ['All'],
    });
    expect(Messages).toMatchObject([
      {
        Body: '{"a":1}',
        MessageAttributes: {
          ERROR_CODE: { StringValue: 'StateMachineDoesNotExist' },
          SCHEDULED_TIME: { StringValue: '2026-10-24T13:00:00Z' },
          TARGET_ARN: { StringValue: MACHINE },
        },
      },
    ]);
  });
});

describe('refusals', () => {
  it.each([
    [{ ScheduleExpression: 'rate(1 hours)' }, 'ValidationException'],
    [{ ScheduleExpressionTimezone: 'Mars/Base' }, 'ValidationException'],
    [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'ValidationException'],
    [{ StartDate: '2027-01-01T00:00:00Z', EndDate: '2026-12-01T00:00:00Z' }, 'ValidationException'],
    [{ GroupName: 'none' }, 'ResourceNotFoundException'],
    [
      { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:s3:getObject', RoleArn: ROLE, Input: '{}' } },
      'ValidationException',
    ],
    [
      { Target: { Arn: 'arn:aws:events:eu-west-2:000000000000:event-bus/b', RoleArn: ROLE } },
      'ValidationException',
    ],
  ])('%j', async (more, code) => {
    const { cloud } = cloudWithScheduler();
    await expect(create(cloud, more)).rejects.toMatchObject({ code });
  });

  it('a name twice, a name unknown', async () => {
    const { cloud } = cloudWithScheduler();
    await create(cloud);
    await expect(create(cloud)).rejects.toMatchObject({ code: 'ConflictException' });
    await expect(call(cloud, 'scheduler', 'GetSchedule', { Name: 'x' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await expect(call(cloud, 'scheduler', 'UpdateSchedule', schedule({ Name: 'x' }))).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('after a time when nothing ran', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scheduler-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('a schedule fires once for all it missed, then at its next time', async () => {
    const before = cloudWithScheduler(directory);
    recordingService(before.cloud, 'states');
    const definition = definitionSchema.parse(schedule({ ScheduleExpression: 'cron(0 * * * ? *)' }));
    before.scheduler.provisionSchedule(definition);
    await advance(before.cloud, 1);
    before.cloud.journal.setMeta('now', String(Date.parse(START) + 7.5 * HOUR));
    before.cloud.journal.close();

    const after = cloudWithScheduler(directory);
    const started = recordingService(after.cloud, 'states');
    after.scheduler.provisionSchedule(definition);
    await advance(after.cloud, 9);
    expect(started.map(({ at }) => at.slice(11, 16))).toEqual(['19:30', '20:00', '21:00']);
    after.cloud.journal.close();
  });
});
