import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate, evaluateTemplate } from '../../../local/step-functions/expressions/template.ts';

const NOW = Date.UTC(2026, 0, 1);

function evaluate(value: unknown, bindings: Record<string, unknown> = {}): Promise<unknown> {
  return evaluateTemplate(compileTemplate(value, false), bindings, NOW, 'Output');
}

const run = (expression: string, bindings: Record<string, unknown> = {}) =>
  evaluate(`{% ${expression} %}`, bindings);

describe('functions that AWS adds', () => {
  it.each([
    ['$partition([0,1,2,3], 3)', [[0, 1, 2], [3]]],
    ['$partition([0], 1)', [[0]]],
    ['$partition([0,1], 5)', [[0, 1]]],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(1, 9, 9)', 1],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(0.9, 2.9, 1.5)', [0, 1, 2]],
    ['$partition([0,1,2], 2.7)', [[0, 1], [2]]],
    ['$hash("input data", "SHA-1")', 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ['$parse("{\\"Arg1\\": 1, \\"Arg2\\": []}")', { Arg1: 1, Arg2: [] }],
    ['$parse("-0")', 0],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$random() < 1', true],
    ['$length($uuid())', 36],
    ['$uuid() = $uuid()', false],
    ['$millis()', NOW],
    ['$now()', new Date(NOW).toISOString()],
  ])('%s is %j', async (expression, expected) => {
    const result = await run(expression);
    expect(result).toEqual(expected);
    expect(Object.is(result, -0)).toBe(false);
  });

  it.each([
    '$partition([1], 0)',
    '$range(0, 1001, 1)',
    '$range(1, 2, 0)',
    '$hash("a", "CRC")',
    '$hash(1, "MD5")',
    '$parse("{")',
    '$eval("1")',
    '$random("seed")',
  ])('%s is refused', async (expression) => {
    await expect(run(expression)).rejects.toThrow('threw an error during evaluation');
  });

  it('join what they part', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.integer({ min: 1, max: 20 }),
        async (list, size) => {
          const parts = (await run('$partition($list, $size)', { list, size })) as number[][];
          expect(parts.flat()).toEqual(list);
          expect(parts.every((part, index) => part.length === size || index === parts.length - 1)).toBe(true);
        },
      ),
    );
  });
});

describe('templates', () => {
  it('give back any JSON without expressions unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const value: unknown = JSON.parse(text);
        fc.pre(!text.includes('{%'));
        expect(await evaluate(value)).toEqual(value);
      }),
    );
  });

  it('give back any JSON that an expression names', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const value: unknown = JSON.parse(text.replaceAll('-0', '0'));
        expect(JSON.stringify(await run('$states.input', { states: { input: value } }))).toBe(
          JSON.stringify(value),
        );
      }),
    );
  });

  it('leave results free of marks that change the next expression', async () => {
    const list = await run('$x[id > 1]', { x: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    expect(await run('$list', { list })).toEqual([{ id: 2 }, { id: 3 }]);
    expect(await run('[$x]', { x: await run('[1]') })).toEqual([1]);
  });

  it('name the place of an expression that fails', async () => {
    await expect(evaluate({ a: [{ b: '{% $none %}' }] })).rejects.toThrow(
      "The JSONata expression '$none' specified for the field 'Output/a[0]/b' returned nothing (undefined).",
    );
  });

  it('may run over several lines', async () => {
    expect(await evaluate('{%\n(\n  $a := 1;\n  $a + 1\n)\n%}')).toBe(2);
  });
});
