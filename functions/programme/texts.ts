import cy from '../../programme/texts/programme/cy.json' with { type: 'json' };
import en from '../../programme/texts/programme/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Words of the programme's own pages: rounds, hubs, funders, imports. */
export const programmeTexts = createTexts({ en, cy });
