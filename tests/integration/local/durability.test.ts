import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { startCloud } from '../../../local/cloud.ts';
import { DataDirectoryInUseError } from '../../../local/lock.ts';
import { invokeOverHttp } from './invoke-over-http.ts';
import { lambdaFunction, MINUTE, role, START, temporaryDirectory, writeAssembly } from './support.ts';

interface Running {
  readonly endpoint: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  readonly java: number;
  readonly process: ChildProcess;
}

const directory = temporaryDirectory();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function startProcess(assemblyDir: string, dataDir: string): Promise<Running> {
  const script = new URL('./cloud-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, assemblyDir, dataDir, String(START)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', (line) =>
      resolve({ ...JSON.parse(line), process: child }),
    );
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}

async function kill(running: Running): Promise<void> {
  const ended = new Promise((resolve) => running.process.once('exit', resolve));
  running.process.kill('SIGKILL');
  await ended;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const file = `${directory.path}/attempts.json`;
const assemblyDir = writeAssembly(
  `${directory.path}/cdk.out`,
  {
    App: {
      Resources: {
        Role: role(),
        Fn: lambdaFunction('fn', { Environment: { Variables: { FILE: file } } }),
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: 'programme',
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          },
        },
      },
    },
  },
  {
    fn: {
      'index.mjs': `
import { appendFileSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(process.env.FILE, JSON.stringify({ n: event.n, at: Date.now() }) + '\\n');
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
  throw new Error('again');
};`,
    },
  },
);
const attempts = () =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
const until = async (condition: () => boolean) => {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
};

describe('after kill -9', () => {
  it('the engine ends with the cloud, and a new start goes on where the old one was', async () => {
    const dataDir = `${directory.path}/data`;
    const first = await startProcess(assemblyDir, dataDir);
    const db = new DynamoDBClient({ ...first, region: 'eu-west-2' });
    await db.send(new PutItemCommand({ TableName: 'programme', Item: { pk: { S: 'kept' } } }));
    await kill(first);
    await until(() => !isAlive(first.java));

    const second = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: 0 } });
    try {
      const { gateway, clock } = second.context;
      expect(clock.now()).toBe(START);
      expect(first.credentials).toMatchObject(second.rootCredentials);
      const again = new DynamoDBClient({
        endpoint: second.endpoint,
        credentials: first.credentials,
        region: 'eu-west-2',
      });
      expect(
        (await again.send(new GetItemCommand({ TableName: 'programme', Key: { pk: { S: 'kept' } } }))).Item,
      ).toEqual({
        pk: { S: 'kept' },
      });
      const event = (payload: unknown) =>
        gateway.call({
          service: 'lambda',
          action: 'Invoke',
          input: { FunctionName: 'App-Fn', InvocationType: 'Event', Payload: JSON.stringify(payload) },
          caller: { kind: 'root' },
        });
      await event({ n: 1 });
      await clock.advanceTo(START);
      expect(attempts()).toEqual([{ n: 1, at: START }]);
    } finally {
      await second.stop();
    }

    // The retry is due a minute on, in whichever process.
    const third = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: 0 } });
    await third.context.clock.advanceTo(START + 10 * MINUTE);
    await third.stop();
    expect(attempts().map((each) => each.at)).toEqual([START, START + MINUTE, START + 3 * MINUTE]);
  });

  it('an asynchronous invocation that was under way runs again', async () => {
    const dataDir = `${directory.path}/interrupted`;
    writeFileSync(file, '');
    const first = await startProcess(assemblyDir, dataDir);
    await invokeOverHttp(first, 'App-Fn', { n: 7, hang: true });
    await until(() => readFileSync(file, 'utf8').includes('"n":7'));
    await kill(first);

    const second = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: 0 } });
    await until(() => attempts().filter((each) => each.n === 7).length === 2);
    await second.stop();
  });
});

it('an engine that is killed alone comes back with its data', async () => {
  const dataDir = `${directory.path}/engine`;
  const cloud = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: START } });
  try {
    const call = (action: string, input: Record<string, unknown>) =>
      cloud.context.gateway.call({ service: 'dynamodb', action, input, caller: { kind: 'root' } });
    await call('PutItem', { TableName: 'programme', Item: { pk: { S: 'kept' } } });
    const first = cloud.services.dynamodb.enginePid()!;
    process.kill(first, 'SIGKILL');
    await until(() => cloud.services.dynamodb.enginePid() !== first);
    const { Item } = await call('GetItem', { TableName: 'programme', Key: { pk: { S: 'kept' } } });
    expect(Item).toEqual({ pk: { S: 'kept' } });
  } finally {
    await cloud.stop();
  }
});

describe('a data directory', () => {
  it('serves one instance at a time', async () => {
    const dataDir = `${directory.path}/shared`;
    const one = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: START } });
    await expect(startCloud({ assemblyDir, dataDir })).rejects.toThrow(DataDirectoryInUseError);
    await one.stop();
    await (await startCloud({ assemblyDir, dataDir })).stop();
  });

  it.each([
    ['', '4194304'],
    [' whose number another process has by now', `${process.ppid} 1`],
  ])('is taken over from a process that has ended%s', async (name, lock) => {
    const dataDir = `${directory.path}/stale${name.length}`;
    mkdirSync(dataDir);
    writeFileSync(`${dataDir}/lock`, lock);
    await (await startCloud({ dataDir })).stop();
    expect(existsSync(`${dataDir}/lock`)).toBe(false);
  });
});

it('without Java says what is missing', async () => {
  const path = process.env.PATH;
  process.env.PATH = directory.path;
  try {
    await expect(startCloud({})).rejects.toThrow(/Java is missing/);
  } finally {
    process.env.PATH = path;
  }
});
