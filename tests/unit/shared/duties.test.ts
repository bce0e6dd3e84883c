import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  causeTo,
  dueDuties,
  type MailDuty,
  nextDuty,
  type Recipient,
} from '../../../functions/shared/mail/duties.ts';

const day = 24 * 3600 * 1000;
const begin = Date.UTC(2027, 0, 1);
const at = (days: number): Date => new Date(begin + days * day);
const recipient = (id: string, from = at(-100)): Recipient => ({
  id,
  name: id,
  email: `${id}@school.example`,
  language: 'en',
  from: from.toISOString(),
});
const duty = (series: string, days: number, change: Partial<MailDuty> = {}): MailDuty => ({
  kind: 'REMINDER',
  series,
  cause: `${series}:${days}`,
  at: at(days),
  until: at(1000),
  recipients: [recipient('a')],
  ...change,
});
const none = new Set<string>();

describe('duties to write', () => {
  it('sends only the latest of a series that has come due, so that a late start does not catch up', () => {
    const duties = [duty('plan', 1), duty('plan', 5), duty('plan', 9), duty('level', 3)];
    expect(dueDuties(duties, none, at(0), at(6)).map(({ cause }) => cause)).toEqual(['level:3', 'plan:5']);
    expect(dueDuties(duties, none, at(2), at(4)).map(({ cause }) => cause)).toEqual(['level:3']);
  });

  it('owes a mail to those who had the part at the time, and to each once', () => {
    const two = duty('plan', 5, {
      recipients: [recipient('a'), recipient('b'), recipient('newcomer', at(6))],
    });
    expect(dueDuties([two], none, at(0), at(7))[0]?.recipients.map(({ id }) => id)).toEqual(['a', 'b']);
    const sent = new Set([causeTo(two.cause, { id: 'a' })]);
    expect(dueDuties([two], sent, at(0), at(7))[0]?.recipients.map(({ id }) => id)).toEqual(['b']);
    expect(dueDuties([two], new Set([...sent, causeTo(two.cause, { id: 'b' })]), at(0), at(7))).toEqual([]);
  });

  it('lets go what has lost its sense', () => {
    expect(dueDuties([duty('session', 5, { until: at(6) })], none, at(0), at(6.5))).toEqual([]);
  });

  it('sends every cause to every recipient at most once, however often it looks', () => {
    const days = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(days, days, (due, looks) => {
        const duties = due.map((each, index) => duty(`series ${index % 3}`, each));
        const sent = new Set<string>();
        for (const look of [...looks].sort((a, b) => a - b)) {
          for (const each of dueDuties(duties, sent, at(0), at(look))) {
            for (const to of each.recipients) {
              expect(sent.has(causeTo(each.cause, to))).toBe(false);
              sent.add(causeTo(each.cause, to));
            }
          }
          expect(dueDuties(duties, sent, at(0), at(look))).toEqual([]);
          const next = nextDuty(duties, at(look));
          if (next !== undefined) expect(next.at.getTime()).toBeGreaterThan(at(look).getTime());
        }
      }),
    );
  });
});
