import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { type Bai2Record, bai2Records, fundsFields } from './bai2-records.ts';
import { dayOfSixDigits, type ReadDay } from './days.ts';
import type { ParsedLine, StatementNote } from './model.ts';
import type { OpenStatement, Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';
import { textRows } from './text-rows.ts';

/** Balances and sums of an account (BAI2 status and summary codes; domain.md 3.5, F34 and F35). */
const OPENING = '010';
const CLOSING = '015';
const TOTAL_CREDITS = '100';
const TOTAL_DEBITS = '400';
/** Transactions that take an earlier one back: returned items, rejected payments, reversals. */
const RETURNS = new Set(['255', '257', '258', '261', '266', '555', '557', '558', '561', '566']);
/** Transactions by their type's sense: the format's own, and those that banks agree on with their customers. */
const CREDITS = [
  [100, 399],
  [920, 959],
] as const;
const DEBITS = [
  [400, 699],
  [960, 999],
] as const;
const within = (type: string, ranges: typeof CREDITS | typeof DEBITS): boolean =>
  /^\d{3}$/.test(type) && ranges.some(([from, to]) => Number(type) >= from && Number(type) <= to);
/** Information without money. */
const NO_MONEY = '890';

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

/** Sums as the trailers want them: amounts without their meaning, and counts of records. */
interface Tally {
  sum: number;
  children: number;
  records: number;
}
const tally = (): Tally => ({ sum: 0, children: 0, records: 0 });

interface Group {
  readonly currency: string;
  readonly day: ReadDay;
  readonly totals: Tally;
}

interface Account {
  readonly record: Bai2Record;
  readonly group: Group;
  readonly totals: Tally;
  readonly summary: ReadonlyMap<string, { readonly pence: Pence; readonly count: number | undefined }>;
  readonly account: string;
  readonly currency: string;
  readonly notes: readonly StatementNote[];
  readonly statement: OpenStatement;
  closed: boolean;
}

/**
 * Reads a BAI2 file (version 2): every account of every group with its transactions; continuations, implied decimals.
 * Held to its control totals and record counts, and to its balances and summaries where it gives them. Trailers that are
 * missing at the end are borne where balances prove that an account is whole. Throws `StatementRefusedError` with the
 * line.
 */
export async function readBai2(chunks: AsyncIterable<string>, reading: Reading): Promise<void> {
  const reader = new Bai2Reader(reading);
  for await (const record of bai2Records(textRows(chunks))) reader.take(record);
  reader.end();
}

class Bai2Reader {
  readonly #reading: Reading;
  readonly #file = tally();
  #group: Group | undefined;
  #account: Account | undefined;
  #hasAccounts = false;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  take(record: Bai2Record): void {
    this.#file.records += record.records;
    if (this.#group !== undefined && record.code !== '02' && record.code !== '99')
      this.#group.totals.records += record.records;
    if (this.#account !== undefined && record.code !== '03' && !['98', '99', '02'].includes(record.code))
      this.#account.totals.records += record.records;
    switch (record.code) {
      case '01':
        if ((record.fields[7] ?? '2').trim() !== '2')
          throw refuse(record.fileLine, 'statement-bai-version', { version: record.fields[7] ?? '' });
        return;
      case '02':
        this.#closeAccount();
        this.#group = groupOf(record);
        return;
      case '03':
        this.#closeAccount();
        this.#open(record);
        return;
      case '16':
        this.#transaction(record);
        return;
      case '49':
        this.#endAccount(record);
        return;
      case '98':
        this.#endGroup(record);
        return;
      case '99':
        this.#endFile(record);
        return;
      default:
        throw refuse(record.fileLine, 'statement-record', { value: record.code });
    }
  }

  /** The file has ended, with or without its trailers. */
  end(): void {
    this.#closeAccount();
    if (!this.#hasAccounts) throw refuse(1, 'statement-without-statement');
  }

  #open(record: Bai2Record): void {
    const group = this.#group;
    if (group === undefined) throw refuse(record.fileLine, 'statement-record', { value: '03 without 02' });
    const account = record.fields[0]?.trim() ?? '';
    if (account === '') throw refuse(record.fileLine, 'statement-field-missing', { field: '03' });
    const given = (record.fields[1]?.trim() || group.currency).toUpperCase();
    const totals: Tally = { sum: 0, children: 0, records: record.records };
    this.#account = {
      record,
      group,
      totals,
      summary: summaryOf(record, totals),
      account,
      currency: given || 'GBP',
      // The format's default is the dollar, which no account of ours is in.
      notes: given === '' ? [{ code: 'currency-assumed', value: 'GBP' }] : [],
      statement: this.#reading.open(),
      closed: false,
    };
  }

  #transaction(record: Bai2Record): void {
    const account = this.#account;
    if (account === undefined || account.closed)
      throw refuse(record.fileLine, 'statement-record', { value: '16 without 03' });
    account.statement.entries++;
    const line = this.#reading.attempt(() => transactionOf(record, account));
    if (line !== undefined) account.statement.line(line);
  }

  #endAccount(record: Bai2Record): void {
    const account = this.#account;
    if (account === undefined || account.closed)
      throw refuse(record.fileLine, 'statement-record', { value: '49 without 03' });
    account.closed = true;
    this.#compare(record, account.totals.sum, [[1, account.totals.records, '49']]);
    account.group.totals.sum += Number(record.fields[0]);
    account.group.totals.children++;
  }

  #endGroup(record: Bai2Record): void {
    this.#closeAccount();
    const group = this.#group;
    if (group === undefined) throw refuse(record.fileLine, 'statement-record', { value: '98 without 02' });
    this.#compare(record, group.totals.sum, [
      [1, group.totals.children, '98'],
      [2, group.totals.records, '98'],
    ]);
    this.#file.sum += Number(record.fields[0]);
    this.#file.children++;
    this.#group = undefined;
  }

  #endFile(record: Bai2Record): void {
    this.#closeAccount();
    this.#compare(record, this.#file.sum, [
      [1, this.#file.children, '99'],
      [2, this.#file.records, '99'],
    ]);
  }

  /** Holds a trailer to its control total and its counts. */
  #compare(record: Bai2Record, sum: number, counts: readonly (readonly [number, number, string])[]): void {
    const said = signedOf(record.fields[0] ?? '', record);
    if (said !== sum)
      this.#reading.problem(
        refuse(record.fileLine, 'statement-total', {
          what: record.code,
          says: formatPence(said),
          is: formatPence(sum),
        }),
      );
    for (const [at, is, what] of counts) {
      const says = Number(record.fields[at]?.trim() ?? '');
      if (record.fields[at] !== undefined && record.fields[at].trim() !== '' && says !== is)
        this.#reading.problem(refuse(record.fileLine, 'statement-count', { what, says, is }));
    }
  }

  #closeAccount(): void {
    const account = this.#account;
    if (account === undefined) return;
    this.#account = undefined;
    const opening = account.summary.get(OPENING)?.pence ?? null;
    const closing = account.summary.get(CLOSING)?.pence ?? null;
    if (!account.closed && (opening === null || closing === null))
      this.#reading.problem(refuse(account.record.fileLine, 'statement-trailer-missing', { which: '49' }));
    for (const [code, direction] of [
      [TOTAL_CREDITS, 'CREDIT'],
      [TOTAL_DEBITS, 'DEBIT'],
    ] as const)
      this.#compareSummary(account, code, direction);
    const day = account.group.day.day;
    account.statement.close({
      account: account.account,
      currency: account.currency,
      bankStatementId: `${account.account} ${day}`,
      from: day,
      to: day,
      openingPence: opening,
      closingPence: closing,
      fileLine: account.record.fileLine,
      closingLine: account.record.fileLine,
    });
    this.#hasAccounts = true;
  }

  #compareSummary(account: Account, code: string, direction: ParsedLine['direction']): void {
    const said = account.summary.get(code);
    const { statement } = account;
    if (said === undefined || statement.count('CREDIT') + statement.count('DEBIT') === 0) return;
    const is = statement.sum(direction);
    if (said.pence !== is)
      this.#reading.problem(
        refuse(account.record.fileLine, 'statement-total', {
          what: code,
          says: formatPence(said.pence),
          is: formatPence(is),
        }),
      );
    if (said.count !== undefined && said.count !== statement.count(direction))
      this.#reading.problem(
        refuse(account.record.fileLine, 'statement-count', {
          what: code,
          says: said.count,
          is: statement.count(direction),
        }),
      );
  }
}

