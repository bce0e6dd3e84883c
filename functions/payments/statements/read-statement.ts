import { readBai2 } from './bai2.ts';
import { readCamt053 } from './camt053.ts';
import { readCsvStatement } from './csv.ts';
import { decodeStatement } from './decode.ts';
import type { ParsedFile } from './model.ts';
import { readMt940 } from './mt940.ts';
import { StatementRefusedError } from './refusal.ts';

/**
 * Reads a bank statement in whatever format it is, told by its content: camt.053, MT940, BAI2, or a CSV in a declared
 * layout. Throws `StatementRefusedError` for what cannot be read or does not agree with itself; other messages of the same
 * families are refused by their names.
 */
export function readStatementFile(bytes: Uint8Array): ParsedFile {
  const text = decodeStatement(bytes);
  const start = text.trimStart();
  if (start === '') throw new StatementRefusedError('statement-empty', {});
  const [format, readText] = formatOf(text, start);
  try {
    return readText(text);
  } catch (error) {
    // What cannot be read to its end has a family all the same.
    if (error instanceof StatementRefusedError && error.code !== 'statement-format-unknown')
      error.format ??= error.code.startsWith('statement-camt05') ? String(error.values.message) : format;
    throw error;
  }
}

/** The family of a file by its content, and what reads it. */
function formatOf(text: string, start: string): [format: string, read: (text: string) => ParsedFile] {
  if (start.startsWith('<')) return ['camt.053', readCamt053];
  if (/^01,/.test(start)) return ['BAI2', readBai2];
  if (/(^|\n)\s*(\{4:\s*)?:20:/.test(text) || /^\{1:/.test(start)) return ['MT940', readMt940];
  return ['CSV', readCsvStatement];
}
