import cy from '../../programme/texts/payments/cy.json' with { type: 'json' };
import en from '../../programme/texts/payments/en.json' with { type: 'json' };
import { createTexts } from '../shared/texts/texts.ts';

/** Texts of the finance pages: rules, reasons and refusals; those of bank statements are their own. */
export const paymentsTexts = createTexts({ en, cy });
