import type * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext } from '../core/service.ts';
import { DeliveryQueue } from '../events/deliveries.ts';
import { performCall } from '../events/targets.ts';
import type { RestRequest, RestResponse, RestService } from '../gateway/rest.ts';
import { withAttempt } from './firing.ts';
import { DEFAULT_GROUP, type Definition, type Group, inputs, type StoredSchedule } from './model.ts';
import { handleSchedulerHttp } from './rest.ts';
import { Schedules } from './schedules.ts';
import { SchedulerStore } from './store.ts';

type Output = Record<string, unknown>;

export interface SchedulerService extends RestService {
  /**
   * Goes on with deliveries that an earlier process left, and drops the schedules that were provisioned once and are
   * no longer; call when every service is registered and the templates are provisioned.
   */
  resume(): void;
  /** Begins no more deliveries, and resolves when those begun are done. */
  stop(): Promise<void>;
  /** Creates a template's schedule or brings it up to date. @returns its ARN */
  provisionSchedule(definition: Definition): string;
  provisionGroup(name: string, tags: Readonly<Record<string, string>>): Group;
  /** Firings by schedule and result, since the store was created. */
  statistics(): Record<string, unknown>;
}

/** EventBridge Scheduler. After a time when nothing ran, a schedule that fell due fires once. */
export function createSchedulerService(cloud: CloudContext): SchedulerService {
  const store = new SchedulerStore(cloud.journal);
  const deliveries = new DeliveryQueue(cloud, {
    name: 'scheduler',
    targetCodes: true,
    async perform(call, attempt) {
      const ready = withAttempt(call, attempt);
      if (ready.kind !== 'call') throw new UnsupportedError(`a schedule's delivery of kind ${ready.kind}`);
      await performCall(cloud, ready);
    },
    onResult: (delivery, result) => store.count(delivery.origin, result),
  });
  const schedules = new Schedules(cloud, store, deliveries);
  if (store.group(DEFAULT_GROUP) === undefined) saveGroup(DEFAULT_GROUP, {});

  function saveGroup(name: string, tags: Readonly<Record<string, string>>): Group {
    const now = cloud.clock.now();
    const arn = `arn:aws:scheduler:${cloud.region}:${cloud.account}:schedule-group/${name}`;
    const group: Group = { name, arn, created: now, modified: now, tags };
    store.saveGroup(group);
    return group;
  }

  function groupOf(name: string): Group {
    const group = store.group(name);
    if (group === undefined) throw notFound(`Schedule group ${name}`);
    return group;
  }

  function scheduleOf(input: z.infer<typeof inputs.schedule>): StoredSchedule {
    const schedule = store.schedule(input.GroupName, input.Name);
    if (schedule === undefined) throw notFound(`Schedule ${input.Name}`);
    return schedule;
  }

  function saveSchedule(input: z.infer<typeof inputs.definition>, isNew: boolean): Output {
    const { ClientToken: _token, ...definition } = input;
    groupOf(definition.GroupName);
    const existing = store.schedule(definition.GroupName, definition.Name);
    if (isNew && existing !== undefined) {
      throw new ServiceError('ConflictException', `Schedule ${definition.Name} already exists.`, 409);
    }
    if (!isNew && existing === undefined) throw notFound(`Schedule ${definition.Name}`);
    return { ScheduleArn: schedules.save(definition).arn };
  }

  function deleteGroup(name: string): Output {
    if (name === DEFAULT_GROUP) {
      throw new ServiceError('ValidationException', 'The default schedule group cannot be deleted.');
    }
    groupOf(name);
    for (const schedule of store.schedules()) {
      if (schedule.definition.GroupName === name) schedules.delete(schedule);
    }
    store.deleteGroup(name);
    return {};
  }

  function retag(arn: string, change: (tags: Group['tags']) => Group['tags']): Output {
    const group = groupByArn(arn);
    store.saveGroup({ ...group, tags: change(group.tags) });
    return {};
  }

  function groupByArn(arn: string): Group {
    const group = store.groups().find((one) => one.arn === arn);
    if (group === undefined) throw notFound(`Resource ${arn}`);
    return group;
  }

  async function call(action: string, input: Record<string, unknown>): Promise<Output> {
    switch (action) {
      case 'CreateSchedule':
        return saveSchedule(parseInput(action, inputs.definition, input), true);
      case 'UpdateSchedule':
        return saveSchedule(parseInput(action, inputs.definition, input), false);
      case 'GetSchedule':
        return describe(scheduleOf(parseInput(action, inputs.schedule, input)));
      case 'DeleteSchedule':
        schedules.delete(scheduleOf(parseInput(action, inputs.schedule, input)));
        return {};
      case 'ListSchedules': {
        const call = parseInput(action, inputs.ListSchedules, input);
        const matching = store
          .schedules()
          .filter(
            ({ definition }) =>
              (call.GroupName === undefined || definition.GroupName === call.GroupName) &&
              (call.State === undefined || definition.State === call.State) &&
              definition.Name.startsWith(call.NamePrefix ?? ''),
          );
        const { items, NextToken } = pageOf(matching, call);
        return { Schedules: items.map(summary), NextToken };
      }
      case 'CreateScheduleGroup': {
        const { Name, Tags = [] } = parseInput(action, inputs.CreateScheduleGroup, input);
        if (store.group(Name) !== undefined) {
          throw new ServiceError('ConflictException', `Schedule group ${Name} already exists.`, 409);
        }
        const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
        return { ScheduleGroupArn: saveGroup(Name, tags).arn };
      }
      case 'GetScheduleGroup':
        return describeGroup(groupOf(parseInput(action, inputs.group, input).Name));
      case 'DeleteScheduleGroup':
        return deleteGroup(parseInput(action, inputs.group, input).Name);
      case 'ListScheduleGroups': {
        const call = parseInput(action, inputs.ListScheduleGroups, input);
        const matching = store.groups().filter(({ name }) => name.startsWith(call.NamePrefix ?? ''));
        const { items, NextToken } = pageOf(matching, call);
        return { ScheduleGroups: items.map(describeGroup), NextToken };
      }
      case 'TagResource': {
        const { ResourceArn, Tags } = parseInput(action, inputs.TagResource, input);
        const added = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
        return retag(ResourceArn, (tags) => ({ ...tags, ...added }));
      }
      case 'UntagResource': {
        const { ResourceArn, TagKeys } = parseInput(action, inputs.UntagResource, input);
        return retag(ResourceArn, (tags) =>
          Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
        );
      }
      case 'ListTagsForResource': {
        const { tags } = groupByArn(parseInput(action, inputs.ListTagsForResource, input).ResourceArn);
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      }
      default:
        throw new UnsupportedError(`scheduler ${action}`);
    }
  }

  return {
    name: 'scheduler',
    call,
    handleHttp: (request: RestRequest): Promise<RestResponse> => handleSchedulerHttp(request, call),
    resume() {
      schedules.dropForgotten();
      deliveries.resume();
    },
    stop: () => deliveries.stop(),
    provisionSchedule(definition) {
      groupOf(definition.GroupName);
      return schedules.provision(definition);
    },
    provisionGroup: (name, tags) => store.group(name) ?? saveGroup(name, tags),
    statistics: () => ({ deliveries: store.statistics(), open: deliveries.counts() }),
  };
}

