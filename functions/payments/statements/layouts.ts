import * as z from 'zod';
import { parse } from '../../shared/runtime/parse.ts';
import { layoutFiles } from './layout-files.ts';

/** A column: by its place from 1, or by the names that its heading may have. */
const column = z.union([z.number().int().positive(), z.array(z.string().min(1)).min(1)]);
export type Column = z.output<typeof column>;

export const dayFormat = z.enum([
  'DD/MM/YY',
  'DD/MM/YYYY',
  'YYYY-MM-DD',
  'YYYYMMDD',
  'DD MMM YYYY',
  'YYMMDD',
]);
export type DayFormat = z.output<typeof dayFormat>;

/** A bank's CSV as a declaration: how the file is recognised, and where what stands. */
export const csvLayout = z
  .object({
    name: z.string().min(1),
    /** Of the row in which headings are looked for; layouts by place have none, or ones that are skipped. */
    headings: z.boolean(),
    /** Rows before the movements that are not movements (headings are found by themselves). */
    skipRows: z.number().int().nonnegative().default(0),
    columns: z.object({ minimum: z.number().int().positive(), maximum: z.number().int().positive() }),
    /** Cells that tell this layout from others, by place: a pattern for the first movement. */
    recognise: z.record(z.string(), z.string()).default({}),
    /** An early row that has the day of all movements, in a column of its own or anywhere. */
    fileDay: z
      .object({ row: z.number().int().positive(), column: z.number().int().positive().optional() })
      .optional(),
    account: z.array(column).default([]),
    currency: column.optional(),
    day: column.optional(),
    valueDay: column.optional(),
    dayFormats: z.array(dayFormat).min(1),
    /** One signed amount, or an unsigned one with a mark, or debits and credits apart. */
    amount: z.union([
      z.object({ signed: column }),
      z.object({ unsigned: column, mark: column, credit: z.array(z.string()), debit: z.array(z.string()) }),
      z.object({ debit: column, credit: column }),
    ]),
    balance: column.optional(),
    type: column.optional(),
    payer: column.optional(),
    reference: column.optional(),
    bankReference: column.optional(),
    narrative: z.array(column).min(1),
    /** Types of movements that take an earlier one back. */
    returnTypes: z.array(z.string()).default([]),
  })
  .strict();
export type CsvLayout = z.output<typeof csvLayout>;

let read: readonly CsvLayout[] | undefined;

/** Every declared layout (programme/payments/statement-layouts), those that ask for more columns first. */
export function csvLayouts(): readonly CsvLayout[] {
  read ??= layoutFiles
    .map(([name, content]) => parse(`programme/payments/statement-layouts/${name}`, csvLayout, content))
    .sort((a, b) => b.columns.minimum - a.columns.minimum);
  return read;
}
