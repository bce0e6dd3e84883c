import { Activity } from '../../core/activity.ts';
import { Clock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import { Journal } from '../../core/journal.ts';
import type { CloudContext } from '../../core/service.ts';
import { describeDiagnostics, validateDefinition } from '../definition/validate.ts';
import { Engine } from '../engine/engine.ts';
import type { Outcome } from '../engine/frames.ts';
import type { StoredEvent } from '../engine/history.ts';
import { invokeResource } from '../integrations/invoke.ts';
import { isObject } from '../json.ts';
import { StatusEvents } from '../status-events.ts';
import { Store } from '../store.ts';
import type { Input } from './inputs.ts';

const TESTABLE = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice'];
const MOCKABLE = ['Task', 'Map', 'Parallel'];
/** Stands for a Map or Parallel whose result is mocked. */
const MOCKED_RESOURCE = 'arn:aws:lambda:eu-west-2:000000000000:function:mock';

function refuse(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/**
 * Runs one state by itself, in memory and in no time: a Wait does not wait. Calls are made really, unless a mock gives
 * their result. A whole machine may be given with the name of the state.
 */
export async function testState(
  cloud: CloudContext,
  input: Input<'TestState'>,
): Promise<Record<string, unknown>> {
  const { name, state, jsonata } = pickState(input);
  const type = String(state.Type);
  if (input.mock !== undefined && !MOCKABLE.includes(type)) {
    throw refuse(`State type '${type}' is not supported when a mock is specified`);
  }
  if (input.mock === undefined && !TESTABLE.includes(type)) {
    throw refuse(
      `TestState API does not support Map or Parallel states. Supported state types include: [${TESTABLE.join(', ')}]`,
    );
  }
  if (type === 'Task' && input.mock === undefined && input.roleArn === undefined) {
    throw refuse('RoleArn must be specified when testing a Task state');
  }
  const definition = {
    ...(jsonata ? { QueryLanguage: 'JSONata' } : {}),
    StartAt: name,
    States: { [name]: mockable(state, type, input), ...targetsOf(state, name) },
  };
  const errors = describeDiagnostics(validateDefinition(definition));
  if (errors !== '')
    throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${errors}'`);
  return runState(cloud, input, definition, name);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(`${what} must be valid JSON`);
  }
}

function pickState(input: Input<'TestState'>): {
  name: string;
  state: Record<string, unknown>;
  jsonata: boolean;
} {
  const definition = parse(input.definition, 'The definition');
  if (!isObject(definition)) throw refuse('The definition must be an object');
  const jsonata = definition.QueryLanguage === 'JSONata';
  if (!isObject(definition.States))
    return { name: input.stateName ?? 'TestState', state: definition, jsonata };
  const name = input.stateName ?? String(definition.StartAt);
  const state = definition.States[name];
  if (!isObject(state)) throw refuse(`State not found in definition: ${name}`);
  return { name, state, jsonata };
}

function variablesOf(input: Input<'TestState'>): Record<string, unknown> {
  if (input.variables === undefined) return {};
  const variables = parse(input.variables, 'The variables');
  if (!isObject(variables)) throw refuse('The variables must be an object');
  return variables;
}

function mockable(
  state: Record<string, unknown>,
  type: string,
  input: Input<'TestState'>,
): Record<string, unknown> {
  const flow =
    type === 'Choice' || type === 'Succeed' || type === 'Fail' || state.Next !== undefined
      ? {}
      : { End: true };
  if (input.mock === undefined || type === 'Task') return { ...state, ...flow };
  const kept = ['QueryLanguage', 'Next', 'End', 'Output', 'Assign', 'Retry', 'Catch'];
  const common = Object.fromEntries(Object.entries(state).filter(([field]) => kept.includes(field)));
  return { ...common, ...flow, Type: 'Task', Resource: MOCKED_RESOURCE };
}

/** States for every place that the state can go to; the history then names the one that it went to. */
function targetsOf(value: unknown, self: string): Record<string, { Type: 'Succeed' }> {
  const found: Record<string, { Type: 'Succeed' }> = {};
  const collect = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(collect);
    else if (isObject(part)) {
      for (const [key, item] of Object.entries(part)) {
        if ((key === 'Next' || key === 'Default') && typeof item === 'string' && item !== self) {
          found[item] = { Type: 'Succeed' };
        } else if (key === 'Choices' || key === 'Catch') collect(item);
      }
    }
  };
  collect(value);
  return found;
}

