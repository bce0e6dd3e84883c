import type { Timer } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { CloudContext } from '../../core/service.ts';
import { compileDefinition } from '../definition/compile.ts';
import type { Machine } from '../definition/model.ts';
import { type Invocation, invokeResource } from '../integrations/invoke.ts';
import { isObject } from '../json.ts';
import type { StatusEvents } from '../status-events.ts';
import type { ExecutionRow, MachineRow, Store } from '../store.ts';
import { childOutcome } from './children.ts';
import type { Attempt, Frame, Outcome } from './frames.ts';
import { Lifetime, YEAR_TIMER } from './lifetime.ts';
import { Run, TIMER_OWNER } from './run.ts';
import { stepFrame } from './states.ts';
import { attemptOf, endAttempt, takeTimer, writeStarted, writeSubmitted } from './tasks.ts';
import { failOnEventLimit, MAX_EVENTS } from './transitions.ts';

/** Executions kept in memory although nothing of them runs. */
const MAX_IDLE_RUNS = 500;
/** Steps between two commits of an execution that does not pause by itself. */
const STEPS_PER_COMMIT = 64;

/**
 * Runs executions. Each is driven by itself, one step after the other, from what is stored: a frame that waits (for a
 * timer, a token, an execution) needs no memory. Whatever arrives from outside (a timer, a token's answer) is stored
 * in the same transaction that takes it, and only then acted on; calls are made only after what leads to them is stored.
 */
export class Engine {
  readonly #cloud: CloudContext;
  readonly #store: Store;
  readonly #events: StatusEvents;
  readonly #invoke: (invocation: Invocation) => Promise<Outcome>;
  readonly #machines = new Map<number, Machine>();
  readonly #runs = new Map<number, Run>();
  readonly #lifetime: Lifetime;

