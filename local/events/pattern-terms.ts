import { type AddressBlock, addressDigits } from './ip-address.ts';
import { ExactNumber } from './json.ts';

/** One leaf of an event. */
export interface EventValue {
  /** The value as event-ruler spells it: a string in double quotes, anything else as in JSON. */
  readonly text: string;
  /** Set where the value is a number that a double holds exactly. */
  readonly number: number | undefined;
  /** Set where the value is a string. */
  readonly string: string | undefined;
}

/** One alternative of a field's pattern. */
export interface Term {
  /** `absent` matches where the event has no such field; any other only tests a value that is there. */
  readonly kind: 'absent' | 'value';
  test(value: EventValue): boolean;
}

/** Wildcard expressions behind a term, for the limit on their complexity; `undefined` where it has none. */
export interface ComplexTerm extends Term {
  readonly wildcards: readonly string[];
}

export function hasWildcards(term: Term): term is ComplexTerm {
  return 'wildcards' in term;
}

export function eventValue(leaf: unknown): EventValue {
  if (typeof leaf === 'string') return { text: `"${leaf}"`, string: leaf, number: undefined };
  if (typeof leaf === 'number') return { text: String(leaf), number: leaf, string: undefined };
  const text = leaf instanceof ExactNumber ? leaf.source : String(leaf);
  return { text, number: undefined, string: undefined };
}

const value = (test: (value: EventValue) => boolean): Term => ({ kind: 'value', test });

export const absent: Term = { kind: 'absent', test: () => false };
export const present: Term = value(() => true);

/** A literal of the pattern; a string that is an IP address equals any spelling of that address. */
export function exactly(literal: unknown): Term {
  const wanted = eventValue(literal);
  if (wanted.string !== undefined) {
    const address = addressDigits(wanted.string);
    if (address !== undefined) return within({ first: address, last: address });
  }
  if (wanted.number !== undefined) {
    return value((given) => given.number === wanted.number || given.text === wanted.text);
  }
  return value((given) => given.text === wanted.text);
}

export function exactString(text: string): Term {
  return value((given) => given.string === text);
}

// The quotes take part in prefixes and suffixes: so a value that is no string never begins or ends as one.
export function prefix(text: string): Term {
  return value((given) => given.text.startsWith(`"${text}`));
}

export function suffix(text: string): Term {
  return value((given) => given.text.endsWith(`${text}"`));
}

export function equalsIgnoreCase(text: string): Term {
  return matching(`^"${caseless(text)}"$`);
}

export function prefixIgnoreCase(text: string): Term {
  return matching(`^"${caseless(text)}`);
}

export function suffixIgnoreCase(text: string): Term {
  return matching(`${caseless(text)}"$`);
}

function matching(source: string): Term {
  const expression = new RegExp(source);
  return value((given) => expression.test(given.text));
}

/** Each UTF-16 unit in lower or upper case, as event-ruler compares: not a case folding of the whole text. */
function caseless(text: string): string {
  let source = '';
  for (const unit of text.split('')) {
    const lower = unit.toLowerCase();
    const upper = unit.toUpperCase();
    source += lower === upper ? literal(lower) : `(?:${literal(lower)}|${literal(upper)})`;
  }
  return source;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** @param source a wildcard expression whose syntax was checked */
export function wildcard(source: string): ComplexTerm {
  const matches = wildcardMatcher(source);
  return {
    kind: 'value',
    wildcards: [source],
    test: (given) => given.string !== undefined && matches(given.string),
  };
}

/** Unlike a plain literal, what is named here is never read as an IP address. */
export function anythingBut(values: readonly (string | number)[]): Term {
  const refused = values.map(eventValue);
  return value(
    (given) =>
      !refused.some(
        (one) => one.text === given.text || (one.number !== undefined && one.number === given.number),
      ),
  );
}

/** Matches whatever none of `terms` matches, values that are no strings included. */
export function noneOf(terms: readonly Term[]): Term {
  return value((given) => !terms.some((term) => term.test(given)));
}

/** Like `noneOf`, for wildcard expressions. */
export function noWildcardOf(sources: readonly string[]): ComplexTerm {
  const terms = sources.map(wildcard);
  return { kind: 'value', wildcards: sources, test: (given) => !terms.some((term) => term.test(given)) };
}

export interface NumericRange {
  readonly bottom: number;
  readonly openBottom: boolean;
  readonly top: number;
  readonly openTop: boolean;
}

export function numeric(range: NumericRange): Term {
  return value(({ number }) => {
    if (number === undefined) return false;
    if (range.openBottom ? number <= range.bottom : number < range.bottom) return false;
    return range.openTop ? number < range.top : number <= range.top;
  });
}

export function within(block: AddressBlock): Term {
  return value((given) => {
    const digits = given.string === undefined ? undefined : addressDigits(given.string);
    return (
      digits !== undefined &&
      digits.length === block.first.length &&
      digits >= block.first &&
      digits <= block.last
    );
  });
}

/** Splits a wildcard expression at its unescaped stars, and matches the pieces greedily: linear, no backtracking. */
function wildcardMatcher(source: string): (text: string) => boolean {
  const pieces: string[] = [''];
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '*') {
      pieces.push('');
    } else {
      if (character === '\\') at++;
      pieces.push(`${pieces.pop() ?? ''}${source.charAt(at)}`);
    }
  }
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return (text) => text === first;
  const middle = pieces.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= text.length - last.length;
  };
}
