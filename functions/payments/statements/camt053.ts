import type { Pence } from '../../shared/money/pence.ts';
import {
  type AccountFacts,
  checkBatch,
  detailsOf,
  type Entry,
  type Payment,
  readEntry,
  readPayment,
} from './camt053-entry.ts';
import { checkSummary, EntrySums } from './camt053-summary.ts';
import { amountIn, currencyIn, dayIn, directionAt, londonDayAt } from './camt053-values.ts';
import type { OpenStatement, Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';
import { all, find, need, refuseAt, textOf, type XmlNode, XmlReader } from './xml-nodes.ts';

const FORMAT = /camt\.053\.\d{3}\.\d{2}$/;
/** What the other messages of the family are, by their root's only child. */
const siblings: Readonly<Record<string, 'camt.052' | 'camt.054'>> = {
  BkToCstmrAcctRpt: 'camt.052',
  BkToCstmrDbtCdtNtfctn: 'camt.054',
};

/**
 * Reads a camt.053 bank statement (ISO 20022; domain.md 3.5) of any version, in whatever envelope: the statements in it
 * with their payments, one line for each payment of a batch. Held to its own totals: opening balance and movements make
 * the closing one, counts and sums of summaries and batches agree, payments of an entry sum to it. Throws
 * `StatementRefusedError` with line and column for what cannot be read on.
 */
export async function readCamt053(chunks: AsyncIterable<string>, reading: Reading): Promise<void> {
  const reader = new Camt053Reader(reading);
  const xml = new XmlReader(reader);
  for await (const chunk of chunks) xml.write(chunk);
  xml.end();
  reader.end();
}

/** One statement while it is read. */
interface Open {
  readonly statement: OpenStatement;
  readonly sums: EntrySums;
  /** Known once its header has been read, which comes before its entries. */
  account: AccountFacts | undefined;
}

class Camt053Reader {
  readonly #reading: Reading;
  #root: XmlNode | undefined;
  #document: XmlNode | undefined;
  #hasStatements = false;
  #open: Open | undefined;
  /** Payments of the entry that is read, by the details in which they are. */
  #payments = new Map<XmlNode, Payment[]>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  opened(node: XmlNode, around: readonly XmlNode[]): void {
    this.#root ??= node;
    const parent = around.at(-1);
    if (node.name === 'Document' && this.#document === undefined)
      this.#document = documentAt(node, this.#reading);
    if (node.name in siblings && parent?.name === 'Document') {
      const message = siblings[node.name] ?? '';
      this.#reading.format = message;
      throw refuseAt(node, `statement-${message.replace('.', '')}`, { message });
    }
    if (node.name === 'BkToCstmrStmt' && parent === this.#document && this.#document?.namespace === '')
      // Some banks leave the namespace out; the message is then known by its shape, its version is not.
      this.#reading.format = 'camt.053';
    if (node.name === 'Stmt' && parent?.name === 'BkToCstmrStmt')
      this.#open = { statement: this.#reading.open(), sums: new EntrySums(), account: undefined };
  }

  closed(node: XmlNode, around: readonly XmlNode[]): void {
    const parent = around.at(-1);
    if (node.name === 'TxDtls' && parent?.name === 'NtryDtls') this.#payment(node, parent, around);
    else if (node.name === 'Ntry' && parent?.name === 'Stmt') this.#entry(node, parent);
    else if (node.name === 'Stmt' && parent?.name === 'BkToCstmrStmt') this.#statement(node);
    else return;
    // What was read is let go, so that a large file stays small in memory.
    parent.children.pop();
  }

  #payment(node: XmlNode, details: XmlNode, around: readonly XmlNode[]): void {
    const entry = around.at(-2);
    const statement = around.at(-3);
    if (entry?.name !== 'Ntry' || statement === undefined) return;
    const read = this.#reading.attempt(() =>
      readPayment(node, directionAt(need(entry, 'CdtDbtInd')), this.#account(statement, entry).currency),
    );
    const of = this.#payments.get(details) ?? [];
    if (read !== undefined) of.push(read);
    this.#payments.set(details, of);
  }

  #entry(node: XmlNode, statement: XmlNode): void {
    const payments = this.#payments;
    this.#payments = new Map();
    const open = this.#open;
    if (open === undefined) return;
    open.statement.entries++;
    const entry = this.#reading.attempt((): Entry => {
      const account = this.#account(statement, node);
      const direction = directionAt(need(node, 'CdtDbtInd'));
      for (const details of detailsOf(node))
        checkBatch(details, payments.get(details) ?? [], account, direction, this.#reading);
      return readEntry(node, [...payments.values()].flat(), account, this.#reading);
    });
    if (entry === undefined) return;
    open.sums.add(entry);
    for (const line of entry.lines) open.statement.line(line);
  }

  #account(statement: XmlNode, entry: XmlNode): AccountFacts {
    const known = this.#open?.account;
    if (known !== undefined) return known;
    const facts = { account: accountOfStatement(statement), currency: currencyOf(statement, entry) };
    if (this.#open !== undefined) this.#open.account = facts;
    return facts;
  }

  #statement(node: XmlNode): void {
    const open = this.#open;
    this.#open = undefined;
    this.#hasStatements = true;
    if (open === undefined) return;
    this.#reading.attempt(() => {
      const account = accountOfStatement(node);
      if (account === '') throw refuseAt(node, 'statement-field-missing', { field: 'Acct/Id' });
      const currency = open.account?.currency ?? currencyOf(node, undefined);
      checkSummary(node, open.sums, currency, this.#reading);
      const opening = this.#reading.attempt(() => balanceOf(node, ['OPBD', 'PRCD'], 'first', currency));
      const closing = this.#reading.attempt(() => balanceOf(node, ['CLBD'], 'last', currency));
      open.statement.close({
        account,
        currency,
        bankStatementId: textOf(node, 'Id'),
        from: this.#periodDay(node, 'FrDtTm') ?? opening?.day ?? null,
        to: this.#periodDay(node, 'ToDtTm') ?? closing?.day ?? null,
        openingPence: opening?.pence ?? null,
        closingPence: closing?.pence ?? null,
        fileLine: node.line,
        closingLine: closing?.node.line ?? node.line,
      });
    });
  }

  #periodDay(node: XmlNode, name: 'FrDtTm' | 'ToDtTm'): string | undefined {
    const found = find(node, 'FrToDt', name);
    if (found === undefined) return undefined;
    const value = found.text.trim();
    const read = dayIn(value);
    if (read === undefined) this.#reading.problem(refuseAt(found, 'statement-date', { value }));
    return read?.day;
  }

  /** The text has ended: refused where it was another message, or none. */
  end(): void {
    if (this.#root === undefined) throw new StatementRefusedError('statement-empty', {});
    if (this.#document === undefined) throw notCamt053(this.#root);
    if (this.#document.namespace === '' && find(this.#document, 'BkToCstmrStmt') === undefined)
      throw notCamt053(this.#document);
    if (!this.#hasStatements) throw refuseAt(this.#document, 'statement-without-statement');
  }
}

/** The message itself, which banks may put into an envelope with a business header; its namespace tells the format. */
function documentAt(node: XmlNode, reading: Reading): XmlNode {
  if (node.namespace === '') return node;
  const other = /camt\.05[24](?=\.\d{3}\.\d{2}$)/.exec(node.namespace)?.[0];
  if (other !== undefined) {
    reading.format = other;
    throw refuseAt(node, `statement-${other.replace('.', '')}`, { message: other });
  }
  const format = FORMAT.exec(node.namespace)?.[0];
  if (format === undefined) throw notCamt053(node);
  reading.format = format;
  return node;
}

const notCamt053 = (node: XmlNode): StatementRefusedError =>
  refuseAt(node, 'statement-not-camt053', { root: node.namespace === '' ? node.name : node.namespace });

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
