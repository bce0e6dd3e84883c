import cy from '../../programme/texts/training-letters/cy.json' with { type: 'json' };
import en from '../../programme/texts/training-letters/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Letters of training, apart from the texts of its pages, which need none of them. */
export const letterTexts = createTexts({ en, cy });
