import cy from '../../programme/texts/registration/cy.json' with { type: 'json' };
import en from '../../programme/texts/registration/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of the registration form, its refusals and emails. */
export const registrationTexts = createTexts({ en, cy });
