import cy from '../../programme/texts/payer-statements/cy.json' with { type: 'json' };
import en from '../../programme/texts/payer-statements/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** What stands on statements of account and in the letters that bring them, apart from the texts of other papers. */
export const payerStatementTexts = createTexts({ en, cy });
