import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';

/** One way of handing something over, as it is kept in the journal until it is done. */
export type TargetCall =
  | {
      readonly kind: 'call';
      readonly service: string;
      readonly action: string;
      readonly input: Readonly<Record<string, unknown>>;
      /** Text of the member `Payload`, which travels as bytes. */
      readonly payload?: string;
      readonly caller: Caller;
    }
  | { readonly kind: 'bus'; readonly bus: string; readonly event: string }
  | { readonly kind: 'log'; readonly group: string; readonly line: string };

/** A target as rules and schedules name it. */
export interface TargetSpec {
  readonly arn: string;
  readonly roleArn?: string | undefined;
  readonly messageGroupId?: string | undefined;
}

export interface ArnParts {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** The parts of an ARN. @throws ServiceError ValidationException where it is none */
export function parseArn(arn: string): ArnParts {
  const [prefix, , service, region, account, ...resource] = arn.split(':');
  if (prefix !== 'arn' || service === undefined || region === undefined || account === undefined) {
    throw new ServiceError('ValidationException', `${arn} is not a valid ARN.`);
  }
  return { service, region, account, resource: resource.join(':') };
}

/** The URL of a queue whose ARN is known, as AWS forms it. */
export function queueUrlOf(queueArn: string): string {
  const { region, account, resource } = parseArn(queueArn);
  return `https://sqs.${region}.amazonaws.com/${account}/${resource}`;
}

/**
 * What delivering `input` to a target means. A state machine's execution gets its random name here, so that a delivery
 * repeated after a crash finds the execution that it has already started.
 * @param self who calls where the target names no role
 * @throws UnsupportedError for a target that the local cloud does not deliver to
 */
export function targetCall(target: TargetSpec, input: string, self: Caller): TargetCall {
  const caller: Caller = target.roleArn === undefined ? self : { kind: 'role', roleArn: target.roleArn };
  const { service, resource } = parseArn(target.arn);
  switch (service) {
    case 'states':
      return {
        kind: 'call',
        service,
        action: 'StartExecution',
        input: { stateMachineArn: target.arn, name: `${randomUUID()}_${randomUUID()}`, input },
        caller,
      };
    case 'lambda':
      return {
        kind: 'call',
        service,
        action: 'Invoke',
        input: { FunctionName: target.arn, InvocationType: 'Event' },
        payload: input,
        caller,
      };
    case 'sqs':
      return {
        kind: 'call',
        service,
        action: 'SendMessage',
        input: {
          QueueUrl: queueUrlOf(target.arn),
          MessageBody: input,
          ...(target.messageGroupId === undefined ? {} : { MessageGroupId: target.messageGroupId }),
        },
        caller,
      };
    case 'logs':
      return { kind: 'log', group: logGroupOf(resource), line: input };
    case 'events':
      if (resource.startsWith('event-bus/')) {
        return { kind: 'bus', bus: resource.slice('event-bus/'.length), event: input };
      }
      break;
  }
  throw new UnsupportedError(`the target ${target.arn}`);
}

/** Whether a target of this kind is called with a role of its own, without which AWS refuses it. */
export function needsRole(arn: string): boolean {
  return parseArn(arn).service === 'states';
}

/** Makes a call of kind `call`. */
export async function performCall(
  cloud: CloudContext,
  call: Extract<TargetCall, { kind: 'call' }>,
): Promise<void> {
  const { service, action, caller } = call;
  const input =
    call.payload === undefined
      ? { ...call.input }
      : { ...call.input, Payload: new TextEncoder().encode(call.payload) };
  try {
    const output = await cloud.gateway.call({ service, action, input, caller });
    refuseFailedEntry(output);
  } catch (error) {
    // The name is random and this delivery's own: an execution of it was started by an attempt cut short.
    const started = error instanceof ServiceError && error.code === 'ExecutionAlreadyExists';
    if (!started || service !== 'states' || typeof call.input.name !== 'string') throw error;
  }
}

/** PutEvents answers an entry that it refuses among its results. */
function refuseFailedEntry(output: Record<string, unknown>): void {
  if (typeof output.FailedEntryCount !== 'number' || output.FailedEntryCount === 0) return;
  const failed = failedEntries.parse(output.Entries).find(({ ErrorCode }) => ErrorCode !== undefined);
  throw new ServiceError(failed?.ErrorCode ?? 'InternalFailure', failed?.ErrorMessage ?? '');
}

const failedEntries = z.array(
  z.object({ ErrorCode: z.string().optional(), ErrorMessage: z.string().optional() }),
);

function logGroupOf(resource: string): string {
  return resource.replace(/^log-group:/, '').replace(/:\*$/, '');
}
