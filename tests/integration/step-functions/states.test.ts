import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCloud, START, type TestCloud } from './cloud.ts';

let cloud: TestCloud;

beforeEach(() => {
  cloud = createTestCloud();
});

afterEach(() => cloud.close());

const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });
const one = (state: object) => ({ StartAt: 'One', States: { One: state } });

describe('data flow', () => {
  it('passes input on where nothing is said', async () => {
    const arn = await cloud.start(one(pass()), { a: 1 });
    expect(await cloud.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 } });
  });

  it('lets Output and Assign see the variables from before the state', async () => {
    const arn = await cloud.start({
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Assign: { n: 1 }, Next: 'Second' },
        Second: {
          Type: 'Pass',
          Assign: { n: '{% $n + 1 %}' },
          Output: { before: '{% $n %}' },
          Next: 'Third',
        },
        Third: pass({ Output: { before: '{% $states.input.before %}', after: '{% $n %}' } }),
      },
    });
    expect((await cloud.describe(arn)).output).toEqual({ before: 1, after: 2 });
  });

  it('gives the context object', async () => {
    const arn = await cloud.start(one(pass({ Output: '{% $states.context %}' })), { a: 1 }, 'first-run');
    const machine = arn.split(':')[6];
    expect((await cloud.describe(arn)).output).toEqual({
      Execution: {
        Id: arn,
        Input: { a: 1 },
        Name: 'first-run',
        RoleArn: 'arn:aws:iam::000000000000:role/machine',
        StartTime: '2026-09-01T08:00:00Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: `arn:aws:states:eu-west-2:000000000000:stateMachine:${machine}`, Name: machine },
      State: { Name: 'One', EnteredTime: '2026-09-01T08:00:00Z', RetryCount: 0 },
    });
  });

  it('takes all time from the clock', async () => {
    const arn = await cloud.start({
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 86_400, Next: 'Tell' },
        Tell: pass({
          Output: {
            now: '{% $now() %}',
            millis: '{% $millis() %}',
            day: "{% $now('[D01].[M01].[Y0001]') %}",
          },
        }),
      },
    });
    await cloud.pass(86_400);
    expect((await cloud.describe(arn)).output).toEqual({
      now: new Date(START + 86_400_000).toISOString(),
      millis: START + 86_400_000,
      day: '02.09.2026',
    });
  });

  it('takes only whole strings from {% to %} as expressions', async () => {
    const literals = { a: ' {% 1 %} ', c: '$states.input', d: ['a {% 2 %}.'] };
    const arn = await cloud.start(one(pass({ Output: literals })));
    expect((await cloud.describe(arn)).output).toEqual(literals);
  });

  it('runs states without query language whatever the machine says', async () => {
    const arn = await cloud.start({
      QueryLanguage: 'JSONPath',
      StartAt: 'Literal',
      States: {
        Literal: { Type: 'Pass', Result: { text: '{% 1 %}' }, Assign: { kept: '{% 2 %}' }, Next: 'Query' },
        Query: pass({ QueryLanguage: 'JSONata', Output: '{% [$states.input.text, $kept] %}' }),
      },
    });
    expect((await cloud.describe(arn)).output).toEqual(['{% 1 %}', '{% 2 %}']);
  });

  it('fails a state whose output is larger than 256 KiB', async () => {
    const arn = await cloud.start(one(pass({ Output: "{% $pad('', 262143, 'x') %}" })));
    expect(await cloud.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('variables', () => {
  /** A machine of so many states, each of which assigns a text of so many KiB. */
  const assigning = (count: number, kilobytes: number, nameOf: (index: number) => string) => {
    const text = `{% $pad('', ${kilobytes * 1024 - 2}, 'x') %}`;
    const States: Record<string, object> = { Done: { Type: 'Succeed' } };
    for (let index = 0; index < count; index++) {
      const Next = index + 1 < count ? `State ${index + 1}` : 'Done';
      States[`State ${index}`] = { Type: 'Pass', Assign: { [nameOf(index)]: text }, Output: {}, Next };
    }
    return { StartAt: 'State 0', States };
  };
  const statusOf = async (definition: object) => cloud.describe(await cloud.start(definition));

  it('may have 256 KiB in one Assign', async () => {
    const half = "{% $pad('', 131070, 'x') %}";
    const right = await cloud.start(one(pass({ Assign: { a: half, b: half }, Output: 1 })));
    expect((await cloud.describe(right)).status).toBe('SUCCEEDED');
    const more = await cloud.start(one(pass({ Assign: { a: half, b: half, c: 1 }, Output: 1 })));
    expect((await cloud.describe(more)).error).toBe('States.DataLimitExceeded');
  });

  it('may have 10 MiB in all, counting what they have now', async () => {
    const own = (index: number) => `v${index}`;
    expect(await statusOf(assigning(40, 256, own))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await statusOf(assigning(41, 256, own))).toMatchObject({ error: 'States.DataLimitExceeded' });
    expect(await statusOf(assigning(60, 256, () => 'same'))).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('expressions that fail', () => {
  it('says which field returned nothing', async () => {
    const arn = await cloud.start(one(pass({ Output: { school: '{% $states.input.name %}' } })));
    expect(await cloud.describe(arn)).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'One' (entered at the event id #2). The JSONata expression '$states.input.name' specified for the field 'Output/school' returned nothing (undefined).",
    });
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
  });

  it('carries the code and message of JSONata', async () => {
    const arn = await cloud.start(one(pass({ Output: { x: '{% $noSuchFunction(1) %}' } })));
    expect((await cloud.describe(arn)).cause).toContain(
      "The JSONata expression '$noSuchFunction(1)' specified for the field 'Output/x' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    );
  });

  it('has no root input', async () => {
    for (const expression of ['{% $$ %}', '{% a %}', '{% $ %}']) {
      const arn = await cloud.start(one(pass({ Output: expression })), { a: 1 });
      expect((await cloud.describe(arn)).error).toBe('States.QueryEvaluationError');
    }
  });

  it('refuses a function as a value', async () => {
    const arn = await cloud.start(one(pass({ Output: '{% function($x) { $x } %}' })));
    expect((await cloud.describe(arn)).error).toBe('States.QueryEvaluationError');
  });

  it('ends an expression that does not end by itself', async () => {
    const arn = await cloud.start(one(pass({ Output: '{% ($f := function($x) { 1 + $f($x) }; $f(1)) %}' })));
    expect((await cloud.describe(arn)).error).toBe('States.QueryEvaluationError');
  });
});

describe('Choice', () => {
  const choice = {
    StartAt: 'Choose',
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [
          {
            Condition:
              "{% $states.input.kind = 'school' and ($states.input.pupils > 100 or $states.input.special) %}",
            Output: { size: 'large' },
            Assign: { rule: 'first' },
            Next: 'End',
          },
          { Condition: '{% $exists($states.input.pupils) %}', Next: 'End' },
        ],
        Default: 'End',
        Output: { size: 'unknown' },
        Assign: { rule: 'default' },
      },
      End: pass({ Output: { input: '{% $states.input %}', rule: '{% $exists($rule) ? $rule : "none" %}' } }),
    },
  };

  it('takes the first rule that holds, with its Output and Assign', async () => {
    const arn = await cloud.start(choice, { kind: 'school', pupils: 200, special: false });
    expect((await cloud.describe(arn)).output).toEqual({ input: { size: 'large' }, rule: 'first' });
  });

  it("keeps the input where the rule has no Output, the state's being for the default", async () => {
    const input = { kind: 'hub', pupils: 1, special: false };
    const arn = await cloud.start(choice, input);
    expect((await cloud.describe(arn)).output).toEqual({ input, rule: 'none' });
  });

  it('takes the default with the Output and Assign of the state', async () => {
    const arn = await cloud.start(choice, { kind: 'hub' });
    expect((await cloud.describe(arn)).output).toEqual({ input: { size: 'unknown' }, rule: 'default' });
  });

  it('fails where no rule holds and there is no default', async () => {
    const arn = await cloud.start({
      StartAt: 'Choose',
      States: { Choose: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }] }, End: pass() },
    });
    expect(await cloud.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('fails where a condition is no boolean', async () => {
    const arn = await cloud.start({
      StartAt: 'Choose',
      States: {
        Choose: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'End' }], Default: 'End' },
        End: pass(),
      },
    });
    expect(await cloud.describe(arn)).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("Expected 'boolean', but was 'number' for value: 1"),
    });
  });
});

