import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createTestCloud,
  invoke,
  type TestCloud,
  type TestCloudOptions,
  type TestFunction,
} from './cloud.ts';

let dataDir: string;
const clouds: TestCloud[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'step-functions-'));
});

afterEach(() => {
  for (const cloud of clouds.splice(0)) kill(cloud);
  rmSync(dataDir, { recursive: true });
});

function open(options: TestCloudOptions = {}): TestCloud {
  const cloud = createTestCloud({ dataDir, log: () => {}, ...options });
  clouds.push(cloud);
  return cloud;
}

/** Nothing is stored from here on, as when the process is killed. */
function kill(cloud: TestCloud): void {
  try {
    cloud.close();
  } catch {
    // Killed already.
  }
}

const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });

describe('after a kill', () => {
  it('keeps waits and their times', async () => {
    const first = open();
    const arn = await first.start({
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 3600, Assign: { a: 1 }, Next: 'End' },
        End: pass({ Output: '{% $a %}' }),
      },
    });
    await first.pass(1800);
    kill(first);
    const second = open();
    await second.pass(1799);
    expect((await second.describe(arn)).status).toBe('RUNNING');
    await second.pass(1);
    expect(await second.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  });

  it('keeps task tokens', async () => {
    let taskToken = '';
    const functions: Record<string, TestFunction> = {
      ask: (event) => {
        taskToken = (event as { token: string }).token;
      },
    };
    const first = open({ functions });
    const arn = await first.start({
      StartAt: 'Ask',
      States: {
        Ask: invoke(
          'ask',
          { token: '{% $states.context.Task.Token %}' },
          {
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Output: '{% $states.result %}',
          },
        ),
      },
    });
    kill(first);
    const second = open({ functions });
    await second.call('SendTaskSuccess', { taskToken, output: '"yes"' });
    await second.context.activity.idle();
    expect((await second.describe(arn)).output).toBe('yes');
  });

  it('has what SendTaskSuccess brought, though killed right after it', async () => {
    let taskToken = '';
    const functions: Record<string, TestFunction> = {
      ask: (event) => {
        taskToken = (event as { token: string }).token;
      },
    };
    const first = open({ functions });
    const arn = await first.start({
      StartAt: 'Ask',
      States: {
        Ask: invoke(
          'ask',
          { token: '{% $states.context.Task.Token %}' },
          {
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Output: '{% $states.result %}',
          },
        ),
      },
    });
    await first.call('SendTaskSuccess', { taskToken, output: '"yes"' });
    kill(first);
    const second = open({ functions });
    await second.context.activity.idle();
    expect((await second.describe(arn)).output).toBe('yes');
  });

  it('makes a call that was under way again, with the same arguments and token', async () => {
    const calls: unknown[] = [];
    let hang = true;
    const functions: Record<string, TestFunction> = {
      f: (event) => {
        calls.push(event);
        if (hang) return new Promise(() => {});
        return 'done';
      },
    };
    const first = open({ functions });
    const payload = { id: '{% $uuid() %}', token: '{% $states.context.Task.Token %}' };
    const task = invoke('f', payload, {
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Output: '{% $states.result %}',
    });
    const { stateMachineArn } = await first.call('CreateStateMachine', {
      name: 'hang',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'T', States: { T: task } }),
      roleArn: 'arn:aws:iam::000000000000:role/machine',
    });
    const { executionArn } = await first.call('StartExecution', { stateMachineArn });
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    kill(first);
    hang = false;
    const second = open({ functions });
    await second.context.activity.idle();
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
    const { token } = calls[1] as { token: string };
    await second.call('SendTaskSuccess', { taskToken: token, output: '1' });
    await second.context.activity.idle();
    expect(await second.describe(String(executionArn))).toMatchObject({ status: 'SUCCEEDED', output: 1 });
    expect(
      (await second.history(String(executionArn))).filter((type) => type === 'TaskStarted'),
    ).toHaveLength(1);
  });

  it('puts every status event on the bus', async () => {
    const first = open({
      services: [
        {
          name: 'events',
          call: async () => {
            throw new Error('not reachable');
          },
        },
      ],
    });
    const arn = await first.start({ StartAt: 'One', States: { One: pass() } }, { a: 1 });
    kill(first);
    const second = open();
    await second.context.activity.idle();
    expect(second.published.map(({ Detail }) => JSON.parse(String(Detail)).status)).toEqual([
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(second.published[1]).toMatchObject({
      Source: 'aws.states',
      DetailType: 'Step Functions Execution Status Change',
      Resources: [arn],
    });
  });

  it('ends as if undisturbed, wherever it was killed', async () => {
    const task = (name: string) => invoke('f', { state: name, input: '{% $states.input %}' });
    const definition = {
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { base: 100 }, Output: [1, 2, 3], Next: 'Each' },
        Each: {
          Type: 'Map',
          MaxConcurrency: 2,
          ItemProcessor: {
            StartAt: 'First',
            States: {
              First: { ...task('First'), End: undefined, Next: 'Pause' },
              Pause: { Type: 'Wait', Seconds: '{% $states.input.input %}', Next: 'Second' },
              Second: { ...task('Second'), Assign: { own: '{% $base %}' }, End: undefined, Next: 'Tell' },
              Tell: pass({ Output: { n: '{% $states.input.input.input %}', own: '{% $own %}' } }),
            },
          },
          Next: 'Both',
        },
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Left', States: { Left: task('Left') } },
            { StartAt: 'Right', States: { Right: { Type: 'Wait', Seconds: 1, End: true } } },
          ],
          End: true,
        },
      },
    };
    const items = [1, 2, 3].map((n) => ({ n, own: 100 }));
    const killedAt = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(killedAt, fc.boolean(), async (kills, beforeAnswer) => {
        const directory = mkdtempSync(join(dataDir, 'run-'));
        let calls = 0;
        const start = (): TestCloud => {
          const opened = createTestCloud({
            dataDir: directory,
            log: () => {},
            functions: {
              f: (event) => {
                if (!kills.includes(++calls)) return event;
                if (beforeAnswer) kill(opened);
                else setImmediate(() => kill(opened));
                return event;
              },
            },
          });
          clouds.push(opened);
          return opened;
        };
        let cloud = start();
        const started = cloud.start(definition, {});
        const executionArn = `${await started.catch(() => '')}`;
        let ended: unknown;
        for (let round = 0; round < 12 && ended === undefined; round++) {
          try {
            await cloud.pass(10);
            const found = await cloud.describe(
              executionArn === '' ? await onlyExecution(cloud) : executionArn,
            );
            if (found.status !== 'RUNNING') ended = found;
          } catch {
            // Killed: start it again.
            cloud = start();
          }
        }
        kill(cloud);
        expect(ended).toMatchObject({
          status: 'SUCCEEDED',
          output: [{ state: 'Left', input: items }, items],
        });
      }),
      { numRuns: 20 },
    );
  });
});

async function onlyExecution(cloud: TestCloud): Promise<string> {
  const { stateMachines } = await cloud.call('ListStateMachines', {});
  const [machine] = stateMachines as { stateMachineArn: string }[];
  const { executions } = await cloud.call('ListExecutions', { stateMachineArn: machine?.stateMachineArn });
  const [execution] = executions as { executionArn: string }[];
  return execution?.executionArn ?? '';
}
