import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { Caller, CloudContext, Service } from '../core/service.ts';
import { BusAdministration } from './buses.ts';
import { DeliveryQueue } from './deliveries.ts';
import { isJsonObject, parseJson } from './json.ts';
import { envelopeSchema, inputs, tagList, tagMap } from './model.ts';
import { flattenEvent, matchesFields, parsePattern } from './pattern.ts';
import { Publisher } from './publisher.ts';
import { RuleAdministration } from './rules.ts';
import { EventsStore } from './store.ts';
import { performCall } from './targets.ts';

export interface EventsOptions {
  /** Appends what a rule sends to a log group; without it the lines go to the cloud's own log. */
  readonly writeLog?: (group: string, line: string) => void;
}

export interface EventsService extends Service {
  /**
   * Goes on with deliveries that an earlier process left, and drops the rules that were provisioned once and are no
   * longer; call when every service is registered and the templates are provisioned.
   */
  resume(): void;
  /** Says that a rule is a template's. */
  keepProvisioned(ruleArn: string): void;
  /** Begins no more deliveries, and resolves when those begun are done. */
  stop(): Promise<void>;
  /** Puts one statement into a bus's policy, in place of the one of the same Sid. */
  putStatement(bus: string | undefined, statement: Readonly<Record<string, unknown>>): void;
  /** Events by detail-type and bus, deliveries by rule and result, since the store was created. */
  statistics(): Record<string, unknown>;
}

