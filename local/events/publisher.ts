import { randomUUID } from 'node:crypto';
import { ServiceError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import { DEFAULT_RETRY, type DeliveryQueue } from './deliveries.ts';
import { targetInput } from './input-transformer.ts';
import { isJsonObject, parseJson } from './json.ts';
import {
  DEFAULT_BUS,
  type Entry,
  type EventEnvelope,
  MAX_CALL_BYTES,
  type Rule,
  type Target,
} from './model.ts';
import { flattenEvent, matchesFields } from './pattern.ts';
import type { EventsStore } from './store.ts';
import { targetCall } from './targets.ts';

/** An ISO 8601 instant to the second, as events carry it. */
export function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The bus of a name or ARN. */
export function busNameOf(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined) return DEFAULT_BUS;
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('event-bus/') + 10) : nameOrArn;
}

/** Turns entries into events, and events into the deliveries of the rules that match. */
export class Publisher {
  readonly #cloud: CloudContext;
  readonly #store: EventsStore;
  readonly #deliveries: DeliveryQueue;

  constructor(cloud: CloudContext, store: EventsStore, deliveries: DeliveryQueue) {
    this.#cloud = cloud;
    this.#store = store;
    this.#deliveries = deliveries;
  }

  /**
   * PutEvents: what matches is committed as a delivery before the call is answered. Only services of the cloud itself
   * may speak as one (`aws.` sources). @returns the call's output
   */
  putEntries(entries: readonly Entry[], caller: Caller): Record<string, unknown> {
    if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAX_CALL_BYTES) {
      throw new ServiceError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
        413,
      );
    }
    const results = this.#cloud.journal.transaction(() =>
      entries.map((entry) => this.#putEntry(entry, caller.kind === 'service')),
    );
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  /** Hands an event to the rules of a bus. */
  publish(bus: string, event: EventEnvelope, matched: unknown = event): void {
    this.#cloud.journal.transaction(() => {
      this.#store.count('event', event['detail-type'], bus);
      const fields = flattenEvent(matched);
      for (const { rule, pattern } of this.#store.rules(bus)) {
        if (rule.state !== 'DISABLED' && pattern !== undefined && matchesFields(pattern, fields)) {
          this.deliver(rule, event);
        }
      }
    });
  }

  /** Hands an event to every target of a rule. */
  deliver(rule: Rule, event: EventEnvelope): void {
    for (const target of rule.targets) this.#deliverTo(rule, target, event);
  }

  #deliverTo(rule: Rule, target: Target, event: EventEnvelope): void {
    const self: Caller = { kind: 'service', service: 'events.amazonaws.com', sourceArn: rule.arn };
    const body = JSON.stringify(event);
    const toBus = target.Arn.includes(':event-bus/');
    const input = toBus
      ? body
      : targetInput(target, {
          event,
          ruleArn: rule.arn,
          ruleName: rule.name,
          ingestionTime: isoSeconds(this.#cloud.clock.now()),
        });
    const queueArn = target.DeadLetterConfig?.Arn;
    const spec = {
      arn: target.Arn,
      roleArn: target.RoleArn,
      messageGroupId: target.SqsParameters?.MessageGroupId,
    };
    this.#deliveries.add({
      origin: rule.arn,
      call: targetCall(spec, input, self),
      retry: {
        maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY.maximumRetryAttempts,
        maximumEventAgeInSeconds:
          target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_RETRY.maximumEventAgeInSeconds,
      },
      ...(queueArn === undefined
        ? {}
        : {
            deadLetter: {
              queueArn,
              body,
              attributes: { RULE_ARN: rule.arn, TARGET_ARN: target.Arn },
              caller: self,
            },
          }),
    });
  }

  #putEntry(entry: Entry, byService: boolean): Record<string, unknown> {
    const refused = refusalOf(entry, byService);
    if (refused !== undefined) return refused;
    const detail = parseDetail(entry.Detail ?? '');
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const { clock, account, region } = this.#cloud;
    const event: EventEnvelope = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account,
      time: isoSeconds(entry.Time?.getTime() ?? clock.now()),
      region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? ''),
    };
    const bus = busNameOf(entry.EventBusName);
    // AWS answers with an event id and forgets the event: here somebody wants to know.
    if (this.#store.bus(bus) === undefined) {
      this.#cloud.log('events', `an event ${event['detail-type']} was put to ${bus}, which does not exist`);
    } else {
      this.publish(bus, event, { ...event, detail });
    }
    return { EventId: event.id };
  }
}

function refusalOf(entry: Entry, byService: boolean): Record<string, unknown> | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name] === undefined || entry[name] === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (entry.Source?.startsWith('aws.') === true && !byService) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  }
  if ((entry.DetailType?.length ?? 0) > 128) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.',
    };
  }
  return undefined;
}

function parseDetail(text: string): Record<string, unknown> | undefined {
  try {
    const detail = parseJson(text);
    return isJsonObject(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of an entry as EventBridge counts them ("Calculating Amazon EventBridge PutEvents event entry size"). */
function sizeOf(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const time = entry.Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), time);
}
