import { normaliseReference } from '../shared/references/references.ts';
import type { Invoice } from './model.ts';
import { wordsOfName } from './names.ts';

/**
 * Whether an invoice is what somebody looks for by `query`: a part of its number or references (read as payers write
 * them), of a URN or purchase order, or all the words of the query somewhere in school, town and payer. An empty query
 * finds everything.
 */
export function isSought(of: Invoice, query: string): boolean {
  const words = wordsOfName(query);
  if (words.length === 0) return true;
  const sought = normaliseReference(query);
  const references = [
    of.invoiceNumber,
    of.paymentReference,
    of.registrationReference,
    of.urn ?? '',
    of.purchaseOrder ?? '',
  ];
  if (sought.length >= 3 && references.some((each) => normaliseReference(each).includes(sought))) return true;
  const text = wordsOfName(`${of.schoolName} ${of.town} ${of.payer.name}`);
  return words.every((word) => text.some((own) => own.startsWith(word)));
}
