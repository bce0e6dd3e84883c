import { MAX_INTEGER } from '../definition/fields.ts';
import {
  type Bindings,
  EvaluationError,
  evaluateTemplate,
  type Template,
  unexpectedType,
} from '../expressions/template.ts';
import { byteLength, MAX_PAYLOAD_BYTES } from '../json.ts';
import type { Failure, Frame } from './frames.ts';
import type { Run } from './run.ts';

export const QUERY_EVALUATION_ERROR = 'States.QueryEvaluationError';
export const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';
export const RUNTIME = 'States.Runtime';

/** What a state adds to what its expressions see. */
export interface Extra {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
  readonly token?: string;
  readonly item?: { readonly index: number; readonly value: unknown };
}

/** A state that failed while it was being worked on. */
export class StateError extends Error {
  readonly failure: Failure;
  /** Set where an expression or its value was to blame: the field, for the history. */
  readonly evaluation: { readonly location: string | undefined } | undefined;

  constructor(failure: Failure, evaluation?: { readonly location: string | undefined }) {
    super(failure.cause ?? failure.error ?? 'failed');
    this.name = 'StateError';
    this.failure = failure;
    this.evaluation = evaluation;
  }
}

/** Begins every cause that the service itself writes. */
export function causePrefix(frame: Frame): string {
  return `An error occurred while executing the state '${frame.state}' (entered at the event id #${frame.entered}).`;
}

export function stateError(frame: Frame, error: string, detail: string): StateError {
  return new StateError({ ok: false, error, cause: `${causePrefix(frame)} ${detail}` });
}

export function evaluationError(frame: Frame, detail: string, location: string | undefined): StateError {
  const cause = `${causePrefix(frame)} ${detail}`;
  return new StateError({ ok: false, error: QUERY_EVALUATION_ERROR, cause }, { location });
}

/** A time as the context object has it: without a fraction where that is zero. */
function contextTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** The context object, `$states.context`. */
function contextObject(run: Run, frame: Frame, extra: Extra): Record<string, unknown> {
  const { row } = run;
  const item = extra.item ?? nearestItem(run, frame);
  return {
    Execution: {
      Id: row.arn,
      Input: run.input,
      Name: row.name,
      RoleArn: row.roleArn,
      StartTime: contextTime(row.started),
      RedriveCount: row.redrives,
      ...(row.redriven === undefined ? {} : { RedriveTime: contextTime(row.redriven) }),
    },
    StateMachine: { Id: row.machineArn, Name: row.machine },
    State: {
      Name: frame.state,
      EnteredTime: contextTime(frame.enteredAt),
      RetryCount: frame.retries.reduce((sum, count) => sum + count, 0),
    },
    ...(extra.token === undefined ? {} : { Task: { Token: extra.token } }),
    ...(item === undefined
      ? {}
      : { Map: { Item: { Index: item.index, Value: item.value, Source: 'STATE_DATA' } } }),
  };
}

/** The item of the innermost Map that a frame runs in. */
function nearestItem(run: Run, frame: Frame): { index: number; value: unknown } | undefined {
  let child = frame;
  for (let at = run.frames.get(child.parent); at !== undefined; at = run.frames.get(child.parent)) {
    if (at.phase.at === 'children' && at.phase.items !== undefined) {
      return { index: child.index, value: at.phase.items[child.index] };
    }
    child = at;
  }
  return undefined;
}

/** What the expressions of a frame's state see: `$states` and the variables. */
export function bindingsOf(run: Run, frame: Frame, extra: Extra = {}): Bindings {
  return {
    ...run.variables(frame),
    states: {
      input: frame.input,
      context: contextObject(run, frame, extra),
      ...('result' in extra ? { result: extra.result } : {}),
      ...('errorOutput' in extra ? { errorOutput: extra.errorOutput } : {}),
    },
  };
}

/** Evaluates a field; rejects with a `StateError`. */
export async function evaluateField(
  run: Run,
  frame: Frame,
  template: Template,
  location: string,
  bindings: Bindings,
): Promise<unknown> {
  if (template.kind === 'literal') return template.value;
  try {
    return await evaluateTemplate(template, bindings, run.now, location);
  } catch (error) {
    if (error instanceof EvaluationError) throw evaluationError(frame, error.message, error.location);
    throw error;
  }
}

/** Evaluates a field that must be an integer from `minimum` to the largest that fields take; undefined where the state has no such field. */
export async function evaluateInteger(
  run: Run,
  frame: Frame,
  template: Template | undefined,
  location: string,
  bindings: Bindings,
  minimum: number,
): Promise<number | undefined> {
  if (template === undefined) return undefined;
  const value = await evaluateField(run, frame, template, location, bindings);
  if (typeof value !== 'number') throw wrongType(frame, template, location, 'number', value);
  if (!Number.isInteger(value) || value < minimum || value > MAX_INTEGER) {
    throw evaluationError(
      frame,
      `The field '${location}' must be an integer from ${minimum} to ${MAX_INTEGER} but was: ${value}`,
      location,
    );
  }
  return value;
}

/** Evaluates a field that must be a string; undefined where the state has no such field. */
export async function evaluateString(
  run: Run,
  frame: Frame,
  template: Template | undefined,
  location: string,
  bindings: Bindings,
): Promise<string | undefined> {
  if (template === undefined) return undefined;
  const value = await evaluateField(run, frame, template, location, bindings);
  if (typeof value !== 'string') throw wrongType(frame, template, location, 'string', value);
  return value;
}

export function wrongType(
  frame: Frame,
  template: Template,
  location: string,
  expected: string,
  value: unknown,
): StateError {
  const { message } = unexpectedType(template, location, expected, value);
  return evaluationError(frame, message, location);
}

/** The JSON of a state's output or result, which may not be larger than 256 KiB. */
export function payloadText(frame: Frame, value: unknown): string {
  const payload = JSON.stringify(value);
  if (payload.length * 3 > MAX_PAYLOAD_BYTES && byteLength(payload) > MAX_PAYLOAD_BYTES) {
    throw new StateError({
      ok: false,
      error: DATA_LIMIT_EXCEEDED,
      cause: `The state/task '${frame.state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  }
  return payload;
}
