import { readBai2 } from './bai2.ts';
import { readCamt053 } from './camt053.ts';
import { readCsvStatement } from './csv.ts';
import { decoded, FALLBACK_ENCODING, NotUtf8Error } from './decode.ts';
import type { LineSink, ParsedFile, ParsedLine, ParsedStatement } from './model.ts';
import { readMt940 } from './mt940.ts';
import { Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';

/** So much of the beginning tells the format. */
const HEAD = 4096;

/** Reads the text of a file in its format, handing what it finds to the reading. */
type Parser = (chunks: AsyncIterable<string>, reading: Reading) => Promise<void>;

/**
 * Reads a bank statement in whatever format it is, told by its content: camt.053, MT940, BAI2, or a CSV in a declared
 * layout. The file is read as it comes and its payments go to a sink, so that memory does not grow with it. Throws
 * `StatementRefusedError` for what cannot be read or does not agree with itself; other messages of the same families are
 * refused by their names. `open` gives the file from its start and `begin` a new sink: both again where an encoding that
 * the file does not name shows only on the way.
 */
export async function readStatement(
  open: () => AsyncIterable<Uint8Array>,
  begin: () => LineSink,
): Promise<ParsedFile> {
  try {
    return await readText(decoded(open()), begin());
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
    return readText(decoded(open(), FALLBACK_ENCODING), begin());
  }
}

async function readText(text: AsyncGenerator<string>, sink: LineSink): Promise<ParsedFile> {
  let head = '';
  let ended = false;
  while (head.trimStart().length < HEAD && !ended) {
    const { value, done } = await text.next();
    if (done === true) ended = true;
    else head += value;
  }
  const start = head.trimStart();
  if (start === '') throw new StatementRefusedError('statement-empty', {});
  const [format, parse] = formatOf(head, start);
  const reading = new Reading(format, sink);
  try {
    await parse(pieces(head, text, sink), reading);
  } catch (error) {
    if (!(error instanceof StatementRefusedError)) throw error;
    throw reading.refused(error);
  }
  const file = reading.finish();
  await sink.flush();
  return file;
}

/** The head and what follows it; payments that were read are put away before more is. */
async function* pieces(head: string, rest: AsyncGenerator<string>, sink: LineSink): AsyncGenerator<string> {
  yield head;
  await sink.flush();
  for await (const piece of rest) {
    yield piece;
    await sink.flush();
  }
}

/** The family of a file by its beginning, and what reads it. */
function formatOf(head: string, start: string): [format: string, parse: Parser] {
  if (start.startsWith('<')) return ['camt.053', readCamt053];
  if (/^01,/.test(start)) return ['BAI2', readBai2];
  if (/(^|\n|\r)\s*(\{4:\s*)?:20:/.test(head) || /^\{1:/.test(start)) return ['MT940', readMt940];
  return ['CSV', readCsvStatement];
}

/** A statement with its payments. */
export interface StatementWithLines extends ParsedStatement {
  readonly lines: readonly ParsedLine[];
}

/** Reads a file that is at hand whole, payments and all (`readStatement`). */
export async function readStatementFile(
  bytes: Uint8Array,
): Promise<{ readonly format: string; readonly statements: readonly StatementWithLines[] }> {
  let lines: ParsedLine[][] = [];
  const { format, statements } = await readStatement(
    async function* () {
      yield bytes;
    },
    () => {
      lines = [];
      return {
        take(line, statement) {
          const of = lines[statement];
          if (of === undefined) lines[statement] = [line];
          else of.push(line);
        },
        flush: async () => {},
      };
    },
  );
  return { format, statements: statements.map((each, at) => ({ ...each, lines: lines[at] ?? [] })) };
}
