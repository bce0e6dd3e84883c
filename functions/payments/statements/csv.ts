import { parse as parseCsvText } from 'csv-parse/sync';
import * as z from 'zod';
import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { accountOf } from './account.ts';
import { amountInCell, dayInCell } from './csv-cells.ts';
import type { ReadDay } from './days.ts';
import { type Column, type CsvLayout, csvLayouts } from './layouts.ts';
import {
  accountKey,
  MAXIMUM_LINES,
  type ParsedFile,
  type ParsedLine,
  type ParsedStatement,
} from './model.ts';
import { Problems, StatementRefusedError } from './refusal.ts';

/** Headings are looked for among so many first rows; banks put a title and the account above them. */
const HEADING_ROWS = 12;

interface Row {
  readonly cells: readonly string[];
  readonly fileLine: number;
}

/** A layout that fits a file: where its columns are, and its first movement. */
interface Fit {
  readonly layout: CsvLayout;
  readonly at: (row: Row, column: Column) => string;
  readonly first: number;
}

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

/**
 * Reads a CSV in one of the declared layouts (programme/payments/statement-layouts; domain.md 3.5), told by its headings
 * or by what its cells look like: a statement for each account in it. Held to its running balance where the layout has
 * one; layouts without balances cannot be held to any. Throws `StatementRefusedError` with the line.
 */
export function readCsvStatement(text: string): ParsedFile {
  const rows = rowsOf(text);
  const fits = csvLayouts().flatMap((layout) => fitOf(layout, rows) ?? []);
  const [fit] = fits;
  if (fit === undefined) throw refuse(rows[0]?.fileLine ?? 1, 'statement-format-unknown');
  const problems = new Problems();
  const following = rows.slice(fit.first);
  const sums = following.findIndex(isSum);
  const movements = (sums < 0 ? following : following.slice(0, sums)).map((row) =>
    movementOf(row, fit, rows),
  );
  if (movements.length > MAXIMUM_LINES)
    throw refuse(1, 'statement-too-many-lines', { maximum: MAXIMUM_LINES });
  for (const row of sums < 0 ? [] : following.slice(sums)) checkSum(row, fit, movements, problems);
  const groups = Map.groupBy(movements, ({ line }) => accountKey(line.account));
  const statements = [...groups.values()].map((of) => statementOf(of, problems));
  const format = `CSV ${fit.layout.name}`;
  problems.refuse(
    format,
    statements.map(({ summary }) => summary),
  );
  return { format, statements };
}

const parsedRows = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number().int() }) }),
);

