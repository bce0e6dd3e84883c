import { useEffect, useState } from 'preact/hooks';
import type { Language } from '../../functions/shared/access/identity.ts';
import { createTexts, type TextTree } from '../../functions/shared/texts/texts.ts';
import cy from '../../programme/texts/pages-shared/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-shared/en.json' with { type: 'json' };

const KEY = 'psqm-language';
const listeners = new Set<() => void>();

function firstLanguage(): Language {
  const asked =
    new URLSearchParams(location.search).get('lang') ??
    localStorage.getItem(KEY) ??
    navigator.language.slice(0, 2);
  return asked === 'cy' ? 'cy' : 'en';
}

let current: Language = firstLanguage();
document.documentElement.lang = current;

/** Language of the pages: from `?lang=`, the last choice on this device, or the browser. */
export function currentLanguage(): Language {
  return current;
}

/** Switches the pages and remembers the choice on this device. */
export function switchLanguage(to: Language): void {
  current = to;
  localStorage.setItem(KEY, to);
  document.documentElement.lang = to;
  for (const tell of listeners) tell();
}

/** The language, with a new rendering when it is switched. */
export function useLanguage(): Language {
  const [language, set] = useState(current);
  useEffect(() => {
    const tell = (): void => set(current);
    listeners.add(tell);
    return () => {
      listeners.delete(tell);
    };
  }, []);
  return language;
}

export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * The words of one area of pages (`programme/texts/pages-<area>/{en,cy}.json`): `const useText = createPageTexts({ en, cy })`,
 * then in a component `const t = useText()`. Keys that the area lacks are looked up in the shared words.
 */
export function createPageTexts(area: Readonly<Record<Language, TextTree>>): () => Translate {
  const own = createTexts(area);
  return () => {
    const language = useLanguage();
    return (key, values) => (own.has(key) ? own : sharedTexts).text(language, key, values);
  };
}

const sharedTexts = createTexts({ en, cy });

/** Words that all pages share, in the language of the moment, for what is no component. */
export const sharedText: Translate = (key, values) => sharedTexts.text(current, key, values);

/** The words that all pages share. */
export function useSharedText(): Translate {
  const language = useLanguage();
  return (key, values) => sharedTexts.text(language, key, values);
}
