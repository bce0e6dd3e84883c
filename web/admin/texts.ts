import { createTexts } from '../../functions/shared/texts/texts.ts';
import cy from '../../programme/texts/pages-admin/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-admin/en.json' with { type: 'json' };
import { createPageTexts, useLanguage } from '../shared/language.ts';

const area = { en, cy };
export const useText = createPageTexts(area);
const texts = createTexts(area);

/** `registration.place-in-hub` -> `registration-place-in-hub`: a name from the programme as a key of the texts. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** `ACTION_PLAN_DUE:2026-11-02` -> `ACTION_PLAN_DUE`, `reminder of the reading due on 2 May` -> `reminder of the reading`. */
const withoutParticulars = (name: string): string => name.replace(/(:| due on ).*$/, '');

/** Words, with the language that they are in where that is not the page's. */
export interface Words {
  readonly text: string;
  readonly lang: 'en' | undefined;
}

/**
 * Words for names that the programme's machines and records use (`kind` is a group of the texts: actions, waits,
 * dates): those of the page's language, else the name itself as readable English.
 */
export function useWords(): (kind: string, name: string) => Words {
  const language = useLanguage();
  return (kind, name) => {
    const key = [name, withoutParticulars(name)].map((one) => `${kind}.${slug(one)}`).find(texts.has);
    if (key !== undefined) return { text: texts.text(language, key), lang: undefined };
    const plain = name.replace(/[-_.:]+/g, ' ').trim();
    return {
      text: plain.charAt(0).toUpperCase() + plain.slice(1),
      lang: language === 'en' ? undefined : 'en',
    };
  };
}
