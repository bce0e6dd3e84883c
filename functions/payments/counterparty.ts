import { createHash } from 'node:crypto';
import type { Payee } from './alias-model.ts';
import type { Invoice } from './model.ts';
import { isTelling, wordsOfName } from './names.ts';
import type { BankLine } from './statements/model.ts';

type Counterparty = Pick<BankLine, 'payerName' | 'narrative'>;

/** What a line says of who paid: the payer's name, or the narrative where the bank gives no name apart. */
export const counterpartyOf = ({ payerName, narrative }: Counterparty): string =>
  payerName.trim() === '' ? narrative.trim() : payerName.trim();

/**
 * By what a counterparty is known again: the words of its name, without those that hold digits, since references change
 * from payment to payment. Undefined where no word tells which body it is.
 */
export function aliasIdOf(line: Counterparty): string | undefined {
  const words = wordsOfName(counterpartyOf(line)).filter((word) => !/\d/.test(word));
  if (!words.some(isTelling)) return undefined;
  return createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 32);
}

/**
 * Whose invoice it is: the school's, or that of a payer whom finance keep. An invoice of a previous system is known by
 * its payer's name.
 */
export const payeeOf = ({ schoolId, schoolName, payer }: Invoice): Payee =>
  schoolId === '' || payer.payerId !== undefined
    ? { payeeId: `PAYER#${wordsOfName(payer.name).join(' ')}`, name: payer.name }
    : { payeeId: `SCHOOL#${schoolId}`, name: schoolName };
