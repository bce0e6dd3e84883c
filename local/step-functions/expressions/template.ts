import jsonata from 'jsonata';
import { isObject, typeName } from '../json.ts';
import { functionBindings } from './functions.ts';

/** A JSON value in which strings of the form `{% ... %}` are JSONata expressions; parts without any are kept as they are. */
export type Template =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] }
  | { readonly kind: 'array'; readonly items: readonly Template[] };

export interface Expression {
  /** Without the delimiters, trimmed: how error messages quote it. */
  readonly source: string;
  readonly program: jsonata.Expression;
}

/** Values that an expression sees by name. */
export type Bindings = Readonly<Record<string, unknown>>;

/** An expression that failed, or gave what its field cannot take. `detail` is the sentence after the state's name. */
export class EvaluationError extends Error {
  readonly location: string | undefined;

  constructor(detail: string, location?: string) {
    super(detail);
    this.name = 'EvaluationError';
    this.location = location;
  }
}

/** An expression that ends itself neither by time nor by depth would stop the whole local cloud. */
const GUARD = { timeout: 5_000, stack: 1_000 } as const;
const CACHE_LIMIT = 10_000;
const programs = new Map<string, jsonata.Expression>();

/** The text between `{%` and `%}`, or undefined where a string is no expression (leading space makes it a literal). */
export function expressionSource(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4
    ? text.slice(2, -2).trim()
    : undefined;
}

/** Parses an expression, once per text. Throws jsonata's error where it cannot be parsed. */
export function parseExpression(source: string): Expression {
  let program = programs.get(source);
  if (program === undefined) {
    program = jsonata(source, GUARD);
    if (programs.size >= CACHE_LIMIT) programs.clear();
    programs.set(source, program);
  }
  return { source, program };
}

/** Compiles a field's value; `literal` (a state of no query language) leaves every string as it stands. */
export function compileTemplate(value: unknown, literal: boolean): Template {
  if (literal) return { kind: 'literal', value };
  if (typeof value === 'string') {
    const source = expressionSource(value);
    return source === undefined
      ? { kind: 'literal', value }
      : { kind: 'expression', expression: parseExpression(source) };
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compileTemplate(item, false));
    return items.every((item) => item.kind === 'literal')
      ? { kind: 'literal', value }
      : { kind: 'array', items };
  }
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, compileTemplate(item, false)] as const);
    return entries.every(([, item]) => item.kind === 'literal')
      ? { kind: 'literal', value }
      : { kind: 'object', entries };
  }
  return { kind: 'literal', value };
}

/** Rejects with an `EvaluationError` that names `location` (such as `Output/school/name`) where anything fails. */
export async function evaluateTemplate(
  template: Template,
  bindings: Bindings,
  now: number,
  location: string,
): Promise<unknown> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateExpression(template.expression, bindings, now, location);
    case 'array': {
      const items: unknown[] = [];
      for (const [index, item] of template.items.entries()) {
        items.push(
          item.kind === 'literal'
            ? item.value
            : await evaluateTemplate(item, bindings, now, `${location}[${index}]`),
        );
      }
      return items;
    }
    case 'object': {
      const entries: [string, unknown][] = [];
      for (const [key, item] of template.entries) {
        entries.push([
          key,
          item.kind === 'literal'
            ? item.value
            : await evaluateTemplate(item, bindings, now, `${location}/${key}`),
        ]);
      }
      return Object.fromEntries(entries);
    }
  }
}

async function evaluateExpression(
  expression: Expression,
  bindings: Bindings,
  now: number,
  location: string,
): Promise<unknown> {
  const quoted = `The JSONata expression '${expression.source}' specified for the field '${location}'`;
  let result: unknown;
  try {
    result = toPlain(await expression.program.evaluate(undefined, { ...functionBindings(now), ...bindings }));
  } catch (error) {
    throw new EvaluationError(
      `${quoted} threw an error during evaluation. ${describeError(error)}`,
      location,
    );
  }
  if (result === undefined) throw new EvaluationError(`${quoted} returned nothing (undefined).`, location);
  return result;
}

/** Says that a field's expression gave a value of the wrong type, in AWS's words. */
export function unexpectedType(
  template: Template,
  location: string,
  expected: string,
  value: unknown,
): EvaluationError {
  const found = `Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`;
  return template.kind === 'expression'
    ? new EvaluationError(
        `The JSONata expression '${template.expression.source}' specified for the field '${location}' returned an unexpected result type. ${found}`,
        location,
      )
    : new EvaluationError(`The value of the field '${location}' has an unexpected type. ${found}`, location);
}

function describeError(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  const message = typeof error.message === 'string' ? error.message : '';
  return typeof error.code === 'string' ? `${error.code}: ${message}` : message;
}

function isErrorLike(error: unknown): error is { code?: unknown; message?: unknown } {
  return typeof error === 'object' && error !== null;
}

/**
 * A JSON value free of jsonata's hidden marks (its sequences would unwrap again in the next expression), of `undefined`
 * members and of -0. A function is no JSON: an error.
 */
function toPlain(value: unknown): unknown {
  if (typeof value === 'function') throw new Error('A function is not a JSON value');
  if (typeof value === 'number') return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toPlain(item)));
  if (!isObject(value)) return value;
  if (value._jsonata_lambda === true || value._jsonata_function === true) {
    throw new Error('A function is not a JSON value');
  }
  // Object.fromEntries, not assignment: a member may be named __proto__.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, toPlain(item)]),
  );
}
