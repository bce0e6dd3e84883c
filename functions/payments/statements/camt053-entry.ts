import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { amountIn, currencyIn, directionAt, londonDayAt } from './camt053-values.ts';
import type { BankLine, ParsedLine } from './model.ts';
import type { Problems } from './refusal.ts';
import { all, find, need, refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

/** A movement, the payments within it, and whether it is booked. */
export interface Entry {
  readonly booked: boolean;
  readonly pence: Pence;
  readonly direction: BankLine['direction'];
  readonly lines: readonly ParsedLine[];
}

/**
 * Reads an entry: one line for each payment that it gives with its own amount, else one line for all. Notes as a problem
 * an amount in another currency than the account's and payments that do not sum to the entry.
 */
export function readEntry(
  node: XmlNode,
  { account, currency }: { readonly account: string; readonly currency: string },
  problems: Problems,
): Entry {
  const amount = need(node, 'Amt');
  const pence = amountIn(amount, currency);
  const direction = directionAt(need(node, 'CdtDbtInd'));
  const status = textOf(node, 'Sts', 'Cd') || textOf(node, 'Sts');
  // Absent in some banks' files, which then list booked entries alone.
  const booked = status === '' || status === 'BOOK';
  if (!booked) return { booked, pence, direction, lines: [] };
  const own = currencyIn(amount);
  if (own !== currency) problems.add(refuseAt(amount, 'statement-currency', { currency: own, account }));
  const common = commonOf(node);
  checkBatches(node, problems);
  const details = all(node, 'NtryDtls').flatMap((each) => all(each, 'TxDtls'));
  const parts = withRest(
    details.map((detail) => ({ detail, amount: partAmount(detail, currency) })),
    pence,
    direction,
  );
  const whole = { entryReference: textOf(node, 'AcctSvcrRef'), entryWords: textOf(node, 'AddtlNtryInf') };
  if (parts.length > 1 && parts.every((part) => part.amount !== undefined)) {
    const lines = parts.map(({ detail, amount: of = 0 }): ParsedLine => {
      const given = find(detail, 'CdtDbtInd');
      const ownDirection = given === undefined ? direction : directionAt(given);
      return {
        ...common,
        reversal: common.reversal || find(detail, 'RtrInf') !== undefined,
        pence: of,
        direction: ownDirection,
        ...wordsOf([detail], whole, ownDirection),
        fileLine: detail.line,
      };
    });
    const sum = lines.reduce(
      (total, line) => total + (line.direction === direction ? line.pence : -line.pence),
      0,
    );
    if (sum !== pence)
      problems.add(
        refuseAt(node, 'statement-entry-parts', { parts: formatPence(sum), entry: formatPence(pence) }),
      );
    return { booked, pence, direction, lines };
  }
  const [only] = parts;
  // Charges are taken off what was sent: the account moved by what the entry says.
  const charged =
    find(node, 'Chrgs') !== undefined || details.some((each) => find(each, 'Chrgs') !== undefined);
  if (parts.length === 1 && only?.amount !== undefined && only.amount !== pence && !charged)
    problems.add(
      refuseAt(node, 'statement-entry-parts', { parts: formatPence(only.amount), entry: formatPence(pence) }),
    );
  const line: ParsedLine = {
    ...common,
    reversal: common.reversal || details.some((each) => find(each, 'RtrInf') !== undefined),
    pence,
    direction,
    ...wordsOf(details, whole, direction),
    fileLine: node.line,
  };
  return { booked, pence, direction, lines: [line] };
}

/** A batch says how many payments it has: where they are listed, they are that many. */
function checkBatches(entry: XmlNode, problems: Problems): void {
  for (const details of all(entry, 'NtryDtls')) {
    const count = find(details, 'Btch', 'NbOfTxs');
    const is = all(details, 'TxDtls').length;
    if (count !== undefined && is > 0 && Number(count.text.trim()) !== is)
      problems.add(refuseAt(count, 'statement-count', { what: 'NbOfTxs', says: count.text.trim(), is }));
  }
}

interface Part {
  readonly detail: XmlNode;
  readonly amount: Pence | undefined;
}

/** Where one payment alone has no amount, it is what the others leave of the entry. */
function withRest(parts: readonly Part[], entry: Pence, direction: Entry['direction']): readonly Part[] {
  const without = parts.filter(({ amount }) => amount === undefined);
  if (parts.length < 2 || without.length !== 1) return parts;
  const rest = parts.reduce((left, { detail, amount = 0 }) => {
    const own = find(detail, 'CdtDbtInd');
    return own === undefined || directionAt(own) === direction ? left - amount : left + amount;
  }, entry);
  return rest <= 0
    ? parts
    : parts.map((part) => (part.amount === undefined ? { ...part, amount: rest } : part));
}

/** Days, and whether the entry takes back an earlier one; a missing booking day is the value day. */
function commonOf(
  node: XmlNode,
): Pick<ParsedLine, 'account' | 'bookedOn' | 'valueOn' | 'reversal' | 'notes'> {
  const value = find(node, 'ValDt');
  const booking = find(node, 'BookgDt') ?? value;
  if (booking === undefined) throw refuseAt(node, 'statement-field-missing', { field: 'BookgDt' });
  const bookedOn = londonDayAt(booking);
  const valueOn = value === undefined ? bookedOn : londonDayAt(value);
  const notes =
    value === booking || value === undefined ? bookedOn.notes : [...bookedOn.notes, ...valueOn.notes];
  return {
    // Set with the statement's account, which the parser knows only above the entry.
    account: '',
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

/** What identifies and describes payments that make one line. */
function wordsOf(
  details: readonly XmlNode[],
  { entryReference, entryWords }: { readonly entryReference: string; readonly entryWords: string },
  direction: BankLine['direction'],
): Pick<BankLine, 'bankReference' | 'endToEndId' | 'payerName' | 'narrative'> {
  const first = (...paths: string[][]): string => {
    for (const detail of details) {
      for (const path of paths) {
        const text = textOf(detail, ...path);
        if (text !== '') return text;
      }
    }
    return '';
  };
  const party = direction === 'CREDIT' ? 'Dbtr' : 'Cdtr';
  const remittance = details.flatMap((detail) => {
    const information = find(detail, 'RmtInf');
    if (information === undefined) return [];
    return [
      ...all(information, 'Ustrd').map((each) => each.text),
      ...all(information, 'Strd').flatMap((each) => [
        textOf(each, 'CdtrRefInf', 'Ref'),
        ...all(each, 'RfrdDocInf').map((document) => textOf(document, 'Nb')),
        ...all(each, 'AddtlRmtInf').map((more) => more.text),
      ]),
    ];
  });
  // Payments that make one line, having no amounts, are told apart by their own references all the same.
  const references =
    details.length < 2
      ? []
      : details.map((detail) => textOf(detail, 'Refs', 'EndToEndId')).filter((text) => !isNone(text));
  const returned = details.flatMap((detail) => [
    textOf(detail, 'RtrInf', 'AddtlInf'),
    textOf(detail, 'RtrInf', 'OrgnlEndToEndId'),
  ]);
  const words = [
    ...references,
    ...remittance,
    ...details.map((detail) => textOf(detail, 'AddtlTxInf')),
    ...returned,
    entryWords,
  ];
  const endToEndId = first(['Refs', 'EndToEndId']);
  return {
    bankReference: first(['Refs', 'AcctSvcrRef']) || entryReference || first(['Refs', 'TxId']),
    endToEndId: isNone(endToEndId) ? '' : endToEndId,
    payerName: first(
      ['RltdPties', party, 'Pty', 'Nm'],
      ['RltdPties', party, 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Pty', 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Nm'],
    ),
    narrative: words
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text, at, texts) => text !== '' && texts.indexOf(text) === at)
      .join(' '),
  };
}

/** What banks write where the payer gave no reference. */
const isNone = (reference: string): boolean => /^NOT\s?PROVIDED$/i.test(reference);
