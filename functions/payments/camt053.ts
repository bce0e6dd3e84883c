import { calendarDay } from '../programme/model.ts';
import { formatPence, type Pence } from '../shared/money/pence.ts';
import { londonDate } from '../shared/time/london.ts';
import type { AccountStatement, BankLine } from './model.ts';
import { StatementRefusedError } from './refused-statement.ts';
import { all, find, need, readXml, refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

/** A payment as the file has it; ids come when it is posted. */
export type ParsedLine = Omit<BankLine, 'lineId' | 'statementId' | 'index'>;
export interface ParsedStatement {
  readonly summary: AccountStatement;
  readonly lines: readonly ParsedLine[];
}
export interface ParsedFile {
  /** Name of the format with its version, e.g. `camt.053.001.08`. */
  readonly format: string;
  readonly statements: readonly ParsedStatement[];
}

/** More payments than a programme of this size has in years: such a file is another account's. */
export const MAXIMUM_LINES = 20_000;
const FORMAT = /camt\.053\.\d{3}\.\d{2}$/;

/**
 * Reads a camt.053 bank statement (ISO 20022; domain.md 3.5) of any version: the statements in it with their payments,
 * one line for each payment of a batch. Held to its own totals: opening balance and movements make the closing one,
 * counts and sums of the summary agree, payments of an entry sum to it. Throws `StatementRefusedError` with line and
 * column for what cannot be read; nothing is ever read in part.
 */
export function readCamt053(bytes: Uint8Array): ParsedFile {
  const read: ParsedStatement[] = [];
  let entries: Entry[] = [];
  let count = 0;
  const root = readXml(bytes, (node, parent) => {
    if (node.name === 'Ntry' && parent?.name === 'Stmt') {
      const entry = readEntry(node);
      count += entry.lines.length;
      if (count > MAXIMUM_LINES) throw refuseAt(node, 'statement-too-many-lines', { maximum: MAXIMUM_LINES });
      entries.push(entry);
      // The entry is read; its elements are let go so that a large file stays small in memory.
      parent.children.pop();
    } else if (node.name === 'Stmt' && parent?.name === 'BkToCstmrStmt') {
      read.push(readStatement(node, entries));
      entries = [];
      parent.children.pop();
    }
  });
  const format = FORMAT.exec(root.namespace)?.[0];
  if (root.name !== 'Document' || format === undefined)
    throw refuseAt(root, 'statement-not-camt053', {
      root: root.namespace === '' ? root.name : root.namespace,
    });
  if (read.length === 0) throw refuseAt(root, 'statement-without-statement');
  return { format, statements: read };
}

/** A booked movement: positive where money came, the payments within it, and where it stands. */
interface Entry {
  readonly node: XmlNode;
  readonly booked: boolean;
  readonly pence: Pence;
  readonly direction: BankLine['direction'];
  readonly lines: readonly ParsedLine[];
}

function readEntry(node: XmlNode): Entry {
  const pence = amountAt(need(node, 'Amt'));
  const direction = directionAt(need(node, 'CdtDbtInd'));
  const status = textOf(node, 'Sts', 'Cd') || textOf(node, 'Sts');
  // Absent in some banks' files, which then list booked entries alone.
  const booked = status === '' || status === 'BOOK';
  if (!booked) return { node, booked, pence, direction, lines: [] };
  const bookedOn = dayAt(need(node, 'BookgDt'));
  const value = find(node, 'ValDt');
  const common = {
    // Set with the statement's account, which the parser knows only above the entry.
    account: '',
    bookedOn,
    valueOn: value === undefined ? bookedOn : dayAt(value),
    reversal: textOf(node, 'RvslInd') === 'true' || textOf(node, 'RvslInd') === '1',
  };
  const entryReference = textOf(node, 'AcctSvcrRef');
  const entryWords = textOf(node, 'AddtlNtryInf');
  const details = all(node, 'NtryDtls').flatMap((each) => all(each, 'TxDtls'));
  const parts = details.map((detail) => ({ detail, amount: partAmount(detail) }));
  if (parts.length > 1 && parts.every(({ amount }) => amount !== undefined)) {
    const lines = parts.map(({ detail, amount = 0 }): ParsedLine => {
      const own = find(detail, 'CdtDbtInd');
      return {
        ...common,
        pence: amount,
        direction: own === undefined ? direction : directionAt(own),
        ...wordsOf([detail], entryReference, entryWords, direction),
        fileLine: detail.line,
      };
    });
    const sum = lines.reduce(
      (total, line) => total + (line.direction === direction ? line.pence : -line.pence),
      0,
    );
    if (sum !== pence)
      throw refuseAt(node, 'statement-entry-parts', { parts: formatPence(sum), entry: formatPence(pence) });
    return { node, booked, pence, direction, lines };
  }
  const [only] = parts;
  if (parts.length === 1 && only?.amount !== undefined && only.amount !== pence)
    throw refuseAt(node, 'statement-entry-parts', {
      parts: formatPence(only.amount),
      entry: formatPence(pence),
    });
  const line: ParsedLine = {
    ...common,
    pence,
    direction,
    ...wordsOf(details, entryReference, entryWords, direction),
    fileLine: node.line,
  };
  return { node, booked, pence, direction, lines: [line] };
}

/** The amount of one payment of an entry: in its own place from version 4 on, below AmtDtls before. */
function partAmount(detail: XmlNode): Pence | undefined {
  const node = find(detail, 'Amt') ?? find(detail, 'AmtDtls', 'TxAmt', 'Amt');
  return node === undefined ? undefined : amountAt(node);
}

/** What identifies and describes payments that make one line. */
function wordsOf(
  details: readonly XmlNode[],
  entryReference: string,
  entryWords: string,
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
  const words = [...remittance, ...details.map((detail) => textOf(detail, 'AddtlTxInf')), entryWords];
  const endToEndId = first(['Refs', 'EndToEndId']);
  return {
    bankReference: first(['Refs', 'AcctSvcrRef']) || entryReference || first(['Refs', 'TxId']),
    // What banks write where the payer gave none.
    endToEndId: /^NOT\s?PROVIDED$/i.test(endToEndId) ? '' : endToEndId,
    payerName: first(
      ['RltdPties', party, 'Pty', 'Nm'],
      ['RltdPties', party, 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Pty', 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Nm'],
    ),
    narrative: words
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text) => text !== '')
      .join(' '),
  };
}

