/** How something ended that a state waited for. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      /** Missing where SendTaskFailure gave none. */
      readonly error: string | undefined;
      readonly cause: string | undefined;
      /** The error that only Retry and Catch see: `States.HeartbeatTimeout` is reported as `States.Timeout`. */
      readonly alias?: string;
    };

export type Failure = Extract<Outcome, { ok: false }>;

/** One attempt of a Task state. */
export interface Attempt {
  /** Unique; tells a late answer of an earlier attempt from that of this one, and names what the task starts. */
  readonly id: string;
  /** Id of the history event that holds the arguments. */
  readonly scheduled: number;
  readonly token: string | undefined;
  readonly roleArn: string;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  /** Set once a call was begun by an earlier run of the process, so that it may have been made already. */
  readonly again?: true;
}

/** A Map or Parallel while its children run. Progress is read off the children's frames, so this is written once. */
export interface Group {
  readonly at: 'children';
  readonly length: number;
  /** Items of a Map, each the input of its iteration before ItemSelector. */
  readonly items: readonly unknown[] | undefined;
  readonly maxConcurrency: number;
  /** Failures above this number fail the Map; undefined where no tolerance was asked for. */
  readonly tolerated: number | undefined;
}

/** Where a frame is within its state. */
export type Phase =
  | { readonly at: 'enter' }
  | { readonly at: 'act' }
  | { readonly at: 'waiting' }
  | { readonly at: 'retrying' }
  | { readonly at: 'calling'; readonly attempt: Attempt }
  | { readonly at: 'callback'; readonly attempt: Attempt }
  /** Waits for the end of the execution that it started. */
  | { readonly at: 'started'; readonly attempt: Attempt; readonly child: string }
  | { readonly at: 'settled'; readonly outcome: Outcome }
  | Group
  | { readonly at: 'done'; readonly output: unknown }
  | { readonly at: 'failed' };

/**
 * One line of states of an execution: the machine itself, a branch or an iteration. What is stored is this object as
 * JSON, one row a frame, so that a transition writes only the frame that it moves.
 */
export interface Frame {
  readonly id: number;
  /** 0 for the machine itself. */
  readonly parent: number;
  /** Of the branch or item. */
  readonly index: number;
  readonly scope: string;
  vars: Record<string, unknown>;
  /** Id of the last history event of this line. */
  previous: number;
  state: string;
  input: unknown;
  /** Id of the history event with which the state was entered; 0 before. */
  entered: number;
  enteredAt: number;
  /** Attempts used, by retrier. */
  retries: number[];
  phase: Phase;
}

/** Phases that need nothing from outside to go on: after a start these are driven at once. */
export function isRunnable(phase: Phase): boolean {
  switch (phase.at) {
    case 'enter':
    case 'act':
    case 'calling':
    case 'settled':
      return true;
    case 'waiting':
    case 'retrying':
    case 'callback':
    case 'started':
    case 'children':
    case 'done':
    case 'failed':
      return false;
  }
}

/** Why an execution waits on a child execution: who is told when that ends. */
export interface Waiter {
  readonly execution: number;
  readonly frame: number;
  readonly attempt: string;
}
