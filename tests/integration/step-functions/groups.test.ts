import { afterEach, describe, expect, it } from 'vitest';
import { createTestCloud, FunctionFailure, invoke, type TestCloud } from './cloud.ts';

let cloud: TestCloud;

afterEach(() => cloud.close());

const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });
const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const caught = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];

describe('Map', () => {
  const map = (states: object, more: object = {}, start = 'Item') => ({
    StartAt: 'Each',
    States: { Each: { Type: 'Map', ItemProcessor: { StartAt: start, States: states }, End: true, ...more } },
  });

  it('joins the outputs in the order of the items, however they end', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      map(
        { Item: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } },
        { Items: '{% $states.input.waits %}' },
      ),
      { waits: [3, 1, 2] },
    );
    await cloud.pass(3);
    expect((await cloud.describe(arn)).output).toEqual([3, 1, 2]);
  });

  it('makes an empty array of no items', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(map({ Item: pass() }), []);
    expect((await cloud.describe(arn)).output).toEqual([]);
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('of no query language ends the execution where its input is no array', async () => {
    cloud = createTestCloud();
    const ItemProcessor = { StartAt: 'In', States: { In: { Type: 'Pass', End: true } } };
    const each = { Type: 'Map', ItemProcessor, End: true };
    const machine = { QueryLanguage: 'JSONPath', StartAt: 'Each', States: { Each: each } };
    expect((await cloud.describe(await cloud.start(machine, [1, 2]))).output).toEqual([1, 2]);
    expect(await cloud.describe(await cloud.start(machine, { a: 1 }))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });

  it('shapes the items by ItemSelector, which sees item, index, input and variables', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      {
        StartAt: 'Set',
        States: {
          Set: { Type: 'Pass', Assign: { prefix: 'school' }, Next: 'Each' },
          Each: {
            Type: 'Map',
            Items: '{% $states.input.urns %}',
            ItemSelector: {
              name: '{% $prefix & " " & $states.context.Map.Item.Value %}',
              index: '{% $states.context.Map.Item.Index %}',
              of: '{% $count($states.input.urns) %}',
            },
            ItemProcessor: branch('Item', pass()),
            End: true,
          },
        },
      },
      { urns: ['a', 'b'] },
    );
    expect((await cloud.describe(arn)).output).toEqual([
      { name: 'school a', index: 0, of: 2 },
      { name: 'school b', index: 1, of: 2 },
    ]);
  });

  it('runs no more iterations at once than MaxConcurrency', async () => {
    let running = 0;
    let most = 0;
    cloud = createTestCloud({
      functions: {
        slow: async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
        },
      },
    });
    const arn = await cloud.start(
      map({ Item: invoke('slow', {}) }, { MaxConcurrency: '{% 3 %}' }),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    expect((await cloud.describe(arn)).status).toBe('SUCCEEDED');
    expect(most).toBe(3);
  });

  it('keeps the variables of iterations apart and shows them those around', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      {
        StartAt: 'Set',
        States: {
          Set: { Type: 'Pass', Assign: { x: 42 }, Next: 'Each' },
          Each: {
            Type: 'Map',
            ItemProcessor: {
              StartAt: 'Own',
              States: {
                Own: { Type: 'Pass', Assign: { own: '{% $states.input + $x %}' }, Next: 'Tell' },
                Tell: pass({ Output: '{% $own %}' }),
              },
            },
            Next: 'After',
          },
          After: pass({
            Output: { items: '{% $states.input %}', x: '{% $x %}', own: '{% $exists($own) %}' },
          }),
        },
      },
      [1, 2],
    );
    expect((await cloud.describe(arn)).output).toEqual({ items: [43, 44], x: 42, own: false });
  });

  it('fails with the first failure, giving up what else runs', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      map(
        {
          Pick: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'Break' }],
            Default: 'Item',
          },
          Item: { Type: 'Wait', Seconds: 60, End: true },
          Break: { Type: 'Fail', Error: 'Broken', Cause: 'two' },
        },
        {},
        'Pick',
      ),
      [1, 2],
    );
    expect(await cloud.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'two' });
    expect((await cloud.history(arn)).slice(-5)).toEqual([
      'MapIterationFailed',
      'MapIterationAborted',
      'WaitStateAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    expect(cloud.context.clock.nextDue()).toBeGreaterThan(cloud.context.clock.now() + 300 * 86_400_000);
  });

  it('tolerates as many failures as it was told to', async () => {
    const states = {
      Pick: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input > 2 %}', Next: 'Break' }],
        Default: 'Item',
      },
      Item: pass(),
      Break: { Type: 'Fail', Error: 'Broken' },
    };
    cloud = createTestCloud();
    const tolerated = await cloud.start(
      map(states, { ToleratedFailurePercentage: '{% 50 %}' }, 'Pick'),
      [1, 2, 3, 4],
    );
    expect(await cloud.describe(tolerated)).toMatchObject({ status: 'SUCCEEDED', output: [1, 2] });
    const exceeded = await cloud.start(map(states, { ToleratedFailureCount: 1 }, 'Pick'), [1, 2, 3, 4]);
    expect((await cloud.describe(exceeded)).error).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('starts anew when it is tried again, and its catcher sees the error', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemProcessor: branch('Break', { Type: 'Fail', Error: 'Broken', Cause: 'why' }),
            Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }],
            Catch: caught,
            End: true,
          },
          Caught: pass(),
        },
      },
      [1],
    );
    await cloud.pass(1);
    expect((await cloud.describe(arn)).output).toEqual({ Error: 'Broken', Cause: 'why' });
    const round = ['MapStateStarted', 'MapIterationStarted', 'FailStateEntered', 'MapIterationFailed'];
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      ...round,
      ...round,
      'MapStateFailed',
      'MapStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('goes through thousands of items', async () => {
    cloud = createTestCloud();
    const items = Array.from({ length: 2000 }, (_, index) => index);
    const arn = await cloud.start(map({ Item: pass({ Output: '{% $states.input * 2 %}' }) }), items);
    expect((await cloud.describe(arn)).output).toEqual(items.map((item) => item * 2));
  });
});