function readStatement(node: XmlNode, entries: readonly Entry[]): ParsedStatement {
  const account = textOf(node, 'Acct', 'Id', 'IBAN') || textOf(node, 'Acct', 'Id', 'Othr', 'Id');
  if (account === '') throw refuseAt(node, 'statement-field-missing', { field: 'Acct/Id' });
  const currency = textOf(node, 'Acct', 'Ccy');
  if (currency !== '' && currency !== 'GBP')
    throw refuseAt(need(node, 'Acct', 'Ccy'), 'statement-currency', { currency });
  const booked = entries.filter((entry) => entry.booked);
  const opening = balanceOf(node, ['OPBD', 'PRCD'], 'first', 'OPBD');
  const closing = balanceOf(node, ['CLBD'], 'last', 'CLBD');
  const creditPence = sumOf(booked, 'CREDIT');
  const debitPence = sumOf(booked, 'DEBIT');
  const expected = opening.pence + creditPence - debitPence;
  if (expected !== closing.pence)
    throw refuseAt(closing.node, 'statement-balance', {
      opening: formatPence(opening.pence),
      movements: formatPence(creditPence - debitPence),
      expected: formatPence(expected),
      closing: formatPence(closing.pence),
    });
  checkSummary(node, entries, booked);
  const lines = booked.flatMap((entry) => entry.lines).map((line) => ({ ...line, account }));
  return {
    summary: {
      account,
      bankStatementId: textOf(need(node, 'Id')),
      from: periodDay(node, 'FrDtTm') ?? opening.day,
      to: periodDay(node, 'ToDtTm') ?? closing.day,
      openingPence: opening.pence,
      closingPence: closing.pence,
      creditPence,
      debitPence,
      lines: lines.length,
    },
    lines,
  };
}

const sumOf = (entries: readonly Entry[], direction: BankLine['direction']): Pence =>
  entries.filter((entry) => entry.direction === direction).reduce((sum, { pence }) => sum + pence, 0);

/** A balance by its code; an interim one stands in where a statement is one page of several. */
function balanceOf(
  node: XmlNode,
  codes: readonly string[],
  interim: 'first' | 'last',
  which: string,
): { pence: Pence; node: XmlNode; day: string | null } {
  const balances = all(node, 'Bal').map((each) => ({
    each,
    code: textOf(each, 'Tp', 'CdOrPrtry', 'Cd'),
  }));
  const between = balances.filter(({ code }) => code === 'ITBD');
  const found =
    codes.map((code) => balances.find((each) => each.code === code)).find((each) => each !== undefined) ??
    (interim === 'first' ? between[0] : between.at(-1));
  if (found === undefined) throw refuseAt(node, 'statement-balance-missing', { which });
  const amount = need(found.each, 'Amt');
  const pence = amountAt(amount);
  const direction = directionAt(need(found.each, 'CdtDbtInd'));
  const day = find(found.each, 'Dt');
  return {
    pence: direction === 'CREDIT' ? pence : -pence,
    node: amount,
    day: day === undefined ? null : dayAt(day),
  };
}

