import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { nextFiring, parseSchedule, timeZone } from '../../../local/scheduler/expression.ts';

const london = timeZone('Europe/London')!;
const utc = timeZone('UTC')!;
const iso = (time: number | undefined) =>
  time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);

function firings(expression: string, from: string, count: number, zone = london): (string | undefined)[] {
  const schedule = parseSchedule(expression);
  const found: (string | undefined)[] = [];
  let after: number | undefined = Date.parse(from);
  for (let n = 0; n < count && after !== undefined; n++) {
    after = nextFiring(schedule, zone, after, Date.parse(from));
    found.push(iso(after));
  }
  return found;
}

describe('cron fields', () => {
  it.each([
    ['cron(0 9 L * ? *)', ['2026-01-31T09:00', '2026-02-28T09:00', '2026-03-31T09:00']],
    ['cron(0 9 LW * ? *)', ['2026-01-30T09:00', '2026-02-27T09:00', '2026-03-31T09:00']],
    ['cron(0 9 ? * 6L *)', ['2026-01-30T09:00', '2026-02-27T09:00', '2026-03-27T09:00']],
    ['cron(0 9 ? * FRIL *)', ['2026-01-30T09:00', '2026-02-27T09:00', '2026-03-27T09:00']],
    ['cron(0 9 ? * 3#2 *)', ['2026-01-13T09:00', '2026-02-10T09:00', '2026-03-10T09:00']],
    ['cron(0 9 ? * MON#5 *)', ['2026-03-30T09:00', '2026-06-29T09:00', '2026-08-31T09:00']],
    ['cron(0 9 1W * ? *)', ['2026-01-01T09:00', '2026-02-02T09:00', '2026-03-02T09:00']],
    ['cron(0 9 31W * ? *)', ['2026-01-30T09:00', '2026-03-31T09:00', '2026-05-29T09:00']],
    ['cron(0 9 29 2 ? *)', ['2028-02-29T09:00', '2032-02-29T09:00', '2036-02-29T09:00']],
    ['cron(0/20 8-9 ? * FRI-SUN *)', ['2026-01-02T08:00', '2026-01-02T08:20', '2026-01-02T08:40']],
    ['cron(5,35 */12 1 JAN,JUL ? 2026)', ['2026-01-01T00:05', '2026-01-01T00:35', '2026-01-01T12:05']],
    ['cron(0 9 ? * L *)', ['2026-01-03T09:00', '2026-01-10T09:00', '2026-01-17T09:00']],
    ['cron(0 0 ? 11-2 SAT-SUN *)', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-10T00:00']],
  ])('%s', (expression, expected) => {
    expect(firings(expression, '2026-01-01T00:00:00Z', 3, utc)).toEqual(expected);
  });

  it('has no firing where none follows', () => {
    expect(firings('cron(0 9 1 1 ? 2025)', '2026-01-01T00:00:00Z', 1)).toEqual([undefined]);
    expect(firings('at(2025-06-01T00:00:00)', '2026-01-01T00:00:00Z', 1)).toEqual([undefined]);
  });

  it.each([
    'cron(* * * * *)',
    'cron(* * * * * *)',
    'cron(* * ? * ? *)',
    'cron(60 * * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 0 0 * ? *)',
    'cron(0 0 ? * 8 *)',
    'cron(0 0 ? * MON#6 *)',
    'cron(0 0 * 13 ? *)',
    'cron(0 0 * * ? 2200)',
    'cron(0/0 0 * * ? *)',
    'rate(1 minutes)',
    'rate(2 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'at(2026-02-30 10:00)',
    'daily',
  ])('refuses %s', (expression) => {
    expect(() => parseSchedule(expression)).toThrow();
  });
});

describe('both clock changes', () => {
  it('leaves out a time that does not exist', () => {
    expect(firings('cron(30 1 * * ? *)', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
  });

  it('fires a time that comes twice once, the first time', () => {
    expect(firings('cron(30 1 * * ? *)', '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('keeps the local time of a deadline', () => {
    expect(firings('at(2026-07-01T23:59:59)', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-07-01T22:59']);
    expect(firings('at(2026-12-01T23:59:59)', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-12-01T23:59']);
  });

  it('counts rates in elapsed time', () => {
    expect(firings('rate(1 day)', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T12:00',
      '2026-03-30T12:00',
    ]);
  });
});

describe('against luxon, minute by minute', () => {
  const zones = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
  const changes = [
    '2026-03-08',
    '2026-03-29',
    '2026-04-05',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
    '2026-06-15',
  ];

  it('finds the first matching minute that is the first of its local time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...changes),
        fc.integer({ min: -26 * 60, max: 26 * 60 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
        (name, day, offset, minutes, hours) => {
          const zone = timeZone(name)!;
          const after = Date.parse(`${day}T00:00:00Z`) + offset * 60_000;
          const found = nextFiring(parseSchedule(`cron(${minutes} ${hours} * * ? *)`), zone, after, 0);
          let expected: number | undefined;
          for (let time = after + 60_000; expected === undefined; time += 60_000) {
            const local = DateTime.fromMillis(time, { zone: name });
            const earlier = local
              .getPossibleOffsets()
              .some((other) => other.toMillis() < time && other.toFormat('HHmm') === local.toFormat('HHmm'));
            if (hours.includes(local.hour) && minutes.includes(local.minute) && !earlier) expected = time;
          }
          expect(iso(found)).toBe(iso(expected));
        },
      ),
      { numRuns: 60 },
    );
  });
});
