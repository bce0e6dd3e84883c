import * as z from 'zod';

/** What leads from one state to the next: in order, by a choice, by a choice's default, or after an error. */
export type TransitionKind = 'next' | 'choice' | 'default' | 'error';

export interface MachineTransition {
  readonly from: string;
  readonly to: string;
  readonly kind: TransitionKind;
  /** Condition of a choice as JSONata without its braces, names of errors; empty otherwise. */
  readonly why: string;
}

export interface MachineState {
  readonly name: string;
  /** As in the Amazon States Language: Task, Choice, Wait, Map, ... */
  readonly type: string;
  readonly comment: string;
  /** What runs inside: one scope for a Map, one a branch for a Parallel. */
  readonly scopes: readonly MachineScope[];
}

/** A machine, or what runs inside one of its states. */
export interface MachineScope {
  readonly startAt: string;
  readonly states: readonly MachineState[];
  readonly transitions: readonly MachineTransition[];
}

const next = z.object({ Next: z.string().optional() });
const scope = z.object({
  StartAt: z.string(),
  get States() {
    return z.record(z.string(), state);
  },
});
const state = z.object({
  Type: z.string(),
  Comment: z.string().optional(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(next.extend({ Condition: z.unknown().optional() })).optional(),
  Catch: z.array(next.extend({ ErrorEquals: z.array(z.string()) })).optional(),
  get ItemProcessor() {
    return scope.optional();
  },
  get Branches() {
    return z.array(scope).optional();
  },
});
type Definition = z.output<typeof scope>;
type StateDefinition = z.output<typeof state>;

/** The graph of a machine from its definition (Amazon States Language as JSON text). Throws what is no machine. */
export function machineGraph(definition: string): MachineScope {
  return scopeOf(scope.parse(JSON.parse(definition)));
}

function scopeOf({ StartAt, States }: Definition): MachineScope {
  const states = Object.entries(States);
  return {
    startAt: StartAt,
    states: states.map(([name, one]) => ({
      name,
      type: one.Type,
      comment: one.Comment ?? '',
      scopes: [...(one.ItemProcessor === undefined ? [] : [one.ItemProcessor]), ...(one.Branches ?? [])].map(
        scopeOf,
      ),
    })),
    transitions: states.flatMap(([name, one]) => transitionsOf(name, one)),
  };
}

function transitionsOf(from: string, one: StateDefinition): MachineTransition[] {
  const to = (target: string | undefined, kind: TransitionKind, why: string): MachineTransition[] =>
    target === undefined ? [] : [{ from, to: target, kind, why }];
  return [
    ...to(one.Next, 'next', ''),
    ...(one.Choices ?? []).flatMap((choice) => to(choice.Next, 'choice', conditionText(choice.Condition))),
    ...to(one.Default, 'default', ''),
    ...(one.Catch ?? []).flatMap((caught) => to(caught.Next, 'error', caught.ErrorEquals.join(', '))),
  ];
}

const conditionText = (condition: unknown): string =>
  typeof condition === 'string' ? condition.replace(/^\{%\s*|\s*%\}$/g, '') : '';

/**
 * The part of a machine that is drawn. Without errors: what leads on when all goes well, and beside it the states that
 * were entered all the same with the errors that lead to them, so that a drawing of 15 states is not crossed by 30 lines.
 */
export function shownPart(
  graph: MachineScope,
  withErrors: boolean,
  entered: ReadonlySet<string>,
): MachineScope {
  const inside = (one: MachineState): MachineState => ({
    ...one,
    scopes: one.scopes.map((inner) => shownPart(inner, withErrors, entered)),
  });
  if (withErrors) return { ...graph, states: graph.states.map(inside) };
  const well = graph.transitions.filter(({ kind }) => kind !== 'error');
  const reached = new Set([graph.startAt]);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const name of reached) for (const { to } of well.filter(({ from }) => from === name)) reached.add(to);
  const shown = graph.states.filter(({ name }) => reached.has(name) || entered.has(name));
  const names = new Set(shown.map(({ name }) => name));
  return {
    startAt: graph.startAt,
    states: shown.map(inside),
    transitions: graph.transitions.filter(
      ({ from, to, kind }) => names.has(from) && names.has(to) && (kind !== 'error' || !reached.has(to)),
    ),
  };
}

/** Every state of a machine, those inside others after them. */
export function allStates(graph: MachineScope): MachineState[] {
  return graph.states.flatMap((one) => [one, ...one.scopes.flatMap(allStates)]);
}

/** Every transition of a machine, with those inside its states. */
export function allTransitions(graph: MachineScope): MachineTransition[] {
  return [
    ...graph.transitions,
    ...graph.states.flatMap((one) => one.scopes.flatMap((inner) => allTransitions(inner))),
  ];
}
