import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../local/core/errors.ts';
import { createTestCloud, ROLE, START, type TestCloud } from './cloud.ts';

let cloud: TestCloud;

beforeEach(() => {
  cloud = createTestCloud();
});

afterEach(() => cloud.close());

const definition = JSON.stringify({ StartAt: 'One', States: { One: { Type: 'Pass', End: true } } });
const waiting = { StartAt: 'One', States: { One: { Type: 'Wait', Seconds: 3600, End: true } } };
const create = (name: string, more: object = {}) =>
  cloud.call('CreateStateMachine', { name, definition, roleArn: ROLE, ...more });
const ARN = 'arn:aws:states:eu-west-2:000000000000';

describe('state machines', () => {
  it('are created once: the same again answers the same, another under the name is refused', async () => {
    const first = await create('m');
    expect(first).toEqual({ stateMachineArn: `${ARN}:stateMachine:m`, creationDate: START / 1000 });
    await cloud.pass(60);
    expect(await create('m')).toEqual(first);
    await expect(create('m', { definition: `${definition} ` })).rejects.toMatchObject({
      code: 'StateMachineAlreadyExists',
      message: `State Machine Already Exists: '${ARN}:stateMachine:m'`,
    });
  });

  it('say what is wrong with a definition', async () => {
    await expect(create('m', { definition: '{"StartAt":"A"}' })).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message:
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
    });
  });

  it('refuse bad names, roles, types and what is not kept locally', async () => {
    for (const name of ['', 'a b', 'a/b', 'x'.repeat(81), 'a\u0000']) {
      await expect(create(name)).rejects.toMatchObject({ code: 'InvalidName' });
    }
    await expect(create('m', { roleArn: 'role' })).rejects.toMatchObject({ code: 'InvalidArn' });
    await expect(create('m', { type: 'EXPRESS' })).rejects.toBeInstanceOf(UnsupportedError);
    await expect(create('m', { publish: true })).rejects.toBeInstanceOf(UnsupportedError);
    await expect(create('m', { colour: 'red' })).rejects.toThrow(/colour/);
  });

  it('are described, changed and deleted', async () => {
    const { stateMachineArn } = await create('m', { tags: [{ key: 'a', value: '1' }] });
    expect(await cloud.call('DescribeStateMachine', { stateMachineArn })).toEqual({
      stateMachineArn,
      name: 'm',
      status: 'ACTIVE',
      definition,
      roleArn: ROLE,
      type: 'STANDARD',
      creationDate: START / 1000,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    });
    await expect(cloud.call('UpdateStateMachine', { stateMachineArn })).rejects.toMatchObject({
      code: 'MissingRequiredParameter',
    });
    const { revisionId } = await cloud.call('UpdateStateMachine', {
      stateMachineArn,
      tracingConfiguration: { enabled: true },
    });
    expect(await cloud.call('DescribeStateMachine', { stateMachineArn })).toMatchObject({
      revisionId,
      tracingConfiguration: { enabled: true },
    });
    await cloud.call('TagResource', { resourceArn: stateMachineArn, tags: [{ key: 'b', value: '2' }] });
    await cloud.call('UntagResource', { resourceArn: stateMachineArn, tagKeys: ['a'] });
    expect(await cloud.call('ListTagsForResource', { resourceArn: stateMachineArn })).toEqual({
      tags: [{ key: 'b', value: '2' }],
    });
    await cloud.call('DeleteStateMachine', { stateMachineArn });
    await cloud.call('DeleteStateMachine', { stateMachineArn });
    await expect(cloud.call('DescribeStateMachine', { stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${ARN}:stateMachine:m'`,
    });
  });

  it('are listed in pages', async () => {
    for (const name of ['c', 'a', 'b']) await create(name);
    const first = await cloud.call('ListStateMachines', { maxResults: 2 });
    const second = await cloud.call('ListStateMachines', { maxResults: 2, nextToken: first.nextToken });
    const names = [first, second].flatMap((page) =>
      (page.stateMachines as { name: string }[]).map(({ name }) => name),
    );
    expect(names).toEqual(['a', 'b', 'c']);
    expect(second.nextToken).toBeUndefined();
    await expect(cloud.call('ListStateMachines', { nextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
    await expect(cloud.call('ListStateMachines', { maxResults: 1001 })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('are validated without being created', async () => {
    expect(await cloud.call('ValidateStateMachineDefinition', { definition })).toEqual({
      result: 'OK',
      diagnostics: [],
      truncated: false,
    });
    expect(await cloud.call('ValidateStateMachineDefinition', { definition: '{}' })).toEqual({
      result: 'FAIL',
      diagnostics: [
        {
          severity: 'ERROR',
          code: 'SCHEMA_VALIDATION_FAILED',
          message: 'These fields are required: [States, StartAt]',
          location: '/',
        },
      ],
      truncated: false,
    });
  });

  it('change for new executions only', async () => {
    const waits = (output: string) =>
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'One',
        States: {
          One: { Type: 'Wait', Seconds: 60, Next: 'Two' },
          Two: { Type: 'Pass', Output: output, End: true },
        },
      });
    const { stateMachineArn } = await create('m', { definition: waits('old') });
    const { executionArn: old } = await cloud.call('StartExecution', { stateMachineArn });
    await cloud.call('UpdateStateMachine', { stateMachineArn, definition: waits('new') });
    const { executionArn: fresh } = await cloud.call('StartExecution', { stateMachineArn });
    expect(await cloud.call('DescribeStateMachineForExecution', { executionArn: old })).toMatchObject({
      definition: waits('old'),
    });
    await cloud.pass(60);
    expect((await cloud.describe(String(old))).output).toBe('old');
    expect((await cloud.describe(String(fresh))).output).toBe('new');
  });
});

describe('executions', () => {
  it('are started once by name: same input while running, else refused', async () => {
    const arn = await cloud.start(waiting, { a: 1 }, 'run');
    const stateMachineArn = arn.replace(':execution:', ':stateMachine:').replace(/:run$/, '');
    const again = (input: string) => cloud.call('StartExecution', { stateMachineArn, name: 'run', input });
    expect(await again('{"a":1}')).toEqual({ executionArn: arn, startDate: START / 1000 });
    const exists = { code: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${arn}'` };
    await expect(again('{"a":2}')).rejects.toMatchObject(exists);
    await cloud.call('StopExecution', { executionArn: arn });
    await expect(again('{"a":1}')).rejects.toMatchObject(exists);
    await cloud.pass(90 * 86_400);
    expect((await again('{"a":2}')).executionArn).toBe(arn);
  });

  it('take any JSON as input, and nothing else', async () => {
    const { stateMachineArn } = await create('m');
    for (const input of ['null', '5', '"text"']) {
      const { executionArn } = await cloud.call('StartExecution', { stateMachineArn, input });
      await cloud.context.activity.idle();
      expect((await cloud.describe(String(executionArn))).output).toEqual(JSON.parse(input));
    }
    for (const input of ['', 'not json', "{'a':1}", JSON.stringify('x'.repeat(262_144))]) {
      await expect(cloud.call('StartExecution', { stateMachineArn, input })).rejects.toMatchObject({
        code: 'InvalidExecutionInput',
      });
    }
    await expect(
      cloud.call('StartExecution', { stateMachineArn: `${ARN}:stateMachine:none` }),
    ).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
    await expect(cloud.call('StartExecution', { stateMachineArn: 'none' })).rejects.toMatchObject({
      code: 'InvalidArn',
      message: "Invalid Arn: 'Invalid ARN prefix: none'",
    });
  });

  it('are described', async () => {
    const { stateMachineArn } = await create('m');
    const { executionArn } = await cloud.call('StartExecution', {
      stateMachineArn,
      name: 'run',
      input: '{"a":1}',
    });
    await cloud.context.activity.idle();
    expect(await cloud.call('DescribeExecution', { executionArn })).toEqual({
      executionArn: `${ARN}:execution:m:run`,
      stateMachineArn,
      name: 'run',
      status: 'SUCCEEDED',
      startDate: START / 1000,
      stopDate: START / 1000,
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"a":1}',
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    await expect(
      cloud.call('DescribeExecution', { executionArn: `${ARN}:execution:m:none` }),
    ).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
  });

  it('are stopped, once and for all', async () => {
    const arn = await cloud.start(waiting);
    expect(
      await cloud.call('StopExecution', { executionArn: arn, error: 'Withdrawn', cause: 'by the school' }),
    ).toEqual({
      stopDate: START / 1000,
    });
    await cloud.pass(7200);
    expect(await cloud.describe(arn)).toMatchObject({
      status: 'ABORTED',
      error: 'Withdrawn',
      cause: 'by the school',
    });
    expect(await cloud.history(arn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    expect(await cloud.call('StopExecution', { executionArn: arn })).toEqual({ stopDate: START / 1000 });
  });

  it('are listed newest first, by status, in pages', async () => {
    const { stateMachineArn } = await create('m', { definition: JSON.stringify(waiting) });
    const names = ['1', '2', '3', '4', '5'];
    for (const name of names) await cloud.call('StartExecution', { stateMachineArn, name });
    await cloud.call('StopExecution', { executionArn: `${ARN}:execution:m:2` });
    const pages: string[][] = [];
    let nextToken: unknown;
    do {
      const page = await cloud.call('ListExecutions', {
        stateMachineArn,
        statusFilter: 'RUNNING',
        maxResults: 3,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      pages.push((page.executions as { name: string }[]).map(({ name }) => name));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(pages).toEqual([['5', '4', '3'], ['1']]);
    await expect(
      cloud.call('ListExecutions', { stateMachineArn, statusFilter: 'running' }),
    ).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('tell their history in pages, forwards and backwards, with or without data', async () => {
    const states = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `S${index}`,
        { Type: 'Pass', ...(index === 9 ? { End: true } : { Next: `S${index + 1}` }) },
      ]),
    );
    const executionArn = await cloud.start({ StartAt: 'S0', States: states }, { a: 1 });
    const ids = async (reverseOrder: boolean): Promise<number[]> => {
      const found: number[] = [];
      let nextToken: unknown;
      do {
        const page = await cloud.call('GetExecutionHistory', {
          executionArn,
          reverseOrder,
          maxResults: 5,
          ...(nextToken === undefined ? {} : { nextToken }),
        });
        found.push(...(page.events as { id: number }[]).map(({ id }) => id));
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return found;
    };
    const all = Array.from({ length: 22 }, (_, index) => index + 1);
    expect(await ids(false)).toEqual(all);
    expect(await ids(true)).toEqual([...all].reverse());
    const { events } = await cloud.call('GetExecutionHistory', { executionArn, maxResults: 2 });
    expect(events).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        timestamp: START / 1000,
        executionStartedEventDetails: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: ROLE },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'PassStateEntered',
        timestamp: START / 1000,
        stateEnteredEventDetails: { name: 'S0', input: '{"a":1}', inputDetails: { truncated: false } },
      },
    ]);
    const bare = await cloud.call('GetExecutionHistory', {
      executionArn,
      maxResults: 1,
      includeExecutionData: false,
    });
    expect(bare.events).toEqual([
      expect.objectContaining({ executionStartedEventDetails: { roleArn: ROLE } }),
    ]);
  });

  it('end at 25,000 events', async () => {
    const arn = await cloud.start({
      StartAt: 'Loop',
      States: {
        Loop: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Loop' }], Default: 'End' },
        End: { Type: 'Succeed' },
      },
    });
    expect(await cloud.describe(arn)).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
  });

  it('are counted by machine', async () => {
    const arn = await cloud.start({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Wait', Seconds: 60, Next: 'C' },
        C: { Type: 'Succeed' },
      },
    });
    const machine = arn.split(':')[6] ?? '';
    expect(cloud.states.statistics()[machine]).toEqual({ executions: { RUNNING: 1 }, transitions: 2 });
    await cloud.pass(60);
    expect(cloud.states.statistics()[machine]).toEqual({ executions: { SUCCEEDED: 1 }, transitions: 3 });
  });

  it('say their status on the default bus', async () => {
    const arn = await cloud.start(
      { StartAt: 'A', States: { A: { Type: 'Fail', Error: 'E', Cause: 'C' } } },
      { a: 1 },
    );
    const details = cloud.published.map(({ Detail }) => JSON.parse(String(Detail)));
    expect(details).toEqual([
      expect.objectContaining({
        executionArn: arn,
        status: 'RUNNING',
        startDate: START,
        stopDate: null,
        output: null,
      }),
      expect.objectContaining({
        executionArn: arn,
        status: 'FAILED',
        stopDate: START,
        error: 'E',
        cause: 'C',
        input: '{"a":1}',
      }),
    ]);
  });
});

describe('redrive', () => {
  const failing = {
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { kept: 7 }, Next: 'Fail' },
      Fail: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: {
          StartAt: 'Decide',
          States: {
            Decide: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.context.Execution.RedriveCount > 0 %}', Next: 'Fine' }],
              Default: 'Broken',
            },
            Fine: { Type: 'Pass', Output: '{% $kept %}', End: true },
            Broken: { Type: 'Fail', Error: 'Broken' },
          },
        },
        Next: 'End',
      },
      End: { Type: 'Succeed' },
    },
  };

  it('goes on in the state that failed, with its input and variables', async () => {
    const executionArn = await cloud.start(failing);
    expect((await cloud.describe(executionArn)).error).toBe('Broken');
    await cloud.pass(60);
    expect(await cloud.call('RedriveExecution', { executionArn })).toEqual({
      redriveDate: START / 1000 + 60,
    });
    await cloud.context.activity.idle();
    expect(await cloud.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: [7] });
    const types = await cloud.history(executionArn);
    expect(types.slice(types.indexOf('ExecutionFailed'), types.indexOf('ExecutionFailed') + 3)).toEqual([
      'ExecutionFailed',
      'ExecutionRedriven',
      'MapStateEntered',
    ]);
    expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({ redriveCount: 1 });
  });

  it('is refused for what succeeded, runs, or ended more than 14 days ago', async () => {
    const done = await cloud.start({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
    const running = await cloud.start(waiting);
    const failed = await cloud.start(failing);
    await cloud.pass(60);
    for (const executionArn of [done, running]) {
      await expect(cloud.call('RedriveExecution', { executionArn })).rejects.toMatchObject({
        code: 'ExecutionNotRedrivable',
      });
    }
    await cloud.pass(14 * 86_400);
    await expect(cloud.call('RedriveExecution', { executionArn: failed })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
    });
  });
});

