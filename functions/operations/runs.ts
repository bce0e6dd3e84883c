import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { type WorkflowName, workflows } from '../shared/events/catalogue.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { InvalidInputError, NotFoundError, WrongStateError } from '../shared/runtime/errors.ts';
import { parse } from '../shared/runtime/parse.ts';
import { statesOf, stepsOf } from './run-history.ts';

const states = new SFNClient({});
const PAGE = 50;
const MOST_EVENTS = 2_000;

const machines = z.partialRecord(z.enum(workflows), z.string());

/** ARN of each machine by its workflow, as the stack set it. */
function machineArns(): Partial<Record<WorkflowName, string>> {
  return parse('STATE_MACHINES', machines, JSON.parse(requireEnv('STATE_MACHINES')));
}

/** Workflow of an execution by its ARN (`...:execution:<machine>:<name>`); throws `NotFoundError` for a machine not of ours. */
export function workflowOfExecution(executionArn: string): WorkflowName {
  const machine = executionArn.split(':')[6];
  const found = workflows.find(
    (workflow) => machine !== undefined && machineArns()[workflow]?.split(':')[6] === machine,
  );
  if (found === undefined) throw new NotFoundError(`execution ${executionArn}`);
  return found;
}

/** Executions of a machine, newest first, 50 at a time. */
export async function listRuns(
  workflow: WorkflowName,
  status: ExecutionStatus | undefined,
  next: string | undefined,
) {
  const stateMachineArn = machineArns()[workflow];
  if (stateMachineArn === undefined) return { runs: [], next: null };
  const { executions, nextToken } = await states.send(
    new ListExecutionsCommand({
      stateMachineArn,
      maxResults: PAGE,
      ...(status === undefined ? {} : { statusFilter: status }),
      ...(next === undefined ? {} : { nextToken: next }),
    }),
  );
  return {
    runs: (executions ?? []).map(({ executionArn, status: now, startDate, stopDate }) => ({
      executionArn: executionArn ?? '',
      workflow,
      status: now ?? 'RUNNING',
      startedAt: (startDate ?? new Date(0)).toISOString(),
      stoppedAt: stopDate?.toISOString() ?? null,
    })),
    next: nextToken ?? null,
  };
}

const ownInput = z.object({ collection: z.string() });

/** One execution with its definition and history (the first 2,000 events). Throws `NotFoundError`. */
export async function readRun(executionArn: string) {
  const workflow = workflowOfExecution(executionArn);
  const described = await orNotFound(executionArn, () =>
    states.send(new DescribeExecutionCommand({ executionArn })),
  );
  const [{ definition }, { events, cut }] = await Promise.all([
    states.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
    historyOf(executionArn),
  ]);
  const steps = stepsOf(events);
  const status = described.status ?? 'RUNNING';
  const input = ownInput.safeParse(JSON.parse(described.input ?? '{}'));
  return {
    executionArn,
    workflow,
    status,
    startedAt: (described.startDate ?? new Date(0)).toISOString(),
    stoppedAt: described.stopDate?.toISOString() ?? null,
    name: described.name ?? '',
    definition: definition ?? '{}',
    input: described.input ?? null,
    output: described.output ?? null,
    error: described.error ?? null,
    cause: described.cause ?? null,
    events: steps,
    eventsCut: cut,
    states: statesOf(steps, status !== 'RUNNING' && status !== 'PENDING_REDRIVE'),
    collection: input.success ? input.data.collection : null,
  };
}

async function historyOf(executionArn: string): Promise<{ events: HistoryEvent[]; cut: boolean }> {
  const events: HistoryEvent[] = [];
  let next: string | undefined;
  do {
    const page = await states.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 1000,
        includeExecutionData: true,
        ...(next === undefined ? {} : { nextToken: next }),
      }),
    );
    events.push(...(page.events ?? []));
    next = page.nextToken;
  } while (next !== undefined && events.length < MOST_EVENTS);
  return { events, cut: next !== undefined };
}

/** Status of an execution; undefined where Step Functions no longer has it (90 days after its end). */
export async function statusOf(executionArn: string): Promise<ExecutionStatus | undefined> {
  try {
    return (await states.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/** Stops a running execution and returns the collection that it was about. `WrongStateError` where it has ended. */
export async function stopRun(
  executionArn: string,
  reason: string,
): Promise<{ workflow: WorkflowName; collection: string }> {
  const workflow = workflowOfExecution(executionArn);
  const described = await orNotFound(executionArn, () =>
    states.send(new DescribeExecutionCommand({ executionArn })),
  );
  if (described.status !== 'RUNNING') throw new WrongStateError('the execution', described.status ?? 'gone');
  const input = ownInput.safeParse(JSON.parse(described.input ?? '{}'));
  if (!input.success)
    throw new InvalidInputError('execution', [{ path: 'input.collection', message: 'is missing' }]);
  await states.send(new StopExecutionCommand({ executionArn, error: 'StoppedByAdmin', cause: reason }));
  return { workflow, collection: input.data.collection };
}

async function orNotFound<T>(executionArn: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) throw new NotFoundError(`execution ${executionArn}`);
    throw error;
  }
}
