import { afterEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../local/core/errors.ts';
import type { Caller, Service } from '../../../local/core/service.ts';
import {
  createTestCloud,
  FunctionFailure,
  invoke,
  ROLE,
  type TestCloud,
  type TestFunction,
} from './cloud.ts';

let cloud: TestCloud;

afterEach(() => cloud.close());

function withFunctions(functions: Record<string, TestFunction>, services: Service[] = []): void {
  cloud = createTestCloud({ functions, services });
}

const one = (state: object) => ({
  StartAt: 'One',
  States: { One: state, Caught: { Type: 'Pass', End: true } },
});
const only = (state: object) => ({ StartAt: 'One', States: { One: state } });
const caught = (errors: string[], more: object = {}) => [{ ErrorEquals: errors, Next: 'Caught', ...more }];

/** Fails the first `times` calls. */
function failing(times: number, errorType = 'Boom'): TestFunction {
  let calls = 0;
  return () => {
    if (++calls <= times) throw new FunctionFailure(errorType, `call ${calls}`);
    return { calls };
  };
}

describe('lambda:invoke', () => {
  it('calls with the role of the machine and answers the whole response', async () => {
    const callers: Caller[] = [];
    withFunctions({
      echo: (event, caller) => {
        callers.push(caller);
        return event;
      },
    });
    const arn = await cloud.start(
      only(invoke('echo', { a: '{% $states.input.a %}' }, { Output: '{% $states.result %}' })),
      {
        a: 1,
      },
    );
    expect((await cloud.describe(arn)).output).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { a: 1 },
      SdkHttpMetadata: { HttpStatusCode: 200, AllHttpHeaders: { 'Content-Length': ['7'] } },
      StatusCode: 200,
    });
    expect(callers).toEqual([{ kind: 'role', roleArn: ROLE }]);
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('calls with the role of its Credentials', async () => {
    const callers: Caller[] = [];
    withFunctions({ f: (_event, caller) => callers.push(caller) });
    const RoleArn = '{% $states.input.role %}';
    await cloud.start(only(invoke('f', {}, { Credentials: { RoleArn } })), {
      role: 'arn:aws:iam::111122223333:role/other',
    });
    expect(callers).toEqual([{ kind: 'role', roleArn: 'arn:aws:iam::111122223333:role/other' }]);
  });

  it('fails with the type of the error that the function threw, its payload being the cause', async () => {
    withFunctions({ f: failing(1, 'NoRoomError') });
    const arn = await cloud.start(only(invoke('f', {})));
    expect(await cloud.describe(arn)).toMatchObject({
      status: 'FAILED',
      error: 'NoRoomError',
      cause: JSON.stringify({ errorType: 'NoRoomError', errorMessage: 'call 1', trace: [] }),
    });
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'ExecutionFailed',
    ]);
  });

  it("names Lambda's own errors after the service", async () => {
    withFunctions({
      busy: () => {
        throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
      },
      forbidden: () => {
        throw new ServiceError('AccessDeniedException', 'User is not authorized', 403);
      },
    });
    const busy = await cloud.start(only(invoke('busy', {})));
    expect(await cloud.describe(busy)).toMatchObject({
      error: 'Lambda.TooManyRequestsException',
      cause: expect.stringMatching(
        /^Rate Exceeded\. \(Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; /,
      ),
    });
    const forbidden = await cloud.start(only(invoke('forbidden', {})));
    expect((await cloud.describe(forbidden)).error).toBe('Lambda.AWSLambdaException');
  });

  it('takes a function itself as resource', async () => {
    withFunctions({ double: (event) => Number(event) * 2 });
    const Resource = 'arn:aws:lambda:eu-west-2:000000000000:function:double';
    const arn = await cloud.start(
      only({ Type: 'Task', Resource, Arguments: '{% $states.input.n %}', End: true }),
      { n: 4 },
    );
    expect((await cloud.describe(arn)).output).toBe(8);
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

describe('Retry', () => {
  it('tries again after the interval, ever longer, up to the largest delay', async () => {
    const times: number[] = [];
    withFunctions({
      f: () => {
        times.push(cloud.context.clock.now());
        throw new FunctionFailure('Boom', 'again');
      },
    });
    const Retry = [
      { ErrorEquals: ['Boom'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 100 },
    ];
    const arn = await cloud.start(only(invoke('f', {}, { Retry })));
    await cloud.pass(1000);
    const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);
    expect(gaps).toEqual([10, 30, 90, 100]);
    expect((await cloud.describe(arn)).error).toBe('Boom');
    expect((await cloud.history(arn)).filter((type) => type === 'TaskScheduled')).toHaveLength(5);
    expect((await cloud.history(arn)).filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  it('spreads the delay from nothing to the whole with full jitter', async () => {
    const times: number[] = [];
    withFunctions({
      f: () => {
        times.push(cloud.context.clock.now());
        throw new FunctionFailure('Boom', 'again');
      },
    });
    const Retry = [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 100,
        BackoffRate: 1,
        MaxAttempts: 20,
        JitterStrategy: 'FULL',
      },
    ];
    await cloud.start(only(invoke('f', {}, { Retry })));
    await cloud.pass(3000);
    const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);
    expect(gaps).toHaveLength(20);
    expect(gaps.every((gap) => gap >= 0 && gap <= 100)).toBe(true);
    expect(new Set(gaps).size).toBeGreaterThan(10);
  });

  it('counts attempts by retrier and shows their sum in the context', async () => {
    const errors = ['A', 'B', 'A', 'A'];
    const counts: unknown[] = [];
    withFunctions({
      f: (event) => {
        counts.push(event);
        throw new FunctionFailure(errors[counts.length - 1] ?? 'A', 'x');
      },
    });
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 2 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 1 },
    ];
    const arn = await cloud.start(only(invoke('f', '{% $states.context.State.RetryCount %}', { Retry })));
    await cloud.pass(100);
    expect(counts).toEqual([0, 1, 2, 3]);
    expect((await cloud.describe(arn)).error).toBe('A');
  });

  it('does not try again with MaxAttempts 0', async () => {
    withFunctions({ f: failing(1) });
    const arn = await cloud.start(
      only(invoke('f', {}, { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }] })),
    );
    expect((await cloud.describe(arn)).status).toBe('FAILED');
  });

  it('evaluates the arguments anew', async () => {
    withFunctions({ f: failing(1) });
    const state = invoke('f', { at: '{% $millis() %}' }, { Retry: [{ ErrorEquals: ['States.TaskFailed'] }] });
    const arn = await cloud.start(only(state));
    await cloud.pass(10);
    const parameters = (await cloud.events(arn)).flatMap((event) => {
      const details = event.taskScheduledEventDetails as { parameters: string } | undefined;
      return details === undefined ? [] : [JSON.parse(details.parameters).Payload.at];
    });
    expect((parameters[1] ?? 0) - (parameters[0] ?? 0)).toBe(1000);
  });
});

describe('Catch', () => {
  it('goes on with the error as output, or with Output and Assign', async () => {
    withFunctions({ f: failing(9) });
    const plain = await cloud.start(one(invoke('f', {}, { Catch: caught(['Boom']) })));
    expect((await cloud.describe(plain)).output).toEqual({
      Error: 'Boom',
      Cause: expect.stringContaining('call 1'),
    });
    const shaped = await cloud.start(
      {
        StartAt: 'One',
        States: {
          One: invoke(
            'f',
            {},
            {
              Catch: caught(['States.ALL'], {
                Output: { was: '{% $states.input.a %}', error: '{% $states.errorOutput.Error %}' },
                Assign: { cause: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
              }),
            },
          ),
          Caught: { Type: 'Pass', Output: '{% $merge([$states.input, {"cause": $cause}]) %}', End: true },
        },
      },
      { a: 1 },
    );
    expect((await cloud.describe(shaped)).output).toEqual({ was: 1, error: 'Boom', cause: 'call 2' });
  });

  it('comes after the retries', async () => {
    withFunctions({ f: failing(9) });
    const arn = await cloud.start(
      one(invoke('f', {}, { Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }], Catch: caught(['Boom']) })),
    );
    await cloud.pass(10);
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('catches expressions that fail, but not States.Runtime nor by States.ALL a result that is too large', async () => {
    withFunctions({ big: () => 'x'.repeat(262_145), f: () => ({}) });
    const query = await cloud.start(
      one(invoke('f', '{% $nothing %}', { Catch: caught(['States.QueryEvaluationError']) })),
    );
    expect((await cloud.describe(query)).status).toBe('SUCCEEDED');
    const all = await cloud.start(one(invoke('big', {}, { Catch: caught(['States.ALL']) })));
    expect(await cloud.describe(all)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    const named = await cloud.start(one(invoke('big', {}, { Catch: caught(['States.DataLimitExceeded']) })));
    expect((await cloud.describe(named)).status).toBe('SUCCEEDED');
    const missing = {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3:getObject',
      Arguments: {},
      End: true,
    };
    const runtime = await cloud.start(one({ ...missing, Catch: caught(['States.ALL']) }));
    expect(await cloud.describe(runtime)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('time limits', () => {
  const token = (more: object) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    ...more,
  });

  it('times a task out, with States.Timeout and an empty cause', async () => {
    withFunctions({ f: () => ({}) });
    const arn = await cloud.start(
      one(token({ TimeoutSeconds: '{% 10 * 6 %}', Catch: caught(['States.Timeout']), End: true })),
    );
    await cloud.pass(59);
    expect((await cloud.describe(arn)).status).toBe('RUNNING');
    await cloud.pass(1);
    expect((await cloud.describe(arn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect(await cloud.history(arn)).toContain('TaskTimedOut');
  });

  it.each([
    { TimeoutSeconds: '{% 0 %}' },
    { TimeoutSeconds: '{% 100000000 %}' },
    { TimeoutSeconds: "{% '5' %}" },
    { TimeoutSeconds: '{% 5 %}', HeartbeatSeconds: '{% 5 %}' },
  ])('wants limits within their range: %j', async (limits) => {
    withFunctions({ f: () => ({}) });
    const arn = await cloud.start(only(token({ ...limits, End: true })));
    expect((await cloud.describe(arn)).error).toBe('States.QueryEvaluationError');
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
  });

  it('is not caught by States.TaskFailed', async () => {
    withFunctions({ f: () => ({}) });
    const arn = await cloud.start(
      one(token({ TimeoutSeconds: 5, Catch: caught(['States.TaskFailed']), End: true })),
    );
    await cloud.pass(5);
    expect(await cloud.describe(arn)).toEqual({
      status: 'FAILED',
      output: undefined,
      error: 'States.Timeout',
      cause: undefined,
    });
  });

  it('wants heartbeats, each putting the limit off', async () => {
    let taskToken = '';
    withFunctions({
      f: (event) => {
        taskToken = (event as { token: string }).token;
      },
    });
    const arn = await cloud.start(
      one(token({ HeartbeatSeconds: 10, Catch: caught(['States.HeartbeatTimeout']), End: true })),
    );
    await cloud.pass(9);
    await cloud.call('SendTaskHeartbeat', { taskToken });
    await cloud.pass(9);
    expect((await cloud.describe(arn)).status).toBe('RUNNING');
    await cloud.pass(1);
    expect((await cloud.describe(arn)).output).toEqual({ Error: 'States.Timeout', Cause: '' });
    await expect(cloud.call('SendTaskHeartbeat', { taskToken })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('times the whole execution out', async () => {
    withFunctions({});
    const arn = await cloud.start({
      TimeoutSeconds: 60,
      ...only({ Type: 'Wait', Seconds: 3600, End: true }),
    });
    await cloud.pass(60);
    expect((await cloud.describe(arn)).status).toBe('TIMED_OUT');
    expect(await cloud.history(arn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
  });

  it('lets no execution live longer than a year', async () => {
    withFunctions({});
    const old = await cloud.start(only({ Type: 'Wait', Seconds: 99_999_999, End: true }));
    await cloud.pass(86_400);
    const young = await cloud.start(only({ Type: 'Wait', Seconds: 99_999_999, End: true }));
    await cloud.pass(364 * 86_400);
    expect((await cloud.describe(old)).status).toBe('TIMED_OUT');
    expect((await cloud.describe(young)).status).toBe('RUNNING');
    await cloud.pass(86_400);
    expect((await cloud.describe(young)).status).toBe('TIMED_OUT');
  });
});

describe('task tokens', () => {
  const waiting = (more: object = {}) =>
    one({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
      Catch: caught(['States.ALL']),
      End: true,
      ...more,
    });
  let tokens: string[] = [];
  const ask: TestFunction = (event) => {
    tokens.push((event as { token: string }).token);
  };

  it('waits for SendTaskSuccess, whose output is the result', async () => {
    tokens = [];
    withFunctions({ ask });
    const arn = await cloud.start(waiting({ Output: { answer: '{% $states.result.yes %}' } }));
    expect((await cloud.describe(arn)).status).toBe('RUNNING');
    await cloud.call('SendTaskSuccess', { taskToken: tokens[0], output: '{"yes":true}' });
    await cloud.context.activity.idle();
    expect((await cloud.describe(arn)).output).toEqual({ answer: true });
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails by SendTaskFailure, with or without error and cause', async () => {
    tokens = [];
    withFunctions({ ask });
    const told = await cloud.start(waiting());
    await cloud.call('SendTaskFailure', { taskToken: tokens[0], error: 'Declined', cause: 'away' });
    const silent = await cloud.start(waiting());
    await cloud.call('SendTaskFailure', { taskToken: tokens[1] });
    await cloud.context.activity.idle();
    expect((await cloud.describe(told)).output).toEqual({ Error: 'Declined', Cause: 'away' });
    expect((await cloud.describe(silent)).output).toEqual({ Error: null, Cause: null });
  });

  it('may be answered before the call itself is', async () => {
    withFunctions({
      ask: async (event) => {
        await cloud.call('SendTaskSuccess', { taskToken: (event as { token: string }).token, output: '1' });
      },
    });
    const arn = await cloud.start(waiting());
    expect(await cloud.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  });

  it('refuses tokens that are none, answered already, or of executions that ended', async () => {
    tokens = [];
    withFunctions({ ask });
    await cloud.start(waiting());
    await cloud.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' });
    await expect(cloud.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
    await expect(cloud.call('SendTaskSuccess', { taskToken: 'none', output: '1' })).rejects.toMatchObject({
      code: 'InvalidToken',
      message: "Invalid Token: 'Invalid token'",
    });
    await expect(cloud.call('SendTaskSuccess', { taskToken: tokens[0], output: '{' })).rejects.toMatchObject({
      code: 'InvalidOutput',
    });
    const stopped = await cloud.start(waiting());
    await cloud.call('StopExecution', { executionArn: stopped });
    await expect(cloud.call('SendTaskFailure', { taskToken: tokens[1] })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('gives every attempt a token of its own', async () => {
    tokens = [];
    withFunctions({ ask });
    await cloud.start(waiting({ Retry: [{ ErrorEquals: ['Busy'] }] }));
    await cloud.call('SendTaskFailure', { taskToken: tokens[0], error: 'Busy' });
    await cloud.pass(1);
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).not.toBe(tokens[1]);
    await expect(cloud.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });
});
