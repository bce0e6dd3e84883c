import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import { DEFAULT_RETRY, type Delivery, targetCallSchema } from '../events/deliveries.ts';
import { parseArn, type TargetCall, targetCall } from '../events/targets.ts';
import type { Definition, StoredSchedule } from './model.ts';

const UNIVERSAL = 'arn:aws:scheduler:::aws-sdk:';
const ATTEMPT = '<aws.scheduler.attempt-number>';

/** Names of the SDK's packages, where they differ from what signatures carry. */
const SERVICES: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events', sesv2: 'ses' };

/** What one firing hands over, and to whom. @param time when it was scheduled (epoch ms) */
export function firingOf(cloud: CloudContext, schedule: StoredSchedule, time: number): Delivery {
  const { definition } = schedule;
  const { Target } = definition;
  const executionId = randomUUID();
  const scheduledTime = new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const input = (Target.Input ?? defaultInput(cloud, schedule, executionId, scheduledTime))
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', executionId);
  const queueArn = Target.DeadLetterConfig?.Arn;
  return {
    origin: schedule.arn,
    call: callOf(definition, input),
    retry: {
      maximumRetryAttempts: Target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY.maximumRetryAttempts,
      maximumEventAgeInSeconds:
        Target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_RETRY.maximumEventAgeInSeconds,
    },
    ...(queueArn === undefined
      ? {}
      : {
          deadLetter: {
            queueArn,
            body: input,
            attributes: {
              SCHEDULE_ARN: schedule.arn,
              TARGET_ARN: Target.Arn,
              EXECUTION_ID: executionId,
              SCHEDULED_TIME: scheduledTime,
              IS_PAYLOAD_TRUNCATED: 'false',
            },
            caller: { kind: 'role', roleArn: Target.RoleArn },
          },
        }),
  };
}

/**
 * The call that a schedule's target means.
 * @throws ServiceError ValidationException, UnsupportedError
 */
export function callOf(definition: Definition, input: string): TargetCall {
  const { Target } = definition;
  const caller: Caller = { kind: 'role', roleArn: Target.RoleArn };
  if (Target.Arn.startsWith(UNIVERSAL)) return universalCall(Target.Arn, input, caller);
  if (parseArn(Target.Arn).service === 'events') {
    const parameters = Target.EventBridgeParameters;
    if (parameters === undefined) {
      throw invalid('EventBridgeParameters is required for a target that is an event bus.');
    }
    const { DetailType, Source } = parameters;
    const entry = { DetailType, Source, Detail: input, EventBusName: Target.Arn };
    return { kind: 'call', service: 'events', action: 'PutEvents', input: { Entries: [entry] }, caller };
  }
  const spec = {
    arn: Target.Arn,
    roleArn: Target.RoleArn,
    messageGroupId: Target.SqsParameters?.MessageGroupId,
  };
  const call = targetCall(spec, input, caller);
  if (call.kind !== 'call') throw new UnsupportedError(`the schedule target ${Target.Arn}`);
  return call;
}

/** The call with the number of the attempt filled in where its input asks for it. */
export function withAttempt(call: TargetCall, attempt: number): TargetCall {
  const text = JSON.stringify(call);
  return text.includes(ATTEMPT)
    ? targetCallSchema.parse(JSON.parse(text.replaceAll(ATTEMPT, String(attempt))))
    : call;
}

const parameters = z.record(z.string(), z.unknown());

function universalCall(arn: string, input: string, caller: Caller): TargetCall {
  const [sdk = '', operation = ''] = arn.slice(UNIVERSAL.length).split(':');
  const service = SERVICES[sdk] ?? sdk;
  if (!/^[a-z][A-Za-z0-9]+$/.test(operation)) throw invalid(`Invalid target ARN ${arn}.`);
  // A schedule is for its effect: reading has none, and AWS refuses it.
  if (
    /^(get|describe|list|poll|receive|search|scan|query|select|lookup|discover|validate|batchGet|batchDetect|batchEvaluate|transactGet)/.test(
      operation,
    )
  ) {
    throw invalid(`${operation} is not supported as a universal target.`);
  }
  const given = parameters.safeParse(tryJson(input));
  if (!given.success) throw invalid('The Input of a universal target must be a JSON object.');
  const { Payload, ...rest } = given.data;
  const action = operation.charAt(0).toUpperCase() + operation.slice(1);
  const named = service === 'states' ? lowerFirst(given.data) : service === 'lambda' ? rest : given.data;
  return {
    kind: 'call',
    service,
    action,
    input: named,
    ...(service === 'lambda' && Payload !== undefined
      ? { payload: typeof Payload === 'string' ? Payload : JSON.stringify(Payload) }
      : {}),
    caller,
  };
}

/** Universal targets name parameters in PascalCase, whatever the service's own API does. */
function lowerFirst(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  );
}

function defaultInput(cloud: CloudContext, schedule: StoredSchedule, id: string, time: string): string {
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: cloud.account,
    time,
    region: cloud.region,
    resources: [schedule.arn],
    detail: '{}',
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