describe('TestState', () => {
  const test = (state: object, more: object = {}) =>
    cloud.call('TestState', {
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...state }),
      roleArn: ROLE,
      ...more,
    });

  it('begins with variables and shows those of the end', async () => {
    const state = { Type: 'Pass', Assign: { b: '{% $a + 1 %}' }, Output: '{% $a %}', End: true };
    const variables = JSON.stringify({ a: 1 });
    const tested = await test(state, { variables, inspectionLevel: 'DEBUG' });
    expect(tested).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    expect(tested.inspectionData).toMatchObject({ variables: '{"a":1,"b":2}' });
    await expect(test(state, { variables: '[]' })).rejects.toThrow('The variables must be an object');
  });

  it('runs one state and says where it would go', async () => {
    expect(
      await test(
        {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'Big' }],
          Default: 'Small',
        },
        { input: '{"n":2}' },
      ),
    ).toEqual({ status: 'SUCCEEDED', output: '{"n":2}', nextState: 'Big' });
    expect(await test({ Type: 'Wait', Seconds: 1_000_000, Output: 'done', Next: 'After' })).toEqual({
      status: 'SUCCEEDED',
      output: '"done"',
      nextState: 'After',
    });
    expect(await test({ Type: 'Fail', Error: 'E', Cause: 'C' })).toEqual({
      status: 'FAILED',
      error: 'E',
      cause: 'C',
    });
  });

  it('takes a mock in the place of a call, and tells retries and catches', async () => {
    const task = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      Retry: [{ ErrorEquals: ['Busy'] }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      Next: 'After',
    };
    expect(
      await test(task, { mock: { result: '{"Payload":1}' }, inspectionLevel: 'DEBUG', input: '5' }),
    ).toEqual({
      status: 'SUCCEEDED',
      output: '1',
      nextState: 'After',
      inspectionData: {
        input: '5',
        afterArguments: '{"FunctionName":"f","Payload":5}',
        result: '{"Payload":1}',
      },
    });
    expect(await test(task, { mock: { errorOutput: { error: 'Busy', cause: 'x' } } })).toEqual({
      status: 'RETRIABLE',
      error: 'Busy',
      cause: 'x',
    });
    expect(await test(task, { mock: { errorOutput: { error: 'Gone' } } })).toMatchObject({
      status: 'CAUGHT_ERROR',
      nextState: 'Caught',
    });
  });

  it('refuses Map and Parallel without a mock', async () => {
    await expect(test({ Type: 'Map', ItemProcessor: {} })).rejects.toMatchObject({
      message:
        'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    });
  });
});

it('refuses an action that it does not know by name', async () => {
  await expect(cloud.call('CreateActivity', {})).rejects.toThrow('states CreateActivity');
});
