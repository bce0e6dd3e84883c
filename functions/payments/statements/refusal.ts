import type * as z from 'zod';
import type { AccountStatement, statementRefusal } from './model.ts';
import { statementTexts } from './texts.ts';

export type StatementRefusal = z.output<typeof statementRefusal>;
export type RefusalValues = Readonly<Record<string, string | number>>;

/** A bank statement cannot be read or does not agree with itself: it is refused whole, with where and why. */
export class StatementRefusedError extends Error {
  readonly code: string;
  readonly values: RefusalValues;
  readonly line: number | null;
  readonly column: number | null;
  /** What was read of the accounts in it all the same, and the format. */
  accounts: readonly AccountStatement[] = [];
  format: string | null = null;

  constructor(code: string, values: RefusalValues, line?: number, column?: number) {
    super(`statement refused: ${code}`);
    this.name = 'StatementRefusedError';
    this.code = code;
    this.values = values;
    this.line = line === undefined || line < 1 ? null : line;
    this.column = column === undefined || column < 0 ? null : column;
  }

  /** As it is kept with the statement; the words are the English ones, pages take them by code in their language. */
  toRecord(): StatementRefusal {
    return {
      code: this.code,
      message: statementTexts.text('en', `refusals.${this.code}`, this.values),
      line: this.line,
      column: this.column,
      values: { ...this.values },
    };
  }
}
