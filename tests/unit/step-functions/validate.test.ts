import { describe, expect, it } from 'vitest';
import {
  describeDiagnostics,
  MAX_DEFINITION_BYTES,
  validateDefinition,
  validateDefinitionText,
} from '../../../local/step-functions/definition/validate.ts';

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const errors = (definition: unknown): string => describeDiagnostics(validateDefinition(definition));
const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });
const machine = (states: object, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: states,
  ...more,
});
const one = (state: object) => errors(machine({ A: state }));

describe('structure', () => {
  it('accepts what is right', () => {
    expect(errors(machine({ A: pass() }, { Comment: 'c', Version: '1.0', TimeoutSeconds: 60 }))).toBe('');
  });

  it('names what is missing', () => {
    expect(errors({})).toBe('SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /');
    expect(errors([])).toBe('SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at /');
    expect(errors({ States: { A: pass() } })).toBe(
      'SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /',
    );
    expect(one({ Type: 'Pass' })).toContain("One of the fields 'Next' and 'End' is required at /States/A");
    expect(one({ Type: 'Task', End: true })).toContain('These fields are required: [Resource] at /States/A');
    expect(one({ Type: 'Parallel', Branches: [], End: true })).toBe(
      'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Branches',
    );
    expect(one({ Type: 'Map', End: true })).toContain('These fields are required: [ItemProcessor]');
    expect(one({ Type: 'Wait', End: true })).toContain("Exactly one of the fields 'Seconds' and 'Timestamp'");
  });

  it('names unknown types and fields', () => {
    expect(one({ Type: 'Unknown' })).toBe(
      "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type",
    );
    expect(one(pass({ Colour: 1 }))).toBe(
      "SCHEMA_VALIDATION_FAILED: Field is not supported: 'Colour' at /States/A/Colour",
    );
    expect(errors(machine({ A: pass() }, { Colour: 1 }))).toContain('/Colour');
    expect(one({ Type: 'Succeed', Assign: { a: 1 } })).toContain("'Assign'");
  });

  it('finds targets that are missing and states that are not reached', () => {
    expect(errors(machine({ A: { Type: 'Pass', Next: 'B' } }))).toBe(
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
    );
    expect(errors(machine({ A: pass() }, { StartAt: 'B' }))).toContain("Missing 'StartAt' target: B");
    expect(errors(machine({ A: pass(), B: pass() }))).toBe(
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    );
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }], Default: 'C' };
    expect(errors(machine({ A: choice, B: pass() }))).toContain("Missing 'Default' target: C");
    const catching = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
      End: true,
    };
    expect(errors(machine({ A: catching, B: pass() }))).toBe('');
  });

  it('wants names unique in the whole machine', () => {
    const inner = { StartAt: 'A', States: { A: pass() } };
    expect(errors(machine({ A: { Type: 'Map', ItemProcessor: inner, End: true } }))).toContain(
      'Duplicate State name: A',
    );
  });

  it('wants retriers and catchers in order', () => {
    const task = (more: object) =>
      one({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true, ...more });
    expect(task({ Retry: [{ ErrorEquals: [] }] })).toContain('ErrorEquals');
    expect(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] })).toContain(
      'last entry',
    );
    expect(task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] })).toContain('only error name');
    expect(task({ Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] })).toContain('BackoffRate');
    expect(task({ Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds: 1 }] })).toContain('MaxDelaySeconds');
    expect(task({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'SOME' }] })).toContain('JitterStrategy');
    expect(
      task({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 0, IntervalSeconds: 1, Colour: 1 }] }),
    ).toContain('Colour');
    expect(task({ Catch: [{ ErrorEquals: ['A'], Next: 'None' }] })).toContain("Missing 'Next' target: None");
    expect(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })).toContain('HeartbeatSeconds');
    expect(task({ TimeoutSeconds: '{% 5 %}', HeartbeatSeconds: 5 })).toBe('');
  });

  it('knows the resources that it can run', () => {
    const resource = (Resource: string) => one({ Type: 'Task', Resource, End: true });
    expect(resource('arn:aws:lambda:eu-west-2:000000000000:function:f')).toBe('');
    expect(resource('arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken')).toBe('');
    expect(resource('arn:aws:states:::states:startExecution.sync:2')).toBe('');
    for (const unknown of [
      'arn:aws:states:::dynamodb:query',
      'arn:aws:states:::dynamodb:updateItem.waitForTaskToken',
      'arn:aws:states:::aws-sdk:ec2:runInstances',
      'arn:aws:states:::lambda:invoke.sync',
      'none',
    ]) {
      expect(resource(unknown)).toBe(
        `SCHEMA_VALIDATION_FAILED: The resource provided ${unknown} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource`,
      );
    }
  });

  it('refuses what is too large or no JSON', () => {
    expect(errors(machine({ A: pass({ Comment: 'x'.repeat(MAX_DEFINITION_BYTES) }) }))).toContain(
      'larger than 1048576',
    );
    expect(validateDefinitionText('not')).toMatchObject([
      { severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION' },
    ]);
  });
});

