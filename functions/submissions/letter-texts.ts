import cy from '../../programme/texts/submissions-letters/cy.json' with { type: 'json' };
import en from '../../programme/texts/submissions-letters/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Letters about submissions, apart from the texts of their pages, which need none of them. */
export const letterTexts = createTexts({ en, cy });
