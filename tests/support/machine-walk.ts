import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../../local/core/errors.ts';
import type { Service } from '../../local/core/service.ts';
import {
  createTestCloud,
  type Execution,
  FunctionFailure,
  type TestCloud,
  type TestFunction,
} from '../integration/step-functions/cloud.ts';

type Item = Record<string, Record<string, string>>;

/** One machine on the local engine under a simulated clock, its functions plain functions of the test. */
export interface MachineWalk {
  readonly cloud: TestCloud;
  /** Starts an execution as the bus would and returns its ARN once it waits or has ended. */
  start(attempt?: number): Promise<string>;
  /** The wait's item as the machine stored it. */
  wait(): Item | undefined;
  /** Does what an event does: marks the wait and answers its token. */
  wake(): Promise<void>;
  /** Marks the wait alone, as an event does that comes before there is a token. */
  poke(): void;
  /** Lets a simulated time pass with all that falls due in it. */
  passUntil(instant: Date): Promise<void>;
  now(): Date;
  describe(arn: string): Promise<Execution>;
  /** Names of the states that were entered, in order. */
  states(arn: string): Promise<string[]>;
}

/**
 * Puts a machine of state-machines/ on the engine. `functions` are by the name of their placeholder without "Function";
 * each placeholder must have one, as the CDK construct demands.
 */
export function walkMachine(
  workflow: string,
  functions: Readonly<Record<string, TestFunction>>,
  data: Record<string, unknown>,
): MachineWalk {
  const text = readFileSync(
    join(import.meta.dirname, '..', '..', 'state-machines', `${workflow}.asl.json`),
    'utf8',
  );
  const definition: object = JSON.parse(
    text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      if (name === 'ProgrammeTable') return 'programme';
      const known = name.replace(/Function$/, '');
      if (functions[known] === undefined) throw new Error(`no function ${known}`);
      return known;
    }),
  );
  const items = new Map<string, Item>();
  const cloud = createTestCloud({ functions, services: [tableOf(items)], log: () => undefined });
  const collection = 'REG#REG1';
  const waitId = `${collection} WAIT#${workflow}`;
  let started = 0;
  return {
    cloud,
    start: (attempt = 1) =>
      cloud.start(
        definition,
        {
          eventId: `EVENT${++started}`,
          collection,
          sequence: 1,
          occurredAt: '2026-09-01T08:00:00.000Z',
          correlationId: 'REG1',
          data: { ...data, attempt },
        },
        `${workflow}-${started}`,
      ),
    wait: () => items.get(waitId),
    async wake() {
      const item = items.get(waitId) ?? {};
      const token = item.taskToken?.S;
      items.set(waitId, { poked: { S: 'EVENT' } });
      if (token !== undefined) await cloud.call('SendTaskSuccess', { taskToken: token, output: '{}' });
      await cloud.context.activity.idle();
    },
    poke: () => void items.set(waitId, { ...items.get(waitId), poked: { S: 'EVENT' } }),
    passUntil: async (instant) => cloud.context.clock.advanceTo(instant.getTime()),
    now: () => new Date(cloud.context.clock.now()),
    describe: (arn) => cloud.describe(arn),
    async states(arn) {
      const entered = (await cloud.events(arn)).map(
        (event) => event.stateEnteredEventDetails as { name: string } | undefined,
      );
      return entered.flatMap((details) => (details === undefined ? [] : [details.name]));
    },
  };
}

/** Forgets earlier pokes and the used token, as the first act of a deciding function does. */
export function beginDecisionOn(walk: MachineWalk): void {
  delete walk.wait()?.poked;
  delete walk.wait()?.taskToken;
}

/** The error of a function, as Lambda hands it to the machine. */
export const failure = (name: string): FunctionFailure => new FunctionFailure(name, `${name} in a test`);

/** DynamoDB as far as machines use it: claims and waits by conditional updates. */
function tableOf(items: Map<string, Item>): Service {
  return {
    name: 'dynamodb',
    async call(action, input) {
      if (action !== 'UpdateItem') throw new ServiceError('ValidationException', `no ${action} in this test`);
      const { Key, ConditionExpression, UpdateExpression, ExpressionAttributeValues } = input as {
        Key: { pk: { S: string }; sk: { S: string } };
        ConditionExpression: string;
        UpdateExpression: string;
        ExpressionAttributeValues: Item;
      };
      const id = `${Key.pk.S} ${Key.sk.S}`;
      const item = items.get(id);
      const holds =
        ConditionExpression === 'attribute_not_exists(poked)'
          ? item?.poked === undefined
          : item === undefined ||
            Number(item.attempt?.N) < Number(ExpressionAttributeValues[':attempt']?.N) ||
            item.executionArn?.S === ExpressionAttributeValues[':execution']?.S;
      if (!holds) throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed');
      const set = /SET (.*?)(?: REMOVE .*)?$/.exec(UpdateExpression)?.[1] ?? '';
      const next: Item = { ...item };
      for (const part of set.split(', ')) {
        const [name, value] = part.split(' = ');
        if (name !== undefined && value !== undefined) next[name] = ExpressionAttributeValues[value] ?? {};
      }
      items.set(id, next);
      return {};
    },
  };
}