  /** @param invoke makes the calls of tasks; TestState gives its own for a mock. */
  constructor(
    cloud: CloudContext,
    store: Store,
    events: StatusEvents,
    invoke: (invocation: Invocation) => Promise<Outcome> = invokeResource,
  ) {
    this.#cloud = cloud;
    this.#invoke = invoke;
    this.#store = store;
    this.#events = events;
    this.#lifetime = new Lifetime(cloud.clock, store);
    cloud.clock.on(TIMER_OWNER, (timer) => this.#onTimer(timer));
  }

  /** Goes on with every execution that was at work when the process ended. */
  resume(): void {
    for (const id of this.#store.runnableExecutions()) {
      try {
        const run = this.#load(id);
        if (run !== undefined) this.#wake(run);
      } catch (error) {
        // One that cannot be read must not keep the others from going on.
        this.#cloud.log(
          'states',
          `execution ${id}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
    this.#events.flush();
  }

  /** Starts an execution; it is stored when this returns. TestState begins with variables. */
  start(
    machine: MachineRow,
    arn: string,
    name: string,
    input: string,
    variables: Record<string, unknown> = {},
  ): ExecutionRow {
    const compiled = this.#machine(machine.definition);
    const root = compiled.scopes.get('');
    if (root === undefined) throw new Error(`${machine.arn}: no states`);
    const draft = {
      arn,
      machine: machine.name,
      machineArn: machine.arn,
      name,
      definition: machine.definition,
      roleArn: machine.roleArn,
      input,
      started: this.#cloud.clock.now(),
      status: 'RUNNING' as const,
      output: undefined,
      error: undefined,
      cause: undefined,
      stopped: undefined,
      events: 0,
      frames: 0,
      transitions: 0,
      redrives: 0,
      redriven: undefined,
      waiter: undefined,
    };
    const run = this.#store.transaction(() => {
      const row: ExecutionRow = { ...draft, id: this.#store.insertExecution(draft) };
      const started = new Run(row, compiled, [], this.#store, this.#cloud.clock);
      started.appendAfter(0, 'ExecutionStarted', { input, roleArn: row.roleArn });
      started.addFrame(undefined, 0, root, started.input).vars = variables;
      if (compiled.timeoutSeconds !== undefined) {
        started.setExecutionTimer(row.started + compiled.timeoutSeconds * 1000);
      }
      this.#lifetime.arm();
      started.commit(() => this.#events.record(row));
      return started;
    });
    this.#events.flush();
    this.#keep(run);
    this.#wake(run);
    return run.row;
  }

  /** Ends a running execution from outside. */
  stop(row: ExecutionRow, error: string | undefined, cause: string | undefined): ExecutionRow {
    const run = this.#load(row.id);
    if (run === undefined) return row;
    run.row.error = error;
    run.row.cause = cause;
    this.#end(run, 'ABORTED', 'ExecutionAborted', {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    return run.row;
  }

  /** Gives a waiting task what SendTaskSuccess or SendTaskFailure brought. Throws `TaskTimedOut` where none waits. */
  answerToken(execution: number, frameId: number, token: string, outcome: Outcome): void {
    const { run, frame } = this.#waitingFor(execution, frameId, token);
    const state = run.state(frame);
    if (state.type !== 'Task') return;
    endAttempt(run, frame, state, outcome);
    this.#commit(run);
    this.#wake(run);
  }

  /** Puts off the heartbeat's end. Throws `TaskTimedOut` where no task waits for the token. */
  heartbeat(execution: number, frameId: number, token: string): void {
    const { run, frame, attempt } = this.#waitingFor(execution, frameId, token);
    if (attempt.heartbeatSeconds === undefined) return;
    run.setTimer(frame, 'heartbeat', run.now + attempt.heartbeatSeconds * 1000, { attempt: attempt.id });
    this.#commit(run);
  }

  /** Lets an execution that ended badly go on: `root` begins anew in the state in which it failed. */
  redrive(row: ExecutionRow, root: Frame): void {
    const compiled = this.#machine(row.definition);
    const run = new Run(row, compiled, [root], this.#store, this.#cloud.clock);
    run.append(root, 'ExecutionRedriven', { redriveCount: row.redrives });
    root.entered = 0;
    run.move(root, { at: 'enter' });
    run.queue.push(root);
    if (compiled.timeoutSeconds !== undefined)
      run.setExecutionTimer(run.now + compiled.timeoutSeconds * 1000);
    run.commit(() => this.#events.record(row));
    this.#events.flush();
    this.#keep(run);
    this.#wake(run);
  }

  #waitingFor(
    execution: number,
    frameId: number,
    token: string,
  ): { run: Run; frame: Frame; attempt: Attempt } {
    const run = this.#load(execution);
    const frame = run?.frames.get(frameId);
    const attempt = frame === undefined ? undefined : attemptOf(frame);
    if (run === undefined || frame === undefined || attempt?.token !== token) {
      throw new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return { run, frame, attempt };
  }

  #machine(definition: number): Machine {
    let machine = this.#machines.get(definition);
    if (machine === undefined) {
      machine = compileDefinition(JSON.parse(this.#store.definition(definition)));
      this.#machines.set(definition, machine);
    }
    return machine;
  }

  /** The running execution, from memory or from the store. */
  #load(id: number): Run | undefined {
    const known = this.#runs.get(id);
    if (known !== undefined) return known.open ? known : undefined;
    const row = this.#store.execution(id);
    if (row === undefined || row.status !== 'RUNNING') return undefined;
    const run = new Run(
      row,
      this.#machine(row.definition),
      this.#store.frames(id),
      this.#store,
      this.#cloud.clock,
    );
    for (const frame of run.frames.values()) {
      if (frame.phase.at === 'calling') {
        run.move(frame, { at: 'calling', attempt: { ...frame.phase.attempt, again: true } });
        run.calls.push({ frame });
      } else if (['enter', 'act', 'settled'].includes(frame.phase.at)) {
        run.queue.push(frame);
      } else if (frame.phase.at === 'children') {
        // A Map may have been about to start iterations; looking again does no harm.
        run.queue.push(frame);
      }
    }
    this.#keep(run);
    return run;
  }

  #keep(run: Run): void {
    this.#runs.delete(run.row.id);
    this.#runs.set(run.row.id, run);
    if (this.#runs.size <= MAX_IDLE_RUNS) return;
    for (const [id, other] of this.#runs) {
      if (this.#runs.size <= MAX_IDLE_RUNS) break;
      if (other !== run && isIdle(other)) this.#runs.delete(id);
    }
  }

  #wake(run: Run): void {
    if (run.driving) return;
    run.driving = true;
    const done = this.#cloud.activity.begin(`execution of ${run.row.machine}`);
    queueMicrotask(() => {
      this.#drive(run)
        .catch((error: unknown) => {
          this.#runs.delete(run.row.id);
          this.#cloud.log(
            'states',
            `${run.row.arn}: ${error instanceof Error ? error.message : String(error)}`,
          );
        })
        .finally(() => {
          run.driving = false;
          if (!run.open && run.inFlight === 0) this.#runs.delete(run.row.id);
          else if (this.#runs.get(run.row.id) === run) {
            this.#keep(run);
            // An answer may have come after the last step, but before this.
            if (run.changed || run.queue.length > 0) this.#wake(run);
          }
          done();
        });
    });
  }

  async #drive(run: Run): Promise<void> {
    for (let steps = 1; ; steps++) {
      const frame = run.queue.shift();
      if (frame !== undefined) await stepFrame(run, frame);
      if (frame !== undefined && run.open && run.row.events >= MAX_EVENTS) failOnEventLimit(run, frame);
      if (run.queue.length === 0 || steps % STEPS_PER_COMMIT === 0) {
        this.#flush(run);
        if (run.queue.length === 0) return;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
  }

  /** Stores what has changed, then makes the calls that it led to. */
  #flush(run: Run): void {
    const calls = run.calls
      .splice(0)
      .filter(({ frame }) => run.isCurrent(frame) && frame.phase.at === 'calling');
    for (const { frame } of calls) {
      const state = run.state(frame);
      if (state.type === 'Task' && attemptOf(frame)?.again === undefined) writeStarted(run, frame, state);
    }
    this.#commit(run);
    for (const { frame, args } of calls) this.#call(run, frame, args);
  }

  /** Stores the changes. What could not be stored is forgotten: the execution is next loaded as it was stored. */
  #commit(run: Run): void {
    try {
      this.#write(run);
    } catch (error) {
      this.#runs.delete(run.row.id);
      throw error;
    }
  }

  /** Of an execution that has ended, who is to be told is stored in the same transaction. */
  #write(run: Run): void {
    if (run.open || run.reported) {
      run.commit();
    } else {
      run.reported = true;
      let parent: Run | undefined;
      run.commit(() => {
        this.#events.record(run.row);
        parent = this.#tellWaiter(run.row);
      });
      this.#events.flush();
      if (parent !== undefined) this.#wake(parent);
    }
    for (const arn of run.abandoned.splice(0)) {
      const child = this.#store.executionByArn(arn);
      if (child?.status === 'RUNNING') this.stop(child, undefined, undefined);
    }
  }

  #tellWaiter(child: ExecutionRow): Run | undefined {
    const { waiter } = child;
    const run = waiter && this.#load(waiter.execution);
    const frame = waiter && run?.frames.get(waiter.frame);
    if (run === undefined || frame?.phase.at !== 'started' || frame.phase.attempt.id !== waiter?.attempt) {
      return undefined;
    }
    this.#endSync(run, frame, child);
    this.#commit(run);
    return run;
  }

  #endSync(run: Run, frame: Frame, child: ExecutionRow): void {
    const state = run.state(frame);
    if (state.type !== 'Task' || state.resource.kind !== 'service') return;
    endAttempt(run, frame, state, childOutcome(child, state.resource.pattern === 'sync2'));
  }

  #call(run: Run, frame: Frame, args: { readonly value: unknown } | undefined): void {
    const state = run.state(frame);
    const attempt = attemptOf(frame);
    if (state.type !== 'Task' || attempt === undefined) return;
    const given = args === undefined ? this.#argumentsOf(run, attempt) : args.value;
    run.inFlight++;
    const done = this.#cloud.activity.begin(`task ${run.row.machine}.${state.name}`);
    void this.#invoke({ cloud: this.#cloud, resource: state.resource, args: given, attempt })
      .then((outcome) => {
        run.inFlight--;
        this.#onAnswer(run, frame.id, attempt, outcome);
      })
      .catch((error: unknown) => {
        this.#runs.delete(run.row.id);
        this.#cloud.log(
          'states',
          `${run.row.arn}: ${error instanceof Error ? error.message : String(error)}`,
        );
      })
      .finally(done);
  }

  /** The arguments of an attempt made before a restart, from the history. */
  #argumentsOf(run: Run, attempt: Attempt): unknown {
    const details = this.#store.events(run.row.id, attempt.scheduled, attempt.scheduled)[0]?.[1][3];
    if (!isObject(details)) return {};
    const text = details.parameters ?? details.input;
    return typeof text === 'string' ? JSON.parse(text) : {};
  }

  /** A call was answered; what its task no longer waits for is dropped. */
  #onAnswer(run: Run, frameId: number, attempt: Attempt, outcome: Outcome): void {
    // Loaded anew since, the execution has made the call again.
    if (this.#runs.get(run.row.id) !== run) return;
    const frame = run.frames.get(frameId);
    if (!run.open || frame?.phase.at !== 'calling' || frame.phase.attempt.id !== attempt.id) {
      if (!run.open && run.inFlight === 0) this.#runs.delete(run.row.id);
      return;
    }
    const state = run.state(frame);
    if (state.type !== 'Task') return;
    const pattern = state.resource.kind === 'function' ? 'requestResponse' : state.resource.pattern;
    if (!outcome.ok || pattern === 'requestResponse') endAttempt(run, frame, state, outcome);
    else if (pattern === 'waitForTaskToken') writeSubmitted(run, frame, state, outcome.result);
    else {
      const arn = isObject(outcome.result) ? String(outcome.result.ExecutionArn) : '';
      writeSubmitted(run, frame, state, outcome.result, arn);
      this.#awaitChild(run, frame, attempt, arn);
    }
    this.#wake(run);
  }

  #awaitChild(run: Run, frame: Frame, attempt: Attempt, arn: string): void {
    const waiter = { execution: run.row.id, frame: frame.id, attempt: attempt.id };
    const child = this.#store.executionByArn(arn);
    if (child === undefined) return;
    if (child.status !== 'RUNNING') {
      this.#endSync(run, frame, child);
      return;
    }
    const loaded = this.#runs.get(child.id);
    if (loaded !== undefined) loaded.row.waiter = waiter;
    run.commit(() => this.#store.setWaiter(child.id, waiter));
  }

  #onTimer(timer: Timer): void {
    if (timer.key === YEAR_TIMER) {
      for (const id of this.#lifetime.expire()) {
        const old = this.#load(id);
        if (old !== undefined) this.#end(old, 'TIMED_OUT', 'ExecutionTimedOut', {});
      }
      this.#lifetime.arm();
      return;
    }
    const [execution, frameId, kind] = timer.key.split('/');
    const run = this.#load(Number(execution));
    if (run === undefined) return;
    const payload = isObject(timer.payload) ? timer.payload : {};
    const frame = run.frames.get(Number(frameId));
    if (kind === 'execution') this.#end(run, 'TIMED_OUT', 'ExecutionTimedOut', {});
    else if (frame !== undefined) takeTimer(run, frame, kind, payload);
    this.#commit(run);
    this.#wake(run);
  }

  #end(run: Run, status: 'ABORTED' | 'TIMED_OUT', type: string, details: Record<string, string>): void {
    run.appendAfter(0, type, details);
    run.row.status = status;
    run.row.stopped = run.now;
    run.close();
    this.#commit(run);
    if (!run.driving && run.inFlight === 0) this.#runs.delete(run.row.id);
  }
}

function isIdle(run: Run): boolean {
  return !run.driving && run.inFlight === 0 && run.queue.length === 0 && run.calls.length === 0;
}
