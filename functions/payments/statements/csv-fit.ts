import { type Column, type CsvLayout, csvLayouts } from './layouts.ts';

/** A row with anything in it, and the line of the file in which it ends. */
export interface Row {
  readonly cells: readonly string[];
  readonly fileLine: number;
}

/** A layout that fits a file: where its columns are, and its first movement. */
export interface Fit {
  readonly layout: CsvLayout;
  readonly at: (row: Row, column: Column) => string;
  readonly first: number;
}

/** Headings are looked for among so many first rows; banks put a title and the account above them. */
export const HEADING_ROWS = 12;

/** The declared layout that fits a file of which these are the first rows, told by headings or by what cells look like. */
export function fitOf(rows: readonly Row[]): Fit | undefined {
  for (const layout of csvLayouts()) {
    const fit = layout.headings ? byHeadings(layout, rows) : byPlaces(layout, rows);
    if (fit !== undefined) return fit;
  }
  return undefined;
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

const hasWidth = ({ columns }: CsvLayout, { cells }: Row): boolean =>
  cells.length >= columns.minimum && trimmed(cells) <= columns.maximum;

/** Spreadsheets leave empty cells at the end of a row. */
const trimmed = (cells: readonly string[]): number => cells.findLastIndex((cell) => cell !== '') + 1;

function byHeadings(layout: CsvLayout, rows: readonly Row[]): Fit | undefined {
  for (const [index, row] of rows.slice(0, HEADING_ROWS).entries()) {
    if (!hasWidth(layout, row)) continue;
    const names = row.cells.map(plain);
    const place = (column: Column): number =>
      typeof column === 'number' ? column - 1 : names.findIndex((name) => column.map(plain).includes(name));
    const columns = columnsOf(layout);
    if (columns.some((column) => place(column) < 0)) continue;
    const places = new Map(columns.map((column) => [column, place(column)]));
    return {
      layout,
      at: (of, column) => of.cells[places.get(column) ?? place(column)] ?? '',
      first: index + 1,
    };
  }
  return undefined;
}

function byPlaces(layout: CsvLayout, rows: readonly Row[]): Fit | undefined {
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
