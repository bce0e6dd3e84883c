import { createHash } from 'node:crypto';
import type { Handlers, State } from '../definition/model.ts';
import type { Bindings, Template } from '../expressions/template.ts';
import { byteLength, isObject, MAX_PAYLOAD_BYTES, MAX_VARIABLES_BYTES } from '../json.ts';
import { errorFields, errorOutput, findCatcher, findRetrier, retryDelay } from './errors.ts';
import {
  bindingsOf,
  DATA_LIMIT_EXCEEDED,
  type Extra,
  evaluateField,
  payloadText,
  RUNTIME,
  StateError,
} from './evaluate.ts';
import type { Failure, Frame } from './frames.ts';
import { endIteration, failGroup } from './groups.ts';
import type { Run } from './run.ts';

/** Where a state goes, and with what. `location` begins the names of its fields in error messages. */
export interface Exit {
  readonly next: string | undefined;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
  readonly fallback: unknown;
  readonly location: string;
}

/** The most events of an execution. */
export const MAX_EVENTS = 25_000;

/** Enters a frame's state. */
export function enterState(run: Run, frame: Frame, state: State): void {
  frame.entered = run.append(frame, `${state.type}StateEntered`, {
    name: state.name,
    input: JSON.stringify(frame.input),
  });
  frame.enteredAt = run.now;
  frame.retries = [];
  run.move(frame, { at: 'act' });
  run.countTransition();
}

/** Leaves a state: Output and Assign see the same variables, and what Assign sets is seen by the next state. */
export async function leaveState(
  run: Run,
  frame: Frame,
  state: State,
  exit: Exit,
  extra: Extra,
): Promise<void> {
  const { output, assign, location } = exit;
  const needed = output?.kind !== 'literal' || (assign !== undefined && assign.kind !== 'literal');
  const bindings: Bindings = needed ? bindingsOf(run, frame, extra) : {};
  const assigned = assign && (await evaluateField(run, frame, assign, `${location}Assign`, bindings));
  const value = output
    ? await evaluateField(run, frame, output, `${location}Output`, bindings)
    : exit.fallback;
  if (!run.isCurrent(frame)) return;
  const text = payloadText(frame, value);
  const assignedVariables = isObject(assigned) ? assignVariables(run, frame, assigned) : {};
  run.append(frame, `${state.type}StateExited`, {
    name: state.name,
    output: text,
    ...(isObject(assigned) && Object.keys(assigned).length > 0 ? { assignedVariables } : {}),
  });
  if (exit.next === undefined) endFrame(run, frame, value, text);
  else {
    frame.state = exit.next;
    frame.input = value;
    frame.entered = 0;
    run.move(frame, { at: 'enter' });
    run.queue.push(frame);
  }
}

/** Sets variables of a frame's scope and answers their JSON by name. */
function assignVariables(run: Run, frame: Frame, assigned: Record<string, unknown>): Record<string, string> {
  const texts = Object.fromEntries(
    Object.entries(assigned).map(([name, value]) => [name, payloadText(frame, value)]),
  );
  const bytes = Object.values(texts).reduce((sum, text) => sum + byteLength(text), 0);
  const vars = { ...frame.vars, ...assigned };
  if (bytes > MAX_PAYLOAD_BYTES || run.variableBytes(frame, vars, bytes) > MAX_VARIABLES_BYTES) {
    throw new StateError({
      ok: false,
      error: DATA_LIMIT_EXCEEDED,
      cause: `The state '${frame.state}' assigns variables with a size exceeding the maximum number of bytes service limit.`,
    });
  }
  frame.vars = vars;
  return texts;
}

/** A scope has come to its end. */
function endFrame(run: Run, frame: Frame, output: unknown, text: string): void {
  if (frame.parent !== 0) {
    endIteration(run, frame, output);
    return;
  }
  run.append(frame, 'ExecutionSucceeded', { output: text });
  run.row.status = 'SUCCEEDED';
  run.row.output = text;
  run.row.stopped = run.now;
  run.close();
}

/** A scope has failed with what nothing in it caught. */
export function failFrame(run: Run, frame: Frame, failure: Failure): void {
  if (frame.parent !== 0) {
    failGroup(run, frame, failure);
    return;
  }
  run.append(frame, 'ExecutionFailed', errorFields(failure));
  run.row.status = 'FAILED';
  run.row.error = failure.error;
  run.row.cause = failure.cause;
  run.row.stopped = run.now;
  run.close();
}

/** Where a state's event limit is passed, the execution ends as AWS ends it. */
export function failOnEventLimit(run: Run, frame: Frame): void {
  let root = frame;
  for (let at = run.frames.get(root.parent); at !== undefined; at = run.frames.get(root.parent)) root = at;
  failFrame(run, root, {
    ok: false,
    error: RUNTIME,
    cause: `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
  });
}

/** The draw of a jitter, from 0 to 1: the same wherever the same execution is run again, as the clock's order must be. */
function drawFraction(run: Run, frame: Frame, used: number): number {
  const digest = createHash('sha256').update(`${run.row.arn}/${frame.id}/${frame.entered}/${used}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

function handlersOf(state: State): Handlers | undefined {
  return state.type === 'Task' || state.type === 'Map' || state.type === 'Parallel' ? state : undefined;
}

/** A state has failed: tries it again, goes where a catcher leads, or fails the scope. */
export async function failState(run: Run, frame: Frame, state: State, error: StateError): Promise<void> {
  const { failure, evaluation } = error;
  if (evaluation !== undefined) {
    run.append(frame, 'EvaluationFailed', {
      ...errorFields(failure),
      ...(evaluation.location === undefined ? {} : { location: evaluation.location }),
      state: state.name,
    });
  }
  const handlers = handlersOf(state);
  if (handlers !== undefined) {
    const index = findRetrier(handlers.retry, failure, frame.retries);
    const retrier = handlers.retry[index];
    if (retrier !== undefined) {
      const used = frame.retries[index] ?? 0;
      for (let at = frame.retries.length; at < index; at++) frame.retries[at] = 0;
      frame.retries[index] = used + 1;
      run.move(frame, { at: 'retrying' });
      run.setTimer(
        frame,
        'retry',
        run.now + retryDelay(retrier, used, () => drawFraction(run, frame, used)),
        {
          entered: frame.entered,
        },
      );
      return;
    }
  }
  if (state.type === 'Map' || state.type === 'Parallel') run.append(frame, `${state.type}StateFailed`);
  const caught = handlers && findCatcher(handlers.catch, failure);
  if (caught === undefined) {
    failFrame(run, frame, failure);
    return;
  }
  const [catcher, index] = caught;
  const output = errorOutput(failure);
  const exit: Exit = { ...catcher, fallback: output, location: `Catch[${index}]/` };
  try {
    await leaveState(run, frame, state, exit, { errorOutput: output });
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    if (thrown.evaluation !== undefined) {
      run.append(frame, 'EvaluationFailed', {
        ...errorFields(thrown.failure),
        ...(thrown.evaluation.location === undefined ? {} : { location: thrown.evaluation.location }),
        state: state.name,
      });
    }
    failFrame(run, frame, thrown.failure);
  }
}
