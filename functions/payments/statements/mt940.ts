import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { accountOf } from './account.ts';
import { penceOf } from './amounts.ts';
import { dayOf, dayOfSixDigits, type ReadDay } from './days.ts';
import { MAXIMUM_LINES, type ParsedFile, type ParsedLine, type ParsedStatement } from './model.ts';
import { readNarrative } from './mt940-narrative.ts';
import { Problems, StatementRefusedError } from './refusal.ts';

/** One field of a message: its tag without colons, its lines joined by line feeds, and where it begins. */
interface Field {
  readonly tag: string;
  readonly fileLine: number;
  text: string;
}

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

/**
 * Reads an MT940 file (SWIFT customer statement message; domain.md 3.5), with or without the envelope's blocks: every
 * statement in it with its movements, RC and RD being taken-back credits and debits. Held to its balances. Throws
 * `StatementRefusedError` with the line for what cannot be read.
 */
export function readMt940(text: string): ParsedFile {
  const problems = new Problems();
  const statements = messagesOf(text).map((fields) => readMessage(fields, problems));
  const lines = statements.reduce((sum, each) => sum + each.lines.length, 0);
  if (lines > MAXIMUM_LINES) throw refuse(1, 'statement-too-many-lines', { maximum: MAXIMUM_LINES });
  if (statements.length === 0) throw refuse(1, 'statement-without-statement');
  problems.refuse(
    'MT940',
    statements.map(({ summary }) => summary),
  );
  return { format: 'MT940', statements };
}

