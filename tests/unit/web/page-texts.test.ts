import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createTexts, type TextTree } from '../../../functions/shared/texts/texts.ts';

const root = join(import.meta.dirname, '../../..');
const tree: z.ZodType<TextTree> = z.lazy(() => z.record(z.string(), z.union([z.string(), tree])));
const read = (area: string, language: 'en' | 'cy'): TextTree =>
  tree.parse(JSON.parse(readFileSync(join(root, 'programme/texts', area, `${language}.json`), 'utf8')));

function leaves(node: TextTree, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${name}`, value]] : leaves(value, `${path}${name}.`),
  );
}

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** Areas with pages of the same name, written together. */
const areas = ['home', 'register', 'sign-in', 'school', 'verify', 'awards', 'admin', 'finance', 'funder'];
const shared = createTexts({ en: read('pages-shared', 'en'), cy: read('pages-shared', 'cy') });

describe.each([...areas, 'shared'])('texts of the pages %s', (area) => {
  const en = leaves(read(`pages-${area}`, 'en'));
  const cy = new Map(leaves(read(`pages-${area}`, 'cy')));
  it('say the same things in Welsh, with the same values in them', () => {
    expect([...cy.keys()].sort()).toEqual(en.map(([key]) => key).sort());
    for (const [key, text] of en) expect(placeholders(cy.get(key) ?? ''), key).toEqual(placeholders(text));
  });
});

describe.each(areas)('pages %s', (area) => {
  const texts = createTexts({ en: read(`pages-${area}`, 'en'), cy: read(`pages-${area}`, 'cy') });
  it('ask only for words that there are', () => {
    const source = globSync(`web/${area}/*.{ts,tsx}`, { cwd: root })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const asked = [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]!);
    const chosen = [...source.matchAll(/\bt\(\s*[^'`()]+\?\s*'([^']+)'\s*:\s*'([^']+)'/g)].flatMap(
      (match) => [match[1]!, match[2]!],
    );
    expect(asked.length).toBeGreaterThan(0);
    expect([...asked, ...chosen].filter((key) => !texts.has(key) && !shared.has(key))).toEqual([]);
  });
});
