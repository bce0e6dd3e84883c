import cy from '../../programme/texts/pages-funder/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-funder/en.json' with { type: 'json' };
import { createPageTexts } from '../shared/language.ts';

export const useText = createPageTexts({ en, cy });
