import cy from '../../programme/texts/assessment/cy.json' with { type: 'json' };
import en from '../../programme/texts/assessment/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of allocation and assessment. */
export const texts = createTexts({ en, cy });
