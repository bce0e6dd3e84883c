import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';

/** Error of a function that AWS adds to JSONata; `code` is shown before the message, as jsonata's own errors have it. */
export class FunctionError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'FunctionError';
    this.code = code;
  }
}

/** The most items that `$range` makes. */
const MAX_RANGE = 1000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** A number that need not be whole is rounded down (Step Functions guide, JSONata functions). */
function requireInteger(name: string, position: number, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.floor(value);
  throw new FunctionError(
    'T0410',
    `Argument ${position} of function "${name}" does not match function signature`,
  );
}

function requireString(name: string, position: number, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new FunctionError(
    'T0410',
    `Argument ${position} of function "${name}" does not match function signature`,
  );
}

/** Chunks of `size` items; a lone value counts as an array of one, as everywhere in JSONata. */
function partition(list: unknown, size: unknown): unknown {
  if (list === undefined) return undefined;
  const step = requireInteger('partition', 2, size);
  if (step < 1) {
    throw new FunctionError(
      'D3200',
      'The second argument of function "partition" must be a positive integer',
    );
  }
  const items: unknown[] = Array.isArray(list) ? list : [list];
  const chunks: unknown[][] = [];
  for (let start = 0; start < items.length; start += step) chunks.push([...items.slice(start, start + step)]);
  return chunks;
}

/**
 * Numbers from `first` to `last` inclusive. The result is a JSONata sequence: recorded against AWS, a range of one
 * number is that number, not an array.
 */
function range(first: unknown, last: unknown, step: unknown): unknown {
  const from = requireInteger('range', 1, first);
  const to = requireInteger('range', 2, last);
  const by = step === undefined ? 1 : requireInteger('range', 3, step);
  if (by === 0) throw new FunctionError('D3201', 'The third argument of function "range" must not be zero');
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  if (count > MAX_RANGE) {
    throw new FunctionError('D3202', `The function "range" must not return more than ${MAX_RANGE} items`);
  }
  const items = Array.from({ length: count }, (_, index) => from + index * by);
  Object.defineProperty(items, 'sequence', { value: true, enumerable: false });
  return items;
}

function hash(content: unknown, algorithm: unknown): unknown {
  if (content === undefined) return undefined;
  const name = HASHES[requireString('hash', 2, algorithm).toUpperCase()];
  if (name === undefined) {
    throw new FunctionError('D3203', 'The function "hash" knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512');
  }
  return createHash(name)
    .update(requireString('hash', 1, content), 'utf8')
    .digest('hex');
}

/** A number in [0, 1); the same integer seed always gives the same number (the generator is mulberry32). */
function random(seed: unknown): number {
  if (seed === undefined) return Math.random();
  let state = (requireInteger('random', 1, seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  const source = requireString('parse', 1, text);
  try {
    return JSON.parse(source);
  } catch {
    throw new FunctionError('D3204', 'The argument of function "parse" must be valid JSON');
  }
}

function refuseEval(): never {
  throw new FunctionError('T1006', 'Attempted to invoke a non-function');
}

const FORMAT = jsonata('$fromMillis($at, $picture, $zone)');

/**
 * What an expression finds beside JSONata's own functions: those that AWS adds, `$eval` refused, and `$now` and
 * `$millis` at `now` (epoch milliseconds), so that all time comes from the cloud's clock.
 */
export function functionBindings(now: number): Record<string, unknown> {
  return {
    partition,
    range,
    hash,
    random,
    parse,
    uuid: () => randomUUID(),
    eval: refuseEval,
    millis: () => now,
    now: (picture: unknown, zone: unknown) =>
      picture === undefined && zone === undefined
        ? new Date(now).toISOString()
        : FORMAT.evaluate(undefined, { at: now, picture, zone }),
  };
}
