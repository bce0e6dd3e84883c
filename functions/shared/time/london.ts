/**
 * Calendar days and instants in Europe/London, by the platform's own `Intl` (its time zone data and month names). A
 * library for this would be 74 KB of every function's 300; the tests hold this file to luxon over random times.
 */
const ZONE = 'Europe/London';
const DAY = 24 * 3600 * 1000;

const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const people = {
  en: new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, day: 'numeric', month: 'long', year: 'numeric' }),
  cy: new Intl.DateTimeFormat('cy', { timeZone: ZONE, day: 'numeric', month: 'long', year: 'numeric' }),
} as const;

/** What London's clocks show at an instant, as if it were UTC: milliseconds of that. */
function shownAt(instant: number): number {
  const parts = Object.fromEntries(
    wallClock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
}

/**
 * The instant at which London's clocks show `shown` (milliseconds as if UTC): the first of the two in the hour that comes
 * twice in October; in the hour that March leaves out, as much after the change as it would have been after it.
 */
function instantOf(shown: number): number {
  const summer = shown - 3600 * 1000;
  return shownAt(summer) === shown ? summer : shown;
}

/** Milliseconds of a calendar day or wall clock time as if it were UTC; throws `RangeError` for what is none. */
function asUtc(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)
    ? Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00Z`)
    : Number.NaN;
  if (Number.isNaN(at)) throw new RangeError(`no date or time: ${text}`);
  return at;
}

const dayOf = (utc: number): string => new Date(utc).toISOString().slice(0, 10);
/** Monday is 1, Sunday 7. */
const weekdayOf = (utc: number): number => new Date(utc).getUTCDay() || 7;

/** The last millisecond of a calendar day in London, the programme's deadline (`date` as YYYY-MM-DD), as a UTC instant. */
export function endOfLondonDay(date: string): Date {
  return new Date(instantOf(asUtc(date) + DAY - 1));
}

/** `time` (HH:MM) on a calendar day in London as a UTC instant. */
export function londonTime(date: string, time: string): Date {
  return new Date(instantOf(asUtc(`${date}T${time}`)));
}

/** The calendar day in London at an instant, YYYY-MM-DD. */
export function londonDate(instant: Date): string {
  return dayOf(shownAt(instant.getTime()));
}

/** The calendar day `days` after `date` (both YYYY-MM-DD; negative for before). */
export function addDays(date: string, days: number): string {
  return dayOf(asUtc(date) + days * DAY);
}

/** The calendar day `months` after `date`; the end of the month where the day does not exist (29 Feb, 31 Aug). */
export function addMonths(date: string, months: number): string {
  const from = new Date(asUtc(date));
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOf(Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay)));
}

/** The calendar day `days` working days (Monday to Friday) after `date`. */
export function addWorkingDays(date: string, days: number): string {
  let day = asUtc(date);
  for (let left = days; left > 0; ) {
    day += DAY;
    if (weekdayOf(day) <= 5) left--;
  }
  return dayOf(day);
}

/** Whole days from one calendar day to another, negative where `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((asUtc(to) - asUtc(from)) / DAY);
}

/** `date` itself, or the Monday after where it is a Saturday or Sunday. */
export function nextWorkingDay(date: string): string {
  const weekday = weekdayOf(asUtc(date));
  return addDays(date, weekday <= 5 ? 0 : 8 - weekday);
}

/** A calendar day (in London) or an instant, from the text or date of it. */
function instantFrom(date: string | Date): number {
  if (date instanceof Date) return date.getTime();
  return date.includes('T') ? new Date(date).getTime() : londonTime(date, '12:00').getTime();
}

/** A date for people: `31 March 2027`, `31 Mawrth 2027`. `date` is a calendar day or an instant (shown as its London day). */
export function formatDate(date: string | Date, language: 'en' | 'cy'): string {
  return people[language].format(instantFrom(date));
}

/** A date and time in London for people: `31 March 2027, 23:59`. */
export function formatDateTime(instant: string | Date, language: 'en' | 'cy'): string {
  const at = instantFrom(instant);
  return `${people[language].format(at)}, ${new Date(shownAt(at)).toISOString().slice(11, 16)}`;
}
