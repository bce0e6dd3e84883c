import { StatementRefusedError } from './refusal.ts';
import type { TextRow } from './text-rows.ts';

/** One logical record with its continuations. */
export interface Bai2Record {
  readonly code: string;
  readonly fileLine: number;
  /** Physical records: itself and its continuations, as trailers count them. */
  readonly records: number;
  /** Fields after the code. Those of a transaction end with its text, which may hold commas. */
  readonly fields: readonly string[];
}

/** A record with its continuations while they come. */
interface Open {
  readonly code: string;
  readonly fileLine: number;
  readonly parts: string[];
  /** Its last part had the `/` that ends a record. */
  ended: boolean;
}

const CODES = new Set(['01', '02', '03', '16', '49', '88', '98', '99']);
/** Records that follow one another on a line, each ended by `/` and filled up with blanks. */
const BETWEEN = /(?<=\/)\s+(?=(?:01|02|03|16|49|88|98|99),)/;

/**
 * The logical records of a BAI2 file (domain.md 3.5): a record ends with `/`, and 88 goes on with the one before it. Blank
 * lines, blanks that fill a record up, and line ends within a record are left out. Throws for a line that is no record.
 */
export async function* bai2Records(rows: AsyncIterable<TextRow>): AsyncGenerator<Bai2Record> {
  let open: Open | undefined;
  for await (const { text, fileLine } of rows) {
    for (const piece of text.trim().split(BETWEEN)) {
      const line = piece.trim();
      if (line === '') continue;
      const code = line.slice(0, 2);
      const next = line.charAt(2);
      const isRecord = CODES.has(code) && (next === ',' || next === '/' || next === '');
      const goesOn = code === '88' && (isRecord || /[^0-9A-Za-z]/.test(next));
      if (open !== undefined && (goesOn || (!isRecord && !open.ended))) {
        // A line that begins with no code goes on with a text that had no end.
        if (goesOn) open.parts.push(line.slice(3));
        else open.parts.push(`${open.parts.pop() ?? ''} ${line}`);
        open.ended = line.endsWith('/');
        continue;
      }
      if (!isRecord || code === '88')
        throw new StatementRefusedError('statement-record', { value: line.slice(0, 40) }, fileLine);
      if (open !== undefined) yield recordOf(open);
      open = { code, fileLine, parts: [line.slice(3)], ended: line.endsWith('/') };
    }
  }
  if (open !== undefined) yield recordOf(open);
}

function recordOf({ code, fileLine, parts }: Open): Bai2Record {
  return {
    code,
    fileLine,
    records: parts.length,
    fields:
      code === '16'
        ? transactionFields(parts)
        : code === '03'
          ? accountFields(parts)
          : parts.map(ended).join(',').split(','),
  };
}

/** Without the `/` that ends a record. */
const ended = (part: string): string => part.replace(/\/\s*$/, '');

/** Fields of each summary of an account: type, amount, count of items, funds type. */
const SUMMARY = 4;

/**
 * Fields of an account: its number, its currency, and as many summaries as come. A record may end before a summary's
 * count and funds type, and the continuation begin with the next summary: what was left out is then empty.
 */
function accountFields(parts: readonly string[]): string[] {
  let fields: string[] = [];
  for (const part of parts) {
    const more = ended(part)
      .split(',')
      .map((field) => field.trim());
    const startsSummary = /^\d{3}$/.test(more[0] ?? '') && /^[+-]?\d*$/.test(more[1] ?? '');
    fields = [...(startsSummary ? withWholeSummaries(fields) : fields), ...more];
  }
  return fields;
}

function withWholeSummaries(fields: readonly string[]): string[] {
  const whole = [...fields];
  while (whole.length > 0 && whole.length < 2) whole.push('');
  let at = 2;
  while (at < whole.length) {
    const end = at + SUMMARY + fundsFields(whole, at + 3);
    if (whole.length - at === 1) {
      // A comma more than there are fields; but after a type alone comes its amount, whatever that looks like.
      if (whole[at] === '') whole.pop();
      break;
    }
    while (whole.length < end) whole.push('');
    at = end;
  }
  return whole;
}

/**
 * Fields of a transaction: type, amount, funds type and what belongs to it, bank reference, customer reference, text. A
 * continuation that comes while fields are still to come gives fields; afterwards it is text.
 */
function transactionFields(parts: readonly string[]): string[] {
  let fields: string[] = [];
  let text: string[] | undefined;
  for (const part of parts) {
    if (text !== undefined) {
      text.push(ended(part));
      continue;
    }
    const all = [...fields, ...ended(part).split(',')];
    const before = fieldsBeforeText(all);
    if (all.length > before) {
      fields = all.slice(0, before);
      text = [all.slice(before).join(',')];
    } else fields = all;
  }
  return [
    ...fields,
    ...(text === undefined
      ? []
      : [
          text
            .map((each) => each.trim())
            .join(' ')
            .trim(),
        ]),
  ];
}

/** How many fields of a transaction come before its text. */
function fieldsBeforeText(fields: readonly string[]): number {
  return 3 + fundsFields(fields, 2) + 2;
}

/** Fields that a funds type at `at` brings with it: none, a day and a time (V), three amounts (S), or days and amounts (D). */
export function fundsFields(fields: readonly string[], at: number): number {
  switch (fields[at]?.trim().toUpperCase()) {
    case 'V':
      return 2;
    case 'S':
      return 3;
    case 'D':
      return 1 + 2 * (Number(fields[at + 1]) || 0);
    default:
      return 0;
  }
}
