import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Activity } from '../../local/core/activity.ts';
import { Clock } from '../../local/core/clock.ts';
import { ServiceError, UnsupportedError } from '../../local/core/errors.ts';
import { Journal } from '../../local/core/journal.ts';
import type { CloudContext, Service } from '../../local/core/service.ts';
import { createStepFunctionsService } from '../../local/step-functions/service.ts';
import { agrees, Placeholders } from './placeholders.ts';

const historyEventSchema = z.looseObject({ id: z.number(), type: z.string() });

const scenarioSchema = z.looseObject({
  name: z.string(),
  definition: z.unknown(),
  input: z.unknown(),
  expected: z.looseObject({
    status: z.string(),
    output: z.unknown().optional(),
    error: z.string().nullish(),
    cause: z.unknown().optional(),
  }),
  history_event_types: z.array(z.string()).default([]),
  history_order_normalised: z.boolean().default(false),
  history: z.array(historyEventSchema).default([]),
  lambdas: z.record(z.string(), z.string()).default({}),
  volatile_expected: z.boolean().default(false),
});

type Scenario = z.output<typeof scenarioSchema>;

/** How many scenarios ended as recorded, how many of those with a history went the recorded way, and what differed. */
export interface AslResult {
  readonly of: number;
  readonly agree: number;
  readonly histories: number;
  readonly historiesAgree: number;
  /** One line for each difference. */
  readonly differences: readonly string[];
}

/** Runs every scenario (`*.json`) of a folder through the API of Step Functions, each on an empty cloud of its own. */
export async function runAslConformance(dir: string): Promise<AslResult> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.json')).sort();
  let agree = 0;
  let histories = 0;
  let historiesAgree = 0;
  const differences: string[] = [];
  for (const file of files) {
    const scenario = scenarioSchema.parse(JSON.parse(await readFile(join(dir, file), 'utf8')));
    const outcome = await runScenario(scenario);
    const difference = compareOutcome(scenario, outcome);
    if (difference === undefined) agree++;
    else differences.push(`${scenario.name}: ${difference}`);
    if (scenario.expected.status === 'INVALID_DEFINITION' || scenario.history_event_types.length === 0)
      continue;
    histories++;
    const wrong = compareHistory(scenario, outcome.types);
    if (wrong === undefined) historiesAgree++;
    else differences.push(`${scenario.name}: ${wrong}`);
  }
  return { of: files.length, agree, histories, historiesAgree, differences };
}