async function runState(
  cloud: CloudContext,
  input: Input<'TestState'>,
  definition: unknown,
  name: string,
): Promise<Record<string, unknown>> {
  const journal = new Journal(undefined);
  try {
    const activity = new Activity();
    const clock = new Clock(journal, activity, { simulatedFrom: cloud.clock.now() });
    const store = new Store(journal);
    const own: CloudContext = { ...cloud, journal, activity, clock, dataDir: undefined };
    const quiet = new StatusEvents(
      { ...own, gateway: { register: () => {}, call: async () => ({}) } },
      store,
    );
    const mock = input.mock;
    const engine = new Engine(own, store, quiet, (invocation) =>
      mock === undefined ? invokeResource({ ...invocation, cloud }) : Promise.resolve(mockedOutcome(mock)),
    );
    const text = JSON.stringify(definition);
    const machine = {
      name: 'TestState',
      arn: `arn:aws:states:${cloud.region}:${cloud.account}:stateMachine:TestState`,
      definition: store.internDefinition(text, text),
      roleArn: input.roleArn ?? '',
      created: clock.now(),
      updated: clock.now(),
      revision: undefined,
      settings: '{}',
      tags: '{}',
    };
    const arn = `arn:aws:states:${cloud.region}:${cloud.account}:execution:TestState:test`;
    const row = engine.start(machine, arn, 'test', input.input ?? '{}', variablesOf(input));
    await activity.idle();
    const isRetried = (): boolean => store.frames(row.id)[0]?.phase.at === 'retrying';
    if (!isRetried()) {
      for (
        let due = clock.nextDue();
        due !== undefined && store.execution(row.id)?.status === 'RUNNING';
        due = clock.nextDue()
      ) {
        await clock.advanceTo(due);
        if (isRetried()) break;
      }
    }
    const events = store.events(row.id, 1, Number.MAX_SAFE_INTEGER).map(([, event]) => event);
    return describeTest(events, name, isRetried(), input);
  } finally {
    journal.close();
  }
}

function mockedOutcome(mock: NonNullable<Input<'TestState'>['mock']>): Outcome {
  if (mock.errorOutput !== undefined) {
    return { ok: false, error: mock.errorOutput.error, cause: mock.errorOutput.cause };
  }
  return { ok: true, result: parse(mock.result ?? '{}', 'Mocked result') };
}

function detail(event: StoredEvent | undefined, member: string): unknown {
  const details = event?.[3];
  return isObject(details) ? details[member] : undefined;
}

/** JSON of the variables after the state: those given and those that it assigned; undefined where there are none. */
function variablesAfter(input: Input<'TestState'>, exited: StoredEvent | undefined): string | undefined {
  const texts = detail(exited, 'assignedVariables');
  const assigned = isObject(texts)
    ? Object.entries(texts).map(([name, text]): [string, unknown] => [name, JSON.parse(String(text))])
    : [];
  if (input.variables === undefined && assigned.length === 0) return undefined;
  return JSON.stringify({ ...variablesOf(input), ...Object.fromEntries(assigned) });
}

function describeTest(
  events: readonly StoredEvent[],
  name: string,
  retried: boolean,
  input: Input<'TestState'>,
): Record<string, unknown> {
  const find = (test: (type: string) => boolean): StoredEvent | undefined =>
    events.find(([type]) => test(type));
  const exited = find((type) => type.endsWith('StateExited'));
  const failed = find(
    (type) =>
      /^(Task|LambdaFunction)(Failed|TimedOut|SubmitFailed)$/.test(type) || type === 'EvaluationFailed',
  );
  const ended = find((type) => type === 'ExecutionFailed');
  const next = events.find((event) => event[0].endsWith('StateEntered') && detail(event, 'name') !== name);
  const present = (members: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  const errorOf = (event: StoredEvent | undefined): Record<string, unknown> =>
    present({ error: detail(event, 'error'), cause: detail(event, 'cause') });
  const scheduled = find((type) => type.endsWith('Scheduled'));
  const inspection =
    input.inspectionLevel === undefined || input.inspectionLevel === 'INFO'
      ? {}
      : {
          inspectionData: present({
            input: input.input ?? '{}',
            afterArguments: detail(scheduled, 'parameters') ?? detail(scheduled, 'input'),
            result: detail(
              find((type) => /^(Task|LambdaFunction)Succeeded$/.test(type)),
              'output',
            ),
            variables: variablesAfter(input, exited),
          }),
        };
  if (retried) return { status: 'RETRIABLE', ...errorOf(failed), ...inspection };
  if (exited === undefined) return { status: 'FAILED', ...errorOf(ended ?? failed), ...inspection };
  return {
    status: failed === undefined ? 'SUCCEEDED' : 'CAUGHT_ERROR',
    output: detail(exited, 'output'),
    ...(failed === undefined ? {} : errorOf(failed)),
    ...present({ nextState: detail(next, 'name') }),
    ...inspection,
  };
}
