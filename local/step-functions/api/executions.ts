import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../core/errors.ts';
import type { CloudContext } from '../../core/service.ts';
import type { Engine } from '../engine/engine.ts';
import { presentEvent } from '../engine/history.ts';
import { byteLength, MAX_PAYLOAD_BYTES } from '../json.ts';
import { redriveStatus } from '../redrive-status.ts';
import { type ExecutionRow, isExecutionStatus, type Store } from '../store.ts';
import { epochSeconds } from '../time.ts';
import { checkArn, checkName, decodeToken, encodeToken, executionDoesNotExist, pageSize } from './errors.ts';
import type { Input } from './inputs.ts';
import type { MachinesApi } from './machines.ts';

/** A name is free again this long after its execution has ended. */
const NAME_FREE_MS = 90 * 24 * 3_600_000;

/** Executions: start, look at, stop, redrive, and answer the tasks that wait. */
export class ExecutionsApi {
  readonly #cloud: CloudContext;
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #machines: MachinesApi;

  constructor(cloud: CloudContext, store: Store, engine: Engine, machines: MachinesApi) {
    this.#cloud = cloud;
    this.#store = store;
    this.#engine = engine;
    this.#machines = machines;
  }

  /** Idempotent by name: the same name and input of a running execution answers that execution. */
  start(call: Input<'StartExecution'>): Record<string, unknown> {
    const machine = this.#machines.require(call.stateMachineArn);
    const name = call.name ?? randomUUID();
    checkName(name);
    const input = call.input ?? '{}';
    checkInput(input);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = call.name === undefined ? undefined : this.#store.executionByArn(arn);
    if (existing !== undefined) {
      const started = this.#sameExecution(existing, input);
      if (started !== undefined) return started;
    }
    const row = this.#engine.start(machine, arn, name, input);
    return { executionArn: row.arn, startDate: epochSeconds(row.started) };
  }

