import * as z from 'zod';
import { calendarDay } from '../../programme/model.ts';
import { pence } from '../../shared/money/pence.ts';

/** Something that was read otherwise than it stands there; `code` is a key of the texts `notes`. */
export const statementNote = z.object({ code: z.string(), value: z.string() });
export type StatementNote = z.output<typeof statementNote>;

/** One movement on a bank account in canonical form (domain.md 3.5). */
export const bankLine = z.object({
  lineId: z.string().min(1),
  statementId: z.string().min(1),
  /** Position in the file, from 0. */
  index: z.number().int().nonnegative(),
  account: z.string().min(1),
  bookedOn: calendarDay,
  valueOn: calendarDay,
  pence: pence.nonnegative(),
  direction: z.enum(['CREDIT', 'DEBIT']),
  /** It takes an earlier movement back: a credit that is returned (direction DEBIT), or a debit (CREDIT). */
  reversal: z.boolean(),
  bankReference: z.string(),
  endToEndId: z.string(),
  payerName: z.string(),
  narrative: z.string(),
  /** Where the line stands in the file, for people who look. */
  fileLine: z.number().int().positive(),
  notes: z.array(statementNote).default([]),
});
export type BankLine = z.output<typeof bankLine>;

/** A payment as the file has it; ids come when it is posted. */
export type ParsedLine = Omit<BankLine, 'lineId' | 'statementId' | 'index'>;

/** One account's statement within a file. */
export const accountStatement = z.object({
  account: z.string(),
  currency: z.string().default('GBP'),
  bankStatementId: z.string(),
  from: calendarDay.nullable(),
  to: calendarDay.nullable(),
  /** Null where the layout has no balances (some banks' CSV). */
  openingPence: pence.nullable(),
  closingPence: pence.nullable(),
  creditPence: pence.nonnegative(),
  debitPence: pence.nonnegative(),
  /** Payments: a batch has one for each. */
  lines: z.number().int().nonnegative(),
  /** Records of movements in the file, whatever became of them: Ntry, :61:, 16, rows. */
  entries: z.number().int().nonnegative().default(0),
});
export type AccountStatement = z.output<typeof accountStatement>;

export interface ParsedStatement {
  readonly summary: AccountStatement;
  /** Where the statement begins and where its closing balance stands. */
  readonly fileLine: number;
  readonly closingLine: number;
}

/** What a format's parser makes of a file beside its payments: statements in the file's order. */
export interface ParsedFile {
  /** Name of the format with its version or layout, e.g. `camt.053.001.08`. */
  readonly format: string;
  readonly statements: readonly ParsedStatement[];
}

/** What takes the payments of a file as they are read, in the file's order. */
export interface LineSink {
  /** `statement`: which of the file's statements has it, from 0. */
  take(line: ParsedLine, statement: number): void;
  /** Puts away what was taken; the file is read on when that is done. */
  flush(): Promise<void>;
}

/** More payments than a programme of this size has in years: such a file is another account's. */
export const MAXIMUM_LINES = 120_000;

/** Why a statement was refused whole; `line` and `column` of the file where it has a place there. */
export const statementRefusal = z.object({
  code: z.string(),
  message: z.string(),
  line: z.number().int().positive().nullable(),
  column: z.number().int().nonnegative().nullable(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});

/**
 * What identifies an account whatever the format calls it: sort code and number of a British one (from its IBAN, from
 * `20-20-15 55555555`, from `BUKBGB22/20201555555555`), else its letters and digits.
 */
export function accountKey(account: string): string {
  const plain = account.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const british = /^GB\d{2}[A-Z]{4}(\d{14})$/.exec(plain) ?? /(?:^|[A-Z])(\d{14})$/.exec(plain);
  return british?.[1] ?? plain;
}
