import type { RegisterSchool } from './model.ts';

/**
 * A date of the register as YYYY-MM-DD; undefined for what is none. The government writes 31-08-2027, copies of its
 * register also 31/08/2027 or 2027-08-31.
 */
export function registerDay(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const british = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(text);
  const [year, month, day] = iso?.slice(1) ?? british?.slice(1).reverse() ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${written}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written) ? written : undefined;
}

/**
 * Whether a school of the register is closed on a day (London). One whose closing day is still to come is open until
 * then; a closing date that cannot be read counts as past.
 */
export function isClosed(school: Pick<RegisterSchool, 'closeDate'>, today: string): boolean {
  if (school.closeDate === '') return false;
  const day = registerDay(school.closeDate);
  return day === undefined || day <= today;
}
