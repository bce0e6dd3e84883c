import cy from '../../programme/texts/payments-letters/cy.json' with { type: 'json' };
import en from '../../programme/texts/payments-letters/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** What stands on invoices and in the letters that bring them, apart from the texts of the pages, which need none of it. */
export const letterTexts = createTexts({ en, cy });
