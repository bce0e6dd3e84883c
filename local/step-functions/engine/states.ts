import type {
  ChoiceState,
  FailState,
  PassState,
  State,
  SucceedState,
  WaitState,
} from '../definition/model.ts';
import { parseIsoTimestamp } from '../time.ts';
import {
  bindingsOf,
  evaluateField,
  evaluateInteger,
  evaluateString,
  evaluationError,
  RUNTIME,
  StateError,
  stateError,
  wrongType,
} from './evaluate.ts';
import type { Frame } from './frames.ts';
import { advanceMap, startMap, startParallel } from './groups.ts';
import type { Run } from './run.ts';
import { startTask } from './tasks.ts';
import { type Exit, enterState, failFrame, failState, leaveState } from './transitions.ts';

/** Drives a frame by one step: enters its state and works on it, or takes up what it waited for. */
export async function stepFrame(run: Run, frame: Frame): Promise<void> {
  if (!run.isCurrent(frame)) return;
  const state = run.state(frame);
  try {
    if (frame.phase.at === 'enter') enterState(run, frame, state);
    const { phase } = frame;
    if (phase.at === 'act') await actState(run, frame, state);
    else if (phase.at === 'settled') await settleState(run, frame, state, phase);
    else if (phase.at === 'children' && state.type === 'Map') await advanceMap(run, frame, state, phase);
  } catch (error) {
    if (!run.isCurrent(frame)) return;
    await failState(run, frame, state, error instanceof StateError ? error : unexpected(frame, error));
  }
}

function unexpected(frame: Frame, error: unknown): StateError {
  return stateError(frame, RUNTIME, error instanceof Error ? error.message : String(error));
}

async function settleState(
  run: Run,
  frame: Frame,
  state: State,
  { outcome }: Extract<Frame['phase'], { at: 'settled' }>,
): Promise<void> {
  if (!outcome.ok) throw new StateError(outcome);
  const exit = exitOf(state, outcome.result);
  if (state.type === 'Wait') await leaveState(run, frame, state, { ...exit, fallback: frame.input }, {});
  else await leaveState(run, frame, state, exit, { result: outcome.result });
}

function exitOf(state: State, fallback: unknown): Exit {
  return { next: state.next, output: state.output, assign: state.assign, fallback, location: '' };
}

async function actState(run: Run, frame: Frame, state: State): Promise<void> {
  switch (state.type) {
    case 'Pass':
      return passOn(run, frame, state, state.result === undefined ? frame.input : state.result.value);
    case 'Succeed':
      return passOn(run, frame, state, frame.input);
    case 'Fail':
      return fail(run, frame, state);
    case 'Wait':
      return wait(run, frame, state);
    case 'Choice':
      return choose(run, frame, state);
    case 'Task':
      return startTask(run, frame, state);
    case 'Parallel':
      return startParallel(run, frame, state);
    case 'Map':
      return startMap(run, frame, state);
  }
}

async function passOn(
  run: Run,
  frame: Frame,
  state: PassState | SucceedState,
  fallback: unknown,
): Promise<void> {
  await leaveState(run, frame, state, exitOf(state, fallback), {});
}

async function fail(run: Run, frame: Frame, state: FailState): Promise<void> {
  const bindings = bindingsOf(run, frame);
  const error = await evaluateString(run, frame, state.error, 'Error', bindings);
  const cause = await evaluateString(run, frame, state.cause, 'Cause', bindings);
  if (run.isCurrent(frame)) failFrame(run, frame, { ok: false, error, cause });
}

async function wait(run: Run, frame: Frame, state: WaitState): Promise<void> {
  const due = await waitUntil(run, frame, state);
  if (!run.isCurrent(frame)) return;
  if (due <= run.now) {
    await leaveState(run, frame, state, exitOf(state, frame.input), {});
    return;
  }
  run.move(frame, { at: 'waiting' });
  run.setTimer(frame, 'wait', due, { entered: frame.entered });
}

async function waitUntil(run: Run, frame: Frame, state: WaitState): Promise<number> {
  const bindings = bindingsOf(run, frame);
  const seconds = await evaluateInteger(run, frame, state.seconds, 'Seconds', bindings, 0);
  if (seconds !== undefined) return frame.enteredAt + seconds * 1000;
  const timestamp = (await evaluateString(run, frame, state.timestamp, 'Timestamp', bindings)) ?? '';
  const time = parseIsoTimestamp(timestamp);
  if (time === undefined) {
    throw evaluationError(
      frame,
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`,
      'Timestamp',
    );
  }
  return time;
}

async function choose(run: Run, frame: Frame, state: ChoiceState): Promise<void> {
  const bindings = bindingsOf(run, frame);
  for (const [index, rule] of state.choices.entries()) {
    const location = `Choices[${index}]/Condition`;
    const holds = await evaluateField(run, frame, rule.condition, location, bindings);
    if (typeof holds !== 'boolean') throw wrongType(frame, rule.condition, location, 'boolean', holds);
    if (holds) {
      await leaveState(
        run,
        frame,
        state,
        { ...rule, fallback: frame.input, location: `Choices[${index}]/` },
        {},
      );
      return;
    }
  }
  if (state.defaultNext === undefined) {
    throw stateError(
      frame,
      'States.NoChoiceMatched',
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  await leaveState(run, frame, state, { ...exitOf(state, frame.input), next: state.defaultNext }, {});
}
