import cy from '../../programme/texts/awards/cy.json' with { type: 'json' };
import en from '../../programme/texts/awards/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of results, certificates and the public register. */
export const texts = createTexts({ en, cy });
