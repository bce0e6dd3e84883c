import type { Clock } from '../../core/clock.ts';
import type { Machine, Scope, State } from '../definition/model.ts';
import { byteLength, MAX_VARIABLES_BYTES } from '../json.ts';
import type { ExecutionRow, Store } from '../store.ts';
import type { Frame, Group, Outcome, Phase } from './frames.ts';
import type { EventDetails, StoredEvent } from './history.ts';

/** Owner of this service's timers in the clock. */
export const TIMER_OWNER = 'states';

/** What a timer of a frame is for. */
export type TimerKind = 'wait' | 'retry' | 'timeout' | 'heartbeat';

export function timerKey(execution: number, frame: number, kind: TimerKind | 'execution'): string {
  return `${execution}/${frame}/${kind}`;
}

/** Children of a Map or Parallel, counted. */
export interface Progress {
  started: number;
  running: number;
  failed: number;
}

/**
 * An execution in memory: its frames, and the changes since it was last written. Every change is made whole within one
 * turn of the event loop, so that `commit` may come between any two of them and always stores a consistent state.
 */
export class Run {
  readonly row: ExecutionRow;
  readonly machine: Machine;
  readonly frames = new Map<number, Frame>();
  /** Frames to drive, in order. */
  readonly queue: Frame[] = [];
  /** Task states whose call is to be made once what leads to it is written; without arguments after a restart. */
  readonly calls: { readonly frame: Frame; readonly args?: { readonly value: unknown } }[] = [];
  /** Executions started for tasks that were given up since: to be stopped. */
  readonly abandoned: string[] = [];
  /** Its end has been told to whom it concerns. */
  reported = false;
  /** Calls under way. */
  inFlight = 0;
  driving = false;
  /** The execution's input, parsed once. */
  readonly input: unknown;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #progress = new Map<number, Progress>();
  readonly #dirty = new Set<Frame>();
  readonly #removed = new Set<number>();
  readonly #timers = new Map<string, { due: number; payload: unknown } | undefined>();
  readonly #tokens: [token: string, frame: number][] = [];
  #events: StoredEvent[] = [];
  #firstEvent = 0;
  #rowDirty = false;
  /** Never less than what the variables have. */
  #variableBytes: number;

  constructor(row: ExecutionRow, machine: Machine, frames: readonly Frame[], store: Store, clock: Clock) {
    this.row = row;
    this.machine = machine;
    this.#store = store;
    this.#clock = clock;
    this.input = JSON.parse(row.input);
    for (const frame of frames) {
      this.frames.set(frame.id, frame);
      if (frame.parent !== 0) this.#count(frame);
    }
    this.#variableBytes = this.#measureVariables();
  }