/** The statement's own counts and sums, where it has them. */
function checkSummary(node: XmlNode, entries: readonly Entry[], booked: readonly Entry[]): void {
  const summary = find(node, 'TxsSummry');
  if (summary === undefined) return;
  const groups: readonly [name: string, direction: BankLine['direction'] | undefined][] = [
    ['TtlNtries', undefined],
    ['TtlCdtNtries', 'CREDIT'],
    ['TtlDbtNtries', 'DEBIT'],
  ];
  for (const [what, direction] of groups) {
    const group = find(summary, what);
    if (group === undefined) continue;
    const of = (some: readonly Entry[]) =>
      some.filter((entry) => direction === undefined || entry.direction === direction);
    const count = find(group, 'NbOfNtries');
    const says = count === undefined ? undefined : Number(count.text.trim());
    // Some banks count entries that are still pending, which are listed but not booked.
    if (count !== undefined && says !== of(booked).length && says !== of(entries).length)
      throw refuseAt(count, 'statement-count', { what, says: count.text.trim(), is: of(booked).length });
    const sum = find(group, 'Sum');
    const total = (some: readonly Entry[]): Pence => of(some).reduce((all, { pence }) => all + pence, 0);
    if (sum !== undefined) {
      const said = amountIn(sum);
      if (said !== total(booked) && said !== total(entries))
        throw refuseAt(sum, 'statement-total', {
          what,
          says: formatPence(said),
          is: formatPence(total(booked)),
        });
    }
  }
}

/** An amount with its currency, which must be pounds. */
function amountAt(node: XmlNode): Pence {
  const currency = node.attributes.Ccy;
  if (currency !== 'GBP') throw refuseAt(node, 'statement-currency', { currency: currency ?? '?' });
  return amountIn(node);
}

/** Pounds as text in pence: digits, a point, decimals of which all but two are zeros. Never through a float. */
function amountIn(node: XmlNode): Pence {
  const value = node.text.trim();
  const [, pounds, decimals = ''] = /^(\d{1,12})(?:\.(\d{0,5}))?$/.exec(value) ?? [];
  if (pounds === undefined || !/^\d{0,2}0*$/.test(decimals))
    throw refuseAt(node, 'statement-amount', { value });
  return Number(pounds) * 100 + Number(decimals.slice(0, 2).padEnd(2, '0'));
}

function directionAt(node: XmlNode): BankLine['direction'] {
  const value = node.text.trim();
  if (value === 'CRDT') return 'CREDIT';
  if (value === 'DBIT') return 'DEBIT';
  throw refuseAt(node, 'statement-direction', { value });
}

/** The day of a date or of an instant below `node`; instants with an offset are days of London. */
function dayAt(node: XmlNode): string {
  const value = textOf(node, 'Dt') || textOf(node, 'DtTm');
  const day = dayIn(value);
  if (day === undefined) throw refuseAt(node, 'statement-date', { value });
  return day;
}

function dayIn(value: string): string | undefined {
  const instant = /T.*(Z|[+-]\d{2}:\d{2})$/.test(value) ? new Date(value) : undefined;
  if (instant !== undefined && Number.isNaN(instant.getTime())) return undefined;
  const day = instant === undefined ? value.slice(0, 10) : londonDate(instant);
  return calendarDay.safeParse(day).success ? day : undefined;
}

function periodDay(node: XmlNode, name: 'FrDtTm' | 'ToDtTm'): string | undefined {
  const found = find(node, 'FrToDt', name);
  if (found === undefined) return undefined;
  const value = found.text.trim();
  const day = dayIn(value);
  if (day === undefined) throw refuseAt(found, 'statement-date', { value });
  return day;
}

/** Refuses a file above `maximumBytes` before anything of it is read. */
export function checkSize(bytes: number, maximumBytes: number): void {
  if (bytes > maximumBytes)
    throw new StatementRefusedError('statement-too-large', { maximum: Math.floor(maximumBytes / 1_000_000) });
}
