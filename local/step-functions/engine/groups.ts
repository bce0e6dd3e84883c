import type { MapState, ParallelState, State } from '../definition/model.ts';
import {
  bindingsOf,
  evaluateField,
  evaluateInteger,
  evaluationError,
  payloadText,
  RUNTIME,
  stateError,
  wrongType,
} from './evaluate.ts';
import type { Failure, Frame, Group } from './frames.ts';
import type { Run } from './run.ts';

/** The most iterations of an inline Map that run at once. */
const MAX_CONCURRENCY = 40;
const EXCEEDED = 'States.ExceedToleratedFailureThreshold';

export async function startParallel(run: Run, frame: Frame, state: ParallelState): Promise<void> {
  const input = state.arguments
    ? await evaluateField(run, frame, state.arguments, 'Arguments', bindingsOf(run, frame))
    : frame.input;
  if (!run.isCurrent(frame)) return;
  payloadText(frame, input);
  run.append(frame, 'ParallelStateStarted');
  run.move(frame, {
    at: 'children',
    length: state.branches.length,
    items: undefined,
    maxConcurrency: 0,
    tolerated: undefined,
  });
  for (const [index, branch] of state.branches.entries()) run.addFrame(frame, index, branch, input);
}

export async function startMap(run: Run, frame: Frame, state: MapState): Promise<void> {
  const bindings = bindingsOf(run, frame);
  let items: unknown = frame.input;
  if (state.items !== undefined) {
    items = await evaluateField(run, frame, state.items, 'Items', bindings);
    if (!Array.isArray(items)) throw wrongType(frame, state.items, 'Items', 'array', items);
  } else if (!Array.isArray(items)) {
    if (!state.jsonata) throw stateError(frame, RUNTIME, 'Reference path "$" must point to array.');
    throw evaluationError(
      frame,
      `Map state input must be an array but was: ${JSON.stringify(items)}`,
      undefined,
    );
  }
  const list: readonly unknown[] = items;
  const limit = await evaluateInteger(run, frame, state.maxConcurrency, 'MaxConcurrency', bindings, 0);
  const tolerated = await toleratedFailures(run, frame, state, list.length);
  if (!run.isCurrent(frame)) return;
  run.append(frame, 'MapStateStarted', { length: list.length });
  run.move(frame, {
    at: 'children',
    length: list.length,
    items: list,
    maxConcurrency: limit === undefined || limit === 0 ? MAX_CONCURRENCY : Math.min(limit, MAX_CONCURRENCY),
    tolerated,
  });
  run.queue.push(frame);
}

/** How many iterations may fail: the smaller of count and percentage; undefined where neither is given. */
async function toleratedFailures(
  run: Run,
  frame: Frame,
  state: MapState,
  length: number,
): Promise<number | undefined> {
  const bindings = bindingsOf(run, frame);
  const count = await evaluateInteger(
    run,
    frame,
    state.toleratedFailureCount,
    'ToleratedFailureCount',
    bindings,
    0,
  );
  const field = 'ToleratedFailurePercentage';
  const template = state.toleratedFailurePercentage;
  if (template === undefined) return count;
  const percentage = await evaluateField(run, frame, template, field, bindings);
  if (typeof percentage !== 'number') throw wrongType(frame, template, field, 'number', percentage);
  if (percentage < 0 || percentage > 100) {
    throw evaluationError(frame, 'ToleratedFailurePercentage must be between 0 and 100.', field);
  }
  return Math.min(count ?? Number.MAX_SAFE_INTEGER, Math.floor((length * percentage) / 100));
}

/** Starts as many iterations as may run, or finishes the Map where all have ended. */
export async function advanceMap(run: Run, frame: Frame, state: MapState, group: Group): Promise<void> {
  const items = group.items ?? [];
  const progress = run.progress(frame.id);
  while (progress.running < group.maxConcurrency && progress.started < group.length) {
    const index = progress.started;
    const value = items[index] ?? null;
    let input: unknown = value;
    if (state.itemSelector !== undefined) {
      const bindings = bindingsOf(run, frame, { item: { index, value } });
      try {
        input = await evaluateField(run, frame, state.itemSelector, 'ItemSelector', bindings);
      } catch (error) {
        if (run.isCurrent(frame)) {
          abortChildren(run, frame);
          run.removeChildren(frame);
        }
        throw error;
      }
      if (!run.isCurrent(frame) || frame.phase !== group) return;
    }
    const started = run.append(frame, 'MapIterationStarted', { name: state.name, index }, false);
    run.addFrame(frame, index, state.processor, input).previous = started;
  }
  if (progress.running === 0 && progress.started >= group.length) finishGroup(run, frame, state);
}

