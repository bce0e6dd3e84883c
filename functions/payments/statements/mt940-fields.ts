import type { Pence } from '../../shared/money/pence.ts';
import { penceOf } from './amounts.ts';
import { dayOf, dayOfSixDigits, type ReadDay } from './days.ts';
import type { ParsedLine } from './model.ts';
import { readNarrative } from './mt940-narrative.ts';
import { StatementRefusedError } from './refusal.ts';

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

/** A balance with its day and where it stands. */
export interface Balance {
  readonly currency: string;
  readonly pence: Pence;
  readonly day: string;
  readonly fileLine: number;
}

/** `C260610GBP1000,00`. Throws `StatementRefusedError`. */
export function readBalance(text: string, fileLine: number, which: string): Balance {
  const value = text.split('\n')[0]?.trim() ?? '';
  const [, sign, date = '', currency, amount = ''] =
    /^([CD])(\d{6})([A-Z]{3})\s*([\d,.]+)$/.exec(value) ?? [];
  if (sign === undefined || currency === undefined)
    throw refuse(fileLine, 'statement-field', { field: which, value });
  const day = dayOfSixDigits(date);
  if (day === undefined) throw refuse(fileLine, 'statement-date', { value: date });
  const pence = amountOf(amount, currency, fileLine);
  return { currency, pence: sign === 'C' ? pence : -pence, day: day.day, fileLine };
}

/** An amount of the format, whose decimals follow a comma. Throws `StatementRefusedError`. */
export function amountOf(written: string, currency: string, fileLine: number): Pence {
  // The format has no marks for thousands, and no leading zeros; some banks' software writes them.
  const marked = /^\d{1,3}(\.\d{3})+,\d*$/.test(written) ? written.replaceAll('.', '') : written;
  const value = marked.replace(/^0+(?=\d)/, '');
  const pence =
    penceOf(value, ',') ??
    (currency === 'GBP' ? undefined : penceOf(value.replace(/([,.]\d\d)\d*$/, '$1'), ','));
  if (pence === undefined) throw refuse(fileLine, 'statement-amount', { value: written });
  return pence;
}

/**
 * Value day, entry day, mark, funds code, amount, type, references; the second line is more of them. Banks leave blanks
 * between amount and type, fill a short type up with them, or leave the type out.
 */
const MOVEMENT =
  /^(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?\s*([\d.]+(?:,\d*)?)\s*([A-Z][A-Z0-9 ]{3}|(?=\/\/|\n|$))([^\n]*)(?:\n([\s\S]*))?$/;

/** A movement with its words (:86:), or EXPECTED for one that is only that (EC, ED). Throws `StatementRefusedError`. */
export function readMovement(
  text: string,
  narrative: string,
  currency: string,
  fileLine: number,
): Omit<ParsedLine, 'account'> | 'EXPECTED' {
  const found = MOVEMENT.exec(text.trim());
  const [, value = '', entry, mark = '', , amount = '', type = '', references = '', supplement = ''] =
    found ?? [];
  if (found === null) throw refuse(fileLine, 'statement-field', { field: ':61:', value: text.slice(0, 60) });
  if (mark.startsWith('E')) return 'EXPECTED';
  const valueOn = dayOfSixDigits(value);
  if (valueOn === undefined) throw refuse(fileLine, 'statement-date', { value });
  const bookedOn = entry === undefined ? valueOn : entryDay(value, entry);
  if (bookedOn === undefined) throw refuse(fileLine, 'statement-date', { value: entry ?? '' });
  const [customer = '', bank = ''] = references.split('//');
  const words = readNarrative(narrative);
  const own = customer.trim();
  const endToEndId = words.endToEndId || (/^(NONREF|NOTPROVIDED|KREF\+|EREF\+)$/i.test(own) ? '' : own);
  const returned = type.slice(1) === 'RTI' || words.returned;
  return {
    bookedOn: bookedOn.day,
    valueOn: valueOn.day,
    pence: amountOf(amount, currency, fileLine),
    // A credit that is taken back (RC) is money that leaves, a debit that is taken back (RD) comes in.
    direction: mark === 'C' || mark === 'RD' ? 'CREDIT' : 'DEBIT',
    reversal: mark.startsWith('R') || returned,
    bankReference: bank.trim(),
    endToEndId,
    payerName: words.payerName,
    narrative: [words.narrative, supplement.replace(/\s+/g, ' ').trim()]
      .filter((each) => each !== '')
      .join(' '),
    fileLine,
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
