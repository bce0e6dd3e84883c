import { CsvError, parse as parseCsvText } from 'csv-parse/sync';
import * as z from 'zod';
import { RefusedError } from '../shared/runtime/errors.ts';
import { parse } from '../shared/runtime/parse.ts';
import { cellProblem } from './cell-problem.ts';

/** A row that was not taken: its line in the file, and the code of the words that say why (`imports.<code>`). */
export interface RowRefusal {
  readonly line: number;
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What became of a file. */
export interface RowsResult {
  readonly accepted: number;
  readonly unchanged: number;
  readonly refused: readonly RowRefusal[];
}

/** One line of a CSV file by its column names (lower case). */
export interface CsvRow {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Thrown while a row is taken: the row is refused, the file goes on. */
export class RowRefusedError extends Error {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
  constructor(code: string, values: Record<string, string | number> = {}) {
    super(`row refused: ${code}`);
    this.name = 'RowRefusedError';
    this.code = code;
    this.values = values;
  }
}

const parsedRows = z.array(
  z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number().int() }) }),
);

/**
 * The rows of a CSV text with a header line; column names in any case. Refuses the file whole (`RefusedError`) where it
 * is no CSV, lacks one of `columns` or holds more than `maximum` rows (what one request can take within its 29 seconds).
 */
export function rowsOf(text: string, columns: readonly string[], maximum: number): CsvRow[] {
  const rows = parsedCsv(text);
  const header = Object.keys(rows[0]?.record ?? {});
  const missing = columns.filter((column) => !header.includes(column));
  if (rows.length > 0 && missing.length > 0)
    throw new RefusedError('csv-columns', { field: 'csv', values: { columns: missing.join(', ') } });
  if (rows.length === 0) throw new RefusedError('csv-empty', { field: 'csv' });
  if (rows.length > maximum)
    throw new RefusedError('csv-too-long', { field: 'csv', values: { maximum, rows: rows.length } });
  return rows.map(({ record, info }) => ({ line: info.lines, values: record }));
}

function parsedCsv(text: string): z.output<typeof parsedRows> {
  let rows: unknown;
  try {
    rows = parseCsvText(text, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new RefusedError('csv-unreadable', { field: 'csv', values: { line: lineOf(error) } });
  }
  return parse('CSV rows', parsedRows, rows);
}

/** The line at which a CSV text can no longer be read. */
export const lineOf = (error: CsvError): number => (typeof error.lines === 'number' ? error.lines : 1);

/** Parses a row by `schema`; what does not fit refuses the row, in words that name the column. */
export function parseRow<S extends z.ZodType>(schema: S, row: CsvRow): z.output<S> {
  const result = schema.safeParse(row.values);
  if (result.success) return result.data;
  const { code, values } = cellProblem(result.error.issues[0], row.values);
  throw new RowRefusedError(code, { ...values });
}

/**
 * Takes every row, several at once but those with the same key one after the other in the file's order. `take` says
 * whether the row changed anything, and throws `RowRefusedError` (or the `RefusedError` of a rule) to refuse it alone.
 */
export async function takeRows(
  rows: readonly CsvRow[],
  keyOf: (row: CsvRow) => string,
  take: (row: CsvRow) => Promise<boolean>,
): Promise<RowsResult> {
  const groups = [...Map.groupBy(rows, keyOf).values()];
  const refused: RowRefusal[] = [];
  let accepted = 0;
  let unchanged = 0;
  await forEachLimited(groups, 16, async (group) => {
    for (const row of group) {
      try {
        if (await take(row)) accepted++;
        else unchanged++;
      } catch (error) {
        if (!(error instanceof RowRefusedError) && !(error instanceof RefusedError)) throw error;
        refused.push({ line: row.line, code: error.code, values: error.values });
      }
    }
  });
  return { accepted, unchanged, refused: refused.sort((a, b) => a.line - b.line) };
}

/** Runs `work` over all, at most `limit` at a time; the first error ends it. */
export async function forEachLimited<T>(
  all: readonly T[],
  limit: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) {
      const one = all[at];
      if (one !== undefined) await work(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, all.length) }, worker));
}

/** A cell with several values, separated by spaces, commas or semicolons. */
export const listCell = z
  .string()
  .default('')
  .transform((cell) => cell.split(/[\s,;]+/).filter((part) => part !== ''));

/** A calendar day as files write it: 2023-09-01, 01-09-2023 or 01/09/2023. */
export const dayCell = z
  .string()
  .transform((cell) =>
    cell.replace(
      /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/,
      (_, day: string, month: string, year: string) =>
        `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
    ),
  )
  .pipe(z.iso.date());
