/** One thing that a rule says no to: a key of the texts (`refusals.<code>`) and the field at fault. */
export interface Problem {
  readonly code: string;
  readonly field: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/**
 * A rule of the programme says no. `code` is a key of the texts (`refusals.<code>`), so that the person reads why in
 * their language; `field` names the input that is at fault, in the path notation of the form.
 */
export class RefusedError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly values: Readonly<Record<string, string | number>>;
  /** Where several things are wrong at once: all of them, the first included. */
  readonly problems: readonly Problem[];

  constructor(
    code: string,
    options: { field?: string; values?: Record<string, string | number>; problems?: readonly Problem[] } = {},
  ) {
    super(`refused: ${code}`);
    this.name = 'RefusedError';
    this.code = code;
    this.field = options.field;
    this.values = options.values ?? {};
    this.problems = options.problems ?? [];
  }
}

/** The thing asked for does not exist, or is not the asker's to see (the two answer alike on purpose). */
export class NotFoundError extends Error {
  constructor(what: string) {
    super(`not found: ${what}`);
    this.name = 'NotFoundError';
  }
}

/** The person is signed in, but this is not theirs to do. */
export class ForbiddenError extends Error {
  constructor(what: string) {
    super(`not allowed: ${what}`);
    this.name = 'ForbiddenError';
  }
}

/** The record is there, but in a state from which this change is not allowed. */
export class WrongStateError extends Error {
  readonly state: string;

  constructor(what: string, state: string) {
    super(`${what} is ${state}`);
    this.name = 'WrongStateError';
    this.state = state;
  }
}

/** Somebody else changed the record while we worked, more often than we retried. Safe to try again. */
export class ConcurrentChangeError extends Error {
  constructor(what: string) {
    super(`changed by others meanwhile: ${what}`);
    this.name = 'ConcurrentChangeError';
  }
}

/** Input from outside that does not have the agreed shape. */
export class InvalidInputError extends Error {
  readonly issues: readonly { readonly path: string; readonly message: string }[];

  constructor(what: string, issues: readonly { path: string; message: string }[]) {
    super(`${what}: ${issues.map((issue) => `${issue.path || '(root)'} ${issue.message}`).join('; ')}`);
    this.name = 'InvalidInputError';
    this.issues = issues;
  }
}
