import { Activity } from '../../../local/core/activity.ts';
import { Clock } from '../../../local/core/clock.ts';
import { UnsupportedError } from '../../../local/core/errors.ts';
import { Journal } from '../../../local/core/journal.ts';
import type { Caller, CloudContext, Service } from '../../../local/core/service.ts';
import {
  createStepFunctionsService,
  type StepFunctionsService,
} from '../../../local/step-functions/service.ts';

export const START = Date.UTC(2026, 8, 1, 8);
export const ROLE = 'arn:aws:iam::000000000000:role/machine';
export const ROOT: Caller = { kind: 'root' };

/** A function of a test: what it returns is its answer, a thrown error its failure. */
export type TestFunction = (event: unknown, caller: Caller) => unknown;

export interface TestCloud {
  readonly context: CloudContext;
  readonly states: StepFunctionsService;
  /** Entries put on the default bus. */
  readonly published: Record<string, unknown>[];
  call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Creates a machine of the given definition and starts it; answers the execution's ARN. */
  start(definition: object, input?: unknown, name?: string): Promise<string>;
  /** Lets everything happen that is due within `seconds`. */
  pass(seconds: number): Promise<void>;
  describe(executionArn: string): Promise<Execution>;
  /** The types of the history's events. */
  history(executionArn: string): Promise<string[]>;
  events(executionArn: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

export interface Execution {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

export interface TestCloudOptions {
  /** Where the journal is kept; in memory by default. */
  readonly dataDir?: string;
  readonly functions?: Readonly<Record<string, TestFunction>>;
  readonly services?: readonly Service[];
  /** By default what is logged fails the test. */
  readonly log?: (source: string, message: string) => void;
}

let machines = 0;

/** Step Functions alone, under a simulated clock, with functions that are plain functions of the test. */
export function createTestCloud(options: TestCloudOptions = {}): TestCloud {
  const journal = new Journal(options.dataDir);
  const activity = new Activity();
  const services = new Map<string, Service>();
  const context: CloudContext = {
    account: '000000000000',
    region: 'eu-west-2',
    dataDir: options.dataDir,
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
    log:
      options.log ??
      ((_source, message) => {
        throw new Error(message);
      }),
  };
  const published: Record<string, unknown>[] = [];
  const states = createStepFunctionsService(context);
  for (const service of [
    states,
    lambdaOf(options.functions ?? {}),
    eventsOf(published),
    ...(options.services ?? []),
  ]) {
    context.gateway.register(service);
  }
  const call = (action: string, input: Record<string, unknown>) => states.call(action, input, ROOT);
  const events = async (executionArn: string): Promise<Record<string, unknown>[]> => {
    const { events: found } = await call('GetExecutionHistory', { executionArn, maxResults: 1000 });
    return found as Record<string, unknown>[];
  };
  states.resume();
  context.clock.start();
  return {
    context,
    states,
    published,
    call,
    events,
    async start(definition, input, name) {
      const machine = `machine-${++machines}`;
      const { stateMachineArn } = await call('CreateStateMachine', {
        name: machine,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
        roleArn: ROLE,
      });
      const { executionArn } = await call('StartExecution', {
        stateMachineArn,
        ...(input === undefined ? {} : { input: JSON.stringify(input) }),
        ...(name === undefined ? {} : { name }),
      });
      await activity.idle();
      return String(executionArn);
    },
    async pass(seconds) {
      await context.clock.advanceTo(context.clock.now() + seconds * 1000);
    },
    async describe(executionArn) {
      const found = await call('DescribeExecution', { executionArn });
      return {
        status: String(found.status),
        output: typeof found.output === 'string' ? JSON.parse(found.output) : undefined,
        error: found.error as string | undefined,
        cause: found.cause as string | undefined,
      };
    },
    async history(executionArn) {
      return (await events(executionArn)).map((event) => String(event.type));
    },
    close: () => journal.close(),
  };
}

/** Errors that a test's function ends with, in the shape of Lambda's runtime. */
export class FunctionFailure extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

function lambdaOf(functions: Readonly<Record<string, TestFunction>>): Service {
  return {
    name: 'lambda',
    async call(_action, input, caller) {
      const name = String(input.FunctionName).split(':').at(6) ?? String(input.FunctionName);
      const event: unknown = JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array));
      const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value ?? null));
      try {
        return { StatusCode: 200, Payload: encode(await functions[name]?.(event, caller)) };
      } catch (error) {
        if (!(error instanceof FunctionFailure)) throw error;
        const { errorType, message } = error;
        return {
          StatusCode: 200,
          FunctionError: 'Unhandled',
          Payload: encode({ errorType, errorMessage: message, trace: [] }),
        };
      }
    },
  };
}

function eventsOf(published: Record<string, unknown>[]): Service {
  return {
    name: 'events',
    async call(_action, input) {
      const entries = input.Entries as Record<string, unknown>[];
      published.push(...entries);
      return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) };
    },
  };
}

/** A Task of `lambda:invoke` whose output is the function's own answer. */
export function invoke(functionName: string, payload: unknown, more: object = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: payload },
    Output: '{% $states.result.Payload %}',
    End: true,
    ...more,
  };
}
