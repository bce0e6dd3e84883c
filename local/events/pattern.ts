import { ServiceError } from '../core/errors.ts';
import { isJsonObject, parseJson } from './json.ts';
import { type Branch, compileBranches, PatternSyntaxError } from './pattern-compiler.ts';
import { type EventValue, eventValue } from './pattern-terms.ts';

/** A pattern ready to be matched. */
export interface CompiledPattern {
  readonly branches: readonly Branch[];
}

/** Longest pattern that EventBridge takes, in characters. */
const MAX_LENGTH = 4096;

/**
 * Compiles an EventBridge event pattern, given as parsed JSON. It is also the language of the filter criteria of a
 * Lambda event source mapping and of a Pipe.
 * @throws ServiceError InvalidEventPatternException with AWS's reason
 */
export function compilePattern(pattern: unknown): CompiledPattern {
  try {
    return { branches: compileBranches(pattern) };
  } catch (error) {
    if (error instanceof PatternSyntaxError) throw invalidPattern(error.message);
    throw error;
  }
}

/**
 * Like `compilePattern`, for a pattern as text: numbers keep all their digits, and the length is limited.
 * @throws ServiceError InvalidEventPatternException
 */
export function parsePattern(text: string): CompiledPattern {
  if (text.length > MAX_LENGTH) {
    throw invalidPattern(`Event pattern is too long: at most ${MAX_LENGTH} characters are allowed`);
  }
  let pattern: unknown;
  try {
    pattern = parseJson(text);
  } catch (error) {
    throw invalidPattern(error instanceof Error ? error.message : String(error));
  }
  return compilePattern(pattern);
}

/** Whether an event, given as parsed JSON, matches. */
export function matchesPattern(pattern: CompiledPattern, event: unknown): boolean {
  return matchesFields(pattern, flattenEvent(event));
}

/** The leaves of an event by path: made once, it is matched against many patterns. */
export type EventFields = ReadonlyMap<string, readonly Leaf[]>;

/** Which element of which array of the event a leaf lies in; arrays are numbered. */
type Membership = ReadonlyMap<number, number>;

interface Leaf extends EventValue {
  readonly membership: Membership;
}

const NOWHERE: Membership = new Map();

/** Lists the leaves of an event. An empty object or array has none: to a pattern it is as if it were not there. */
export function flattenEvent(event: unknown): EventFields {
  const fields = new Map<string, Leaf[]>();
  let arrays = 0;
  const visit = (value: unknown, path: string, membership: Membership): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      value.forEach((element: unknown, index) => {
        const nested = typeof element === 'object' && element !== null;
        visit(element, path, nested ? new Map(membership).set(array, index) : membership);
      });
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (member !== undefined) visit(member, path === '' ? name : `${path}.${name}`, membership);
      }
    } else {
      const leaf: Leaf = { ...eventValue(value), membership };
      const known = fields.get(path);
      if (known === undefined) fields.set(path, [leaf]);
      else known.push(leaf);
    }
  };
  if (isJsonObject(event)) visit(event, '', NOWHERE);
  return fields;
}

/** Whether an event that `flattenEvent` has read matches. */
export function matchesFields(pattern: CompiledPattern, fields: EventFields): boolean {
  return pattern.branches.some((branch) => matchesFrom(branch, 0, fields, NOWHERE));
}

/**
 * Every field of the branch must match, and leaves taken from one array must lie in the same element of it. Fields are
 * tried in the order of their paths, which decides what counts as absent beside an element already chosen.
 */
function matchesFrom(branch: Branch, index: number, fields: EventFields, chosen: Membership): boolean {
  const field = branch[index];
  if (field === undefined) return true;
  const leaves = fields.get(field.path) ?? [];
  if (field.mayBeAbsent && !leaves.some((leaf) => combine(chosen, leaf.membership) !== undefined)) {
    if (matchesFrom(branch, index + 1, fields, chosen)) return true;
  }
  let triedUnchanged = false;
  for (const leaf of leaves) {
    const combined = combine(chosen, leaf.membership);
    if (combined === undefined || (combined === chosen && triedUnchanged)) continue;
    if (!field.terms.some((term) => term.test(leaf))) continue;
    if (matchesFrom(branch, index + 1, fields, combined)) return true;
    triedUnchanged ||= combined === chosen;
  }
  return false;
}

/** Both memberships together, or undefined where they name different elements of one array. */
function combine(chosen: Membership, added: Membership): Membership | undefined {
  let combined = chosen;
  for (const [array, element] of added) {
    const known = combined.get(array);
    if (known === undefined) {
      combined = new Map(combined).set(array, element);
    } else if (known !== element) {
      return undefined;
    }
  }
  return combined;
}

function invalidPattern(reason: string): ServiceError {
  return new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
