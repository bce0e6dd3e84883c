import type { Language } from '../access/identity.ts';

/** Texts of one area, nested by key; leaves may carry `{name}` placeholders. */
export interface TextTree {
  readonly [key: string]: string | TextTree;
}

export interface Texts {
  /**
   * The text at the dotted `key`, placeholders filled from `values`. English stands in for a missing Welsh text (a
   * test forbids that for what ships); throws where the key is in neither, which a test of every key would have found.
   */
  text(language: Language, key: string, values?: Readonly<Record<string, string | number>>): string;
  has(key: string): boolean;
}

/** Texts of an area from its two files, `programme/texts/<area>/{en,cy}.json`. */
export function createTexts(byLanguage: Readonly<Record<Language, TextTree>>): Texts {
  const find = (tree: TextTree, key: string): string | undefined => {
    let node: string | TextTree | undefined = tree;
    for (const part of key.split('.')) node = typeof node === 'object' ? node[part] : undefined;
    return typeof node === 'string' ? node : undefined;
  };
  return {
    has: (key) => find(byLanguage.en, key) !== undefined,
    text(language, key, values = {}) {
      const template = find(byLanguage[language], key) ?? find(byLanguage.en, key);
      if (template === undefined) throw new Error(`no text ${key}`);
      return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
    },
  };
}
