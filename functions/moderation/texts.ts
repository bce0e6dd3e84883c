import cy from '../../programme/texts/moderation/cy.json' with { type: 'json' };
import en from '../../programme/texts/moderation/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of moderation and of the panel. */
export const texts = createTexts({ en, cy });
