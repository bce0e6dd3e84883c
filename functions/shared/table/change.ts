import {
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { monotonicFactory } from 'ulid';
import * as z from 'zod';
import type { DomainEvent } from '../events/catalogue.ts';
import { requireEnv } from '../runtime/env.ts';
import { ConcurrentChangeError, NotFoundError } from '../runtime/errors.ts';
import { parse } from '../runtime/parse.ts';
import { dynamodb } from './client.ts';
import { type Key, queueIndex } from './keys.ts';
import { readItem } from './read-items.ts';

const ulid = monotonicFactory();
const ATTEMPTS = 6;
const EVENT_LIFETIME_SECONDS = 90 * 24 * 3600;
const CONDITION_FAILED = 'ConditionalCheckFailed';

/** Who does it: a person's id, or the machine or schedule that acts by the programme's rules. */
export interface Actor {
  readonly kind: 'person' | 'system';
  readonly id: string;
}

/** Fields that every stored record carries beside its own. `version` counts its changes. */
export const storedFields = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number().int().positive(),
});

/** A record as read, its own schema's fields with the stored ones. */
export type Stored<T> = T & z.output<typeof storedFields>;

/** One write beside the changed record in the same transaction. */
export type ExtraWrite =
  | {
      readonly put: Record<string, unknown> & Key;
      readonly onlyIfAbsent?: boolean;
      /** Only over the record of this version. */
      readonly ifVersion?: number;
    }
  | { readonly delete: Key }
  | {
      /** Writes nothing: the whole transaction fails unless this record is as the condition says. */
      readonly check: Key;
      readonly condition: WriteCondition;
    }
  | {
      readonly update: Key;
      readonly set?: Record<string, unknown>;
      readonly add?: Record<string, number>;
      readonly remove?: readonly string[];
      readonly condition?: WriteCondition;
    };

