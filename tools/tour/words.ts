import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Language } from '../../functions/shared/access/identity.ts';
import { createTexts, type TextTree } from '../../functions/shared/texts/texts.ts';
import { root } from '../run-command.ts';

/** Looks up what a page says: the words of its area, else those that all pages share. */
export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string;

const tree: z.ZodType<TextTree> = z.lazy(() => z.record(z.string(), z.union([z.string(), tree])));

const textsOf = (area: string) => {
  const read = (language: Language): TextTree =>
    tree.parse(
      JSON.parse(readFileSync(join(root, 'programme', 'texts', `pages-${area}`, `${language}.json`), 'utf8')),
    );
  return createTexts({ en: read('en'), cy: read('cy') });
};

/** The words of `programme/texts/pages-<area>` in a language: what somebody at the page reads and looks for. */
export function wordsOf(area: string, language: Language): Words {
  const own = textsOf(area);
  const shared = textsOf('shared');
  return (key, values) => (own.has(key) ? own : shared).text(language, key, values);
}
