import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext } from '../core/service.ts';
import {
  nextFiring,
  parseSchedule,
  type Schedule,
  ScheduleSyntaxError,
  timeZone,
} from '../scheduler/expression.ts';
import { findBus, pageOf } from './buses.ts';
import { checkTransformer, isPath } from './input-transformer.ts';
import {
  DEFAULT_BUS,
  type EventEnvelope,
  type inputs,
  MAX_TARGETS,
  type Rule,
  type Target,
  tagMap,
  targetSchema,
} from './model.ts';
import { parsePattern } from './pattern.ts';
import { busNameOf, isoSeconds, type Publisher } from './publisher.ts';
import type { EventsStore } from './store.ts';
import { needsRole, parseArn, targetCall } from './targets.ts';

type Input<K extends keyof typeof inputs> = z.infer<(typeof inputs)[K]>;
type Output = Record<string, unknown>;

const OWNER = 'events-schedule';

/** The API of rules and their targets, and the firing of rules that have a schedule. */
export class RuleAdministration {
  readonly #cloud: CloudContext;
  readonly #store: EventsStore;

  constructor(cloud: CloudContext, store: EventsStore, publisher: Publisher) {
    this.#cloud = cloud;
    this.#store = store;
    cloud.clock.on(OWNER, ({ key, due, payload }) => {
      const rule = store.ruleByArn(key);
      if (rule?.scheduleExpression === undefined || rule.state === 'DISABLED') return;
      publisher.deliver(rule, this.#scheduledEvent(rule, due));
      this.#arm(rule, typeof payload === 'number' ? payload : due);
    });
  }

  put(input: Input<'PutRule'>): Output {
    const bus = findBus(this.#store, input.EventBusName);
    if (input.EventPattern === undefined && input.ScheduleExpression === undefined) {
      throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    if (input.EventPattern !== undefined) parsePattern(input.EventPattern);
    if (input.ScheduleExpression !== undefined) {
      if (bus.name !== DEFAULT_BUS) {
        throw invalid('ScheduleExpression is supported only on the default event bus.');
      }
      readSchedule(input.ScheduleExpression);
    }
    const existing = this.#store.rule(bus.name, input.Name);
    const path = bus.name === DEFAULT_BUS ? input.Name : `${bus.name}/${input.Name}`;
    const rule: Rule = {
      name: input.Name,
      bus: bus.name,
      arn: `arn:aws:events:${this.#cloud.region}:${this.#cloud.account}:rule/${path}`,
      description: input.Description,
      roleArn: input.RoleArn,
      eventPattern: input.EventPattern,
      scheduleExpression: input.ScheduleExpression,
      state: input.State ?? 'ENABLED',
      tags: existing?.tags ?? tagMap(input.Tags),
      targets: existing?.targets ?? [],
    };
    this.#save(rule, existing);
    return { RuleArn: rule.arn };
  }

  describe(input: Input<'rule'>): Output {
    return { ...overview(this.#find(input.Name, input.EventBusName)), CreatedBy: this.#cloud.account };
  }

  delete(input: Input<'rule'>): Output {
    const bus = busNameOf(input.EventBusName);
    const rule = this.#store.rule(bus, input.Name);
    if (rule === undefined) return {};
    if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
    this.#cloud.journal.transaction(() => {
      this.#store.deleteRule(bus, input.Name);
      this.#cloud.clock.cancel(OWNER, rule.arn);
    });
    return {};
  }

  setState(input: Input<'rule'>, state: 'ENABLED' | 'DISABLED'): Output {
    const rule = this.#find(input.Name, input.EventBusName);
    this.#save({ ...rule, state }, rule);
    return {};
  }

  list(input: Input<'ListRules'>): Output {
    const bus = findBus(this.#store, input.EventBusName);
    const rules = this.#store.rules(bus.name).map(({ rule }) => rule);
    const matching = rules.filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, NextToken } = pageOf(matching, input);
    return { Rules: items.map(overview), NextToken };
  }

  /** Entries that AWS refuses by themselves come back as failed; what is wrong with the call is thrown. */
  putTargets(input: Input<'PutTargets'>): Output {
    const rule = this.#find(input.Rule, input.EventBusName);
    const given = input.Targets.map((target) => parseInput('PutTargets', targetSchema, target));
    for (const target of given) this.#checkTarget(target);
    const replaced = new Set(given.map(({ Id }) => Id));
    const targets = [...rule.targets.filter(({ Id }) => !replaced.has(Id)), ...given];
    if (targets.length > MAX_TARGETS) {
      throw new ServiceError(
        'LimitExceededException',
        `The requested resource exceeds the maximum number allowed: ${MAX_TARGETS} targets of a rule.`,
      );
    }
    this.#store.saveRule({ ...rule, targets });
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  removeTargets(input: Input<'RemoveTargets'>): Output {
    const rule = this.#find(input.Rule, input.EventBusName);
    const failed = input.Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
    this.#store.saveRule({ ...rule, targets: rule.targets.filter(({ Id }) => !input.Ids.includes(Id)) });
    return {
      FailedEntryCount: failed.length,
      FailedEntries: failed.map((TargetId) => ({
        TargetId,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
      })),
    };
  }

  listTargets(input: Input<'ListTargetsByRule'>): Output {
    const rule = this.#find(input.Rule, input.EventBusName);
    const { items, NextToken } = pageOf(rule.targets, input);
    return { Targets: items, NextToken };
  }

  listByTarget(input: Input<'ListRuleNamesByTarget'>): Output {
    const rules = this.#store.rules(findBus(this.#store, input.EventBusName).name);
    const names = rules
      .filter(({ rule }) => rule.targets.some(({ Arn }) => Arn === input.TargetArn))
      .map(({ rule }) => rule.name);
    const { items, NextToken } = pageOf(names, input);
    return { RuleNames: items, NextToken };
  }

  /** Saves a rule and, where its schedule or state changed, sets its timer anew. */
  #save(rule: Rule, existing: Rule | undefined): void {
    this.#cloud.journal.transaction(() => {
      this.#store.saveRule(rule);
      const same = existing?.scheduleExpression === rule.scheduleExpression && existing?.state === rule.state;
      if (same) return;
      this.#cloud.clock.cancel(OWNER, rule.arn);
      if (rule.state !== 'DISABLED') this.#arm(rule, this.#cloud.clock.now());
    });
  }

  /** @param anchor when a rate began: unlike a schedule's, a rule's first firing is one period later */
  #arm(rule: Rule, anchor: number): void {
    const utc = timeZone('UTC');
    if (rule.scheduleExpression === undefined || utc === undefined) return;
    const now = this.#cloud.clock.now();
    const due = nextFiring(readSchedule(rule.scheduleExpression), utc, Math.max(now, anchor), anchor);
    if (due !== undefined) this.#cloud.clock.set(OWNER, rule.arn, due, anchor);
  }

