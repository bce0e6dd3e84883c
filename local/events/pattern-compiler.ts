import { parseCidr } from './ip-address.ts';
import { ExactNumber, isJsonObject } from './json.ts';
import {
  absent,
  anythingBut,
  equalsIgnoreCase,
  exactly,
  exactString,
  hasWildcards,
  noneOf,
  noWildcardOf,
  numeric,
  prefix,
  prefixIgnoreCase,
  present,
  suffix,
  suffixIgnoreCase,
  type Term,
  wildcard,
  within,
} from './pattern-terms.ts';
import { isTooComplex } from './wildcard-complexity.ts';

/** A field of the event, by its path joined with dots, and the alternatives of which one must match. */
export interface FieldPattern {
  readonly path: string;
  readonly terms: readonly Term[];
  readonly mayBeAbsent: boolean;
}

/** Fields that must all match, sorted by path. */
export type Branch = readonly FieldPattern[];

/** Why a pattern is refused, in event-ruler's words. */
export class PatternSyntaxError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PatternSyntaxError';
  }
}

const OR = '$or';
/** Names that event-ruler does not let stand as a field within `$or`: a `$or` that holds one is an ordinary field. */
const RESERVED_WITHIN_OR = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex ' +
    'not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ' +
    'ip-address-in-range ip-address-not-in-range'
  ).split(' '),
);

type Draft = Map<string, readonly Term[]>;

/**
 * Compiles a parsed pattern into the branches of which one must match (more than one only with `$or`), as AWS's
 * event-ruler does, messages included.
 * @throws PatternSyntaxError
 */
export function compileBranches(pattern: unknown): readonly Branch[] {
  if (!isJsonObject(pattern)) refuse('Filter is not an object');
  let drafts = compileWith(pattern, true);
  if (drafts instanceof PatternSyntaxError) {
    // A `$or` that is no disjunction may still be a field of that name, as it was before EventBridge had `$or`.
    const plain = compileWith(pattern, false);
    if (plain instanceof PatternSyntaxError) throw drafts;
    drafts = plain;
  }
  const branches = drafts.map(toBranch);
  if (branches.some((branch) => branch.some(exceedsComplexity))) {
    refuse(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a ' +
        'wildcard character',
    );
  }
  return branches;
}

function compileWith(pattern: Record<string, unknown>, withOr: boolean): Draft[] | PatternSyntaxError {
  const drafts: Draft[] = [];
  try {
    readFields(drafts, [], pattern, withOr, false);
    return drafts;
  } catch (error) {
    if (error instanceof PatternSyntaxError) return error;
    throw error;
  }
}