  #count(frame: Frame): void {
    const progress = this.progress(frame.parent);
    progress.started = Math.max(progress.started, frame.index + 1);
    if (frame.phase.at === 'failed') progress.failed++;
    else if (frame.phase.at !== 'done') progress.running++;
  }

  get now(): number {
    return this.#clock.now();
  }

  get open(): boolean {
    return this.row.status === 'RUNNING';
  }

  scope(frame: Frame): Scope {
    const scope = this.machine.scopes.get(frame.scope);
    if (scope === undefined) throw new Error(`${this.row.arn}: no scope ${frame.scope}`);
    return scope;
  }

  state(frame: Frame): State {
    const state = this.scope(frame).states.get(frame.state);
    if (state === undefined) throw new Error(`${this.row.arn}: no state ${frame.state}`);
    return state;
  }

  progress(parent: number): Progress {
    let progress = this.#progress.get(parent);
    if (progress === undefined) {
      progress = { started: 0, running: 0, failed: 0 };
      this.#progress.set(parent, progress);
    }
    return progress;
  }

  childrenOf(parent: number): Frame[] {
    return [...this.frames.values()]
      .filter((frame) => frame.parent === parent)
      .sort((a, b) => a.index - b.index);
  }

  /** Variables that a frame sees: its own over those of the scopes around it. */
  variables(frame: Frame): Record<string, unknown> {
    const parent = this.frames.get(frame.parent);
    return parent === undefined ? frame.vars : { ...this.variables(parent), ...frame.vars };
  }

  /**
   * Bytes of all variables once `frame` has `vars`, of which `added` bytes are new. Exact only where it could matter:
   * measuring all of them with every Assign would be slow.
   */
  variableBytes(frame: Frame, vars: Record<string, unknown>, added: number): number {
    this.#variableBytes += added;
    if (this.#variableBytes > MAX_VARIABLES_BYTES) this.#variableBytes = this.#measureVariables(frame, vars);
    return this.#variableBytes;
  }

  #measureVariables(frame?: Frame, vars?: Record<string, unknown>): number {
    let bytes = 0;
    for (const other of this.frames.values()) {
      const values = Object.values(other === frame && vars !== undefined ? vars : other.vars);
      for (const value of values) bytes += byteLength(JSON.stringify(value));
    }
    return bytes;
  }

  /** Appends an event after the frame's last one and answers its id. `advance` false leaves the frame where it was. */
  append(frame: Frame, type: string, details: EventDetails | 0 = 0, advance = true): number {
    const id = this.appendAfter(frame.previous, type, details);
    if (advance) {
      frame.previous = id;
      this.#dirty.add(frame);
    }
    return id;
  }

  appendAfter(previous: number, type: string, details: EventDetails | 0 = 0): number {
    const id = ++this.row.events;
    if (this.#events.length === 0) this.#firstEvent = id;
    this.#events.push([type, previous, this.now, details]);
    this.#rowDirty = true;
    return id;
  }

  /** A frame that begins a scope; it is queued to be driven. */
  addFrame(parent: Frame | undefined, index: number, scope: Scope, input: unknown): Frame {
    const frame: Frame = {
      id: ++this.row.frames,
      parent: parent?.id ?? 0,
      index,
      scope: scope.path,
      vars: {},
      previous: parent?.previous ?? 0,
      state: scope.startAt,
      input,
      entered: 0,
      enteredAt: 0,
      retries: [],
      phase: { at: 'enter' },
    };
    this.frames.set(frame.id, frame);
    if (parent !== undefined) this.#count(frame);
    this.#dirty.add(frame);
    this.#rowDirty = true;
    this.queue.push(frame);
    return frame;
  }

  /** Moves a frame to another phase. */
  move(frame: Frame, phase: Phase): void {
    frame.phase = phase;
    this.#dirty.add(frame);
  }

  countTransition(): void {
    this.row.transitions++;
    this.#rowDirty = true;
  }

  setTimer(frame: Frame, kind: TimerKind, due: number, payload: unknown): void {
    this.#timers.set(timerKey(this.row.id, frame.id, kind), { due, payload });
  }

  cancelTimers(frame: Frame, kinds: readonly TimerKind[]): void {
    for (const kind of kinds) this.#timers.set(timerKey(this.row.id, frame.id, kind), undefined);
  }

  addToken(token: string, frame: Frame): void {
    this.#tokens.push([token, frame.id]);
  }

  setExecutionTimer(due: number): void {
    this.#timers.set(timerKey(this.row.id, 0, 'execution'), { due, payload: null });
  }

  /** Gives a waiting state its outcome; it goes on when driven. */
  settle(frame: Frame, outcome: Outcome): void {
    this.move(frame, { at: 'settled', outcome });
    this.queue.push(frame);
  }

  /** A child has ended; answers its parent, with the group that it runs. */
  endChild(
    frame: Frame,
    phase: Extract<Phase, { at: 'done' | 'failed' }>,
  ): { parent: Frame; group: Group } | undefined {
    const parent = this.frames.get(frame.parent);
    if (parent?.phase.at !== 'children') return undefined;
    this.move(frame, phase);
    frame.input = null;
    frame.vars = {};
    const progress = this.progress(frame.parent);
    progress.running--;
    if (phase.at === 'failed') progress.failed++;
    return { parent, group: parent.phase };
  }

  /** Removes a frame with all that runs inside it, timers included. */
  remove(frame: Frame): void {
    if (frame.phase.at === 'children') this.removeChildren(frame);
    this.cancelWaiting(frame);
    this.frames.delete(frame.id);
    this.#dirty.delete(frame);
    this.#removed.add(frame.id);
  }

  removeChildren(parent: Frame): void {
    for (const child of this.childrenOf(parent.id)) this.remove(child);
    this.#progress.delete(parent.id);
  }

  /** Cancels only the timers that the phase can have, since every cancellation is a write. */
  cancelWaiting(frame: Frame): void {
    if (frame.phase.at === 'waiting') this.cancelTimers(frame, ['wait']);
    else if (frame.phase.at === 'retrying') this.cancelTimers(frame, ['retry']);
    else if (frame.phase.at === 'calling' || frame.phase.at === 'callback' || frame.phase.at === 'started') {
      const { timeoutSeconds, heartbeatSeconds } = frame.phase.attempt;
      if (timeoutSeconds !== undefined) this.cancelTimers(frame, ['timeout']);
      if (heartbeatSeconds !== undefined) this.cancelTimers(frame, ['heartbeat']);
      if (frame.phase.at === 'started') this.abandoned.push(frame.phase.child);
    }
  }

  /** Ends the execution; nothing of it runs on. One that ended badly keeps the state that it was in, for a redrive. */
  close(): void {
    for (const frame of [...this.frames.values()]) {
      if (frame.parent !== 0) continue;
      if (this.row.status === 'SUCCEEDED') this.remove(frame);
      else {
        if (frame.phase.at === 'children') this.removeChildren(frame);
        this.cancelWaiting(frame);
        this.move(frame, { at: 'failed' });
      }
    }
    this.queue.length = 0;
    this.calls.length = 0;
    if (this.machine.timeoutSeconds !== undefined) {
      this.#timers.set(timerKey(this.row.id, 0, 'execution'), undefined);
    }
    this.#rowDirty = true;
  }

  isCurrent(frame: Frame): boolean {
    return this.open && this.frames.get(frame.id) === frame;
  }

  markRow(): void {
    this.#rowDirty = true;
  }

  get changed(): boolean {
    return this.#rowDirty || this.#dirty.size > 0 || this.#removed.size > 0 || this.#timers.size > 0;
  }

  /** Writes all changes in one transaction, with what `also` writes. */
  commit(also?: () => void): void {
    if (!this.changed && also === undefined) return;
    this.#store.transaction(() => {
      if (this.#events.length > 0) this.#store.appendEvents(this.row.id, this.#firstEvent, this.#events);
      for (const frame of this.#dirty) this.#store.putFrame(this.row.id, frame);
      for (const id of this.#removed) this.#store.deleteFrame(this.row.id, id);
      if (this.#rowDirty) this.#store.updateExecution(this.row);
      for (const [token, frame] of this.#tokens) this.#store.putToken(token, this.row.id, frame);
      for (const [key, timer] of this.#timers) {
        if (timer === undefined) this.#clock.cancel(TIMER_OWNER, key);
        else this.#clock.set(TIMER_OWNER, key, timer.due, timer.payload);
      }
      also?.();
    });
    this.#events = [];
    this.#dirty.clear();
    this.#removed.clear();
    this.#tokens.length = 0;
    this.#timers.clear();
    this.#rowDirty = false;
  }
}