describe('Wait', () => {
  it('waits for the seconds of an expression', async () => {
    const arn = await cloud.start(one({ Type: 'Wait', Seconds: '{% $states.input.s * 2 %}', End: true }), {
      s: 30,
    });
    await cloud.pass(59);
    expect((await cloud.describe(arn)).status).toBe('RUNNING');
    await cloud.pass(1);
    expect(await cloud.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { s: 30 } });
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('waits until a timestamp with an offset, and not for one that is past', async () => {
    const until = (timestamp: string) =>
      one({ Type: 'Wait', Timestamp: '{% $states.input.t %}', End: true, Comment: timestamp });
    const later = await cloud.start(until('later'), { t: '2026-09-01T10:00:00.5+01:00' });
    const past = await cloud.start(until('past'), { t: '2016-03-05T21:29:29.243167252Z' });
    expect((await cloud.describe(past)).status).toBe('SUCCEEDED');
    await cloud.pass(3600);
    expect((await cloud.describe(later)).status).toBe('RUNNING');
    await cloud.pass(1);
    expect((await cloud.describe(later)).status).toBe('SUCCEEDED');
  });

  it.each([
    '2016-12-05 21:29:29Z',
    '2016-12-05T21:29:29',
    '2016-13-05T21:29:29Z',
    '2016-12-05T25:29:29Z',
    '05-12-2016T21:29:29Z',
  ])('refuses the timestamp %s', async (timestamp) => {
    const arn = await cloud.start(one({ Type: 'Wait', Timestamp: '{% $states.input.t %}', End: true }), {
      t: timestamp,
    });
    expect((await cloud.describe(arn)).cause).toBe(
      `An error occurred while executing the state 'One' (entered at the event id #2). The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`,
    );
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
  });
});

describe('Succeed and Fail', () => {
  it('ends well with its Output', async () => {
    const arn = await cloud.start(one({ Type: 'Succeed', Output: { done: '{% $states.input.a %}' } }), {
      a: 1,
    });
    expect((await cloud.describe(arn)).output).toEqual({ done: 1 });
    expect(await cloud.history(arn)).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails with error and cause of expressions, or with neither', async () => {
    const told = await cloud.start(
      one({ Type: 'Fail', Error: '{% $states.input.e %}', Cause: '{% "no " & $states.input.e %}' }),
      {
        e: 'Room',
      },
    );
    expect(await cloud.describe(told)).toMatchObject({ status: 'FAILED', error: 'Room', cause: 'no Room' });
    const silent = await cloud.start(one({ Type: 'Fail' }));
    expect(await cloud.describe(silent)).toEqual({
      status: 'FAILED',
      output: undefined,
      error: undefined,
      cause: undefined,
    });
  });

  it('needs a string as cause', async () => {
    const arn = await cloud.start(one({ Type: 'Fail', Cause: '{% 5 %}' }));
    expect(await cloud.describe(arn)).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("Expected 'string', but was 'number' for value: 5"),
    });
  });
});
