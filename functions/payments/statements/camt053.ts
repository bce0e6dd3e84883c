import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { accountOf } from './account.ts';
import { type Entry, readEntry } from './camt053-entry.ts';
import { amountIn, currencyIn, dayIn, directionAt, londonDayAt } from './camt053-values.ts';
import { MAXIMUM_LINES, type ParsedFile, type ParsedStatement } from './model.ts';
import { Problems, StatementRefusedError } from './refusal.ts';
import { all, find, need, readXml, refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

const FORMAT = /camt\.053\.\d{3}\.\d{2}$/;
/** What the other messages of the family are, by their root's only child. */
const siblings: Readonly<Record<string, 'camt.052' | 'camt.054'>> = {
  BkToCstmrAcctRpt: 'camt.052',
  BkToCstmrDbtCdtNtfctn: 'camt.054',
};

/**
 * Reads a camt.053 bank statement (ISO 20022; domain.md 3.5) of any version: the statements in it with their payments,
 * one line for each payment of a batch. Held to its own totals: opening balance and movements make the closing one,
 * counts and sums of the summary agree, payments of an entry sum to it. Throws `StatementRefusedError` with line and
 * column for what cannot be read; nothing is ever read in part.
 */
export function readCamt053(text: string): ParsedFile {
  const problems = new Problems();
  const statements: ParsedStatement[] = [];
  let entries: Entry[] = [];
  let count = 0;
  let currency: string | undefined;
  const outermost = readXml(text, (node, parent) => {
    if (node.name in siblings && parent?.name === 'Document') {
      const message = siblings[node.name] ?? '';
      throw new StatementRefusedError(
        `statement-${message.replace('.', '')}`,
        { message },
        node.line,
        node.column,
      );
    }
    if (node.name === 'Ntry' && parent?.name === 'Stmt') {
      currency ??= currencyOf(parent, node);
      const entry = readEntry(node, { account: accountOfStatement(parent), currency }, problems);
      count += entry.lines.length;
      if (count > MAXIMUM_LINES) throw refuseAt(node, 'statement-too-many-lines', { maximum: MAXIMUM_LINES });
      entries.push(entry);
      // The entry is read; its elements are let go so that a large file stays small in memory.
      parent.children.pop();
    } else if (node.name === 'Stmt' && parent?.name === 'BkToCstmrStmt') {
      statements.push(readStatement(node, entries, currency ?? currencyOf(node, undefined), problems));
      entries = [];
      currency = undefined;
      parent.children.pop();
    }
  });
  const root = documentIn(outermost) ?? outermost;
  const other = /camt\.05[24](?=\.\d{3}\.\d{2}$)/.exec(root.namespace)?.[0];
  if (other !== undefined) throw refuseAt(root, `statement-${other.replace('.', '')}`, { message: other });
  const format = FORMAT.exec(root.namespace)?.[0] ?? formatByShape(root);
  if (root.name !== 'Document' || format === undefined)
    throw refuseAt(root, 'statement-not-camt053', {
      root: root.namespace === '' ? root.name : root.namespace,
    });
  if (statements.length === 0) throw refuseAt(root, 'statement-without-statement');
  problems.refuse(
    format,
    statements.map(({ summary }) => summary),
  );
  return { format, statements };
}

/** The message itself, which banks may put into an envelope with a business header (BizMsgEnvlp with AppHdr, or a name of their own). */
const documentIn = (node: XmlNode): XmlNode | undefined =>
  node.name === 'Document' ? node : node.children.map(documentIn).find((each) => each !== undefined);

/** Some banks leave the namespace out; the message is then known by its shape, its version is not. */
const formatByShape = (root: XmlNode): string | undefined =>
  root.namespace === '' && find(root, 'BkToCstmrStmt') !== undefined ? 'camt.053' : undefined;

/** The account's currency: its own, else that of its balances, else that of its first entry. */
function currencyOf(statement: XmlNode, entry: XmlNode | undefined): string {
  const own = textOf(statement, 'Acct', 'Ccy');
  if (own !== '') return own;
  const amount = find(statement, 'Bal', 'Amt') ?? (entry === undefined ? undefined : find(entry, 'Amt'));
  return amount === undefined ? 'GBP' : currencyIn(amount);
}

/** By its IBAN or whatever else; `PrtryAcct` is from before the second version. */
const accountOfStatement = (node: XmlNode): string =>
  textOf(node, 'Acct', 'Id', 'IBAN') ||
  textOf(node, 'Acct', 'Id', 'Othr', 'Id') ||
  textOf(node, 'Acct', 'Id', 'PrtryAcct', 'Id');

function readStatement(
  node: XmlNode,
  entries: readonly Entry[],
  currency: string,
  problems: Problems,
): ParsedStatement {
  const account = accountOfStatement(node);
  if (account === '') throw refuseAt(node, 'statement-field-missing', { field: 'Acct/Id' });
  const booked = entries.filter((entry) => entry.booked);
  const opening = balanceOf(node, ['OPBD', 'PRCD'], 'first', currency);
  const closing = balanceOf(node, ['CLBD'], 'last', currency);
  checkSummary(node, entries, booked, currency, problems);
  return accountOf(
    {
      account,
      currency,
      bankStatementId: textOf(node, 'Id'),
      from: periodDay(node, 'FrDtTm') ?? opening.day,
      to: periodDay(node, 'ToDtTm') ?? closing.day,
      openingPence: opening.pence,
      closingPence: closing.pence,
      entries: entries.length,
      lines: booked.flatMap((entry) => entry.lines).map((line) => ({ ...line, account })),
      fileLine: node.line,
      closingLine: closing.node.line,
    },
    problems,
  );
}

/** A balance by its code; an interim one stands in where a statement is one page of several. */
function balanceOf(
  node: XmlNode,
  codes: readonly string[],
  interim: 'first' | 'last',
  currency: string,
): { pence: Pence; node: XmlNode; day: string | null } {
  const balances = all(node, 'Bal').map((each) => ({
    each,
    code: textOf(each, 'Tp', 'CdOrPrtry', 'Cd') || textOf(each, 'Tp', 'Cd'),
  }));
  const between = balances.filter(({ code }) => code === 'ITBD');
  const found =
    codes.map((code) => balances.find((each) => each.code === code)).find((each) => each !== undefined) ??
    (interim === 'first' ? between[0] : between.at(-1));
  if (found === undefined) throw refuseAt(node, 'statement-balance-missing', { which: codes[0] ?? '' });
  const amount = need(found.each, 'Amt');
  const pence = amountIn(amount, currency);
  const direction = directionAt(need(found.each, 'CdtDbtInd'));
  const day = find(found.each, 'Dt');
  return {
    pence: direction === 'CREDIT' ? pence : -pence,
    node: amount,
    day: day === undefined ? null : londonDayAt(day).day,
  };
}

/** The statement's own counts and sums, where it has them. */
function checkSummary(
  node: XmlNode,
  entries: readonly Entry[],
  booked: readonly Entry[],
  currency: string,
  problems: Problems,
): void {
  const summary = find(node, 'TxsSummry');
  if (summary === undefined) return;
  const groups: readonly [name: string, direction: Entry['direction'] | undefined][] = [
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
    // Some banks count entries that are still pending, which are listed but not booked, and some count payments.
    const counts = [of(booked).length, of(entries).length, of(booked).flatMap(({ lines }) => lines).length];
    if (count !== undefined && !counts.some((is) => is === says))
      problems.add(
        refuseAt(count, 'statement-count', { what, says: count.text.trim(), is: of(booked).length }),
      );
    const sum = find(group, 'Sum');
    const total = (some: readonly Entry[]): Pence => of(some).reduce((all, { pence }) => all + pence, 0);
    if (sum === undefined) continue;
    const said = amountIn(sum, currency);
    if (said !== total(booked) && said !== total(entries))
      problems.add(
        refuseAt(sum, 'statement-total', {
          what,
          says: formatPence(said),
          is: formatPence(total(booked)),
        }),
      );
  }
}

function periodDay(node: XmlNode, name: 'FrDtTm' | 'ToDtTm'): string | undefined {
  const found = find(node, 'FrToDt', name);
  if (found === undefined) return undefined;
  const value = found.text.trim();
  const read = dayIn(value);
  if (read === undefined) throw refuseAt(found, 'statement-date', { value });
  return read.day;
}
