import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../core/errors.ts';
import type { Caller, CloudContext } from '../../core/service.ts';
import type { Attempt, Outcome } from '../engine/frames.ts';
import { isObject } from '../json.ts';
import { optimisedFailure, runtimeFailure, sdkFailure } from './failures.ts';
import { functionOutcome, invokeInput, invokeOutcome } from './lambda.ts';
import { type Resource, SDK_SERVICES } from './resource.ts';
import { fromStatesOutput, sdkMetadata, toJson, toStatesInput } from './shapes.ts';

type ServiceResource = Extract<Resource, { kind: 'service' }>;

/** A Task's call, with all that it needs. */
export interface Invocation {
  readonly cloud: CloudContext;
  readonly resource: Resource;
  readonly args: unknown;
  readonly attempt: Attempt;
}

/**
 * Makes the call of a Task with the machine's role (or that of its Credentials) and answers how it ended. It never
 * rejects: what goes wrong is an outcome, with the error's name and cause as AWS gives them.
 */
export async function invokeResource({ cloud, resource, args, attempt }: Invocation): Promise<Outcome> {
  const caller: Caller = { kind: 'role', roleArn: attempt.roleArn };
  const requestId = randomUUID();
  try {
    if (resource.kind === 'function') {
      const input = { FunctionName: resource.arn, ...invokeInput({ Payload: args }) };
      return functionOutcome(
        await cloud.gateway.call({ service: 'lambda', action: 'Invoke', input, caller }),
      );
    }
    if (!isObject(args)) {
      return {
        ok: false,
        error: 'States.Runtime',
        cause: `The arguments of ${resource.arn} must be an object`,
      };
    }
    return resource.sdkService === undefined
      ? await invokeOptimised(cloud, resource, args, attempt, caller, requestId)
      : await invokeSdk(cloud, resource, resource.sdkService, args, caller);
  } catch (error) {
    if (resource.kind === 'function') return optimisedFailure('lambda', error, requestId);
    return resource.sdkService === undefined
      ? optimisedFailure(resource.resourceType, error, requestId)
      : sdkFailure(resource.sdkService, error, requestId);
  }
}

async function invokeSdk(
  cloud: CloudContext,
  resource: ServiceResource,
  sdkService: string,
  args: Record<string, unknown>,
  caller: Caller,
): Promise<Outcome> {
  const service = SDK_SERVICES[sdkService] ?? sdkService;
  const action = resource.action.charAt(0).toUpperCase() + resource.action.slice(1);
  const input = service === 'states' ? toStatesInput(args) : sdkInput(service, action, args);
  const answer = await cloud.gateway.call({ service, action, input, caller });
  return { ok: true, result: service === 'states' ? fromStatesOutput(answer) : toJson(answer) };
}

/** Bodies and payloads are bytes in the API; a machine gives text, or any JSON. */
function sdkInput(service: string, action: string, args: Record<string, unknown>): Record<string, unknown> {
  const member =
    service === 's3' && action === 'PutObject' ? 'Body' : service === 'lambda' ? 'Payload' : undefined;
  if (member === undefined || args[member] === undefined) return args;
  const value = args[member];
  const text = service === 's3' && typeof value === 'string' ? value : JSON.stringify(value);
  return { ...args, [member]: new TextEncoder().encode(text) };
}

async function invokeOptimised(
  cloud: CloudContext,
  resource: ServiceResource,
  args: Record<string, unknown>,
  attempt: Attempt,
  caller: Caller,
  requestId: string,
): Promise<Outcome> {
  const call = (action: string, input: Record<string, unknown>): Promise<Record<string, unknown>> =>
    cloud.gateway.call({ service: resource.resourceType, action, input, caller });
  const withMetadata = (answer: Record<string, unknown>): Outcome => {
    const length = Buffer.byteLength(JSON.stringify(answer));
    const headers = { requestId, length, time: cloud.clock.now(), contentType: 'application/x-amz-json-1.0' };
    const shown = toJson(answer);
    return { ok: true, result: { ...(isObject(shown) ? shown : {}), ...sdkMetadata(headers) } };
  };
  switch (resource.resourceType) {
    case 'lambda':
      return invokeOutcome(await call('Invoke', invokeInput(args)), requestId, cloud.clock.now());
    case 'dynamodb':
      return withMetadata(
        await call(resource.action.charAt(0).toUpperCase() + resource.action.slice(1), args),
      );
    case 'sqs':
      return withMetadata(await call('SendMessage', { ...args, MessageBody: asText(args.MessageBody) }));
    case 'events':
      return putEvents(await call('PutEvents', { ...args, Entries: eventEntries(args.Entries) }));
    case 'states': {
      const { executionArn, startDate } = await startExecution(call, toStatesInput(args), attempt);
      return withMetadata({ ExecutionArn: executionArn, StartDate: startDate });
    }
    default:
      return runtimeFailure(new Error(`no integration ${resource.resourceType}`));
  }
}

function asText(value: unknown): unknown {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function eventEntries(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry) => (isObject(entry) ? { ...entry, Detail: asText(entry.Detail) } : entry));
}

/** One entry that failed fails the task. */
function putEvents(answer: Record<string, unknown>): Outcome {
  const result = { Entries: answer.Entries ?? [], FailedEntryCount: answer.FailedEntryCount ?? 0 };
  if (result.FailedEntryCount === 0) return { ok: true, result };
  return { ok: false, error: 'EventBridge.FailedEntry', cause: JSON.stringify(result) };
}

/**
 * Starts an execution under the name given, or under the attempt's: made again after a crash, the call finds the
 * execution that it has started already.
 */
async function startExecution(
  call: (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>,
  input: Record<string, unknown>,
  attempt: Attempt,
): Promise<{ executionArn: string; startDate: number }> {
  const name = typeof input.name === 'string' ? input.name : attempt.id;
  try {
    const { executionArn, startDate } = await call('StartExecution', { ...input, name });
    return { executionArn: String(executionArn), startDate: Math.round(Number(startDate) * 1000) };
  } catch (error) {
    const exists = error instanceof ServiceError && error.code === 'ExecutionAlreadyExists';
    if (!exists || attempt.again === undefined) throw error;
    const executionArn = `${String(input.stateMachineArn).replace(':stateMachine:', ':execution:')}:${name}`;
    const { startDate } = await call('DescribeExecution', { executionArn });
    return { executionArn, startDate: Math.round(Number(startDate) * 1000) };
  }
}
