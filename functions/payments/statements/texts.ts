import cy from '../../../programme/texts/statements/cy.json' with { type: 'json' };
import en from '../../../programme/texts/statements/en.json' with { type: 'json' };
import { createTexts } from '../../shared/texts/texts.ts';

/** Why a bank statement was refused, and what was read otherwise than it stands there: all that its readers say. */
export const statementTexts = createTexts({ en, cy });