/** A transaction as a payment, or undefined for one without money; adds its amount to the account's total. */
function transactionOf(record: Bai2Record, account: Account): ParsedLine | undefined {
  const [type = '', amount = ''] = record.fields.map((field) => field.trim());
  if (type === NO_MONEY) {
    // Its amount, where it has one, counts towards the control total and moves nothing.
    if (amount !== '') account.totals.sum += amountOf(amount, record);
    return undefined;
  }
  const isCredit = within(type, CREDITS);
  if (!isCredit && !within(type, DEBITS))
    throw refuse(record.fileLine, 'statement-type-code', { value: type });
  const pence = amountOf(amount, record);
  account.totals.sum += pence;
  const more = fundsFields(record.fields, 2);
  const value = record.fields[2]?.trim().toUpperCase() === 'V' ? record.fields[3]?.trim() : undefined;
  const valueOn = value === undefined || value === '' ? account.group.day : dayOfSixDigits(value);
  if (valueOn === undefined) throw refuse(record.fileLine, 'statement-date', { value: value ?? '' });
  const text = record.fields
    .slice(5 + more)
    .join(',')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    account: account.account,
    bookedOn: account.group.day.day,
    valueOn: valueOn.day,
    pence,
    direction: isCredit ? 'CREDIT' : 'DEBIT',
    reversal: RETURNS.has(type),
    bankReference: record.fields[3 + more]?.trim() ?? '',
    endToEndId: record.fields[4 + more]?.trim() ?? '',
    payerName: '',
    narrative: text,
    fileLine: record.fileLine,
    notes: [...account.notes, ...valueOn.notes],
  };
}