describe('JSONata', () => {
  it('parses every expression, over several lines too', () => {
    expect(one(pass({ Output: { a: ['{% (\n$a := 1;\n$a\n) %}'] } }))).toBe('');
    expect(one(pass({ Output: { a: ['{% 1 + %}'] } }))).toMatch(
      /'1 \+' cannot be parsed: .* at \/States\/A\/Output\/a\[0\]$/,
    );
    expect(one(pass({ Assign: { a: '{% %}' } }))).toContain('/States/A/Assign/a');
  });

  it('refuses $eval', () => {
    expect(one(pass({ Output: '{% $eval("1") %}' }))).toContain("'$eval' is not supported");
    expect(one(pass({ Output: '{% "$eval(1)" %}' }))).toBe('');
  });

  it.each([' {% 1 %}', '{% 1 %} ', '{% 1', '1 %}'])('refuses %j, which opens or closes wrongly', (text) => {
    expect(one(pass({ Output: { a: text } }))).toContain('is no JSONata expression');
    expect(one(pass({ Comment: text }))).toBe('');
  });

  it('refuses what of $states is not there', () => {
    const task = (more: object) => one({ Type: 'Task', Resource: LAMBDA, End: true, ...more });
    const caught = (more: object) =>
      errors(
        machine({
          A: {
            Type: 'Task',
            Resource: LAMBDA,
            End: true,
            Catch: [{ ErrorEquals: ['E'], Next: 'B', ...more }],
          },
          B: pass(),
        }),
      );
    const result = '{% $exists($states.result.a) %}';
    const errorOutput = '{% $states.errorOutput.Error %}';
    expect(task({ Output: { a: result }, Assign: { b: result } })).toBe('');
    expect(caught({ Output: errorOutput, Assign: { b: errorOutput } })).toBe('');
    for (const message of [
      one(pass({ Output: result })),
      task({ Arguments: { a: result } }),
      task({ TimeoutSeconds: result }),
      caught({ Output: result }),
      one({ Type: 'Choice', Choices: [{ Condition: result, Next: 'A' }] }),
    ]) {
      expect(message).toContain("'$states.result' is not accessible in this field");
    }
    expect(task({ Output: errorOutput })).toContain("'$states.errorOutput' is not accessible");
    expect(one(pass({ Output: "{% '$states.result' %}" }))).toBe('');
  });

  it('wants variables with proper names', () => {
    expect(one(pass({ Assign: { états: 1, a_1: 2 } }))).toBe('');
    for (const name of ['1a', '_a', 'a-b', 'a.$', 'states', ''])
      expect(one(pass({ Assign: { [name]: 1 } }))).not.toBe('');
  });

  it('wants no variable of an outer scope assigned in an inner one', () => {
    const inner = (name: string) => ({
      StartAt: 'B',
      States: { B: pass({ Assign: { [name]: 1 } }) },
    });
    const outer = (name: string, more: object = {}) =>
      errors(
        machine({ A: { Type: 'Map', ItemProcessor: inner(name), Assign: { a: 1 }, End: true, ...more } }),
      );
    expect(outer('b')).toBe('');
    expect(outer('a')).toContain("The variable 'a' is assigned in an outer scope");
    expect(
      outer('c', { Catch: [{ ErrorEquals: ['E'], Assign: { c: 1 }, Next: 'Z' }], Next: 'Z', End: undefined }),
    ).toContain("The variable 'c' is assigned in an outer scope");
    const branches = { Type: 'Parallel', Branches: [inner('a'), inner('a')], End: true };
    expect(one(branches)).toContain('Duplicate State name: B');
    expect(one(branches)).not.toContain('outer scope');
  });

  it('wants plain values and objects where nothing else may be', () => {
    expect(one(pass({ Comment: 1 }))).toContain("The field 'Comment' must be a string");
    expect(errors(machine({ A: pass() }, { Comment: 1 }))).toContain("The field 'Comment' must be a string");
    expect(errors(machine({ A: pass() }, { TimeoutSeconds: 100_000_000 }))).toContain('1 to 99999999');
    for (const Arguments of ['text', 1, null, [1]]) {
      expect(one({ Type: 'Task', Resource: LAMBDA, Arguments, End: true })).toContain(
        "The field 'Arguments' must be an object or a JSONata expression",
      );
    }
    expect(one({ Type: 'Task', Resource: LAMBDA, Arguments: '{% $states.input %}', End: true })).toBe('');
    expect(
      one({
        Type: 'Task',
        Resource: LAMBDA,
        End: true,
        Catch: [{ ErrorEquals: ['A'], Assign: 1, Next: 'A' }],
      }),
    ).toContain("The field 'Assign' must be an object");
  });

  it('refuses timestamps that are none', () => {
    const wait = (Timestamp: string) => one({ Type: 'Wait', Timestamp, End: true });
    expect(wait('2016-03-14T01:59:00Z')).toBe('');
    expect(wait('2016-02-29T01:59:00+01:00')).toBe('');
    expect(wait('2015-02-29T01:59:00Z')).toContain(
      'String does not match RFC3339 timestamp at /States/A/Timestamp',
    );
  });
});