interface Outcome {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly types: readonly string[];
}

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/conformance`;
const START = Date.UTC(2026, 0, 1);
/** A scenario whose waits lead further than this never ends. */
const HORIZON_MS = 366 * 24 * 3_600_000;

async function runScenario(scenario: Scenario): Promise<Outcome> {
  const journal = new Journal(undefined);
  try {
    const cloud = scenarioCloud(journal, scenario.lambdas);
    const root = { kind: 'root' } as const;
    const call = (action: string, input: Record<string, unknown>): Promise<Record<string, unknown>> =>
      cloud.gateway.call({ service: 'states', action, input, caller: root });
    const definition =
      typeof scenario.definition === 'string' ? scenario.definition : JSON.stringify(scenario.definition);
    let stateMachineArn: unknown;
    try {
      ({ stateMachineArn } = await call('CreateStateMachine', {
        name: 'scenario',
        definition,
        roleArn: ROLE,
      }));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { status: 'INVALID_DEFINITION', error: error.code, cause: error.message, types: [] };
    }
    const input = JSON.stringify(scenario.input === undefined ? {} : scenario.input);
    const { executionArn } = await call('StartExecution', { stateMachineArn, input });
    await cloud.activity.idle();
    let described = await call('DescribeExecution', { executionArn });
    while (described.status === 'RUNNING') {
      const due = cloud.clock.nextDue();
      if (due === undefined || due > START + HORIZON_MS) break;
      await cloud.clock.advanceTo(due);
      described = await call('DescribeExecution', { executionArn });
    }
    return {
      status: String(described.status),
      ...(typeof described.output === 'string' ? { output: JSON.parse(described.output) } : {}),
      ...(typeof described.error === 'string' ? { error: described.error } : {}),
      ...(typeof described.cause === 'string' ? { cause: described.cause } : {}),
      types: await historyTypes(call, executionArn),
    };
  } finally {
    journal.close();
  }
}

async function historyTypes(
  call: (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>,
  executionArn: unknown,
): Promise<string[]> {
  const types: string[] = [];
  let nextToken: unknown;
  do {
    const page = await call('GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    for (const event of z.array(historyEventSchema).parse(page.events)) types.push(event.type);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return types;
}

/** A cloud of Step Functions and the scenario's functions alone, its clock simulated. */
function scenarioCloud(journal: Journal, lambdas: Readonly<Record<string, string>>): CloudContext {
  const activity = new Activity();
  const services = new Map<string, Service>();
  const cloud: CloudContext = {
    account: ACCOUNT,
    region: REGION,
    dataDir: undefined,
    journal,
    activity,
    clock: new Clock(journal, activity, { simulatedFrom: START }),
    gateway: {
      register: (service) => services.set(service.name, service),
      call: async ({ service, action, input, caller }) => {
        const target = services.get(service);
        if (target === undefined) throw new UnsupportedError(`the service ${service}`);
        return target.call(action, input, caller);
      },
    },
    log: () => {},
  };
  const states = createStepFunctionsService(cloud);
  cloud.gateway.register(states);
  cloud.gateway.register(echoLambda(lambdas));
  states.resume();
  cloud.clock.start();
  return cloud;
}

/** Functions that return their event unchanged: what a scenario means by `echo`. */
function echoLambda(lambdas: Readonly<Record<string, string>>): Service {
  const names = new Set(Object.keys(lambdas).map(functionName));
  return {
    name: 'lambda',
    async call(action, input) {
      if (action !== 'Invoke') throw new UnsupportedError(`lambda ${action}`);
      const name = functionName(String(input.FunctionName));
      if (!names.has(name)) {
        throw new ServiceError(
          'ResourceNotFoundException',
          `Function not found: ${String(input.FunctionName)}`,
          404,
        );
      }
      const event: unknown =
        input.Payload instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(input.Payload)) : null;
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        Payload: new TextEncoder().encode(spacedJson(event)),
      };
    },
  };
}

/** JSON as Python writes it: the recorded functions ran there, and the length of their answer is recorded too. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spacedJson(item)}`);
  return `{${members.join(', ')}}`;
}

function functionName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? nameOrArn) : nameOrArn;
}

function compareOutcome(
  { expected, input, history, volatile_expected }: Scenario,
  outcome: Outcome,
): string | undefined {
  const placeholders = Placeholders.learn(input, history[0]);
  if (outcome.status !== expected.status) {
    return `status ${outcome.status} instead of ${expected.status} (${outcome.error ?? ''}: ${outcome.cause ?? ''})`;
  }
  const invalid = expected.status === 'INVALID_DEFINITION';
  // A refusal may be recorded by its code or by its message.
  const refused = invalid && agrees(expected.error, outcome.cause, placeholders);
  if (
    typeof expected.error === 'string' &&
    !refused &&
    !agrees(expected.error, outcome.error, placeholders)
  ) {
    return `error ${outcome.error} instead of ${expected.error} (${outcome.cause ?? ''})`;
  }
  if (!invalid && expected.error == null && outcome.error !== undefined) {
    return `error ${outcome.error} instead of none`;
  }
  if (volatile_expected || expected.output === undefined) return undefined;
  return agrees(expected.output, outcome.output, placeholders)
    ? undefined
    : `output ${JSON.stringify(outcome.output)} instead of ${JSON.stringify(expected.output)}`;
}

/**
 * Where a recording sorts the events of concurrent branches it also loses some that close a Parallel; the gaps in its
 * ids tell how many.
 */
const LOST: readonly string[] = ['ParallelStateSucceeded', 'ParallelStateFailed', 'ParallelStateExited'];

function compareHistory(scenario: Scenario, types: readonly string[]): string | undefined {
  const { history_event_types: expected, history_order_normalised: sorted, history } = scenario;
  const difference = `history ${types.join(' ')} instead of ${expected.join(' ')}`;
  if (!sorted) return JSON.stringify(expected) === JSON.stringify(types) ? undefined : difference;
  const surplus = [...types];
  for (const type of expected) {
    const at = surplus.indexOf(type);
    if (at === -1) return difference;
    surplus.splice(at, 1);
  }
  if (surplus.length === 0) return undefined;
  const lost = Math.max(0, ...history.map(({ id }) => id)) - history.length;
  return surplus.length === lost && surplus.every((type) => LOST.includes(type)) ? undefined : difference;
}
