import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import { type Bus, DEFAULT_BUS, type inputs, tagMap } from './model.ts';
import { busNameOf } from './publisher.ts';
import type { EventsStore } from './store.ts';

type Input<K extends keyof typeof inputs> = z.infer<(typeof inputs)[K]>;
type Output = Record<string, unknown>;

/** The API of event buses. */
export class BusAdministration {
  readonly #cloud: CloudContext;
  readonly #store: EventsStore;

  constructor(cloud: CloudContext, store: EventsStore) {
    this.#cloud = cloud;
    this.#store = store;
    if (store.bus(DEFAULT_BUS) === undefined) store.saveBus(this.#newBus(DEFAULT_BUS));
  }

  create(input: Input<'CreateEventBus'>): Output {
    if (this.#store.bus(input.Name) !== undefined) {
      throw new ServiceError('ResourceAlreadyExistsException', `Event bus ${input.Name} already exists.`);
    }
    const bus: Bus = { ...this.#newBus(input.Name), ...settings(input), tags: tagMap(input.Tags) };
    this.#store.saveBus(bus);
    return {
      EventBusArn: bus.arn,
      Description: bus.description,
      KmsKeyIdentifier: bus.kmsKeyIdentifier,
      DeadLetterConfig: input.DeadLetterConfig,
      LogConfig: bus.logConfig,
    };
  }

  update(input: Input<'UpdateEventBus'>): Output {
    const bus = this.#find(input.Name);
    const updated: Bus = { ...bus, ...settings(input), modified: this.#cloud.clock.now() };
    this.#store.saveBus(updated);
    return { Arn: bus.arn, Name: bus.name, ...shown(updated) };
  }

  delete(name: string | undefined): Output {
    const found = busNameOf(name);
    if (found === DEFAULT_BUS) {
      throw new ServiceError('ValidationException', `Cannot delete event bus ${DEFAULT_BUS}.`);
    }
    if (this.#store.rules(found).length > 0) {
      throw new ServiceError('ValidationException', `Event bus can't be deleted since it has rules.`);
    }
    this.#store.deleteBus(found);
    return {};
  }

  describe(name: string | undefined): Output {
    return overview(this.#find(name));
  }

  list(input: Input<'ListEventBuses'>): Output {
    const matching = this.#store.buses().filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
    const { items, NextToken } = pageOf(matching, input);
    return { EventBuses: items.map(overview), NextToken };
  }

  putPermission(input: Input<'PutPermission'>): Output {
    const bus = this.#find(input.EventBusName);
    if (input.Policy === undefined) this.putStatement(bus.name, statementOf(bus, input));
    else this.#store.saveBus({ ...bus, policy: input.Policy });
    return {};
  }

  /** Adds a statement to a bus's policy, in place of the one of the same Sid. */
  putStatement(name: string | undefined, statement: Readonly<Record<string, unknown>>): void {
    const bus = this.#find(name);
    const others = statementsOf(bus).filter(({ Sid }) => Sid !== statement.Sid);
    this.#store.saveBus({ ...bus, policy: policyOf([...others, statement]) });
  }

  removePermission(input: Input<'RemovePermission'>): Output {
    const bus = this.#find(input.EventBusName);
    const kept = statementsOf(bus).filter(
      ({ Sid }) => input.RemoveAllPermissions !== true && Sid !== input.StatementId,
    );
    this.#store.saveBus({ ...bus, policy: kept.length === 0 ? undefined : policyOf(kept) });
    return {};
  }

  #newBus(name: string): Bus {
    const now = this.#cloud.clock.now();
    return { name, arn: busArn(this.#cloud, name), tags: {}, created: now, modified: now };
  }

  #find(name: string | undefined): Bus {
    return findBus(this.#store, name);
  }
}

export function busArn(cloud: CloudContext, name: string): string {
  return `arn:aws:events:${cloud.region}:${cloud.account}:event-bus/${name}`;
}

/** @throws ServiceError ResourceNotFoundException */
export function findBus(store: EventsStore, nameOrArn: string | undefined): Bus {
  const name = busNameOf(nameOrArn);
  const bus = store.bus(name);
  if (bus === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }
  return bus;
}

/** One page of a list; the token says how many items came before. */
export function pageOf<T>(
  items: readonly T[],
  { Limit, NextToken }: { readonly Limit?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: readonly T[]; readonly NextToken: string | undefined } {
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  const to = from + (Limit ?? 100);
  return {
    items: items.slice(from, to),
    NextToken: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined,
  };
}

function settings(input: Input<'UpdateEventBus'>): Partial<Bus> {
  return {
    description: input.Description,
    kmsKeyIdentifier: input.KmsKeyIdentifier,
    deadLetterArn: input.DeadLetterConfig?.Arn,
    logConfig:
      input.LogConfig === undefined
        ? undefined
        : {
            IncludeDetail: input.LogConfig.IncludeDetail ?? 'NONE',
            Level: input.LogConfig.Level ?? 'OFF',
          },
  };
}

function shown(bus: Bus): Output {
  return {
    Description: bus.description,
    KmsKeyIdentifier: bus.kmsKeyIdentifier,
    DeadLetterConfig: bus.deadLetterArn === undefined ? undefined : { Arn: bus.deadLetterArn },
    LogConfig: bus.logConfig,
  };
}

function overview(bus: Bus): Output {
  return {
    Name: bus.name,
    Arn: bus.arn,
    ...shown(bus),
    Policy: bus.policy,
    CreationTime: new Date(bus.created),
    LastModifiedTime: new Date(bus.modified),
  };
}

function statementOf(bus: Bus, input: Input<'PutPermission'>): Record<string, unknown> {
  const { StatementId, Action, Principal, Condition } = input;
  if (StatementId === undefined || Action === undefined || Principal === undefined) {
    throw new ServiceError('ValidationException', 'StatementId, Action and Principal are required.');
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: bus.arn,
    ...(Condition === undefined
      ? {}
      : { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
}

const policySchema = z.object({ Statement: z.array(z.record(z.string(), z.unknown())) });

function statementsOf(bus: Bus): Readonly<Record<string, unknown>>[] {
  return bus.policy === undefined ? [] : policySchema.parse(JSON.parse(bus.policy)).Statement;
}

function policyOf(statements: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
