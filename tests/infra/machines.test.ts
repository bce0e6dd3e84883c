import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import validate from 'asl-validator';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', 'state-machines');
const machines = globSync('*.asl.json', { cwd: folder }).map((file): [string, object] => [
  basename(file, '.asl.json'),
  JSON.parse(readFileSync(join(folder, file), 'utf8')),
]);

/** Every text of a definition, with where it stands. */
function textsOf(value: unknown, at = ''): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => textsOf(one, `${at}/${name}`));
}
const expressionOf = (text: string): string | undefined => /^\{%(.*)%\}$/s.exec(text)?.[1];

/** The validator knows JSONata and takes an expression for broken that has more than one line. */
const onOneLine = (definition: object): object =>
  JSON.parse(JSON.stringify(definition), (_name, value: unknown) =>
    typeof value === 'string' && expressionOf(value) !== undefined ? value.replace(/\s*\n\s*/g, ' ') : value,
  );
const problemsOf = (definition: object): string[] =>
  validate(onOneLine(definition), { checkPaths: true, checkArn: false }).errors.map(
    (problem) => `${problem['Error code']}: ${problem.Message}`,
  );

describe('every machine', () => {
  it('is there', () => expect(machines.length).toBeGreaterThanOrEqual(9));

  it.each(machines)('%s is valid by an independent check that knows JSONata', (_name, definition) => {
    expect(problemsOf(definition)).toEqual([]);
  });

  it.each(machines)('%s has expressions that parse, and names that AWS takes', (_name, definition) => {
    const expressions = textsOf(definition).flatMap(([at, text]) => {
      const expression = expressionOf(text);
      return expression === undefined ? [] : [[at, expression] as const];
    });
    expect(expressions.length).toBeGreaterThan(0);
    for (const [at, expression] of expressions) expect(() => jsonata(expression), at).not.toThrow();
    const states = Object.keys((definition as { States: object }).States);
    // "State name must be at most 80 characters" (Amazon States Language).
    for (const name of states) expect(name.length, name).toBeLessThanOrEqual(80);
  });

  it('would be refused with a transition to nowhere, JSONPath in a JSONata machine, or no end', () => {
    const [, definition] = machines[0]!;
    const broken = (change: (copy: Record<string, Record<string, unknown>>) => void): string[] => {
      const copy = structuredClone(definition) as Record<string, Record<string, unknown>>;
      change(copy);
      return problemsOf(copy);
    };
    const first = (definition as { StartAt: string }).StartAt;
    const set = (copy: Record<string, Record<string, unknown>>, fields: object): void => {
      Object.assign(copy.States![first] as object, fields);
    };
    expect(broken((copy) => set(copy, { Next: 'Nowhere' })).join()).toMatch(/MISSING_TRANSITION/);
    expect(broken((copy) => set(copy, { InputPath: '$.a' }))).not.toEqual([]);
    expect(broken((copy) => set(copy, { Next: undefined }))).not.toEqual([]);
  });
});