  #sameExecution(existing: ExecutionRow, input: string): Record<string, unknown> | undefined {
    if (existing.status === 'RUNNING' && existing.input === input) {
      return { executionArn: existing.arn, startDate: epochSeconds(existing.started) };
    }
    if (existing.stopped !== undefined && this.#cloud.clock.now() - existing.stopped >= NAME_FREE_MS) {
      this.#store.renameExecution(existing.id, `${existing.arn}#${existing.id}`);
      return undefined;
    }
    throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
  }

  describe({ executionArn, includedData }: Input<'DescribeExecution'>): Record<string, unknown> {
    const row = this.#require(executionArn);
    const shown = includedData !== 'METADATA_ONLY';
    return {
      executionArn: row.arn,
      stateMachineArn: row.machineArn,
      name: row.name,
      status: row.status,
      startDate: epochSeconds(row.started),
      ...(row.stopped === undefined ? {} : { stopDate: epochSeconds(row.stopped) }),
      ...(shown ? { input: row.input } : {}),
      inputDetails: { included: shown },
      ...(row.output === undefined
        ? {}
        : { ...(shown ? { output: row.output } : {}), outputDetails: { included: shown } }),
      ...(row.error === undefined ? {} : { error: row.error }),
      ...(row.cause === undefined ? {} : { cause: row.cause }),
      redriveCount: row.redrives,
      ...(row.redriven === undefined ? {} : { redriveDate: epochSeconds(row.redriven) }),
      ...redriveStatus(row, this.#cloud.clock.now()),
    };
  }

  describeMachine({
    executionArn,
    includedData,
  }: Input<'DescribeStateMachineForExecution'>): Record<string, unknown> {
    const row = this.#require(executionArn);
    return {
      stateMachineArn: row.machineArn,
      name: row.machine,
      ...(includedData === 'METADATA_ONLY' ? {} : { definition: this.#store.definition(row.definition) }),
      roleArn: row.roleArn,
      updateDate: epochSeconds(row.started),
    };
  }

  list(call: Input<'ListExecutions'>): Record<string, unknown> {
    const machine = this.#machines.require(call.stateMachineArn);
    const { statusFilter } = call;
    if (
      statusFilter !== undefined &&
      !isExecutionStatus(statusFilter) &&
      statusFilter !== 'PENDING_REDRIVE'
    ) {
      throw new ServiceError(
        'ValidationException',
        `1 validation error detected: Value '${statusFilter}' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]`,
      );
    }
    if (statusFilter === 'PENDING_REDRIVE') return { executions: [] };
    const size = pageSize(call.maxResults);
    const before =
      call.nextToken === undefined ? Number.MAX_SAFE_INTEGER : Number(decodeToken(call.nextToken));
    const rows = this.#store.executionsBefore(machine.arn, statusFilter, before, size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    const wanted = (row: ExecutionRow): boolean =>
      call.redriveFilter === undefined || row.redrives > 0 === (call.redriveFilter === 'REDRIVEN');
    return {
      executions: page.filter(wanted).map((row) => ({
        executionArn: row.arn,
        stateMachineArn: row.machineArn,
        name: row.name,
        status: row.status,
        startDate: epochSeconds(row.started),
        ...(row.stopped === undefined ? {} : { stopDate: epochSeconds(row.stopped) }),
        redriveCount: row.redrives,
        ...(row.redriven === undefined ? {} : { redriveDate: epochSeconds(row.redriven) }),
      })),
      ...(rows.length > size && last !== undefined ? { nextToken: encodeToken(last.id) } : {}),
    };
  }

  stop({ executionArn, error, cause }: Input<'StopExecution'>): Record<string, unknown> {
    const row = this.#require(executionArn);
    const stopped = row.status === 'RUNNING' ? this.#engine.stop(row, error, cause) : row;
    return { stopDate: epochSeconds(stopped.stopped ?? this.#cloud.clock.now()) };
  }

  history(call: Input<'GetExecutionHistory'>): Record<string, unknown> {
    const row = this.#require(call.executionArn);
    const size = pageSize(call.maxResults);
    const include = call.includeExecutionData ?? true;
    const position = call.nextToken === undefined ? undefined : Number(decodeToken(call.nextToken));
    if (call.reverseOrder === true) {
      const to = position ?? row.events;
      const from = Math.max(1, to - size + 1);
      const events = this.#store.events(row.id, from, to).reverse();
      return {
        events: events.map(([id, event]) => presentEvent(id, event, include)),
        ...(from > 1 ? { nextToken: encodeToken(from - 1) } : {}),
      };
    }
    const from = position ?? 1;
    const to = from + size - 1;
    const events = this.#store.events(row.id, from, to);
    return {
      events: events.map(([id, event]) => presentEvent(id, event, include)),
      ...(to < row.events ? { nextToken: encodeToken(to + 1) } : {}),
    };
  }

  succeedTask({ taskToken, output }: Input<'SendTaskSuccess'>): Record<string, unknown> {
    let result: unknown;
    try {
      result = JSON.parse(output);
    } catch (error) {
      throw new ServiceError(
        'InvalidOutput',
        `Invalid Output: '${error instanceof Error ? error.message : ''}'`,
      );
    }
    if (byteLength(output) > MAX_PAYLOAD_BYTES) {
      throw new ServiceError('InvalidOutput', `Invalid Output: 'larger than ${MAX_PAYLOAD_BYTES} bytes'`);
    }
    const { execution, frame } = this.#task(taskToken);
    this.#engine.answerToken(execution, frame, taskToken, { ok: true, result });
    return {};
  }

  failTask({ taskToken, error, cause }: Input<'SendTaskFailure'>): Record<string, unknown> {
    const { execution, frame } = this.#task(taskToken);
    this.#engine.answerToken(execution, frame, taskToken, { ok: false, error, cause });
    return {};
  }

  heartbeat({ taskToken }: Input<'SendTaskHeartbeat'>): Record<string, unknown> {
    const { execution, frame } = this.#task(taskToken);
    this.#engine.heartbeat(execution, frame, taskToken);
    return {};
  }

  /** Goes on in the state of the machine that failed, with the input that it had; its retries count anew. */
  redrive({ executionArn }: Input<'RedriveExecution'>): Record<string, unknown> {
    const row = this.#require(executionArn);
    const now = this.#cloud.clock.now();
    const status = redriveStatus(row, now);
    const root = this.#store.frames(row.id).find((frame) => frame.parent === 0);
    if (status.redriveStatus === 'NOT_REDRIVABLE' || root === undefined) {
      const reason =
        status.redriveStatus === 'NOT_REDRIVABLE' ? status.redriveStatusReason : 'No state to redrive';
      throw new ServiceError('ExecutionNotRedrivable', reason);
    }
    const { stopped, output, error, cause, ...rest } = row;
    const fresh: ExecutionRow = {
      ...rest,
      status: 'RUNNING',
      stopped: undefined,
      output: undefined,
      error: undefined,
      cause: undefined,
      redrives: row.redrives + 1,
      redriven: now,
    };
    this.#engine.redrive(fresh, root);
    return { redriveDate: epochSeconds(now) };
  }

  #task(token: string): { execution: number; frame: number } {
    const task = this.#store.token(token);
    if (task === undefined) throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    return task;
  }

  #require(arn: string): ExecutionRow {
    checkArn(arn, 'execution');
    const row = this.#store.executionByArn(arn);
    if (row === undefined) throw executionDoesNotExist(arn);
    return row;
  }
}

function checkInput(input: string): void {
  const refuse = (detail: string) =>
    new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${detail}'`);
  if (input.trim() === '') throw refuse('Invalid execution input.');
  if (byteLength(input) > MAX_PAYLOAD_BYTES)
    throw refuse(`The input is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : 'not JSON');
  }
}
