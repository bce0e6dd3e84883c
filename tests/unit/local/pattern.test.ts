import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../local/events/json.ts';
import { compilePattern, matchesPattern, parsePattern } from '../../../local/events/pattern.ts';

const matches = (pattern: unknown, event: unknown) => matchesPattern(compilePattern(pattern), event);
const onField = (term: unknown, value: unknown) =>
  matches({ detail: { f: [term] } }, { detail: { f: value } });
const refusal = (pattern: unknown) => {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace('Event pattern is not valid. Reason: ', '');
  }
};

describe('values', () => {
  it.each([
    ['text', 'text', true],
    ['text', 'Text', false],
    ['1', 1, false],
    [1, 1.0, true],
    [1, '1', false],
    [true, true, true],
    [true, 'true', false],
    [null, null, true],
    [null, 'null', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['2001:db8::1', '2001:0db8:0:0:0:0:0:0001', true],
    ['', '', true],
  ])('%j against %j is %s', (term, value, expected) => {
    expect(onField(term, value)).toBe(expected);
  });

  it('compares numbers beyond double precision as text only', () => {
    const pattern = parsePattern('{"n":[12345678901234567890]}');
    expect(matchesPattern(pattern, parseJson('{"n":12345678901234567890}'))).toBe(true);
    expect(matchesPattern(pattern, parseJson('{"n":12345678901234567891}'))).toBe(false);
    expect(() => parsePattern('{"n":[{"numeric":[">",12345678901234567890]}]}')).toThrow(
      'Cannot compare number',
    );
  });
});

describe('operators', () => {
  it.each([
    [{ prefix: 'ab' }, 'abc', true],
    [{ prefix: 'ab' }, 'xab', false],
    [{ prefix: '' }, 'x', true],
    [{ prefix: '' }, 1, false],
    [{ suffix: 'bc' }, 'abc', true],
    [{ prefix: { 'equals-ignore-case': 'ÄB' } }, 'äbc', true],
    [{ suffix: { 'equals-ignore-case': '.PNG' } }, 'x.png', true],
    [{ 'equals-ignore-case': 'a.b' }, 'AxB', false],
    [{ 'equals-ignore-case': 'a.b' }, 'A.B', true],
    [{ exactly: 'x' }, 'x', true],
    [{ wildcard: 'a*c' }, 'abc', true],
    [{ wildcard: 'a*c' }, 'ac', true],
    [{ wildcard: 'a*b*b' }, 'ab', false],
    [{ wildcard: 'a*b*b' }, 'abb', true],
    [{ wildcard: 'a\\*c' }, 'a*c', true],
    [{ wildcard: 'a\\*c' }, 'abc', false],
    [{ wildcard: '*' }, '', true],
    [{ wildcard: '*' }, 5, false],
    [{ numeric: ['=', 3] }, 3, true],
    [{ numeric: ['>', 0, '<=', 5] }, 5, true],
    [{ numeric: ['>=', 0, '<', 5] }, 5, false],
    [{ numeric: ['<', 0] }, '-1', false],
    [{ cidr: '10.0.0.0/8' }, '10.200.3.4', true],
    [{ cidr: '10.0.0.0/8' }, '11.0.0.0', false],
    [{ cidr: '2001:db8::/32' }, '2001:db8:1::5', true],
    [{ cidr: '0.0.0.0/0' }, '2001:db8::1', false],
    [{ 'anything-but': 'a' }, 'b', true],
    [{ 'anything-but': 'a' }, null, true],
    [{ 'anything-but': ['a', 'b'] }, 'b', false],
    [{ 'anything-but': [1, 2] }, 2, false],
    [{ 'anything-but': 1 }, '1', true],
    [{ 'anything-but': { prefix: 'a' } }, 'ab', false],
    [{ 'anything-but': { suffix: ['x', 'y'] } }, 'ay', false],
    [{ 'anything-but': { wildcard: 'a*z' } }, 'abc', true],
    [{ 'anything-but': { 'equals-ignore-case': ['A', 'B'] } }, 'b', false],
    [{ exists: true }, null, true],
    [{ exists: true }, {}, false],
    [{ exists: false }, [], true],
  ])('%j on %j is %s', (term, value, expected) => {
    expect(onField(term, value)).toBe(expected);
  });

  it('takes an array of the event as any of its elements', () => {
    expect(onField('b', ['a', 'b'])).toBe(true);
    expect(onField({ 'anything-but': 'a' }, ['a', 'b'])).toBe(true);
    expect(onField({ 'anything-but': 'a' }, ['a'])).toBe(false);
  });
});

describe('structure', () => {
  it('holds the fields of one pattern to the same element of an array', () => {
    const pattern = { items: { colour: ['red'], size: ['L'] } };
    expect(matches(pattern, { items: [{ colour: 'red', size: 'L' }] })).toBe(true);
    expect(matches(pattern, { items: [{ colour: 'red' }, { size: 'L' }] })).toBe(false);
    expect(matches(pattern, { items: [{ colour: 'red', size: ['S', 'L'] }, { size: 'M' }] })).toBe(true);
  });

  it('takes a field as absent that only another element has', () => {
    const pattern = { items: { a: [1], b: [{ exists: false }] } };
    expect(matches(pattern, { items: [{ a: 1 }, { b: 2 }] })).toBe(true);
    expect(matches(pattern, { items: [{ a: 1, b: 2 }] })).toBe(false);
  });

  it('joins names by dots', () => {
    expect(matches({ a: { 'b.c': [1] } }, { 'a.b': { c: 1 } })).toBe(true);
  });

  it('takes $or as alternatives, nested and beside other fields', () => {
    const pattern = {
      source: ['s'],
      $or: [{ a: [1] }, { b: [{ numeric: ['>', 5] }], $or: [{ c: [1] }, { d: [1] }] }],
    };
    expect(matches(pattern, { source: 's', a: 1 })).toBe(true);
    expect(matches(pattern, { source: 's', b: 6, d: 1 })).toBe(true);
    expect(matches(pattern, { source: 's', b: 6 })).toBe(false);
    expect(matches(pattern, { source: 't', a: 1 })).toBe(false);
  });

  it('takes a $or of reserved names as a field of that name', () => {
    const pattern = { $or: [{ prefix: 'a' }, { numeric: ['<', 1] }] };
    expect(matches(pattern, { $or: 'abc' })).toBe(true);
    expect(matches(pattern, { $or: 2 })).toBe(false);
  });
});

describe('refusals', () => {
  it.each([
    [[], 'Filter is not an object'],
    [{}, 'Empty objects are not allowed'],
    [{ a: {} }, 'Empty objects are not allowed'],
    [{ a: [] }, 'Empty arrays are not allowed'],
    [{ a: 'x' }, '"a" must be an object or an array'],
    [{ a: [['x']] }, 'Match value must be String, number, true, false, or null'],
    [{ a: [{}] }, 'Match expression name not found'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'Only one key allowed in match expression'],
    [{ a: [{ exists: 'yes' }] }, 'exists match pattern must be either true or false.'],
    [{ a: [{ numeric: [] }] }, 'Invalid member in numeric match: ]'],
    [{ a: [{ numeric: ['~', 1] }] }, 'Unrecognized numeric range operator: ~'],
    [{ a: [{ numeric: ['<', 1, '>', 0] }] }, 'Too many elements in numeric expression'],
    [{ a: [{ numeric: ['>', 5, '<', 1] }] }, 'Bottom must be less than top'],
    [{ a: [{ numeric: ['>', 1, '=', 2] }] }, 'Bad numeric range operator: ='],
    [
      { a: [{ 'anything-but': [] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [
      { a: [{ 'anything-but': ['x', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [{ a: [{ 'anything-but': { numeric: ['=', 1] } }] }, 'Unsupported anything-but pattern: numeric'],
    [{ a: [{ 'anything-but': { wildcard: 'a**b' } }] }, 'Consecutive wildcard characters at pos 2'],
    [{ a: [{ wildcard: 'a\\b' }] }, 'Invalid escape character at pos 2'],
    [{ a: [{ cidr: '10.0.0.0' }] }, "Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: '10.0.0.0/32' }] }, 'IPv4 mask bits must be < 32'],
    [{ a: [{ cidr: '::/128' }] }, 'IPv6 mask bits must be < 128'],
    [{ $or: [{ a: [1] }] }, 'There must have at least 2 Objects in $or relationship.'],
    [{ a: [{ regex: 'x' }] }, 'Unrecognized match type regex'],
  ])('%j: %s', (pattern, reason) => {
    expect(refusal(pattern)).toBe(reason);
  });

  it('refuses wildcards that one value could match in too many places at once', () => {
    expect(refusal({ a: [{ wildcard: '*aaaaaaaaaaaaaa' }] })).toMatch(/^Rule is too complex/);
    expect(refusal({ a: [{ wildcard: '/Users/*/dir/dir/dir/dir/dir/doc.txt' }] })).toBeUndefined();
    expect(refusal({ a: [{ wildcard: '*a*b*c*d*' }] })).toBeUndefined();
  });
});

describe('over random events', () => {
  const leaf = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.integer({ min: -9, max: 9 }),
    fc.boolean(),
    fc.constant(null),
  );
  const plain = fc.string({ maxLength: 6, unit: 'grapheme-ascii' });

  it('matches every event by its own values', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((k) => k !== '$or' && k !== '__proto__'),
          leaf,
          { minKeys: 1 },
        ),
        (event) => {
          const pattern = Object.fromEntries(Object.entries(event).map(([key, value]) => [key, [value]]));
          expect(matches(pattern, event)).toBe(true);
        },
      ),
    );
  });

  it('anything-but is the opposite of what it names', () => {
    fc.assert(
      fc.property(leaf, plain, (value, name) => {
        const { but, same } = { but: onField({ 'anything-but': name }, value), same: onField(name, value) };
        if (/^[0-9.:a-f]*[.:][0-9.:a-f]*$/i.test(name)) return;
        expect(but).toBe(!same);
      }),
    );
  });

  it('prefix, suffix and wildcard agree with the text itself', () => {
    fc.assert(
      fc.property(plain, plain, (value, part) => {
        fc.pre(!part.includes('"') && !part.includes('*') && !part.includes('\\'));
        expect(onField({ prefix: part }, value)).toBe(value.startsWith(part));
        expect(onField({ suffix: part }, value)).toBe(value.endsWith(part));
        expect(onField({ wildcard: part === '' ? '*' : `*${part}*` }, value)).toBe(value.includes(part));
      }),
    );
  });

  it('a numeric range agrees with comparison', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (value, one, other) => {
        fc.pre(one !== other);
        const [bottom, top] = one < other ? [one, other] : [other, one];
        expect(onField({ numeric: ['>', bottom, '<=', top] }, value)).toBe(value > bottom && value <= top);
      }),
    );
  });
});