/** Status of a group: an update or a correction is posted; a deletion and a test (2, 4) are not. */
const POSTED = /^[13]?$/;

function groupOf(record: Bai2Record): Group {
  const status = record.fields[2]?.trim() ?? '';
  if (!POSTED.test(status)) throw refuse(record.fileLine, 'statement-group-status', { status });
  const value = record.fields[3]?.trim() ?? '';
  const day = dayOfSixDigits(value);
  if (day === undefined) throw refuse(record.fileLine, 'statement-date', { value });
  return {
    currency: record.fields[5]?.trim() ?? '',
    day,
    totals: { sum: 0, children: 0, records: record.records },
  };
}

/** Type code, amount, item count and funds type, as often as they come; adds the amounts to the account's total. */
function summaryOf(record: Bai2Record, totals: Tally): Account['summary'] {
  const summary = new Map<string, { pence: Pence; count: number | undefined }>();
  for (let at = 2; at < record.fields.length; ) {
    const code = record.fields[at]?.trim() ?? '';
    const amount = record.fields[at + 1]?.trim() ?? '';
    const count = record.fields[at + 2]?.trim() ?? '';
    if (code === '' && amount === '') {
      at++;
      continue;
    }
    const pence = amount === '' ? undefined : signedOf(amount, record);
    if (pence !== undefined) {
      totals.sum += pence;
      summary.set(code, { pence, count: count === '' ? undefined : Number(count) });
    }
    at += 4 + fundsFields(record.fields, at + 3);
  }
  return summary;
}

/** An amount of a transaction in the smallest unit: digits alone, the decimals being implied. */
function amountOf(value: string, record: Bai2Record): Pence {
  if (!/^\+?\d{1,15}$/.test(value)) throw refuse(record.fileLine, 'statement-implied-amount', { value });
  return Number(value);
}

function signedOf(value: string, record: Bai2Record): Pence {
  const plain = value.trim();
  if (!/^[+-]?\d{1,18}$/.test(plain))
    throw refuse(record.fileLine, 'statement-implied-amount', { value: plain });
  return Number(plain);
}