/** Rows with anything in them. The delimiter is the one that the file has most of. */
function rowsOf(text: string): Row[] {
  const head = text.slice(0, 4000);
  const count = (mark: string): number => head.split(mark).length;
  const delimiter = [';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
  let parsed: z.output<typeof parsedRows>;
  try {
    parsed = parsedRows.parse(
      parseCsvText(text, {
        delimiter,
        info: true,
        trim: true,
        bom: true,
        skip_empty_lines: true,
        relax_column_count: true,
        relax_quotes: true,
      }),
    );
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw refuse(Number(/line (\d+)/.exec(detail)?.[1] ?? 1), 'statement-csv', { detail });
  }
  return parsed
    .map(({ record, info }) => ({ cells: record, fileLine: info.lines }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Every column that a layout names. */
function columnsOf(layout: CsvLayout): Column[] {
  const {
    account,
    currency,
    day,
    valueDay,
    amount,
    balance,
    type,
    payer,
    reference,
    bankReference,
    narrative,
  } = layout;
  const amounts =
    'signed' in amount
      ? [amount.signed]
      : 'unsigned' in amount
        ? [amount.unsigned, amount.mark]
        : [amount.debit, amount.credit];
  const others = [currency, day, valueDay, balance, type, payer, reference, bankReference];
  return [...account, ...narrative, ...amounts, ...others.filter((each) => each !== undefined)];
}

function fitOf(layout: CsvLayout, rows: readonly Row[]): Fit | undefined {
  return layout.headings ? fitByHeadings(layout, rows) : fitByPlaces(layout, rows);
}

const hasWidth = ({ columns }: CsvLayout, { cells }: Row): boolean =>
  cells.length >= columns.minimum && trimmed(cells) <= columns.maximum;

/** Spreadsheets leave empty cells at the end of a row. */
const trimmed = (cells: readonly string[]): number => cells.findLastIndex((cell) => cell !== '') + 1;

function fitByHeadings(layout: CsvLayout, rows: readonly Row[]): Fit | undefined {
  for (const [index, row] of rows.slice(0, HEADING_ROWS).entries()) {
    if (!hasWidth(layout, row)) continue;
    const names = row.cells.map(plain);
    const place = (column: Column): number =>
      typeof column === 'number' ? column - 1 : names.findIndex((name) => column.map(plain).includes(name));
    if (columnsOf(layout).some((column) => place(column) < 0)) continue;
    return { layout, at: (of, column) => of.cells[place(column)] ?? '', first: index + 1 };
  }
  return undefined;
}

function fitByPlaces(layout: CsvLayout, rows: readonly Row[]): Fit | undefined {
  const patterns = Object.entries(layout.recognise).map(([place, pattern]) => ({
    at: Number(place) - 1,
    pattern: new RegExp(pattern),
  }));
  const isMovement = (row: Row): boolean =>
    row.cells.length >= Math.min(layout.columns.minimum, trimmed(row.cells) + 3) &&
    trimmed(row.cells) <= layout.columns.maximum &&
    patterns.every(({ at, pattern }) => pattern.test(row.cells[at] ?? ''));
  const first = rows
    .slice(0, HEADING_ROWS)
    .findIndex((row, index) => index >= layout.skipRows && isMovement(row));
  if (first < 0) return undefined;
  return {
    layout,
    at: (row, column) => (typeof column === 'number' ? (row.cells[column - 1] ?? '') : ''),
    first,
  };
}

interface Movement {
  readonly line: ParsedLine;
  readonly currency: string;
  readonly balance: Pence | undefined;
}

function movementOf(row: Row, { layout, at }: Fit, rows: readonly Row[]): Movement {
  const { fileLine } = row;
  const cell = (column: Column | undefined): string => (column === undefined ? '' : at(row, column).trim());
  const amount = amountOf(layout, cell, fileLine);
  const booked = dayFor(layout, cell(layout.day), rows, fileLine);
  const value = cell(layout.valueDay);
  const valueOn = value === '' ? booked : dayFor({ ...layout, fileDay: undefined }, value, rows, fileLine);
  const account = layout.account
    .map(cell)
    .filter((part) => part !== '')
    .join(' ');
  if (account === '') throw refuse(fileLine, 'statement-field-missing', { field: 'account' });
  const type = cell(layout.type);
  const balance = layout.balance === undefined ? undefined : amountInCell(cell(layout.balance));
  return {
    currency: cell(layout.currency).toUpperCase() || 'GBP',
    balance,
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

/** Below the movements some banks write totals and balances. */
const SUM =
  /^(grand |sub-?)?totals?\b|^((opening|closing|available|ledger|cleared) )?balance\b|^number of |^end of /i;
const isSum = ({ cells }: Row): boolean => SUM.test(cells.find((cell) => cell !== '') ?? '');

/** Holds a row of totals to the movements above it; a row below them that is another movement is a problem of its own. */
function checkSum(row: Row, { layout, at }: Fit, movements: readonly Movement[], problems: Problems): void {
  if (!isSum(row)) throw refuse(row.fileLine, 'statement-csv', { detail: 'a movement below the totals' });
  if (!/total/i.test(row.cells.find((cell) => cell !== '') ?? '')) return;
  const of = (direction: ParsedLine['direction']): Pence =>
    movements.reduce((sum, { line }) => (line.direction === direction ? sum + line.pence : sum), 0);
  const compare = (column: Column, is: Pence): void => {
    const says = amountInCell(at(row, column));
    if (at(row, column).trim() === '' || says === undefined || Math.abs(says) === Math.abs(is)) return;
    problems.add(
      refuse(row.fileLine, 'statement-total', {
        what: 'Total',
        says: formatPence(says),
        is: formatPence(is),
      }),
    );
  };
  const { amount } = layout;
  if ('signed' in amount) compare(amount.signed, of('CREDIT') - of('DEBIT'));
  else if ('debit' in amount) {
    compare(amount.debit, of('DEBIT'));
    compare(amount.credit, of('CREDIT'));
  }
}

function dayFor(layout: CsvLayout, cell: string, rows: readonly Row[], fileLine: number): ReadDay {
  const { fileDay, dayFormats } = layout;
  const written =
    fileDay === undefined ? cell : fileDayIn(rows[fileDay.row - 1]?.cells ?? [], fileDay.column);
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

function statementOf(movements: readonly Movement[], problems: Problems): ParsedStatement {
  const lines = movements.map(({ line }) => line);
  const [first, last] = [lines[0], lines.at(-1)];
  const foreign = movements.find(({ currency }) => currency !== 'GBP');
  const days = lines.map(({ bookedOn }) => bookedOn).sort();
  const [openingPence, closingPence] = balancesOf(movements, problems);
  const from = days[0] ?? null;
  const to = days.at(-1) ?? null;
  return accountOf(
    {
      account: first?.account ?? '',
      currency: foreign?.currency ?? 'GBP',
      bankStatementId: `${first?.account ?? ''} ${from ?? ''} - ${to ?? ''}`,
      from,
      to,
      openingPence,
      closingPence,
      entries: lines.length,
      lines,
      fileLine: foreign?.line.fileLine ?? first?.fileLine ?? 1,
      closingLine: last?.fileLine ?? 1,
    },
    problems,
  );
}

/**
 * Opening and closing balance by the running one, which rises in the file's order or, where the latest comes first,
 * against it. A balance that follows neither way is a problem.
 */
function balancesOf(movements: readonly Movement[], problems: Problems): [Pence | null, Pence | null] {
  const known = movements.map(({ line, balance }) => ({
    balance: balance ?? Number.NaN,
    amount: line.direction === 'CREDIT' ? line.pence : -line.pence,
    fileLine: line.fileLine,
  }));
  if (known.some(({ balance }) => Number.isNaN(balance))) return [null, null];
  const broken = (of: typeof known) =>
    of.find((each, at) => at > 0 && each.balance !== (of[at - 1]?.balance ?? 0) + each.amount);
  const backwards = known.toReversed();
  const order = broken(known) === undefined ? known : broken(backwards) === undefined ? backwards : undefined;
  if (order === undefined) {
    problems.add(refuse(broken(known)?.fileLine ?? 1, 'statement-running-balance'));
    return [null, null];
  }
  const [oldest, newest] = [order[0], order.at(-1)];
  if (oldest === undefined || newest === undefined) return [null, null];
  return [oldest.balance - oldest.amount, newest.balance];
}
