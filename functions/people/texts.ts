import cy from '../../programme/texts/people/cy.json' with { type: 'json' };
import en from '../../programme/texts/people/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Words of sign-in and people. */
export const peopleTexts = createTexts({ en, cy });