/** EventBridge: buses, rules, targets, durable deliveries with retries and dead-letter queues. */
export function createEventsService(cloud: CloudContext, options: EventsOptions = {}): EventsService {
  const store = new EventsStore(cloud.journal);
  const writeLog = options.writeLog ?? ((group, line) => cloud.log(`events to ${group}`, line));
  const deliveries = new DeliveryQueue(cloud, {
    name: 'events',
    async perform(call) {
      switch (call.kind) {
        case 'call':
          return performCall(cloud, call);
        case 'bus':
          return forward(call.bus, call.event);
        case 'log':
          return writeLog(call.group, call.line);
      }
    },
    onResult: (delivery, result) => store.count('delivery', delivery.origin, result),
  });
  const publisher = new Publisher(cloud, store, deliveries);
  const buses = new BusAdministration(cloud, store);
  const rules = new RuleAdministration(cloud, store, publisher);
  const kept = new Set<string>();

  function forward(bus: string, event: string): void {
    if (store.bus(bus) === undefined) {
      throw new ServiceError('ResourceNotFoundException', `Event bus ${bus} does not exist.`, 404);
    }
    publisher.publish(bus, envelopeSchema.parse(JSON.parse(event)), parseJson(event));
  }

  async function call(
    action: string,
    input: Record<string, unknown>,
    caller: Caller,
  ): Promise<Record<string, unknown>> {
    switch (action) {
      case 'PutEvents':
        return publisher.putEntries(parseInput(action, inputs.PutEvents, input).Entries, caller);
      case 'TestEventPattern':
        return testPattern(input);
      case 'PutRule':
        return rules.put(parseInput(action, inputs.PutRule, input));
      case 'DescribeRule':
        return rules.describe(parseInput(action, inputs.rule, input));
      case 'DeleteRule':
        return rules.delete(parseInput(action, inputs.rule, input));
      case 'EnableRule':
        return rules.setState(parseInput(action, inputs.rule, input), 'ENABLED');
      case 'DisableRule':
        return rules.setState(parseInput(action, inputs.rule, input), 'DISABLED');
      case 'ListRules':
        return rules.list(parseInput(action, inputs.ListRules, input));
      case 'PutTargets':
        return rules.putTargets(parseInput(action, inputs.PutTargets, input));
      case 'RemoveTargets':
        return rules.removeTargets(parseInput(action, inputs.RemoveTargets, input));
      case 'ListTargetsByRule':
        return rules.listTargets(parseInput(action, inputs.ListTargetsByRule, input));
      case 'ListRuleNamesByTarget':
        return rules.listByTarget(parseInput(action, inputs.ListRuleNamesByTarget, input));
      case 'CreateEventBus':
        return buses.create(parseInput(action, inputs.CreateEventBus, input));
      case 'UpdateEventBus':
        return buses.update(parseInput(action, inputs.UpdateEventBus, input));
      case 'DeleteEventBus':
        return buses.delete(parseInput(action, inputs.bus, input).Name);
      case 'DescribeEventBus':
        return buses.describe(parseInput(action, inputs.bus, input).Name);
      case 'ListEventBuses':
        return buses.list(parseInput(action, inputs.ListEventBuses, input));
      case 'PutPermission':
        return buses.putPermission(parseInput(action, inputs.PutPermission, input));
      case 'RemovePermission':
        return buses.removePermission(parseInput(action, inputs.RemovePermission, input));
      case 'TagResource': {
        const { ResourceARN, Tags } = parseInput(action, inputs.TagResource, input);
        return retag(ResourceARN, (tags) => ({ ...tags, ...tagMap(Tags) }));
      }
      case 'UntagResource': {
        const { ResourceARN, TagKeys } = parseInput(action, inputs.UntagResource, input);
        return retag(ResourceARN, (tags) =>
          Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
        );
      }
      case 'ListTagsForResource':
        return {
          Tags: tagList(tagged(parseInput(action, inputs.ListTagsForResource, input).ResourceARN).tags),
        };
      default:
        throw new UnsupportedError(`events ${action}`);
    }
  }

  function tagged(arn: string) {
    const found = store.ruleByArn(arn) ?? store.buses().find((bus) => bus.arn === arn);
    if (found === undefined) {
      throw new ServiceError('ResourceNotFoundException', `Resource ${arn} does not exist.`);
    }
    return found;
  }

  function retag(
    arn: string,
    change: (tags: Readonly<Record<string, string>>) => Record<string, string>,
  ): Record<string, unknown> {
    const found = tagged(arn);
    const tags = change(found.tags);
    if ('targets' in found) store.saveRule({ ...found, tags });
    else store.saveBus({ ...found, tags });
    return {};
  }

  function dropForgotten(): void {
    for (const arn of store.provisioned().filter((one) => !kept.has(one))) {
      const rule = store.ruleByArn(arn);
      cloud.journal.transaction(() => {
        store.unmarkProvisioned(arn);
        if (rule === undefined) return;
        store.saveRule({ ...rule, targets: [] });
        rules.delete({ Name: rule.name, EventBusName: rule.bus });
      });
    }
  }

  function testPattern(input: Record<string, unknown>): Record<string, unknown> {
    const { EventPattern, Event } = parseInput('TestEventPattern', inputs.TestEventPattern, input);
    const pattern = parsePattern(EventPattern);
    return { Result: matchesFields(pattern, flattenEvent(testedEvent(Event))) };
  }

  return {
    name: 'events',
    call,
    resume() {
      if (kept.size > 0) dropForgotten();
      deliveries.resume();
    },
    keepProvisioned(ruleArn) {
      kept.add(ruleArn);
      store.markProvisioned(ruleArn);
    },
    stop: () => deliveries.stop(),
    putStatement: (bus, statement) => buses.putStatement(bus, statement),
    statistics: () => ({
      events: store.statistics('event'),
      deliveries: store.statistics('delivery'),
      open: deliveries.counts(),
    }),
  };
}

/** The event of TestEventPattern. AWS documents `resources` as mandatory too, but does not ask for it. */
function testedEvent(text: string): Record<string, unknown> {
  const event = tryJson(text);
  if (!isJsonObject(event)) throw invalidEvent('it is not a JSON object');
  for (const name of ['id', 'account', 'source', 'time', 'region', 'detail-type']) {
    if (!Object.hasOwn(event, name)) throw invalidEvent(`${name} is missing`);
  }
  return event;
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function invalidEvent(reason: string): ServiceError {
  return new ServiceError('ValidationException', `Parameter Event is not valid. Reason: ${reason}.`);
}
