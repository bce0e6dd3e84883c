import cy from '../../programme/texts/submissions/cy.json' with { type: 'json' };
import en from '../../programme/texts/submissions/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of submissions. */
export const texts = createTexts({ en, cy });
