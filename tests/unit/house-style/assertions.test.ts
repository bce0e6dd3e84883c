import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** The code of a file without its comments and texts, line by line. */
function codeOf(source: string): string[] {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .split('\n')
    .map((line) =>
      line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''").replace(/\/\/.*$/, ''),
    );
}

/** Lines that assert a type or that something is there, where a guard or a schema should find it out. */
function assertionsIn(source: string): number[] {
  return codeOf(source).flatMap((line, index) => {
    const renames = /^\s*(import|export)\b|^\s*(type )?\w+ as \w+,?\s*$/.test(line);
    const asserts = /[\w)\]}'] as (?!const\b)[\w{(['"]/.test(line) || /[\w)\]]!(?=[.,;)\][])/.test(line);
    return asserts && !renames ? [index + 1] : [];
  });
}

describe('assertions of types', () => {
  it('are nowhere but in tests', () => {
    const files = globSync('{functions,lib,local,tools,web,bin}/**/*.{ts,tsx}', { cwd: root });
    expect(files.length).toBeGreaterThan(400);
    const found = files
      .filter((file) => !file.endsWith('.d.ts'))
      .flatMap((file) =>
        assertionsIn(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
      );
    expect(found).toEqual([]);
  });

  it.each([
    ['const a = b as Record<string, unknown>;', [1]],
    ['const a = [] as string[];', [1]],
    ['const a = b!.c;', [1]],
    ['call(b!);', [1]],
    ["const a = ['x'] as const;", []],
    ["import * as z from 'zod';", []],
    ["import {\n  language as anyLanguage,\n} from 'x';", []],
    ['/** as Before\n * as After */ const a = 1; // b as C', []],
    ["const a = 'b as C';", []],
    ['if (!a || b !== c) return;', []],
  ])('are told from what looks like one: %j', (source, lines) => {
    expect(assertionsIn(source)).toEqual(lines);
  });
});
