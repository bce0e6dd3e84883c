import { IANAZone } from 'luxon';
import { type CronSchedule, daysInMonth, LAST_YEAR, parseCron, ScheduleSyntaxError } from './cron.ts';

export { ScheduleSyntaxError } from './cron.ts';

/** A schedule expression, read. */
export type Schedule =
  | { readonly kind: 'at'; readonly localTime: number }
  | { readonly kind: 'rate'; readonly period: number }
  | { readonly kind: 'cron'; readonly cron: CronSchedule };

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  minute: MINUTE,
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
};

/**
 * Reads `at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)` or `cron(six fields)`.
 * @throws ScheduleSyntaxError
 */
export function parseSchedule(expression: string): Schedule {
  const match = /^(at|rate|cron)\((.*)\)$/.exec(expression.trim());
  const [, kind, content = ''] = match ?? [];
  switch (kind) {
    case 'at':
      return { kind: 'at', localTime: parseLocalTime(content) };
    case 'rate':
      return { kind: 'rate', period: parseRate(content) };
    case 'cron':
      return { kind: 'cron', cron: parseCron(content) };
    default:
      throw new ScheduleSyntaxError(`${expression} is neither at(...), rate(...) nor cron(...)`);
  }
}

/** The time zone of a name, or undefined where there is none of that name. */
export function timeZone(name: string): IANAZone | undefined {
  const zone = IANAZone.create(name);
  return zone.isValid ? zone : undefined;
}

/**
 * The first firing after `after`, or undefined where none follows (epoch milliseconds). Where clocks go forward, a cron
 * time that does not exist is left out; where they go back, a time that comes twice fires the first time only
 * (EventBridge Scheduler User Guide, "Daylight savings time").
 * @param anchor where the periods of a rate begin; that instant is itself a firing
 */
export function nextFiring(
  schedule: Schedule,
  zone: IANAZone,
  after: number,
  anchor: number,
): number | undefined {
  switch (schedule.kind) {
    case 'at': {
      // A time that the change to summer time leaves out is taken as the same time after the change.
      const time =
        instantOf(schedule.localTime, zone) ??
        schedule.localTime - zone.offset(schedule.localTime - 24 * 60 * MINUTE) * MINUTE;
      return time > after ? time : undefined;
    }
    case 'rate': {
      if (anchor > after) return anchor;
      return anchor + (Math.floor((after - anchor) / schedule.period) + 1) * schedule.period;
    }
    case 'cron':
      return nextCronTime(schedule.cron, zone, after);
  }
}

/**
 * The instant of a local time (written as if it were UTC), the first where it comes twice, undefined where the clock
 * leaves it out.
 */
function instantOf(localTime: number, zone: IANAZone): number | undefined {
  const day = 24 * 60 * MINUTE;
  const offsets = [zone.offset(localTime - day), zone.offset(localTime + day)];
  const instants = offsets
    .map((offset) => localTime - offset * MINUTE)
    .filter((instant, index) => zone.offset(instant) === offsets[index]);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function nextCronTime(cron: CronSchedule, zone: IANAZone, after: number): number | undefined {
  // A day early, so that no offset can hide a firing.
  const start = new Date(after + zone.offset(after) * MINUTE - 24 * 60 * MINUTE);
  let year = start.getUTCFullYear();
  let month = start.getUTCMonth() + 1;
  let day = start.getUTCDate();
  while (year <= LAST_YEAR) {
    if (cron.years.has(year) && cron.months.has(month)) {
      for (; day <= daysInMonth(year, month); day++) {
        if (!cron.allowsDay(year, month, day)) continue;
        const time = firstOfDay(cron, zone, after, Date.UTC(year, month - 1, day));
        if (time !== undefined) return time;
      }
    }
    day = 1;
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year++;
  }
  return undefined;
}

function firstOfDay(cron: CronSchedule, zone: IANAZone, after: number, midnight: number): number | undefined {
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const time = instantOf(midnight + (hour * 60 + minute) * MINUTE, zone);
      if (time !== undefined && time > after) return time;
    }
  }
  return undefined;
}

function parseLocalTime(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new ScheduleSyntaxError(`${text} is no time of the form yyyy-mm-ddThh:mm:ss`);
  return time;
}

function parseRate(text: string): number {
  const match = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(text.trim());
  const [, value = '', unit = '', plural] = match ?? [];
  const period = UNITS[unit];
  if (period === undefined) throw new ScheduleSyntaxError(`${text} is no rate of minutes, hours or days`);
  if ((value === '1') !== (plural === '')) {
    throw new ScheduleSyntaxError(`a rate of 1 has a singular unit, any other a plural one: ${text}`);
  }
  return Number(value) * period;
}