function toBranch(draft: Draft): Branch {
  return [...draft]
    .map(([path, terms]) => ({ path, terms, mayBeAbsent: terms.some(({ kind }) => kind === 'absent') }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function exceedsComplexity(field: FieldPattern): boolean {
  const patterns = field.terms.filter(hasWildcards).map(({ wildcards }) => wildcards);
  return patterns.length > 0 && isTooComplex(patterns);
}

function readFields(
  drafts: Draft[],
  path: readonly string[],
  fields: Record<string, unknown>,
  withOr: boolean,
  insideOr: boolean,
): void {
  const entries = Object.entries(fields);
  for (const [name, value] of entries) {
    if (withOr && name === OR) {
      readAlternatives(drafts, path, value);
      continue;
    }
    if (insideOr && RESERVED_WITHIN_OR.has(name)) {
      refuse(`${name} is Ruler reserved fieldName which cannot be used inside ${OR}.`);
    }
    if (Array.isArray(value)) {
      const terms = readTerms(value);
      if (drafts.length === 0) drafts.push(new Map());
      for (const draft of drafts) draft.set([...path, name].join('.'), terms);
    } else if (isJsonObject(value)) {
      readFields(drafts, [...path, name], value, withOr, insideOr);
    } else {
      refuse(`"${name}" must be an object or an array`);
    }
  }
  if (entries.length === 0) refuse('Empty objects are not allowed');
}

/** Multiplies what was read so far by the objects of a `$or`. */
function readAlternatives(drafts: Draft[], path: readonly string[], alternatives: unknown): void {
  if (!Array.isArray(alternatives)) refuse(`It must be an Array followed with ${OR}.`);
  const before = drafts.splice(0);
  for (const alternative of alternatives) {
    if (!isJsonObject(alternative)) refuse(`Only JSON object is allowed in array of ${OR} relationship.`);
    const copies: Draft[] = before.length === 0 ? [new Map()] : before.map((draft) => new Map(draft));
    readFields(copies, path, alternative, true, true);
    drafts.push(...copies);
  }
  if (alternatives.length < 2) refuse(`There must have at least 2 Objects in ${OR} relationship.`);
}

function readTerms(values: readonly unknown[]): readonly Term[] {
  if (values.length === 0) refuse('Empty arrays are not allowed');
  return values.map((value) => {
    if (isJsonObject(value)) return readExpression(value);
    if (Array.isArray(value)) return refuse('Match value must be String, number, true, false, or null');
    return exactly(value);
  });
}

function readExpression(expression: Record<string, unknown>): Term {
  const [name] = Object.keys(expression);
  if (name === undefined) return refuse('Match expression name not found');
  const operand = expression[name];
  const term = readOperator(name, operand);
  if (Object.keys(expression).length > 1) {
    refuse(
      name === 'numeric' || name === 'anything-but'
        ? 'Too many elements in numeric expression'
        : 'Only one key allowed in match expression',
    );
  }
  return term;
}

function readOperator(name: string, operand: unknown): Term {
  switch (name) {
    case 'exactly':
      return exactString(text(operand, 'exact'));
    case 'prefix':
      return isJsonObject(operand)
        ? prefixIgnoreCase(ignoreCaseOperand(operand, 'Prefix'))
        : prefix(text(operand, 'prefix'));
    case 'suffix':
      return isJsonObject(operand)
        ? suffixIgnoreCase(ignoreCaseOperand(operand, 'Suffix'))
        : suffix(text(operand, 'suffix'));
    case 'equals-ignore-case':
      return equalsIgnoreCase(text(operand, 'equals-ignore-case'));
    case 'wildcard':
      return wildcard(checkedWildcard(text(operand, 'wildcard')));
    case 'numeric':
      return readNumeric(operand);
    case 'anything-but':
      return readAnythingBut(operand);
    case 'exists':
      if (typeof operand !== 'boolean') return refuse('exists match pattern must be either true or false.');
      return operand ? present : absent;
    case 'cidr':
      // The word is AWS's own slip.
      return readCidr(text(operand, 'prefix'));
    default:
      return refuse(`Unrecognized match type ${name}`);
  }
}

function ignoreCaseOperand(operand: Record<string, unknown>, kind: 'Prefix' | 'Suffix'): string {
  const [name, ...more] = Object.keys(operand);
  if (name === undefined) return refuse(`${kind} expression name not found`);
  if (name !== 'equals-ignore-case') return refuse(`Unsupported ${kind.toLowerCase()} pattern: ${name}`);
  const wanted = text(operand[name], 'equals-ignore-case');
  if (more.length > 0) refuse('Only one key allowed in match expression');
  return wanted;
}

function readCidr(block: string): Term {
  try {
    return within(parseCidr(block));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function readAnythingBut(operand: unknown): Term {
  if (isJsonObject(operand)) {
    const [name, ...more] = Object.keys(operand);
    if (name === undefined) return refuse('Anything-But expression name not found');
    if (!['equals-ignore-case', 'prefix', 'suffix', 'wildcard'].includes(name)) {
      refuse(`Unsupported anything-but pattern: ${name}`);
    }
    const values = anythingButValues(operand[name]);
    const term = negated(name, values);
    if (more.length > 0) refuse('Too many elements in numeric expression');
    return term;
  }
  const values = anythingButValues(operand);
  const strings = values.filter((one) => typeof one === 'string');
  const numbers = values.filter((one) => isNumber(one)).map(comparable);
  if (strings.length + numbers.length < values.length) {
    refuse('Inside anything but list, start|null|boolean is not supported.');
  }
  if (strings.length > 0 === numbers.length > 0) {
    refuse('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  return anythingBut([...strings, ...numbers]);
}

function anythingButValues(operand: unknown): readonly unknown[] {
  if (Array.isArray(operand)) return operand;
  if (typeof operand === 'string' || isNumber(operand)) return [operand];
  return refuse('Value of anything-but must be an array or single string/number value.');
}

function negated(name: string, values: readonly unknown[]): Term {
  const texts = values.map((one) => {
    if (typeof one === 'string') return one;
    if (name === 'equals-ignore-case') {
      return refuse(
        'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
      );
    }
    return refuse(
      name === 'wildcard'
        ? 'wildcard match pattern must be a string'
        : 'prefix/suffix match pattern must be a string',
    );
  });
  if (name === 'wildcard') return noWildcardOf(texts.map(checkedWildcard));
  if (name === 'equals-ignore-case') return noneOf(texts.map(equalsIgnoreCase));
  if (texts.includes('')) refuse('Null prefix/suffix not allowed');
  return noneOf(texts.map(name === 'prefix' ? prefix : suffix));
}

function readNumeric(operand: unknown): Term {
  if (!Array.isArray(operand)) return refuse('Value of numeric must be an array.');
  const [operator, limit, ...rest]: unknown[] = operand;
  if (typeof operator !== 'string') {
    return refuse(`Invalid member in numeric match: ${operand.length === 0 ? ']' : spelled(operator)}`);
  }
  const infinite = Number.MAX_VALUE;
  switch (operator) {
    case '=': {
      const bound = bounded(limit, 'equals');
      if (rest.length > 0) refuse('Too many elements in numeric expression');
      return numeric({ bottom: bound, openBottom: false, top: bound, openTop: false });
    }
    case '<':
    case '<=': {
      const top = bounded(limit, operator);
      if (rest.length > 0) refuse('Too many elements in numeric expression');
      return numeric({ bottom: -infinite, openBottom: false, top, openTop: operator === '<' });
    }
    case '>':
    case '>=': {
      const bottom = bounded(limit, operator);
      const openBottom = operator === '>';
      if (rest.length === 0) return numeric({ bottom, openBottom, top: infinite, openTop: false });
      const [second, secondLimit, ...more] = rest;
      if (typeof second !== 'string') return refuse(`Bad value in numeric range: ${spelled(second)}`);
      if (second !== '<' && second !== '<=') return refuse(`Bad numeric range operator: ${second}`);
      const top = bounded(secondLimit, second);
      if (more.length > 0) refuse('Too many terms in numeric range expression');
      if (bottom >= top) refuse('Bottom must be less than top');
      return numeric({ bottom, openBottom, top, openTop: second === '<' });
    }
    default:
      return refuse(`Unrecognized numeric range operator: ${operator}`);
  }
}

function bounded(limit: unknown, operator: string): number {
  if (!isNumber(limit)) return refuse(`Value of ${operator} must be numeric`);
  return comparable(limit);
}

function comparable(value: number | ExactNumber): number {
  if (value instanceof ExactNumber) return refuse(`Cannot compare number : ${value.source}`);
  return value;
}

function isNumber(value: unknown): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function spelled(value: unknown): string {
  if (Array.isArray(value)) return '[';
  return isJsonObject(value) ? '{' : String(value instanceof ExactNumber ? value.source : value);
}

function text(operand: unknown, kind: string): string {
  if (typeof operand !== 'string') return refuse(`${kind} match pattern must be a string`);
  return operand;
}

/** Positions count bytes, the opening quote included, as in AWS's messages. */
function checkedWildcard(source: string): string {
  const bytes = new TextEncoder().encode(`"${source}"`);
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at + 1];
    if (bytes[at] === 0x2a && next === 0x2a) refuse(`Consecutive wildcard characters at pos ${at}`);
    if (bytes[at] === 0x5c) {
      if (next !== 0x2a && next !== 0x5c) refuse(`Invalid escape character at pos ${at}`);
      at++;
    }
  }
  return source;
}

function refuse(reason: string): never {
  throw new PatternSyntaxError(reason);
}