  #scheduledEvent(rule: Rule, time: number): EventEnvelope {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.#cloud.account,
      time: isoSeconds(time),
      region: this.#cloud.region,
      resources: [rule.arn],
      detail: {},
    };
  }

  #checkTarget(target: Target): void {
    const inputs = [target.Input, target.InputPath, target.InputTransformer];
    if (inputs.filter((one) => one !== undefined).length > 1) {
      throw invalid(
        `Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`,
      );
    }
    parseArn(target.Arn);
    if (needsRole(target.Arn) && target.RoleArn === undefined) {
      throw invalid(`RoleArn is required for target ${target.Arn}.`);
    }
    if (target.Input !== undefined && !isJson(target.Input)) {
      throw invalid(`Parameter Input is not valid. Reason: ${target.Id} has an Input that is no JSON.`);
    }
    if (target.InputPath !== undefined && !isPath(target.InputPath)) {
      throw invalid(`Invalid JsonPath ${target.InputPath} of target ${target.Id}.`);
    }
    const refused =
      target.InputTransformer === undefined ? undefined : checkTransformer(target.InputTransformer);
    if (refused !== undefined) {
      throw invalid(`Invalid InputTemplate for target ${target.Id} : ${refused}`);
    }
    targetCall({ arn: target.Arn, roleArn: target.RoleArn }, '{}', { kind: 'root' });
  }

  #find(name: string, busName: string | undefined): Rule {
    const bus = findBus(this.#store, busName);
    const rule = this.#store.rule(bus.name, name);
    if (rule === undefined) {
      throw new ServiceError(
        'ResourceNotFoundException',
        `Rule ${name} does not exist on EventBus ${bus.name}.`,
      );
    }
    return rule;
  }
}

function readSchedule(expression: string): Schedule {
  try {
    const schedule = parseSchedule(expression);
    if (schedule.kind !== 'at') return schedule;
  } catch (error) {
    if (!(error instanceof ScheduleSyntaxError)) throw error;
  }
  throw invalid('Parameter ScheduleExpression is not valid.');
}

function overview(rule: Rule): Output {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.eventPattern,
    ScheduleExpression: rule.scheduleExpression,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: rule.bus,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
