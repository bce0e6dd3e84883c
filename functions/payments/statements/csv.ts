import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse as csvParser } from 'csv-parse';
import * as z from 'zod';
import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { signed } from './amounts.ts';
import { amountInCell, dayInCell } from './csv-cells.ts';
import { type Fit, fitOf, HEADING_ROWS, type Row } from './csv-fit.ts';
import type { ReadDay } from './days.ts';
import type { Column, CsvLayout } from './layouts.ts';
import { accountKey, type ParsedLine } from './model.ts';
import type { OpenStatement, Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

const parsedRow = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number().int() }) });

/**
 * Reads a CSV in one of the declared layouts (programme/payments/statement-layouts; domain.md 3.5): a statement for each
 * account in it. Held to its running balance where the layout has one, and to rows of totals; layouts without balances
 * cannot be held to any. Throws `StatementRefusedError` with the line.
 */
export async function readCsvStatement(chunks: AsyncIterable<string>, reading: Reading): Promise<void> {
  const pieces = chunks[Symbol.asyncIterator]();
  const head = await pieces.next();
  const text = head.done === true ? '' : head.value;
  const reader = new CsvReader(reading);
  const parser = csvParser({
    delimiter: delimiterOf(text),
    info: true,
    trim: true,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  async function* all(): AsyncGenerator<string> {
    yield text;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  }
  try {
    await pipeline(Readable.from(all()), parser, async (rows: AsyncIterable<unknown>) => {
      for await (const row of rows) {
        const { record, info } = parsedRow.parse(row);
        if (record.some((cell) => cell !== '')) reader.take({ cells: record, fileLine: info.lines });
      }
    });
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw refuse(Number(/line (\d+)/.exec(error.message)?.[1] ?? 1), 'statement-csv', {
      detail: error.message,
    });
  }
  reader.end();
}

const isCsvError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');

/** The delimiter is the one that the file has most of. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 4000);
  const count = (mark: string): number => head.split(mark).length;
  return [';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
}

/** One account's statement while its rows come; some files have several accounts by turns. */
interface Account {
  readonly statement: OpenStatement;
  readonly balances: RunningBalance;
  readonly first: ParsedLine;
  foreign: { readonly currency: string; readonly fileLine: number } | undefined;
  from: string;
  to: string;
  fileLine: number;
}

interface Movement {
  readonly line: ParsedLine;
  readonly currency: string;
  readonly balance: Pence | undefined;
}

class CsvReader {
  readonly #reading: Reading;
  /** The first rows, until they tell the layout; some layouts have the day of all movements there. */
  readonly #head: Row[] = [];
  #fit: Fit | undefined;
  readonly #accounts = new Map<string, Account>();
  readonly #totals = new Totals();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  take(row: Row): void {
    if (this.#fit !== undefined) this.#row(row, this.#fit);
    else {
      this.#head.push(row);
      if (this.#head.length === HEADING_ROWS) this.#begin();
    }
  }

  end(): void {
    if (this.#fit === undefined) this.#begin();
    for (const each of this.#accounts.values()) this.#close(each);
    const below = this.#totals.below;
    if (below !== undefined)
      this.#reading.problem(refuse(below, 'statement-csv', { detail: 'a movement below the totals' }));
  }

  #begin(): void {
    const fit = fitOf(this.#head);
    if (fit === undefined) throw refuse(this.#head[0]?.fileLine ?? 1, 'statement-format-unknown');
    this.#fit = fit;
    this.#reading.format = `CSV ${fit.layout.name}`;
    for (const row of this.#head.slice(fit.first)) this.#row(row, fit);
  }

  #row(row: Row, fit: Fit): void {
    if (isSum(row)) {
      this.#totals.check(row, fit, this.#reading);
      return;
    }
    const movement = this.#reading.attempt(() => movementOf(row, fit, this.#head));
    if (movement === undefined) return;
    const { line, currency, balance } = movement;
    this.#totals.add(line);
    const account = this.#account(line);
    account.statement.entries++;
    account.statement.line(line);
    account.balances.add(signed(line), balance, line.fileLine);
    if (currency !== 'GBP') account.foreign ??= { currency, fileLine: line.fileLine };
    if (line.bookedOn < account.from) account.from = line.bookedOn;
    if (line.bookedOn > account.to) account.to = line.bookedOn;
    account.fileLine = line.fileLine;
  }

  #account(line: ParsedLine): Account {
    const key = accountKey(line.account);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const made: Account = {
      statement: this.#reading.open(),
      balances: new RunningBalance(),
      first: line,
      foreign: undefined,
      from: line.bookedOn,
      to: line.bookedOn,
      fileLine: line.fileLine,
    };
    this.#accounts.set(key, made);
    return made;
  }

  #close({ statement, balances, first, foreign, from, to, fileLine }: Account): void {
    const [openingPence, closingPence] = this.#reading.attempt(() => balances.ends()) ?? [null, null];
    statement.close({
      account: first.account,
      currency: foreign?.currency ?? 'GBP',
      bankStatementId: `${first.account} ${from} - ${to}`,
      from,
      to,
      openingPence,
      closingPence,
      fileLine: foreign?.fileLine ?? first.fileLine,
      closingLine: fileLine,
    });
  }
}

/**
 * The balances that stand beside an account's movements (beside some of them in some banks' files). They follow from the
 * amounts in the file's order or, where the latest comes first, against it.
 */
class RunningBalance {
  #sum: Pence = 0;
  /** What the account held before all movements, by each balance read as following the file's order. */
  #opening: Pence | undefined;
  /** What it held after all, by each balance read as following the other order. */
  #closing: Pence | undefined;
  #brokenAt: number | undefined;
  #isBackwards = true;

  add(amount: Pence, balance: Pence | undefined, fileLine: number): void {
    const before = this.#sum;
    this.#sum += amount;
    if (balance === undefined) return;
    this.#opening ??= balance - this.#sum;
    if (balance - this.#sum !== this.#opening) this.#brokenAt ??= fileLine;
    this.#closing ??= balance + before;
    if (balance + before !== this.#closing) this.#isBackwards = false;
  }

  /** Opening and closing balance, null where there are none. Throws `StatementRefusedError` where they follow neither way. */
  ends(): [Pence | null, Pence | null] {
    const [opening, closing] = [this.#opening, this.#closing];
    if (opening === undefined || closing === undefined) return [null, null];
    if (this.#brokenAt === undefined) return [opening, opening + this.#sum];
    if (this.#isBackwards) return [closing - this.#sum, closing];
    throw refuse(this.#brokenAt, 'statement-running-balance');
  }
}

/** Below movements some banks write totals and balances. */
const SUM =
  /^(grand |sub-?)?totals?\b|^((opening|closing|available|ledger|cleared) )?balance\b|^number of |^end of /i;
const firstCell = ({ cells }: Row): string => cells.find((cell) => cell !== '') ?? '';
const isSum = (row: Row): boolean => SUM.test(firstCell(row));

/** Sums of movements, to which rows of totals are held: since the last such row, or of the whole file. */
class Totals {
  #all = { CREDIT: 0, DEBIT: 0 };
  #section = { CREDIT: 0, DEBIT: 0 };
  #isEnded = false;
  /** The line of the first movement that follows the last totals. */
  below: number | undefined;

  add({ direction, pence, fileLine }: ParsedLine): void {
    if (this.#isEnded) this.below ??= fileLine;
    this.#all[direction] += pence;
    this.#section[direction] += pence;
  }

  check(row: Row, { layout, at }: Fit, reading: Reading): void {
    if (!/total/i.test(firstCell(row))) return;
    this.#isEnded = true;
    this.below = undefined;
    const compare = (column: Column, of: (sums: { CREDIT: Pence; DEBIT: Pence }) => Pence): void => {
      const says = amountInCell(at(row, column));
      if (at(row, column).trim() === '' || says === undefined) return;
      const right = [of(this.#section), of(this.#all)];
      if (right.some((is) => Math.abs(is) === Math.abs(says))) return;
      reading.problem(
        refuse(row.fileLine, 'statement-total', {
          what: 'Total',
          says: formatPence(says),
          is: formatPence(of(this.#all)),
        }),
      );
    };
    const { amount } = layout;
    if ('signed' in amount) compare(amount.signed, ({ CREDIT, DEBIT }) => CREDIT - DEBIT);
    else if ('debit' in amount) {
      compare(amount.debit, ({ DEBIT }) => DEBIT);
      compare(amount.credit, ({ CREDIT }) => CREDIT);
    }
    this.#section = { CREDIT: 0, DEBIT: 0 };
  }
}

function movementOf(row: Row, { layout, at }: Fit, head: readonly Row[]): Movement {
  const { fileLine } = row;
  const cell = (column: Column | undefined): string => (column === undefined ? '' : at(row, column).trim());
  const amount = amountOf(layout, cell, fileLine);
  const booked = dayFor(layout, cell(layout.day), head, fileLine);
  const value = cell(layout.valueDay);
  const valueOn = value === '' ? booked : dayFor({ ...layout, fileDay: undefined }, value, head, fileLine);
  const account = layout.account
    .map(cell)
    .filter((part) => part !== '')
    .join(' ');
  if (account === '') throw refuse(fileLine, 'statement-field-missing', { field: 'account' });
  const type = cell(layout.type);
  const balance = cell(layout.balance);
  return {
    currency: cell(layout.currency).toUpperCase() || 'GBP',
    balance: balance === '' ? undefined : amountInCell(balance),
    line: {
      account: account.replace(/^'/, ''),
      bookedOn: booked.day,
      valueOn: valueOn.day,
      pence: Math.abs(amount),
      direction: amount < 0 ? 'DEBIT' : 'CREDIT',
      reversal: type !== '' && layout.returnTypes.includes(type.toUpperCase()),
      bankReference: cell(layout.bankReference),
      endToEndId: cell(layout.reference),
      payerName: cell(layout.payer),
      narrative: layout.narrative
        .map(cell)
        .filter((part) => part !== '')
        .join(' '),
      fileLine,
      notes: booked === valueOn ? [...booked.notes] : [...booked.notes, ...valueOn.notes],
    },
  };
}

function dayFor(layout: CsvLayout, cell: string, head: readonly Row[], fileLine: number): ReadDay {
  const { fileDay, dayFormats } = layout;
  const written =
    fileDay === undefined ? cell : fileDayIn(head[fileDay.row - 1]?.cells ?? [], fileDay.column);
  const read = dayInCell(written, dayFormats);
  if (read === undefined) throw refuse(fileLine, 'statement-date', { value: written });
  return read;
}

/** The day that a file's heading row gives: in its column, or without one the eight digits that stand anywhere in it. */
const fileDayIn = (cells: readonly string[], column: number | undefined): string =>
  column === undefined
    ? (/(?<!\d)20\d{6}(?!\d)/.exec(cells.join(' '))?.[0] ?? cells.join(' '))
    : (cells[column - 1] ?? '');

function amountOf(layout: CsvLayout, cell: (column: Column) => string, fileLine: number): Pence {
  const { amount } = layout;
  const read = (column: Column): Pence => {
    const pence = amountInCell(cell(column));
    if (pence === undefined) throw refuse(fileLine, 'statement-amount', { value: cell(column) });
    return pence;
  };
  if ('signed' in amount) {
    if (cell(amount.signed) === '') throw refuse(fileLine, 'statement-amount', { value: '' });
    return read(amount.signed);
  }
  if ('unsigned' in amount) {
    const mark = cell(amount.mark).toUpperCase();
    if (amount.credit.includes(mark)) return read(amount.unsigned);
    if (amount.debit.includes(mark)) return -read(amount.unsigned);
    throw refuse(fileLine, 'statement-direction-mark', { value: mark });
  }
  const [debit, credit] = [Math.abs(read(amount.debit)), read(amount.credit)];
  if (debit !== 0 && credit !== 0) throw refuse(fileLine, 'statement-both-sides', {});
  return credit - debit;
}
