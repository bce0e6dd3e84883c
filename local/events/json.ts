/**
 * A JSON number that a double cannot hold exactly, kept as it was written. EventBridge compares such a number only
 * with the same text, and refuses it in a range.
 */
export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toJSON(): number {
    return Number(this.source);
  }
}

const MAY_LOSE_DIGITS = /\d{16}|\d[eE]|\d\.\d{15}/;

/** Parses JSON; numbers beyond a double's precision come as `ExactNumber`. Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): unknown {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  // The reviver's third argument (the source text of a primitive) is not yet in TypeScript's library.
  const keepExact = (...args: unknown[]): unknown => {
    const [, value, context] = args;
    if (typeof value !== 'number' || !hasSource(context)) return value;
    return isFaithful(context.source, value) ? value : new ExactNumber(context.source);
  };
  return JSON.parse(text, keepExact);
}

/** True for a plain JSON object: not null, an array or an `ExactNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function hasSource(context: unknown): context is { source: string } {
  return (
    typeof context === 'object' &&
    context !== null &&
    'source' in context &&
    typeof context.source === 'string'
  );
}

function isFaithful(source: string, value: number): boolean {
  const text = String(value);
  return source === text || (Number.isFinite(value) && decimalKey(source) === decimalKey(text));
}

/** A decimal number in one canonical spelling: sign, significant digits, exponent. */
function decimalKey(text: string): string {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${scale}`;
}