function describe({ definition, arn, created, modified }: StoredSchedule): Output {
  const { StartDate, EndDate, ...rest } = definition;
  return {
    ...rest,
    Arn: arn,
    StartDate: StartDate === undefined ? undefined : new Date(StartDate),
    EndDate: EndDate === undefined ? undefined : new Date(EndDate),
    CreationDate: new Date(created),
    LastModificationDate: new Date(modified),
  };
}

function summary({ definition, arn, created, modified }: StoredSchedule): Output {
  return {
    Arn: arn,
    Name: definition.Name,
    GroupName: definition.GroupName,
    State: definition.State,
    CreationDate: new Date(created),
    LastModificationDate: new Date(modified),
    Target: { Arn: definition.Target.Arn },
  };
}

function describeGroup({ name, arn, created, modified }: Group): Output {
  return {
    Arn: arn,
    Name: name,
    State: 'ACTIVE',
    CreationDate: new Date(created),
    LastModificationDate: new Date(modified),
  };
}

function pageOf<T>(
  items: readonly T[],
  {
    MaxResults,
    NextToken,
  }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: readonly T[]; readonly NextToken: string | undefined } {
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  const to = from + (MaxResults ?? 100);
  return {
    items: items.slice(from, to),
    NextToken: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined,
  };
}

function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `${what} does not exist.`, 404);
}
