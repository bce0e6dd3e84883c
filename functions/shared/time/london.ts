import { DateTime } from 'luxon';

const ZONE = 'Europe/London';

/** The last millisecond of a calendar day in London, the programme's deadline (`date` as YYYY-MM-DD), as a UTC instant. */
export function endOfLondonDay(date: string): Date {
  return DateTime.fromISO(date, { zone: ZONE }).endOf('day').toJSDate();
}

/** `time` (HH:MM) on a calendar day in London as a UTC instant. */
export function londonTime(date: string, time: string): Date {
  return DateTime.fromISO(`${date}T${time}`, { zone: ZONE }).toJSDate();
}

/** The calendar day in London at an instant, YYYY-MM-DD. */
export function londonDate(instant: Date): string {
  return DateTime.fromJSDate(instant, { zone: ZONE }).toFormat('yyyy-MM-dd');
}

/** The calendar day `days` after `date` (both YYYY-MM-DD; negative for before). */
export function addDays(date: string, days: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}

/** The calendar day `months` after `date`; the end of the month where the day does not exist (29 Feb, 31 Aug). */
export function addMonths(date: string, months: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ months }).toFormat('yyyy-MM-dd');
}

/** The calendar day `days` working days (Monday to Friday) after `date`. */
export function addWorkingDays(date: string, days: number): string {
  let day = DateTime.fromISO(date, { zone: 'utc' });
  for (let left = days; left > 0; ) {
    day = day.plus({ days: 1 });
    if (day.weekday <= 5) left--;
  }
  return day.toFormat('yyyy-MM-dd');
}

/** Whole days from one calendar day to another, negative where `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return DateTime.fromISO(to, { zone: 'utc' }).diff(DateTime.fromISO(from, { zone: 'utc' }), 'days').days;
}

/** `date` itself, or the Monday after where it is a Saturday or Sunday. */
export function nextWorkingDay(date: string): string {
  const day = DateTime.fromISO(date, { zone: 'utc' });
  return day.plus({ days: day.weekday <= 5 ? 0 : 8 - day.weekday }).toFormat('yyyy-MM-dd');
}

/** A date for people: `31 March 2027`, `31 Mawrth 2027`. `date` is a calendar day or an instant (shown as its London day). */
export function formatDate(date: string | Date, language: 'en' | 'cy'): string {
  const at =
    typeof date === 'string'
      ? DateTime.fromISO(date, { zone: ZONE })
      : DateTime.fromJSDate(date, { zone: ZONE });
  return at
    .setLocale(language === 'cy' ? 'cy' : 'en-GB')
    .toLocaleString({ day: 'numeric', month: 'long', year: 'numeric' });
}

/** A date and time in London for people: `31 March 2027, 23:59`. */
export function formatDateTime(instant: string | Date, language: 'en' | 'cy'): string {
  const at =
    typeof instant === 'string'
      ? DateTime.fromISO(instant, { zone: ZONE })
      : DateTime.fromJSDate(instant, { zone: ZONE });
  return `${formatDate(at.toJSDate(), language)}, ${at.toFormat('HH:mm')}`;
}
