import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import { parseArn, queueUrlOf } from '../events/targets.ts';
import type { Attempt } from '../lambda/async-queue.ts';
import { applyTemplate } from './input-template.ts';
import type { StoredPipe } from './model.ts';

/** Why a pipe's target or enrichment is refused, or undefined. @throws UnsupportedError for a kind that is not run here */
export function checkTarget(definition: StoredPipe['definition']): string | undefined {
  const { Target, TargetParameters, Enrichment } = definition;
  const { service, resource } = parseArn(Target);
  if (Enrichment !== undefined && parseArn(Enrichment).service !== 'lambda')
    throw new UnsupportedError(`the enrichment ${Enrichment}`);
  switch (service) {
    case 'lambda':
    case 'sqs':
      return undefined;
    case 'states':
      return TargetParameters?.StepFunctionStateMachineParameters?.InvocationType === 'FIRE_AND_FORGET'
        ? undefined
        : 'InvocationType must be FIRE_AND_FORGET for a target that is a Standard workflow.';
    case 'events':
      if (resource.startsWith('event-bus/')) return undefined;
  }
  throw new UnsupportedError(`the target ${Target}`);
}

/** Takes a batch through enrichment and template to the target; how it went is answered as of a function's invocation. */
export async function deliver(
  cloud: CloudContext,
  pipe: StoredPipe,
  records: readonly unknown[],
): Promise<Attempt> {
  try {
    const enriched = await enrich(cloud, pipe, records);
    if (enriched.length === 0) return done('null');
    const template = pipe.definition.TargetParameters?.InputTemplate;
    const events =
      template === undefined ? enriched : enriched.map((event) => shaped(cloud, pipe, template, event));
    return done(await send(cloud, pipe, events));
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'TooManyRequestsException')
      return { kind: 'throttled' };
    const errorType = error instanceof ServiceError ? error.code : 'Error';
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { kind: 'ran', outcome: { kind: 'failure', failure: { errorType, errorMessage } } };
  }
}

const done = (payload: string): Attempt => ({ kind: 'ran', outcome: { kind: 'success', payload } });

function shaped(
  cloud: CloudContext,
  { definition, arn }: StoredPipe,
  template: string,
  event: unknown,
): unknown {
  return applyTemplate(template, event, {
    arn,
    name: definition.Name,
    sourceArn: definition.Source,
    targetArn: definition.Target,
    enrichmentArn: definition.Enrichment ?? '',
    ingestionTime: new Date(cloud.clock.now()).toISOString(),
  });
}

async function enrich(
  cloud: CloudContext,
  pipe: StoredPipe,
  records: readonly unknown[],
): Promise<readonly unknown[]> {
  const { Enrichment, EnrichmentParameters } = pipe.definition;
  if (Enrichment === undefined) return records;
  const template = EnrichmentParameters?.InputTemplate;
  const events =
    template === undefined ? records : records.map((event) => shaped(cloud, pipe, template, event));
  const answer: unknown = JSON.parse(await invoke(cloud, pipe, Enrichment, events, 'RequestResponse'));
  // An array is as many events; nothing at all ends the batch here.
  if (Array.isArray(answer)) return answer;
  return answer === null || answer === '' ? [] : [answer];
}

const callerOf = ({ definition }: StoredPipe): Caller => ({ kind: 'role', roleArn: definition.RoleArn });

async function invoke(
  cloud: CloudContext,
  pipe: StoredPipe,
  functionArn: string,
  events: readonly unknown[],
  type: 'RequestResponse' | 'Event',
): Promise<string> {
  const { FunctionError, Payload } = await cloud.gateway.call({
    service: 'lambda',
    action: 'Invoke',
    input: {
      FunctionName: functionArn,
      InvocationType: type,
      Payload: new TextEncoder().encode(JSON.stringify(events)),
    },
    caller: callerOf(pipe),
  });
  const payload = Payload instanceof Uint8Array ? new TextDecoder().decode(Payload) : '';
  if (FunctionError !== undefined) throw new Error(payload);
  return payload === '' ? 'null' : payload;
}

/** @returns what a function answered, which may name the items that failed; JSON `null` of any other target */
async function send(cloud: CloudContext, pipe: StoredPipe, events: readonly unknown[]): Promise<string> {
  const { Name, Source, Target, TargetParameters = {} } = pipe.definition;
  const caller = callerOf(pipe);
  const text = (event: unknown): string => (typeof event === 'string' ? event : JSON.stringify(event));
  const { service } = parseArn(Target);
  switch (service) {
    case 'lambda': {
      const fireAndForget = TargetParameters.LambdaFunctionParameters?.InvocationType === 'FIRE_AND_FORGET';
      const answer = await invoke(cloud, pipe, Target, events, fireAndForget ? 'Event' : 'RequestResponse');
      return fireAndForget ? 'null' : answer;
    }
    case 'states':
      await cloud.gateway.call({
        service,
        action: 'StartExecution',
        input: { stateMachineArn: Target, input: JSON.stringify(events) },
        caller,
      });
      return 'null';
    case 'sqs':
      for (const event of events) {
        await cloud.gateway.call({
          service,
          action: 'SendMessage',
          input: {
            QueueUrl: queueUrlOf(Target),
            MessageBody: text(event),
            ...TargetParameters.SqsQueueParameters,
          },
          caller,
        });
      }
      return 'null';
    case 'events': {
      const { Source: source, DetailType, Resources } = TargetParameters.EventBridgeEventBusParameters ?? {};
      for (let from = 0; from < events.length; from += 10) {
        const answer = await cloud.gateway.call({
          service,
          action: 'PutEvents',
          input: {
            Entries: events.slice(from, from + 10).map((event) => ({
              EventBusName: Target,
              Source: source ?? `Pipe ${Name}`,
              DetailType: DetailType ?? `Event from aws:${parseArn(Source).service}`,
              Detail: text(event),
              ...(Resources === undefined ? {} : { Resources }),
            })),
          },
          caller,
        });
        if (answer.FailedEntryCount !== 0)
          throw new Error(`PutEvents refused entries: ${JSON.stringify(answer)}`);
      }
      return 'null';
    }
    default:
      throw new UnsupportedError(`the target ${Target}`);
  }
}
