import type { Template } from '../expressions/template.ts';
import type { Resource } from '../integrations/resource.ts';

/** A definition made ready to run: every template compiled, every default filled in. */
export interface Machine {
  readonly timeoutSeconds: number | undefined;
  /** Scopes (the machine itself, each branch and each item processor) by their path in the definition. */
  readonly scopes: ReadonlyMap<string, Scope>;
}

/** One set of states that run one after the other. The machine's own scope has the path ''. */
export interface Scope {
  readonly path: string;
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export type State =
  | PassState
  | SucceedState
  | FailState
  | WaitState
  | ChoiceState
  | TaskState
  | ParallelState
  | MapState;

export type StateType = State['type'];

interface Common {
  readonly name: string;
  /** Where the state goes; undefined ends its scope. */
  readonly next: string | undefined;
  readonly assign: Template | undefined;
  readonly output: Template | undefined;
}

export interface PassState extends Common {
  readonly type: 'Pass';
  /** Of a state without a query language: replaces the input as output. */
  readonly result: { readonly value: unknown } | undefined;
}

export interface SucceedState extends Common {
  readonly type: 'Succeed';
}

export interface FailState extends Common {
  readonly type: 'Fail';
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}

export interface WaitState extends Common {
  readonly type: 'Wait';
  readonly seconds: Template | undefined;
  readonly timestamp: Template | undefined;
}

export interface ChoiceState extends Common {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly defaultNext: string | undefined;
}

export interface ChoiceRule {
  readonly condition: Template;
  readonly next: string;
  readonly assign: Template | undefined;
  readonly output: Template | undefined;
}

/** What may fail and be tried again or caught. */
export interface Handlers {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface Retrier {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly fullJitter: boolean;
}

export interface Catcher {
  readonly errors: readonly string[];
  readonly next: string;
  readonly assign: Template | undefined;
  readonly output: Template | undefined;
}

export interface TaskState extends Common, Handlers {
  readonly type: 'Task';
  readonly resource: Resource;
  readonly arguments: Template | undefined;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
  readonly roleArn: Template | undefined;
}

export interface ParallelState extends Common, Handlers {
  readonly type: 'Parallel';
  readonly arguments: Template | undefined;
  readonly branches: readonly Scope[];
}

export interface MapState extends Common, Handlers {
  readonly type: 'Map';
  /** False for a state that uses no query language. */
  readonly jsonata: boolean;
  readonly items: Template | undefined;
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: Template | undefined;
  readonly toleratedFailureCount: Template | undefined;
  readonly toleratedFailurePercentage: Template | undefined;
  readonly processor: Scope;
}

/** States that other scopes run inside. */
export type ParentState = ParallelState | MapState;
