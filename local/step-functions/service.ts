import type * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext, Service } from '../core/service.ts';
import { ExecutionsApi } from './api/executions.ts';
import { type ActionName, INPUTS } from './api/inputs.ts';
import { MachinesApi } from './api/machines.ts';
import { testState } from './api/test-state.ts';
import { Engine } from './engine/engine.ts';
import { StatusEvents } from './status-events.ts';
import { Store } from './store.ts';

/** What ran of one state machine. */
export interface MachineStatistics {
  /** Number of executions by status. */
  readonly executions: Readonly<Record<string, number>>;
  /** State transitions, retries included: what AWS bills. */
  readonly transitions: number;
}

export interface StepFunctionsService extends Service {
  readonly machines: MachinesApi;
  /** Goes on with every execution that was at work; call once all services are registered, before the clock starts. */
  resume(): void;
  /** Executions and transitions by the name of the state machine. */
  statistics(): Record<string, MachineStatistics>;
}

type Answer = Record<string, unknown> | Promise<Record<string, unknown>>;
type Handler = (input: Record<string, unknown>) => Answer;

/** Step Functions ('states'): JSONata state machines, durable in the cloud's journal, on the cloud's clock. */
export function createStepFunctionsService(cloud: CloudContext): StepFunctionsService {
  const store = new Store(cloud.journal);
  const engine = new Engine(cloud, store, new StatusEvents(cloud, store));
  const machines = new MachinesApi(cloud, store);
  const executions = new ExecutionsApi(cloud, store, engine, machines);
  const handlers: Readonly<Record<ActionName, Handler>> = {
    CreateStateMachine: checked(INPUTS.CreateStateMachine, (input) => machines.create(input)),
    UpdateStateMachine: checked(INPUTS.UpdateStateMachine, (input) => machines.update(input)),
    DeleteStateMachine: checked(INPUTS.DeleteStateMachine, (input) => machines.delete(input)),
    DescribeStateMachine: checked(INPUTS.DescribeStateMachine, (input) => machines.describe(input)),
    DescribeStateMachineForExecution: checked(INPUTS.DescribeStateMachineForExecution, (input) =>
      executions.describeMachine(input),
    ),
    ListStateMachines: checked(INPUTS.ListStateMachines, (input) => machines.list(input)),
    ValidateStateMachineDefinition: checked(INPUTS.ValidateStateMachineDefinition, (input) =>
      machines.validate(input),
    ),
    StartExecution: checked(INPUTS.StartExecution, (input) => executions.start(input)),
    DescribeExecution: checked(INPUTS.DescribeExecution, (input) => executions.describe(input)),
    ListExecutions: checked(INPUTS.ListExecutions, (input) => executions.list(input)),
    StopExecution: checked(INPUTS.StopExecution, (input) => executions.stop(input)),
    GetExecutionHistory: checked(INPUTS.GetExecutionHistory, (input) => executions.history(input)),
    RedriveExecution: checked(INPUTS.RedriveExecution, (input) => executions.redrive(input)),
    SendTaskSuccess: checked(INPUTS.SendTaskSuccess, (input) => executions.succeedTask(input)),
    SendTaskFailure: checked(INPUTS.SendTaskFailure, (input) => executions.failTask(input)),
    SendTaskHeartbeat: checked(INPUTS.SendTaskHeartbeat, (input) => executions.heartbeat(input)),
    TagResource: checked(INPUTS.TagResource, (input) => machines.tag(input)),
    UntagResource: checked(INPUTS.UntagResource, (input) => machines.untag(input)),
    ListTagsForResource: checked(INPUTS.ListTagsForResource, (input) => machines.tags(input)),
    TestState: checked(INPUTS.TestState, (input) => testState(cloud, input)),
  };
  return {
    name: 'states',
    machines,
    async call(action, input) {
      if (action === 'StartSyncExecution') {
        throw new ServiceError(
          'StateMachineTypeNotSupported',
          'This operation is not supported by this type of state machine',
        );
      }
      if (!isAction(action)) throw new UnsupportedError(`states ${action}`);
      return handlers[action](input);
    },
    resume: () => engine.resume(),
    statistics: () => statisticsOf(store),
  };
}

function checked<T>(schema: z.ZodType<T>, handle: (input: T) => Answer): Handler {
  return (input) => handle(parseInput('states', schema, input));
}

function isAction(action: string): action is ActionName {
  return Object.hasOwn(INPUTS, action);
}

function statisticsOf(store: Store): Record<string, MachineStatistics> {
  const result: Record<string, { executions: Record<string, number>; transitions: number }> = {};
  for (const { machine, status, executions, transitions } of store.totals()) {
    const entry = result[machine] ?? { executions: {}, transitions: 0 };
    entry.executions[status] = executions;
    entry.transitions += transitions;
    result[machine] = entry;
  }
  return result;
}