describe('JSONPath', () => {
  const jsonPath = (state: object) => errors({ StartAt: 'A', States: { A: state } });

  it.each([
    { InputPath: '$.a' },
    { OutputPath: '$' },
    { ResultPath: null },
    { Parameters: { 'a.$': '$.b' } },
    { Assign: { 'a.$': '$.b' } },
  ])('is refused by the name of the state: %j', (field) => {
    expect(jsonPath(pass(field))).toContain("State 'A' uses JSONPath");
  });

  it('is refused in Choice, Catch and Map', () => {
    expect(
      errors({
        StartAt: 'A',
        States: {
          A: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'B' }] },
          B: pass(),
        },
      }),
    ).toContain("State 'A' uses JSONPath");
    const inner = { StartAt: 'B', States: { B: pass({ InputPath: '$.a' }) } };
    expect(jsonPath({ Type: 'Map', QueryLanguage: 'JSONata', ItemProcessor: inner, End: true })).toContain(
      "State 'B' uses JSONPath",
    );
  });

  it('is no matter where no query is made, or every state declares JSONata', () => {
    expect(jsonPath(pass({ Result: { a: '$.b' }, Assign: { a: '$.b' } }))).toBe('');
    expect(jsonPath(pass({ QueryLanguage: 'JSONata', Output: '{% 1 %}' }))).toBe('');
  });

  it('cannot come back beneath JSONata', () => {
    expect(one(pass({ QueryLanguage: 'JSONPath' }))).toBe(
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A/QueryLanguage",
    );
    expect(one(pass({ ResultPath: '$.a' }))).toContain(
      "not supported when QueryLanguage is JSONata: 'ResultPath'",
    );
  });
});

describe('Distributed Map', () => {
  it('is refused by name', () => {
    const processor = { StartAt: 'B', States: { B: pass() } };
    const map = { Type: 'Map', End: true, ItemProcessor: processor };
    expect(one(map)).toBe('');
    const distributed = { ...processor, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    expect(one({ ...map, ItemProcessor: distributed })).toContain("State 'A' is a Distributed Map");
    expect(one({ ...map, ItemReader: {} })).toContain("State 'A' is a Distributed Map");
  });
});