/** A branch or iteration has ended well. */
export function endIteration(run: Run, child: Frame, output: unknown): void {
  const ended = run.endChild(child, { at: 'done', output });
  if (ended === undefined) return;
  const { parent, group } = ended;
  const state = run.state(parent);
  if (state.type === 'Map') {
    const details = { name: state.name, index: child.index };
    // Not written with every iteration: the frame holds all items.
    parent.previous = run.append(child, 'MapIterationSucceeded', details);
    run.queue.push(parent);
  } else if (run.progress(parent.id).running === 0 && state.type === 'Parallel') {
    parent.previous = child.previous;
    if (run.progress(parent.id).started >= group.length) finishGroup(run, parent, state);
  }
}

/** Joins the outputs in the order of the branches or items; iterations whose failure was tolerated leave none. */
function finishGroup(run: Run, frame: Frame, state: MapState | ParallelState): void {
  const outputs: unknown[] = [];
  for (const child of run.childrenOf(frame.id)) {
    if (child.phase.at === 'done') outputs.push(child.phase.output);
  }
  run.append(frame, `${state.type}StateSucceeded`, 0, false);
  run.removeChildren(frame);
  run.settle(frame, { ok: true, result: outputs });
}

/** A branch or iteration has failed: tolerated, or the end of all its siblings. */
export function failGroup(run: Run, child: Frame, failure: Failure): void {
  const parent = run.frames.get(child.parent);
  if (parent?.phase.at !== 'children') return;
  const group = parent.phase;
  const state = run.state(parent);
  if (state.type === 'Map') {
    const details = { name: state.name, index: child.index };
    const id = run.appendAfter(child.previous, 'MapIterationFailed', details);
    const abortedSelf = abortedEvent(run.state(child));
    if (abortedSelf !== undefined) run.appendAfter(child.previous, abortedSelf);
    parent.previous = id;
    if (group.tolerated !== undefined && run.progress(parent.id).failed + 1 <= group.tolerated) {
      run.endChild(child, { at: 'failed' });
      run.queue.push(parent);
      return;
    }
  } else {
    const abortedSelf = abortedEvent(run.state(child));
    if (abortedSelf !== undefined) run.append(child, abortedSelf);
    parent.previous = child.previous;
  }
  run.remove(child);
  abortChildren(run, parent);
  run.removeChildren(parent);
  run.settle(parent, thresholdFailure(group, failure));
}

function thresholdFailure(group: Group, failure: Failure): Failure {
  if (group.tolerated === undefined || group.tolerated === 0) return failure;
  return { ok: false, error: EXCEEDED, cause: 'The specified tolerated failure threshold was exceeded' };
}

/** The event of a state that was entered and is given up; states that do not last have none. */
function abortedEvent(state: State): string | undefined {
  return state.type === 'Task' || state.type === 'Wait' ? `${state.type}StateAborted` : undefined;
}

/** Writes what is given up when a group fails: its open iterations, and the states that its children were in. */
function abortChildren(run: Run, parent: Frame): void {
  const state = run.state(parent);
  for (const child of run.childrenOf(parent.id)) {
    if (child.phase.at === 'done' || child.phase.at === 'failed') continue;
    if (state.type === 'Map') {
      run.appendAfter(parent.previous, 'MapIterationAborted', { name: state.name, index: child.index });
    }
    if (child.entered === 0) continue;
    const inner = run.state(child);
    if (child.phase.at === 'children') {
      abortChildren(run, child);
      run.appendAfter(parent.previous, `${inner.type}StateAborted`);
    } else {
      const aborted = abortedEvent(inner);
      if (aborted !== undefined) run.appendAfter(parent.previous, aborted);
    }
  }
}
