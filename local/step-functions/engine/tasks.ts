import { randomBytes, randomUUID } from 'node:crypto';
import type { TaskState } from '../definition/model.ts';
import { errorFields } from './errors.ts';
import {
  bindingsOf,
  DATA_LIMIT_EXCEEDED,
  evaluateField,
  evaluateInteger,
  evaluateString,
  evaluationError,
  payloadText,
  StateError,
} from './evaluate.ts';
import type { Attempt, Failure, Frame, Outcome } from './frames.ts';
import type { EventDetails } from './history.ts';
import type { Run } from './run.ts';

/** Prepares a Task's call: evaluates its fields and writes that it is scheduled. The call is made after the commit. */
export async function startTask(run: Run, frame: Frame, state: TaskState): Promise<void> {
  const { resource } = state;
  const waits = resource.kind === 'service' && resource.pattern === 'waitForTaskToken';
  const token = waits ? newToken() : undefined;
  const bindings = bindingsOf(run, frame, token === undefined ? {} : { token });
  const args = state.arguments
    ? await evaluateField(run, frame, state.arguments, 'Arguments', bindings)
    : frame.input;
  const timeoutSeconds = await evaluateInteger(
    run,
    frame,
    state.timeoutSeconds,
    'TimeoutSeconds',
    bindings,
    1,
  );
  const heartbeatSeconds = await evaluateInteger(
    run,
    frame,
    state.heartbeatSeconds,
    'HeartbeatSeconds',
    bindings,
    1,
  );
  if (timeoutSeconds !== undefined && heartbeatSeconds !== undefined && heartbeatSeconds >= timeoutSeconds) {
    throw evaluationError(
      frame,
      "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
      'HeartbeatSeconds',
    );
  }
  const roleArn = await evaluateString(run, frame, state.roleArn, 'Credentials/RoleArn', bindings);
  if (!run.isCurrent(frame)) return;
  const parameters = payloadText(frame, args);
  const limits = {
    ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
  };
  const credentials = roleArn === undefined ? {} : { taskCredentials: { roleArn } };
  const scheduled =
    resource.kind === 'function'
      ? run.append(frame, 'LambdaFunctionScheduled', {
          input: parameters,
          resource: resource.arn,
          ...limits,
          ...credentials,
        })
      : run.append(frame, 'TaskScheduled', {
          ...names(state),
          region: run.row.machineArn.split(':')[3] ?? '',
          parameters,
          ...limits,
          ...credentials,
        });
  const attempt: Attempt = {
    id: randomUUID(),
    scheduled,
    token,
    roleArn: roleArn ?? run.row.roleArn,
    timeoutSeconds,
    heartbeatSeconds,
  };
  run.move(frame, { at: 'calling', attempt });
  if (timeoutSeconds !== undefined) {
    run.setTimer(frame, 'timeout', run.now + timeoutSeconds * 1000, { attempt: attempt.id });
  }
  if (heartbeatSeconds !== undefined) {
    run.setTimer(frame, 'heartbeat', run.now + heartbeatSeconds * 1000, { attempt: attempt.id });
  }
  if (token !== undefined) run.addToken(token, frame);
  run.calls.push({ frame, args: { value: args } });
}

/** As unguessable as AWS's, which are opaque texts of some hundred characters. */
function newToken(): string {
  return randomBytes(72).toString('base64');
}

/** `resourceType` and `resource` of a service task's events. */
function names(state: TaskState): EventDetails {
  const { resource } = state;
  return resource.kind === 'function'
    ? {}
    : { resourceType: resource.resourceType, resource: resource.resource };
}

export function writeStarted(run: Run, frame: Frame, state: TaskState): void {
  if (state.resource.kind === 'function') run.append(frame, 'LambdaFunctionStarted');
  else run.append(frame, 'TaskStarted', names(state));
}

/** Writes how an attempt ended, and settles the state with it. */
export function endAttempt(run: Run, frame: Frame, state: TaskState, outcome: Outcome): void {
  const ended = limitResult(frame, outcome);
  run.cancelWaiting(frame);
  const prefix = state.resource.kind === 'function' ? 'LambdaFunction' : 'Task';
  if (ended.ok)
    run.append(frame, `${prefix}Succeeded`, { ...names(state), output: JSON.stringify(ended.result) });
  else
    run.append(frame, `${prefix}${failedEvent(ended, state, frame)}`, {
      ...names(state),
      ...errorFields(ended),
    });
  run.settle(frame, ended);
}

function failedEvent(failure: Failure, state: TaskState, frame: Frame): string {
  if (failure.error === 'States.Timeout') return 'TimedOut';
  const { resource } = state;
  const syncs = resource.kind === 'service' && (resource.pattern === 'sync' || resource.pattern === 'sync2');
  return syncs && frame.phase.at === 'calling' ? 'SubmitFailed' : 'Failed';
}

/** A result that is too large fails the task in its stead. */
function limitResult(frame: Frame, outcome: Outcome): Outcome {
  if (!outcome.ok) return outcome;
  try {
    payloadText(frame, outcome.result);
    return outcome;
  } catch (error) {
    if (error instanceof StateError) return error.failure;
    return { ok: false, error: DATA_LIMIT_EXCEEDED, cause: String(error) };
  }
}

/** The call was accepted, and the task waits on: for its token, or for the end of `child`, the execution it started. */
export function writeSubmitted(
  run: Run,
  frame: Frame,
  state: TaskState,
  result: unknown,
  child?: string,
): void {
  if (frame.phase.at !== 'calling') return;
  run.append(frame, 'TaskSubmitted', { ...names(state), output: JSON.stringify(result) });
  const { attempt } = frame.phase;
  run.move(frame, child === undefined ? { at: 'callback', attempt } : { at: 'started', attempt, child });
}

/** The attempt that a frame's task is in, if it is in one. */
export function attemptOf(frame: Frame): Attempt | undefined {
  const { phase } = frame;
  return phase.at === 'calling' || phase.at === 'callback' || phase.at === 'started'
    ? phase.attempt
    : undefined;
}

/** A timer of a frame is due; one of an earlier attempt or state is dropped. */
export function takeTimer(
  run: Run,
  frame: Frame,
  kind: string | undefined,
  payload: Record<string, unknown>,
): void {
  const { phase } = frame;
  if (kind === 'wait' && phase.at === 'waiting' && payload.entered === frame.entered) {
    run.settle(frame, { ok: true, result: null });
  } else if (kind === 'retry' && phase.at === 'retrying' && payload.entered === frame.entered) {
    run.move(frame, { at: 'act' });
    run.countTransition();
    run.queue.push(frame);
  } else if (kind === 'timeout' || kind === 'heartbeat') {
    const attempt = attemptOf(frame);
    const state = run.state(frame);
    if (attempt === undefined || attempt.id !== payload.attempt || state.type !== 'Task') return;
    const alias = kind === 'heartbeat' ? { alias: 'States.HeartbeatTimeout' } : {};
    endAttempt(run, frame, state, { ok: false, error: 'States.Timeout', cause: undefined, ...alias });
  }
}
