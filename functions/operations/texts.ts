import cy from '../../programme/texts/operations/cy.json' with { type: 'json' };
import en from '../../programme/texts/operations/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Words of the pages of runs and queues, and of the mails to administrators. */
export const operationsTexts = createTexts({ en, cy });
