import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addWorkingDays,
  daysBetween,
  endOfLondonDay,
  formatDate,
  formatDateTime,
  londonDate,
  londonTime,
  nextWorkingDay,
} from '../../../functions/shared/time/london.ts';

const zone = 'Europe/London';
const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });
const day = instant.map((at) => new Date(at).toISOString().slice(0, 10));
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const changes = ['2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31', '2028-02-29'];
const anyDay = fc.oneof({ weight: 3, arbitrary: day }, { weight: 1, arbitrary: fc.constantFrom(...changes) });
const runs = { numRuns: 500 };

describe('time in London, held to luxon', () => {
  it('finds the instant of a time of day, on the days on which clocks change too', () => {
    fc.assert(
      fc.property(anyDay, time, (date, at) => {
        // Of the hour that comes twice luxon takes one or the other by the season in which it is asked.
        fc.pre(DateTime.fromISO(`${date}T${at}`, { zone }).getPossibleOffsets().length === 1);
        expect(londonTime(date, at).toISOString()).toBe(
          DateTime.fromISO(`${date}T${at}`, { zone }).toJSDate().toISOString(),
        );
      }),
      runs,
    );
  });

  it('takes the first of an hour that comes twice', () => {
    expect(londonTime('2026-10-25', '01:30').toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(londonTime('2026-10-25', '02:00').toISOString()).toBe('2026-10-25T02:00:00.000Z');
  });

  it('ends a day at its last millisecond', () => {
    fc.assert(
      fc.property(anyDay, (date) => {
        expect(endOfLondonDay(date).getTime()).toBe(DateTime.fromISO(date, { zone }).endOf('day').toMillis());
      }),
      runs,
    );
    expect(endOfLondonDay('2026-11-24').toISOString()).toBe('2026-11-24T23:59:59.999Z');
    expect(endOfLondonDay('2027-06-24').toISOString()).toBe('2027-06-24T22:59:59.999Z');
  });

  it('tells the day and the words of an instant', () => {
    fc.assert(
      fc.property(instant, (at) => {
        const other = DateTime.fromMillis(at, { zone });
        expect(londonDate(new Date(at))).toBe(other.toFormat('yyyy-MM-dd'));
        for (const [language, locale] of [
          ['en', 'en-GB'],
          ['cy', 'cy'],
        ] as const) {
          const words = other
            .setLocale(locale)
            .toLocaleString({ day: 'numeric', month: 'long', year: 'numeric' });
          expect(formatDate(new Date(at), language)).toBe(words);
          expect(formatDateTime(new Date(at).toISOString(), language)).toBe(
            `${words}, ${other.toFormat('HH:mm')}`,
          );
        }
      }),
      runs,
    );
    expect(formatDate('2027-03-31', 'cy')).toBe('31 Mawrth 2027');
  });

  it('adds days, months and working days', () => {
    const utc = { zone: 'utc' };
    fc.assert(
      fc.property(
        anyDay,
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: -30, max: 60 }),
        (date, days, months) => {
          const from = DateTime.fromISO(date, utc);
          expect(addDays(date, days)).toBe(from.plus({ days }).toFormat('yyyy-MM-dd'));
          expect(addMonths(date, months)).toBe(from.plus({ months }).toFormat('yyyy-MM-dd'));
          expect(daysBetween(date, addDays(date, days))).toBe(days);
          const next = DateTime.fromISO(nextWorkingDay(date), utc);
          expect(next.weekday).toBeLessThanOrEqual(5);
          expect(next.diff(from, 'days').days).toBeLessThanOrEqual(2);
        },
      ),
      runs,
    );
    expect(addMonths('2028-02-29', 36)).toBe('2031-02-28');
    expect(addWorkingDays('2026-11-27', 3)).toBe('2026-12-02');
  });

  it('refuses what is no date', () => {
    expect(() => endOfLondonDay('31 March')).toThrow(RangeError);
  });
});
