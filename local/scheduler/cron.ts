/** What a cron expression allows: sets of numbers, and which days of a month. */
export interface CronSchedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether the day counts; `month` from 1. */
  allowsDay(year: number, month: number, day: number): boolean;
}

/** Why an expression is refused. */
export class ScheduleSyntaxError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ScheduleSyntaxError';
  }
}

export const LAST_YEAR = 2199;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly words?: readonly string[];
}

const MINUTES: Field = { name: 'minutes', first: 0, last: 59 };
const HOURS: Field = { name: 'hours', first: 0, last: 23 };
const DAY_OF_MONTH: Field = { name: 'day-of-month', first: 1, last: 31 };
const MONTH: Field = { name: 'month', first: 1, last: 12, words: MONTHS };
const DAY_OF_WEEK: Field = { name: 'day-of-week', first: 1, last: 7, words: WEEKDAYS };
const YEAR: Field = { name: 'year', first: 1970, last: LAST_YEAR };

type DayTest = (year: number, month: number, day: number) => boolean;

/**
 * Reads the six fields of `cron(minutes hours day-of-month month day-of-week year)` as EventBridge documents them,
 * with `, - * ? / L W #`; Sunday is 1.
 * @throws ScheduleSyntaxError
 */
export function parseCron(fields: string): CronSchedule {
  const parts = fields.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if (parts.length !== 6) throw new ScheduleSyntaxError('a cron expression has six fields');
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleSyntaxError('exactly one of day-of-month and day-of-week must be ?');
  }
  const allowsDay =
    dayOfWeek === '?'
      ? anyOf(dayOfMonth.split(',').map(parseDayOfMonth))
      : anyOf(dayOfWeek.split(',').map(parseDayOfWeek));
  return {
    minutes: parseNumbers(minutes, MINUTES),
    hours: parseNumbers(hours, HOURS),
    months: new Set(parseNumbers(month, MONTH)),
    years: new Set(parseNumbers(year, YEAR)),
    allowsDay,
  };
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Day of the week with Sunday as 1, as in cron expressions. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function anyOf(tests: readonly DayTest[]): DayTest {
  return (year, month, day) => tests.some((test) => test(year, month, day));
}

function parseDayOfMonth(part: string): DayTest {
  const beforeLast = /^L(?:-(\d{1,2}))?$/.exec(part);
  if (beforeLast !== null) {
    const before = Number(beforeLast[1] ?? 0);
    return (year, month, day) => day === daysInMonth(year, month) - before;
  }
  if (part === 'LW') {
    return (year, month, day) => day === nearestWeekday(year, month, daysInMonth(year, month));
  }
  const nearest = /^(\d{1,2})W$/.exec(part);
  if (nearest !== null) {
    const wanted = inRange(Number(nearest[1]), DAY_OF_MONTH);
    return (year, month, day) =>
      wanted <= daysInMonth(year, month) && day === nearestWeekday(year, month, wanted);
  }
  const days = new Set(parseNumbers(part, DAY_OF_MONTH));
  return (_year, _month, day) => days.has(day);
}

function parseDayOfWeek(part: string): DayTest {
  if (part === 'L') return (year, month, day) => weekdayOf(year, month, day) === 7;
  const last = /^([A-Z0-9]+)L$/i.exec(part);
  if (last !== null) {
    const wanted = parseValue(last[1] ?? '', DAY_OF_WEEK);
    return (year, month, day) => weekdayOf(year, month, day) === wanted && day + 7 > daysInMonth(year, month);
  }
  const nth = /^([A-Z0-9]+)#([1-5])$/i.exec(part);
  if (nth !== null) {
    const wanted = parseValue(nth[1] ?? '', DAY_OF_WEEK);
    const count = Number(nth[2]);
    return (year, month, day) => weekdayOf(year, month, day) === wanted && Math.ceil(day / 7) === count;
  }
  const days = new Set(parseNumbers(part, DAY_OF_WEEK));
  return (year, month, day) => days.has(weekdayOf(year, month, day));
}

/** The weekday (Monday to Friday) nearest to a day, within its month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? day + 2 : day - 1;
  if (weekday === 1) return day === daysInMonth(year, month) ? day - 2 : day + 1;
  return day;
}

/** `*`, values, ranges (also around the end, as FRI-MON) and steps, comma-separated, in ascending order. */
function parseNumbers(text: string, field: Field): number[] {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '', step, ...more] = part.split('/');
    if (more.length > 0 || span === '' || step === '') throw invalid(field, text);
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) throw invalid(field, text);
    const [from, to] = parseSpan(span, step !== undefined, field);
    const size = field.last - field.first + 1;
    const length = from <= to ? to - from : to - from + size;
    for (let at = 0; at <= length; at += every) {
      numbers.add(field.first + ((from - field.first + at) % size));
    }
  }
  return [...numbers].sort((one, other) => one - other);
}

function parseSpan(span: string, stepped: boolean, field: Field): readonly [number, number] {
  if (span === '*') return [field.first, field.last];
  const [first = '', last, ...more] = span.split('-');
  if (more.length > 0) throw invalid(field, span);
  const from = parseValue(first, field);
  if (last !== undefined) return [from, parseValue(last, field)];
  return [from, stepped ? field.last : from];
}

function parseValue(text: string, field: Field): number {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  if (word >= 0) return field.first + word;
  if (!/^\d{1,4}$/.test(text)) throw invalid(field, text);
  return inRange(Number(text), field);
}

function inRange(value: number, field: Field): number {
  if (value < field.first || value > field.last) throw invalid(field, String(value));
  return value;
}

function invalid(field: Field, text: string): ScheduleSyntaxError {
  return new ScheduleSyntaxError(`${text} is no ${field.name} of a cron expression`);
}