/** The messages of a file as fields: a message begins with :20: and ends with the next one, `-`, or the file. */
function messagesOf(text: string): Field[][] {
  const messages: Field[][] = [];
  let current: Field[] | undefined;
  const rows = text.split(/\r\n|\n|\r/);
  /** Within the words of a movement stand also lines that look like the end of a message or the start of one. */
  const areWords = (index: number): boolean =>
    current !== undefined &&
    current.at(-1)?.tag === '86' &&
    !current.some(({ tag }) => tag === '62F' || tag === '62M') &&
    goesOn(rows, index + 1);
  rows.forEach((raw, index) => {
    const fileLine = index + 1;
    const envelope = /^\s*\{1:[\s\S]*?\{4:(.*)$/.exec(raw) ?? /^\s*\{4:(.*)$/.exec(raw);
    const line = (envelope === null ? raw : (envelope[1] ?? '')).replace(/\s+$/, '');
    const type = /\{2:[IO](\d{3})/.exec(raw)?.[1];
    if (type !== undefined && type !== '940')
      throw refuse(fileLine, 'statement-other-message', { message: `MT${type}` });
    if (line === '') return;
    const isEnd = /^-\}?(\{5:.*)?$/.test(line) || /^\{/.test(line);
    if (isEnd && (line.startsWith('-}') || !areWords(index))) {
      if (line.startsWith('-')) current = undefined;
      return;
    }
    const [, tag, rest = ''] = /^:(\d{2}[A-Z]?):(.*)$/.exec(line) ?? [];
    if (tag === undefined || (tag === '20' && areWords(index))) {
      const last = current?.at(-1);
      if (last !== undefined) last.text += `\n${line}`;
      return;
    }
    if (tag === '20') {
      current = [];
      messages.push(current);
    }
    // What stands before the first reference is a bank's own heading.
    current?.push({ tag, fileLine, text: rest });
  });
  return messages;
}

/** Whether from this row on a message goes on: its next field is none with which one begins, and there is one. */
function goesOn(rows: readonly string[], from: number): boolean {
  for (const row of rows.slice(from)) {
    if (/^\s*(\{|-\})/.test(row)) return false;
    const tag = /^:(\d{2}[A-Z]?):/.exec(row)?.[1];
    if (tag !== undefined) return !/^(20|21|25P?|28C?|60[FM])$/.test(tag);
  }
  return false;
}

interface Balance {
  readonly currency: string;
  readonly pence: Pence;
  readonly day: string;
  readonly fileLine: number;
}

function readMessage(fields: readonly Field[], problems: Problems): ParsedStatement {
  const start = fields[0]?.fileLine ?? 1;
  const first = (...tags: string[]): Field | undefined => fields.find(({ tag }) => tags.includes(tag));
  if (first('34F', '13D') !== undefined) throw refuse(start, 'statement-other-message', { message: 'MT942' });
  const account = first('25', '25P')?.text.split('\n')[0]?.trim() ?? '';
  if (account === '') throw refuse(start, 'statement-field-missing', { field: ':25:' });
  const opening = readBalance(first('60F', '60M'), ':60F:', start);
  const closing = readBalance(
    fields.findLast(({ tag }) => tag === '62F' || tag === '62M'),
    ':62F:',
    start,
  );
  const { currency } = opening;
  if (closing.currency !== currency)
    problems.add(refuse(closing.fileLine, 'statement-currency', { currency: closing.currency, account }));
  const lines: ParsedLine[] = [];
  let entries = 0;
  fields.forEach((field, at) => {
    if (field.tag !== '61') return;
    entries++;
    const next = fields[at + 1];
    const read = readMovement(field, next?.tag === '86' ? next.text : '', currency);
    if (read !== undefined) lines.push({ ...read, account });
  });
  checkTotals(fields, lines, problems);
  return accountOf(
    {
      account,
      currency,
      bankStatementId: (first('28C', '28')?.text ?? first('20')?.text ?? '').trim(),
      from: [opening.day, ...lines.map(({ bookedOn }) => bookedOn)].sort()[0] ?? opening.day,
      to: closing.day,
      openingPence: opening.pence,
      closingPence: closing.pence,
      entries,
      lines,
      fileLine: start,
      closingLine: closing.fileLine,
    },
    problems,
  );
}

/** `C260610GBP1000,00`. */
function readBalance(field: Field | undefined, which: string, start: number): Balance {
  if (field === undefined) throw refuse(start, 'statement-balance-missing', { which });
  const value = field.text.split('\n')[0]?.trim() ?? '';
  const [, sign, date = '', currency, amount = ''] = /^([CD])(\d{6})([A-Z]{3})([\d,.]+)$/.exec(value) ?? [];
  if (sign === undefined || currency === undefined)
    throw refuse(field.fileLine, 'statement-field', { field: which, value });
  const day = dayOfSixDigits(date);
  if (day === undefined) throw refuse(field.fileLine, 'statement-date', { value: date });
  const pence = amountOf(amount, currency, field.fileLine);
  return { currency, pence: sign === 'C' ? pence : -pence, day: day.day, fileLine: field.fileLine };
}

function amountOf(written: string, currency: string, fileLine: number): Pence {
  // The format has no marks for thousands; some banks' software writes them.
  const value = /^\d{1,3}(\.\d{3})+,\d*$/.test(written) ? written.replaceAll('.', '') : written;
  const pence =
    penceOf(value, ',') ??
    (currency === 'GBP' ? undefined : penceOf(value.replace(/([,.]\d\d)\d*$/, '$1'), ','));
  if (pence === undefined) throw refuse(fileLine, 'statement-amount', { value });
  return pence;
}

/** Value day, entry day, mark, funds code, amount, type, references; the second line is more of them. */
const MOVEMENT =
  /^(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?([\d.]+(?:,\d*)?)([A-Z][A-Z0-9]{3})([^\n]*)(?:\n([\s\S]*))?$/;

/** A movement, or undefined for one that is only expected (EC, ED). */
function readMovement(field: Field, narrative: string, currency: string): ParsedLine | undefined {
  const found = MOVEMENT.exec(field.text.trim());
  const [, value = '', entry, mark = '', , amount = '', type = '', references = '', supplement = ''] =
    found ?? [];
  if (found === null)
    throw refuse(field.fileLine, 'statement-field', { field: ':61:', value: field.text.slice(0, 60) });
  if (mark.startsWith('E')) return undefined;
  const valueOn = dayOfSixDigits(value);
  if (valueOn === undefined) throw refuse(field.fileLine, 'statement-date', { value });
  const bookedOn = entry === undefined ? valueOn : entryDay(value, entry);
  if (bookedOn === undefined) throw refuse(field.fileLine, 'statement-date', { value: entry ?? '' });
  const [customer = '', bank = ''] = references.split('//');
  const words = readNarrative(narrative);
  const own = customer.trim();
  const endToEndId = words.endToEndId || (/^(NONREF|NOTPROVIDED)$/i.test(own) ? '' : own);
  const returned = type.slice(1) === 'RTI';
  return {
    account: '',
    bookedOn: bookedOn.day,
    valueOn: valueOn.day,
    pence: amountOf(amount, currency, field.fileLine),
    // A credit that is taken back (RC) is money that leaves, a debit that is taken back (RD) comes in.
    direction: mark === 'C' || mark === 'RD' ? 'CREDIT' : 'DEBIT',
    reversal: mark.startsWith('R') || returned,
    bankReference: bank.trim(),
    endToEndId,
    payerName: words.payerName,
    narrative: [words.narrative, supplement.replace(/\s+/g, ' ').trim()]
      .filter((text) => text !== '')
      .join(' '),
    fileLine: field.fileLine,
    notes: bookedOn === valueOn ? [...valueOn.notes] : [...valueOn.notes, ...bookedOn.notes],
  };
}

/** The entry day has no year: it is the one that brings it nearest to the value day. */
function entryDay(value: string, entry: string): ReadDay | undefined {
  const year = 2000 + Number(value.slice(0, 2));
  const months = Number(entry.slice(0, 2)) - Number(value.slice(2, 4));
  const shift = months > 6 ? -1 : months < -6 ? 1 : 0;
  return dayOf(year + shift, Number(entry.slice(0, 2)), Number(entry.slice(2)));
}

/** Counts and sums of debits and credits (:90D:, :90C:), where a bank gives them. */
function checkTotals(fields: readonly Field[], lines: readonly ParsedLine[], problems: Problems): void {
  for (const field of fields) {
    const direction = field.tag === '90D' ? 'DEBIT' : field.tag === '90C' ? 'CREDIT' : undefined;
    const [, count, currency = '', amount = ''] =
      /^(\d{1,5})([A-Z]{3})([\d,.]+)$/.exec(field.text.trim()) ?? [];
    if (direction === undefined || count === undefined) continue;
    const of = lines.filter((line) => line.direction === direction);
    if (Number(count) !== of.length)
      problems.add(
        refuse(field.fileLine, 'statement-count', {
          what: `:${field.tag}:`,
          says: Number(count),
          is: of.length,
        }),
      );
    const said = amountOf(amount, currency, field.fileLine);
    const sum = of.reduce((total, { pence }) => total + pence, 0);
    if (said !== sum)
      problems.add(
        refuse(field.fileLine, 'statement-total', {
          what: `:${field.tag}:`,
          says: formatPence(said),
          is: formatPence(sum),
        }),
      );
  }
}
