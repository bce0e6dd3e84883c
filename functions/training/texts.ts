import cy from '../../programme/texts/training/cy.json' with { type: 'json' };
import en from '../../programme/texts/training/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of training and of the school's and the hub leader's pages. */
export const texts = createTexts({ en, cy });
