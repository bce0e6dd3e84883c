import type { Language } from '../shared/access/identity.ts';
import { formatDate } from '../shared/time/london.ts';
import type { PayerMovement } from './payer-statement.ts';
import { payerStatementTexts } from './payer-statement-texts.ts';

/** What happened, in the words of a statement of account. */
export function movementWords(of: PayerMovement, language: Language): string {
  return payerStatementTexts.text(language, `movements.${of.cause}`, {
    invoice: of.invoiceNumber,
    document: of.document,
    school: of.schoolName,
    day: formatDate(of.paidOn ?? of.postedOn, language),
  });
}
