import { readBai2 } from './bai2.ts';
import { readCamt053 } from './camt053.ts';
import { readCsvStatement } from './csv.ts';
import { decodeStatement } from './decode.ts';
import type { ParsedFile } from './model.ts';
import { readMt940 } from './mt940.ts';
import { StatementRefusedError } from './refusal.ts';

/** A file above this is another account's, or years of it. */
export const MAXIMUM_STATEMENT_BYTES = 120_000_000;

/**
 * Reads a bank statement in whatever format it is, told by its content: camt.053, MT940, BAI2, or a CSV in a declared
 * layout. Throws `StatementRefusedError` for what cannot be read or does not agree with itself; other messages of the same
 * families are refused by their names.
 */
export function readStatementFile(bytes: Uint8Array): ParsedFile {
  const text = decodeStatement(bytes);
  const start = text.trimStart();
  if (start === '') throw new StatementRefusedError('statement-empty', {});
  if (start.startsWith('<')) return readCamt053(text);
  if (/^01,/.test(start)) return readBai2(text);
  if (/(^|\n)\s*(\{4:\s*)?:20:/.test(text) || /^\{1:/.test(start)) return readMt940(text);
  return readCsvStatement(text);
}

/** Refuses a file above the largest size before anything of it is read. */
export function checkSize(bytes: number): void {
  if (bytes > MAXIMUM_STATEMENT_BYTES)
    throw new StatementRefusedError('statement-too-large', {
      maximum: Math.floor(MAXIMUM_STATEMENT_BYTES / 1_000_000),
    });
}