/** A DynamoDB condition over `#name` placeholders of `names` and `:value` placeholders of `values`. */
export interface WriteCondition {
  readonly expression: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

/** What a rule decided: the record as it shall be, why, and what to tell the world. */
export interface Change<T> {
  /** The whole record without pk, sk, version; index attributes (roundKey, ...) included. */
  readonly next: T;
  readonly audit: { readonly action: string; readonly actor: Actor; readonly reason?: string };
  readonly events: readonly DomainEvent[];
  readonly also?: readonly ExtraWrite[];
  /** Names the error thrown when the extra write at this index fails its condition (a uniqueness, a full hub). */
  readonly refusals?: Readonly<Record<number, () => Error>>;
}

const table = (): string => requireEnv('PROGRAMME_TABLE');
const toItem = (value: Record<string, unknown>) => marshall(value, { removeUndefinedValues: true });

/** Reads one record; undefined where it is missing. Consistent; records read at the same time travel together. */
export async function read<S extends z.ZodType>(
  schema: S,
  key: Key,
): Promise<Stored<z.output<S>> | undefined> {
  const item = await readItem(key);
  return item === undefined ? undefined : parseStored(schema, item);
}

/** Reads one record; throws `NotFoundError` where it is missing. */
export async function readExisting<S extends z.ZodType>(schema: S, key: Key): Promise<Stored<z.output<S>>> {
  const record = await read(schema, key);
  if (record === undefined) throw new NotFoundError(`${key.pk} ${key.sk}`);
  return record;
}

/** Parses a stored item by its schema, keeping pk, sk and version. */
export function parseStored<S extends z.ZodType>(
  schema: S,
  item: Record<string, unknown>,
): Stored<z.output<S>> {
  const fields = parse('stored item', storedFields, { version: 1, ...item });
  const record = parse(`stored item ${fields.pk} ${fields.sk}`, schema, item);
  return Object.assign({}, record, fields);
}

/** Every item of a query, all pages; raw, because a collection holds items of several kinds. */
export async function queryAll(
  input: Omit<QueryCommandInput, 'TableName' | 'ExpressionAttributeValues'> & {
    values: Record<string, unknown>;
  },
): Promise<Record<string, unknown>[]> {
  const { values, ...rest } = input;
  const items: Record<string, unknown>[] = [];
  let start: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await dynamodb.send(
      new QueryCommand({
        ...rest,
        TableName: table(),
        ExpressionAttributeValues: toItem(values),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) items.push(unmarshall(item));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

/** All items of one collection whose sort key begins with `prefix`. Consistent. */
export function queryCollection(pk: string, prefix = ''): Promise<Record<string, unknown>[]> {
  return queryAll(
    prefix === ''
      ? { KeyConditionExpression: 'pk = :pk', values: { ':pk': pk }, ConsistentRead: true }
      : {
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          values: { ':pk': pk, ':prefix': prefix },
          ConsistentRead: true,
        },
  );
}

/** All items of an index partition; eventually consistent, so never the ground of a decision about one record. */
export function queryIndex(
  index: 'byRound' | 'byHub' | 'byPerson' | 'byQueue',
  partition: string,
  sortPrefix?: string,
): Promise<Record<string, unknown>[]> {
  const names = {
    byRound: ['roundKey', 'roundSort'],
    byHub: ['hubKey', 'hubSort'],
    byPerson: ['personKey', 'personSort'],
    byQueue: ['queueKey', 'queueSort'],
  } as const;
  const [pk, sk] = names[index];
  return queryAll(
    sortPrefix === undefined
      ? { IndexName: index, KeyConditionExpression: `${pk} = :pk`, values: { ':pk': partition } }
      : {
          IndexName: index,
          KeyConditionExpression: `${pk} = :pk AND begins_with(${sk}, :prefix)`,
          values: { ':pk': partition, ':prefix': sortPrefix },
        },
  );
}

/**
 * Creates a record with its audit entry and events in one transaction. Throws the error of `exists` where one is there
 * already (default `ConcurrentChangeError`).
 */
export async function create<T extends Record<string, unknown>>(
  key: Key,
  change: Change<T>,
  now: Date,
  exists: () => Error = () => new ConcurrentChangeError(`${key.pk} ${key.sk}`),
): Promise<Stored<T>> {
  const record = { ...change.next, ...key, version: 1 };
  const put = {
    Put: { TableName: table(), Item: toItem(record), ConditionExpression: 'attribute_not_exists(pk)' },
  };
  const failed = await commit(put, key, undefined, change, 1, now);
  if (failed === 'record') throw exists();
  if (failed !== undefined) throw failed;
  return record;
}

/**
 * Reads a record, lets `decide` say what becomes of it, and commits record, audit entry and events in one transaction
 * on the condition that nobody changed it meanwhile; decides again if somebody did. `decide` throws what it refuses
 * and returns undefined where there is nothing to do (the same request again). Idempotent as far as `decide` is.
 */
export async function change<T extends Record<string, unknown>>(
  schema: z.ZodType<T>,
  key: Key,
  now: Date,
  decide: (current: Stored<T>) => Promise<Change<T> | undefined> | Change<T> | undefined,
): Promise<Stored<T>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = await readExisting(schema, key);
    const decided = await decide(current);
    if (decided === undefined) return current;
    const version = current.version + 1;
    const record = { ...decided.next, ...key, version };
    const put = {
      Put: {
        TableName: table(),
        Item: toItem(record),
        ConditionExpression: 'version = :read',
        ExpressionAttributeValues: toItem({ ':read': current.version }),
      },
    };
    const failed = await commit(put, key, current, decided, version, now);
    if (failed === undefined) return parseStored(schema, record);
    if (failed !== 'record') throw failed;
  }
  throw new ConcurrentChangeError(`${key.pk} ${key.sk}`);
}

async function commit(
  first: TransactWriteItem,
  key: Key,
  before: Record<string, unknown> | undefined,
  decided: Change<Record<string, unknown>>,
  version: number,
  now: Date,
): Promise<undefined | 'record' | Error> {
  const also = (decided.also ?? []).map(toWrite);
  const items = [
    first,
    ...also,
    auditWrite(key, before, decided, version, now),
    ...eventWrites(key.pk, decided.events, version, now),
  ];
  try {
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
    return undefined;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    if (reasons[0]?.Code === CONDITION_FAILED) return 'record';
    const extra = reasons.findIndex(
      (reason, index) => index > 0 && index <= also.length && reason.Code === CONDITION_FAILED,
    );
    if (extra > 0)
      return (
        decided.refusals?.[extra - 1]?.() ??
        new ConcurrentChangeError(`${key.pk} ${key.sk}, write ${extra - 1}`)
      );
    if (reasons.some((reason) => reason.Code === 'TransactionConflict')) return 'record';
    throw error;
  }
}

function toWrite(write: ExtraWrite): TransactWriteItem {
  if ('put' in write) {
    return {
      Put: {
        TableName: table(),
        Item: toItem({ version: 1, ...write.put }),
        ...(write.onlyIfAbsent === true ? { ConditionExpression: 'attribute_not_exists(pk)' } : {}),
        ...(write.ifVersion === undefined
          ? {}
          : {
              ConditionExpression: 'version = :read',
              ExpressionAttributeValues: toItem({ ':read': write.ifVersion }),
            }),
      },
    };
  }
  if ('delete' in write) return { Delete: { TableName: table(), Key: toItem({ ...write.delete }) } };
  if ('check' in write) {
    const { expression, names, values } = write.condition;
    return {
      ConditionCheck: {
        TableName: table(),
        Key: toItem({ ...write.check }),
        ConditionExpression: expression,
        ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
        ...(values === undefined ? {} : { ExpressionAttributeValues: toItem(values) }),
      },
    };
  }
  const names: Record<string, string> = { ...write.condition?.names };
  const values: Record<string, unknown> = { ...write.condition?.values };
  const parts: Record<'SET' | 'ADD' | 'REMOVE', string[]> = { SET: [], ADD: [], REMOVE: [] };
  for (const [index, [name, value]] of Object.entries(write.set ?? {}).entries()) {
    names[`#s${index}`] = name;
    values[`:s${index}`] = value;
    parts.SET.push(`#s${index} = :s${index}`);
  }
  for (const [index, [name, value]] of Object.entries(write.add ?? {}).entries()) {
    names[`#a${index}`] = name;
    values[`:a${index}`] = value;
    parts.ADD.push(`#a${index} :a${index}`);
  }
  for (const [index, name] of (write.remove ?? []).entries()) {
    names[`#r${index}`] = name;
    parts.REMOVE.push(`#r${index}`);
  }
  return {
    Update: {
      TableName: table(),
      Key: toItem({ ...write.update }),
      UpdateExpression: Object.entries(parts)
        .filter(([, list]) => list.length > 0)
        .map(([verb, list]) => `${verb} ${list.join(', ')}`)
        .join(' '),
      ...(write.condition === undefined ? {} : { ConditionExpression: write.condition.expression }),
      ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: toItem(values) } : {}),
    },
  };
}

