import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { amountIn, currencyIn, directionAt, londonDayAt } from './camt053-values.ts';
import { type PaymentWords, wordsOf } from './camt053-words.ts';
import type { BankLine, ParsedLine } from './model.ts';
import type { Reading } from './reading.ts';
import { all, find, need, refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

type Direction = BankLine['direction'];

/** A payment within an entry (TxDtls) as far as it speaks for itself. */
export interface Payment {
  readonly amount: Pence | undefined;
  /** Its own, else the entry's. */
  readonly direction: Direction;
  readonly returned: boolean;
  readonly charged: boolean;
  readonly words: PaymentWords;
  readonly fileLine: number;
}

/** A movement, the payments within it, and whether it is booked. */
export interface Entry {
  readonly booked: boolean;
  readonly pence: Pence;
  readonly direction: Direction;
  readonly lines: readonly ParsedLine[];
}

/** The account whose statement is read. */
export interface AccountFacts {
  readonly account: string;
  readonly currency: string;
}

/** Reads a payment of an entry; `direction` is the entry's. */
export function readPayment(node: XmlNode, direction: Direction, currency: string): Payment {
  const given = find(node, 'CdtDbtInd');
  const own = given === undefined ? direction : directionAt(given);
  return {
    amount: partAmount(node, currency),
    direction: own,
    returned: find(node, 'RtrInf') !== undefined,
    charged: find(node, 'Chrgs') !== undefined,
    words: wordsOf(node, own),
    fileLine: node.line,
  };
}

/**
 * Reads an entry with its payments: one line for each that has its own amount, else one line for all. Notes as a problem
 * an amount in another currency than the account's, and payments that do not sum to the entry.
 */
export function readEntry(
  node: XmlNode,
  given: readonly Payment[],
  { account, currency }: AccountFacts,
  reading: Reading,
): Entry {
  const amount = need(node, 'Amt');
  const pence = amountIn(amount, currency);
  const direction = directionAt(need(node, 'CdtDbtInd'));
  if (!isBooked(node)) return { booked: false, pence, direction, lines: [] };
  const own = currencyIn(amount);
  if (own !== currency) reading.problem(refuseAt(amount, 'statement-currency', { currency: own, account }));
  const common = commonOf(node, account);
  const payments = withRest(given, pence, direction);
  const whole = { entryReference: textOf(node, 'AcctSvcrRef'), entryWords: textOf(node, 'AddtlNtryInf') };
  if (payments.length > 1 && payments.every((payment) => payment.amount !== undefined)) {
    const lines = payments.map(
      (payment): ParsedLine => ({
        ...common,
        reversal: common.reversal || payment.returned,
        pence: payment.amount ?? 0,
        direction: payment.direction,
        ...lineWords([payment.words], whole),
        fileLine: payment.fileLine,
      }),
    );
    const sum = lines.reduce(
      (total, line) => total + (line.direction === direction ? line.pence : -line.pence),
      0,
    );
    if (sum !== pence)
      reading.problem(
        refuseAt(node, 'statement-entry-parts', { parts: formatPence(sum), entry: formatPence(pence) }),
      );
    return { booked: true, pence, direction, lines };
  }
  const [only] = payments;
  // Charges are taken off what was sent: the account moved by what the entry says.
  const charged = find(node, 'Chrgs') !== undefined || payments.some((payment) => payment.charged);
  if (payments.length === 1 && only?.amount !== undefined && only.amount !== pence && !charged)
    reading.problem(
      refuseAt(node, 'statement-entry-parts', { parts: formatPence(only.amount), entry: formatPence(pence) }),
    );
  const line: ParsedLine = {
    ...common,
    reversal: common.reversal || payments.some(({ returned }) => returned),
    pence,
    direction,
    ...lineWords(
      payments.map(({ words }) => words),
      whole,
    ),
    fileLine: node.line,
  };
  return { booked: true, pence, direction, lines: [line] };
}

/** Pending and information entries are listed in a statement and are not booked; some banks' files have no status at all. */
function isBooked(node: XmlNode): boolean {
  const status = textOf(node, 'Sts', 'Cd') || textOf(node, 'Sts', 'Prtry') || textOf(node, 'Sts');
  return status === '' || /^BOOK/i.test(status);
}

/**
 * Holds a batch to what it says of itself: where its payments are listed (`listed`, those of these details), they are as
 * many as it counts and come to its total.
 */
export function checkBatch(
  details: XmlNode,
  listed: readonly Payment[],
  { currency }: AccountFacts,
  direction: Direction,
  reading: Reading,
): void {
  const count = find(details, 'Btch', 'NbOfTxs');
  const is = listed.length;
  if (count !== undefined && is > 0 && Number(count.text.trim()) !== is)
    reading.problem(refuseAt(count, 'statement-count', { what: 'NbOfTxs', says: count.text.trim(), is }));
  const total = find(details, 'Btch', 'TtlAmt');
  if (total === undefined || total.attributes.Ccy !== currency || is === 0) return;
  const says = amountIn(total, currency);
  const sum = listed.reduce(
    (all, payment) =>
      all + (payment.direction === direction ? (payment.amount ?? 0) : -(payment.amount ?? 0)),
    0,
  );
  if (listed.every(({ amount }) => amount !== undefined) && says !== Math.abs(sum))
    reading.problem(
      refuseAt(total, 'statement-total', {
        what: 'Btch/TtlAmt',
        says: formatPence(says),
        is: formatPence(Math.abs(sum)),
      }),
    );
}

/** Where one payment alone has no amount, it is what the others leave of the entry. */
function withRest(payments: readonly Payment[], entry: Pence, direction: Direction): readonly Payment[] {
  const without = payments.filter(({ amount }) => amount === undefined);
  if (payments.length < 2 || without.length !== 1) return payments;
  const rest = payments.reduce(
    (left, payment) =>
      payment.direction === direction ? left - (payment.amount ?? 0) : left + (payment.amount ?? 0),
    entry,
  );
  return rest <= 0
    ? payments
    : payments.map((payment) => (payment.amount === undefined ? { ...payment, amount: rest } : payment));
}

/** Days, and whether the entry takes back an earlier one; a missing booking day is the value day. */
function commonOf(
  node: XmlNode,
  account: string,
): Pick<ParsedLine, 'account' | 'bookedOn' | 'valueOn' | 'reversal' | 'notes'> {
  const value = find(node, 'ValDt');
  const booking = find(node, 'BookgDt') ?? value;
  if (booking === undefined) throw refuseAt(node, 'statement-field-missing', { field: 'BookgDt' });
  const bookedOn = londonDayAt(booking);
  const valueOn = value === undefined ? bookedOn : londonDayAt(value);
  const notes =
    value === booking || value === undefined ? bookedOn.notes : [...bookedOn.notes, ...valueOn.notes];
  return {
    account,
    bookedOn: bookedOn.day,
    valueOn: valueOn.day,
    // A return has its own bank code beside or instead of its details (Issued/Received credit transfers, RRTN).
    reversal:
      /^(true|1)$/.test(textOf(node, 'RvslInd')) ||
      textOf(node, 'BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd') === 'RRTN',
    notes: [...notes],
  };
}

/**
 * The amount of one payment of an entry in the account's currency: in its own place from version 4 on, below AmtDtls
 * before; where it was sent in another currency, what it was exchanged to.
 */
function partAmount(detail: XmlNode, currency: string): Pence | undefined {
  const places = [
    find(detail, 'Amt'),
    find(detail, 'AmtDtls', 'TxAmt', 'Amt'),
    find(detail, 'AmtDtls', 'CntrValAmt', 'Amt'),
    find(detail, 'AmtDtls', 'InstdAmt', 'Amt'),
  ];
  const node = places.find((each) => each?.attributes.Ccy === currency);
  return node === undefined ? undefined : amountIn(node, currency);
}

/** What identifies and describes the payments that make one line. */
function lineWords(
  payments: readonly PaymentWords[],
  { entryReference, entryWords }: { readonly entryReference: string; readonly entryWords: string },
): Pick<BankLine, 'bankReference' | 'endToEndId' | 'payerName' | 'narrative'> {
  const first = (of: (words: PaymentWords) => string): string =>
    payments.map(of).find((text) => text !== '') ?? '';
  // Payments that make one line, having no amounts, are told apart by their own references all the same.
  const references = payments.length < 2 ? [] : payments.map(({ endToEndId }) => endToEndId);
  const words = [
    ...references,
    ...payments.flatMap(({ remittance }) => remittance),
    ...payments.map(({ additional }) => additional),
    ...payments.flatMap(({ returned }) => returned),
    entryWords,
  ];
  return {
    bankReference:
      first((each) => each.bankReference) || entryReference || first((each) => each.transactionId),
    endToEndId: first((each) => each.endToEndId),
    payerName: first((each) => each.party),
    narrative: words
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text, at, texts) => text !== '' && texts.indexOf(text) === at)
      .join(' '),
  };
}

/** Details of an entry, which hold its payments. */
export const detailsOf = (entry: XmlNode): XmlNode[] => all(entry, 'NtryDtls');