describe('Parallel', () => {
  const parallel = (branches: object[], more: object = {}) => ({
    StartAt: 'Both',
    States: {
      Both: { Type: 'Parallel', Branches: branches, End: true, ...more },
      ...('Catch' in more ? { Caught: pass() } : {}),
    },
  });

  it('gives every branch the Arguments, and joins the outputs in the order of the branches', async () => {
    cloud = createTestCloud();
    const arn = await cloud.start(
      parallel(
        [
          branch('Slow', { Type: 'Wait', Seconds: 5, Output: '{% "slow " & $states.input.n %}', End: true }),
          branch('Fast', pass({ Output: '{% "fast " & $states.input.n %}' })),
        ],
        { Arguments: { n: '{% $states.input.a + 1 %}' }, Output: { joined: '{% $states.result %}' } },
      ),
      { a: 1 },
    );
    await cloud.pass(5);
    expect((await cloud.describe(arn)).output).toEqual({ joined: ['slow 2', 'fast 2'] });
    expect([...(await cloud.history(arn))].sort()).toEqual([
      'ExecutionStarted',
      'ExecutionSucceeded',
      'ParallelStateEntered',
      'ParallelStateExited',
      'ParallelStateStarted',
      'ParallelStateSucceeded',
      'PassStateEntered',
      'PassStateExited',
      'WaitStateEntered',
      'WaitStateExited',
    ]);
  });

  it('fails with a branch, and closes the states that the others were in', async () => {
    cloud = createTestCloud({
      functions: {
        f: () => {
          throw new FunctionFailure('Boom', 'x');
        },
      },
    });
    const arn = await cloud.start(
      parallel([branch('Task', invoke('f', {})), branch('Wait', { Type: 'Wait', Seconds: 60, End: true })], {
        Catch: caught,
      }),
    );
    expect((await cloud.describe(arn)).output).toMatchObject({ Error: 'Boom' });
    expect((await cloud.history(arn)).slice(-9)).toEqual([
      'TaskStarted',
      'TaskFailed',
      'TaskStateAborted',
      'WaitStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('drops the answer of a task whose branch was given up', async () => {
    let answer: (value: unknown) => void = () => {};
    cloud = createTestCloud({
      functions: {
        late: () =>
          new Promise((resolve) => {
            answer = resolve;
            setImmediate(() => resolve('late'));
          }),
      },
    });
    const arn = await cloud.start(
      parallel([branch('Late', invoke('late', {})), branch('Break', { Type: 'Fail', Error: 'Broken' })], {
        Catch: caught,
      }),
    );
    answer('again');
    await cloud.context.activity.idle();
    expect((await cloud.describe(arn)).output).toEqual({ Error: 'Broken', Cause: null });
    expect(await cloud.history(arn)).not.toContain('TaskSucceeded');
  });

  it('nests', async () => {
    cloud = createTestCloud();
    const inner = {
      Type: 'Parallel',
      Branches: [branch('A', pass()), branch('B', pass({ Output: 'b' }))],
      End: true,
    };
    const map = { Type: 'Map', Items: [1, 2], ItemProcessor: branch('Inner', { ...inner }), End: true };
    const arn = await cloud.start(parallel([branch('Map', map), branch('C', pass({ Output: 'c' }))]), {});
    expect((await cloud.describe(arn)).output).toEqual([
      [
        [1, 'b'],
        [2, 'b'],
      ],
      'c',
    ]);
  });
});