function auditWrite(
  key: Key,
  before: Record<string, unknown> | undefined,
  decided: Change<Record<string, unknown>>,
  version: number,
  now: Date,
): TransactWriteItem {
  return {
    Put: {
      TableName: table(),
      Item: toItem(auditItem(key, before, decided.next, decided.audit, version, now)),
    },
  };
}

function auditItem(
  key: Key,
  before: Record<string, unknown> | undefined,
  next: Record<string, unknown>,
  audit: Change<Record<string, unknown>>['audit'],
  version: number,
  now: Date,
): Record<string, unknown> & Key {
  const changed = differences(before ?? {}, next);
  return {
    pk: key.pk,
    sk: `AUDIT#${ulid(now.getTime())}`,
    record: key.sk,
    recordVersion: version,
    at: now.toISOString(),
    ...audit,
    before: JSON.stringify(changed.before),
    after: JSON.stringify(changed.after),
  };
}

/**
 * A second record that changes in the same transaction as the first, with its own audit entry: two writes for `also`,
 * the first of which fails where somebody changed the record since it was read.
 */
export function alsoChange<T extends Record<string, unknown>>(
  current: Stored<T>,
  next: T,
  audit: Change<T>['audit'],
  now: Date,
): readonly [ExtraWrite, ExtraWrite] {
  const key: Key = { pk: current.pk, sk: current.sk };
  const version = current.version + 1;
  return [
    { put: { ...next, ...key, version }, ifVersion: current.version },
    { put: auditItem(key, current, next, audit, version, now) },
  ];
}

/** A second record that comes into being in the same transaction, with its own audit entry; fails where one is there. */
export function alsoCreate(
  key: Key,
  record: Record<string, unknown>,
  audit: Change<Record<string, unknown>>['audit'],
  now: Date,
): readonly [ExtraWrite, ExtraWrite] {
  return [
    { put: { ...record, ...key }, onlyIfAbsent: true },
    { put: auditItem(key, undefined, record, audit, 1, now) },
  ];
}

function differences(before: Record<string, unknown>, after: Record<string, unknown>) {
  const changed: Record<'before' | 'after', Record<string, unknown>> = { before: {}, after: {} };
  const own = new Set(['pk', 'sk', 'version']);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (own.has(name) || JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    if (before[name] !== undefined) changed.before[name] = before[name];
    if (after[name] !== undefined) changed.after[name] = after[name];
  }
  return changed;
}

/** The outbox: items `EVENT#<ulid>`, in the queue OUTBOX until the publisher has put them on the bus. */
function eventWrites(
  pk: string,
  events: readonly DomainEvent[],
  version: number,
  now: Date,
): TransactWriteItem[] {
  return events.map((event) => {
    const eventId = ulid(now.getTime());
    return {
      Put: {
        TableName: table(),
        Item: toItem({
          pk: event.collection ?? pk,
          sk: `EVENT#${eventId}`,
          eventId,
          name: event.name,
          detail: JSON.stringify(event.detail),
          sequence: version,
          occurredAt: now.toISOString(),
          ttl: Math.floor(now.getTime() / 1000) + EVENT_LIFETIME_SECONDS,
          ...queueIndex('OUTBOX', now.toISOString()),
        }),
      },
    };
  });
}
