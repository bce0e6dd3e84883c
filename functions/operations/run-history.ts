import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** A step of an execution for people: see `runEvent` of the admin's contract. */
export interface RunStep {
  readonly id: number;
  readonly previousId: number;
  readonly at: string;
  readonly type: string;
  readonly state: string | null;
  readonly input: string | null;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

export type StateCondition = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CAUGHT';
export interface RunState {
  readonly name: string;
  readonly condition: StateCondition;
  readonly entered: number;
}

const LONGEST_PAYLOAD = 8_000;

/**
 * History events as steps. An event belongs to the state that was entered last on its own chain of previous events
 * (Map and Parallel branch); task tokens are left out, since whoever has one can answer for the person.
 */
export function stepsOf(events: readonly HistoryEvent[]): RunStep[] {
  const stateAt = new Map<number, string | null>();
  return events.map((event) => {
    const id = event.id ?? 0;
    const previousId = event.previousEventId ?? 0;
    const state =
      event.stateEnteredEventDetails?.name ??
      event.stateExitedEventDetails?.name ??
      stateAt.get(previousId) ??
      null;
    stateAt.set(id, event.type?.endsWith('StateExited') === true ? null : state);
    const detail = detailOf(event);
    return {
      id,
      previousId,
      at: (event.timestamp ?? new Date(0)).toISOString(),
      type: event.type ?? '',
      state,
      input: shortened(detail.input),
      output: shortened(detail.output),
      error: detail.error ?? null,
      cause: shortened(detail.cause),
    };
  });
}

interface Detail {
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly parameters?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The one `...EventDetails` member of an event, whatever its type. */
function detailOf(event: HistoryEvent): Detail {
  for (const [name, value] of Object.entries(event)) {
    if (!name.endsWith('EventDetails') || typeof value !== 'object' || value === null) continue;
    const text = (key: string): string | undefined => {
      const member: unknown = Reflect.get(value, key);
      return typeof member === 'string' ? withoutToken(member) : undefined;
    };
    return {
      input: text('input') ?? text('parameters'),
      output: text('output'),
      error: text('error'),
      cause: text('cause'),
    };
  }
  return {};
}

/** A payload without the task token in it: long base64-like text under a member that says "token". */
function withoutToken(payload: string): string {
  return payload.replace(/("[^"]*token[^"]*"\s*:\s*(?:\{\s*"S"\s*:\s*)?)"[^"]{40,}"/gi, '$1"(hidden)"');
}

function shortened(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.length > LONGEST_PAYLOAD ? `${text.slice(0, LONGEST_PAYLOAD)}…` : text;
}

/**
 * Condition of every state that was entered, in the order of their first entry. A state that was left is SUCCEEDED, or
 * CAUGHT where something in it failed before; one that was not left is RUNNING, or FAILED where the execution ended.
 */
export function statesOf(steps: readonly RunStep[], ended: boolean): RunState[] {
  const states = new Map<string, { condition: StateCondition; entered: number; failed: boolean }>();
  for (const step of steps) {
    if (step.state === null) continue;
    if (step.type.endsWith('StateEntered')) {
      const before = states.get(step.state);
      states.set(step.state, { condition: 'RUNNING', entered: (before?.entered ?? 0) + 1, failed: false });
      continue;
    }
    const state = states.get(step.state);
    if (state === undefined) continue;
    if (step.type.endsWith('StateExited')) state.condition = state.failed ? 'CAUGHT' : 'SUCCEEDED';
    else if (/(Failed|TimedOut|Aborted)$/.test(step.type)) state.failed = true;
  }
  return [...states].map(([name, { condition, entered }]) => ({
    name,
    condition: condition === 'RUNNING' && ended ? 'FAILED' : condition,
    entered,
  }));
}
