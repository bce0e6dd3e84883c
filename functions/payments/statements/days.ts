import type { StatementNote } from './model.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** A day as the file writes it, and what is to be noted about it. */
export interface ReadDay {
  readonly day: string;
  readonly notes: readonly StatementNote[];
}

/**
 * The calendar day of a year (four digits), month and day; undefined where there is no such month or no day up to 31.
 * Banks that count interest by 30 days a month (30/360) write value dates such as 30 February: a day that the month does
 * not have is read as its last one, and noted.
 */
export function dayOf(year: number, month: number, day: number): ReadDay | undefined {
  if (!Number.isInteger(year) || year < 1900 || year > 2199) return undefined;
  if (!Number.isInteger(month) || month < 1 || month > 12) return undefined;
  if (!Number.isInteger(day) || day < 1 || day > 31) return undefined;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day <= last) return { day: `${year}-${two(month)}-${two(day)}`, notes: [] };
  return {
    day: `${year}-${two(month)}-${two(last)}`,
    notes: [{ code: 'month-end', value: `${year}-${two(month)}-${two(day)}` }],
  };
}

/** YYMMDD, years from 2000 on (banks' formats with two digits are younger than 1980). */
export function dayOfSixDigits(text: string): ReadDay | undefined {
  const [, year, month, day] = /^(\d{2})(\d{2})(\d{2})$/.exec(text) ?? [];
  return year === undefined ? undefined : dayOf(2000 + Number(year), Number(month), Number(day));
}
