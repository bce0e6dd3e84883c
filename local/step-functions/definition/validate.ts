import { byteLength, isObject } from '../json.ts';
import { isStateType, MAX_INTEGER, STATE_TYPES, TOP_LEVEL_FIELDS } from './fields.ts';
import { checkState } from './validate-state.ts';

/** One thing wrong with a definition. An ERROR refuses the machine. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  /** JSON pointer of the place, such as `/States/Send/Next`. */
  readonly location: string;
}

/** Collects what is wrong, and knows what checks of single states need of the whole. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly #names = new Set<string>();

  error(message: string, location: string, code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.diagnostics.push({ severity: 'ERROR', code, message, location });
  }

  warn(message: string, location: string, code: string): void {
    this.diagnostics.push({ severity: 'WARNING', code, message, location });
  }

  /** State names are unique in the whole machine. */
  claimName(name: string, location: string): void {
    if (this.#names.has(name)) this.error(`Duplicate State name: ${name}`, location, 'DUPLICATE_STATE_NAME');
    this.#names.add(name);
  }
}

/** The most bytes of a definition. */
export const MAX_DEFINITION_BYTES = 1_048_576;
const MAX_NAME = 80;

/**
 * Everything that is wrong with a definition (the parsed JSON): unknown fields, states that are missing or cannot be
 * reached, expressions that do not parse, states that use JSONPath. Without an ERROR it can be created and run.
 */
export function validateDefinition(definition: unknown): Diagnostic[] {
  const findings = new Findings();
  if (!isObject(definition)) {
    findings.error('Definition must be a valid JSON object', '/');
    return findings.diagnostics;
  }
  if (byteLength(JSON.stringify(definition)) > MAX_DEFINITION_BYTES) {
    findings.error(`The definition is larger than ${MAX_DEFINITION_BYTES} bytes`, '/');
  }
  for (const field of Object.keys(definition)) {
    if (!TOP_LEVEL_FIELDS.includes(field)) findings.error(`Field is not supported: '${field}'`, `/${field}`);
  }
  const { Comment, Version, TimeoutSeconds, QueryLanguage } = definition;
  if (Comment !== undefined && typeof Comment !== 'string') {
    findings.error("The field 'Comment' must be a string", '/Comment');
  }
  if (Version !== undefined && Version !== '1.0')
    findings.error("The field 'Version' must be '1.0'", '/Version');
  const timeoutIsRight = isPositiveInteger(TimeoutSeconds) && TimeoutSeconds <= MAX_INTEGER;
  if (TimeoutSeconds !== undefined && !timeoutIsRight) {
    findings.error(
      `The field 'TimeoutSeconds' must be an integer from 1 to ${MAX_INTEGER}`,
      '/TimeoutSeconds',
    );
  }
  checkScope(definition, '', checkQueryLanguage(QueryLanguage, undefined, '', findings), findings);
  return findings.diagnostics;
}

/** Checks a definition given as text, as the API takes it. */
export function validateDefinitionText(text: string): Diagnostic[] {
  try {
    return validateDefinition(JSON.parse(text));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message, location: '' }];
  }
}

/**
 * Checks the states of a machine, a branch or an item processor. `query` is the language that its states inherit,
 * `outer` the variables that the scopes around it assign.
 */
export function checkScope(
  scope: Record<string, unknown>,
  path: string,
  query: QueryLanguage,
  findings: Findings,
  outer: ReadonlySet<string> = new Set(),
): void {
  const missing = ['States', 'StartAt'].filter((field) => scope[field] === undefined);
  if (missing.length > 0) {
    findings.error(`These fields are required: [${missing.join(', ')}]`, path === '' ? '/' : path);
  }
  const { StartAt, States } = scope;
  if (States === undefined) return;
  if (!isObject(States) || Object.keys(States).length === 0) {
    findings.error("The field 'States' must be an object with at least one state", `${path}/States`);
    return;
  }
  if (StartAt !== undefined && (typeof StartAt !== 'string' || States[StartAt] === undefined)) {
    findings.error(
      `Missing 'StartAt' target: ${String(StartAt)}`,
      `${path}/StartAt`,
      'MISSING_TRANSITION_TARGET',
    );
  }
  const targets = new Map<string, string[]>();
  for (const [name, state] of Object.entries(States)) {
    const location = `${path}/States/${name}`;
    if (name.length === 0 || name.length > MAX_NAME) {
      findings.error(`State names must have 1 to ${MAX_NAME} characters`, location);
    }
    findings.claimName(name, location);
    if (!isObject(state)) {
      findings.error('A state must be an object', location);
    } else if (!isStateType(state.Type)) {
      findings.error(
        `The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`,
        `${location}/Type`,
      );
    } else {
      const language = checkQueryLanguage(state.QueryLanguage, query, location, findings);
      targets.set(
        name,
        checkState({
          name,
          type: state.Type,
          body: state,
          location,
          language,
          inherited: query,
          findings,
          States,
          outer,
        }),
      );
    }
  }
  checkReachable(typeof StartAt === 'string' ? StartAt : undefined, States, targets, path, findings);
}

export type QueryLanguage = 'JSONata' | 'JSONPath';

function checkQueryLanguage(
  value: unknown,
  inherited: QueryLanguage | undefined,
  location: string,
  findings: Findings,
): QueryLanguage {
  if (value === undefined) return inherited ?? 'JSONPath';
  if (value !== 'JSONata' && value !== 'JSONPath') {
    findings.error(
      "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]",
      `${location}/QueryLanguage`,
    );
    return inherited ?? 'JSONPath';
  }
  if (inherited === 'JSONata' && value === 'JSONPath') {
    findings.error(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      `${location}/QueryLanguage`,
    );
    return 'JSONata';
  }
  return value;
}

function checkReachable(
  start: string | undefined,
  states: Record<string, unknown>,
  targets: ReadonlyMap<string, readonly string[]>,
  path: string,
  findings: Findings,
): void {
  if (start === undefined || states[start] === undefined) return;
  const seen = new Set([start]);
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const target of targets.get(name) ?? []) {
      if (!seen.has(target)) {
        seen.add(target);
        open.push(target);
      }
    }
  }
  for (const name of Object.keys(states)) {
    if (!seen.has(name)) {
      findings.error(
        `State "${name}" is not reachable.`,
        `${path}/States/${name}`,
        'MISSING_TRANSITION_TARGET',
      );
    }
  }
}

export function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** The text in which the service reports what is wrong: `CODE: message at location`, separated by commas. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity === 'ERROR')
    .map(({ code, message, location }) => `${code}: ${message}${location === '' ? '' : ` at ${location}`}`)
    .join(', ');
}
