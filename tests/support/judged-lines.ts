import type { PayerAlias } from '../../functions/payments/alias-model.ts';
import { judgeLine, textsOf } from '../../functions/payments/matching.ts';
import type { Invoice } from '../../functions/payments/model.ts';
import { OpenBook } from '../../functions/payments/open-book.ts';
import { sampleInvoice } from './invoices.ts';

/** What a bank says of a payment of 850 pounds, of which tests say the rest. */
export const line = (change: Partial<Parameters<typeof judgeLine>[0]> = {}) => ({
  pence: 85000,
  narrative: '',
  endToEndId: '',
  bankReference: '',
  payerName: '',
  ...change,
});

/** Judges a line as the machine does: with what the book finds on it, as it stands there. */
export function judged(
  of: Partial<Parameters<typeof judgeLine>[0]>,
  open: readonly Invoice[],
  more: {
    readonly settled?: readonly Invoice[];
    readonly ended?: readonly Invoice[];
    readonly aliases?: readonly PayerAlias[];
  } = {},
) {
  const { settled = [], ended = [], aliases = [] } = more;
  const all = [...open, ...settled, ...ended];
  const book = new OpenBook(open, [...settled, ...ended], aliases);
  const named = [...book.references.find(textsOf(line(of)))].map(([number, by]) => ({
    invoice: all.find(({ invoiceNumber }) => invoiceNumber === number) ?? sampleInvoice(),
    by: [...by],
    ended: ended.some(({ invoiceNumber }) => invoiceNumber === number),
  }));
  return judgeLine(line(of), named, book);
}

export const numbersOf = (of: ReturnType<typeof judged>) =>
  of.candidates.map(({ invoiceNumber }) => invoiceNumber);
export const share = ({ invoiceNumber }: Invoice, pence = 85000) => ({ invoiceNumber, pence });
