import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependsOnSchools, dutiesOf, type RoundFacts } from '../../../functions/operations/round-keeping.ts';
import { buildRound } from '../../../functions/programme/template.ts';
import { addDays, londonTime } from '../../../functions/shared/time/london.ts';

const round = {
  ...buildRound({ roundId: 'R30-AUTUMN', label: { en: 'Round 30', cy: 'Rownd 30' }, start: '2027-09-13' }),
  status: 'CLOSED' as const,
};
const facts = (over: Partial<RoundFacts> = {}): RoundFacts => ({
  round,
  statuses: {},
  returned: 0,
  allocating: false,
  moderating: false,
  unconfirmed: 0,
  ...over,
});
const at = (day: string, time = '09:00') => londonTime(day, time);

describe('the keeper of a round', () => {
  it('calls the panel from the policy days before the results, while outcomes are unconfirmed', () => {
    const near = addDays(round.calendar.results, -round.policies.panel.callDaysBefore);
    const duties = (day: string, unconfirmed: number) => dutiesOf(facts({ unconfirmed }), at(day));
    expect(duties(addDays(near, -1), 3)).not.toContain('CALL_PANEL');
    expect(duties(near, 3)).toContain('CALL_PANEL');
    expect(duties(near, 0)).not.toContain('CALL_PANEL');
    expect(duties(addDays(round.calendar.results, 5), 1)).toContain('CALL_PANEL');
  });

  it('closes registration on the day after its last', () => {
    const open = facts({ round: { ...round, status: 'OPEN' } });
    expect(dutiesOf(open, at(round.calendar.registrationCloses))).toEqual([]);
    expect(dutiesOf(open, at(round.calendar.registrationCloses, '23:59'))).toEqual([]);
    expect(
      dutiesOf(open, new Date(at(round.calendar.registrationCloses, '23:59').getTime() + 60_000)),
    ).toEqual(['CLOSE_REGISTRATION']);
  });

  it('asks for an allocation while frozen work waits and none runs, from its day on', () => {
    const waiting = facts({ statuses: { SUBMITTED_WORK: 3 } });
    expect(dutiesOf(waiting, new Date(at(round.calendar.allocation, '00:00').getTime() - 1))).toEqual([]);
    expect(dutiesOf(waiting, at(round.calendar.allocation))).toEqual(['ALLOCATE']);
    expect(dutiesOf({ ...waiting, allocating: true }, at(round.calendar.allocation))).toEqual([]);
    expect(dutiesOf(facts(), at(round.calendar.allocation))).toEqual([]);
  });

  it('asks for moderation while returned work has no case, from its day on', () => {
    const returned = facts({ returned: 1 });
    expect(dutiesOf(returned, at(round.calendar.assessmentDue))).toEqual([]);
    expect(dutiesOf(returned, at(round.calendar.moderation))).toEqual(['MODERATE']);
    expect(dutiesOf({ ...returned, moderating: true }, at(round.calendar.moderation))).toEqual([]);
  });

  it('needs to know where schools are only from the day on which a duty depends on it', () => {
    const day = fc.integer({ min: -30, max: 700 }).map((days) => {
      const start = at(round.calendar.registrationOpens, '10:00').getTime();
      return new Date(start + days * 86_400_000);
    });
    const several = facts({ statuses: { SUBMITTED_WORK: 3, IN_ASSESSMENT: 5 }, returned: 2 });
    fc.assert(
      fc.property(day, (now) => {
        if (!dependsOnSchools(round, now)) expect(dutiesOf(several, now)).toEqual(dutiesOf(facts(), now));
      }),
    );
    expect(dependsOnSchools(round, at(round.calendar.submissionDue))).toBe(false);
    expect(dependsOnSchools(round, at(round.calendar.allocation))).toBe(true);
  });

  it('releases the results once, at nine of their day', () => {
    expect(dutiesOf(facts(), at(round.calendar.results, '08:59'))).toEqual([]);
    expect(dutiesOf(facts(), at(round.calendar.results, '09:00'))).toEqual(['RELEASE_RESULTS']);
    expect(
      dutiesOf(
        facts({ round: { ...round, resultsReleasedAt: '2028-10-01T08:00:00.000Z' } }),
        at(round.calendar.results, '10:00'),
      ),
    ).toEqual([]);
  });
});
