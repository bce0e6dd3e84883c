import { describe, expect, it } from 'vitest';
import { countStages, lateRegistrations } from '../../../functions/operations/board.ts';
import { queueState } from '../../../functions/operations/queues.ts';
import { buildRound } from '../../../functions/programme/template.ts';
import { type RegistrationStatus, registrationStatuses } from '../../../functions/registration/model.ts';

const round = buildRound({
  roundId: 'R30-AUTUMN',
  label: { en: 'Round 30', cy: 'Rownd 30' },
  start: '2027-09-13',
});
const one = (status: RegistrationStatus, movedDeadlines: Record<string, string> = {}) => ({
  registrationId: `id-${status}`,
  reference: 'PSQM-7K3MQ2',
  school: {
    urn: '900001',
    name: 'Example Alder Primary School (invented)',
    addressLines: [],
    town: 'Exampleton',
    postcode: 'AL1 0ZZ',
    country: 'England',
    phase: 'Primary',
    ageFrom: 3,
    ageTo: 11,
    pupilsOnRoll: 42,
    teachers: 4,
    fsmPercent: null,
    localAuthority: '',
    trust: null,
  },
  status,
  targetLevel: 'PSQM' as const,
  awardedLevel: null,
  movedDeadlines,
});

describe('what is late', () => {
  const { submissionDue } = round.calendar;
  const lastMoment = new Date(`${submissionDue}T22:59:59.999Z`);
  const after = new Date(lastMoment.getTime() + 1);

  it('is what stands at a status after the last moment of its day in London', () => {
    expect(lateRegistrations(round, [one('READY_TO_SUBMIT')], [], lastMoment)).toEqual([]);
    expect(lateRegistrations(round, [one('READY_TO_SUBMIT')], [], after)).toEqual([
      expect.objectContaining({ deadline: 'submissionDue', day: submissionDue, daysLate: 1 }),
    ]);
  });

  it("follows the school's own moved day", () => {
    expect(
      lateRegistrations(
        round,
        [one('READY_TO_SUBMIT', { submissionDue: round.calendar.results })],
        [],
        after,
      ),
    ).toEqual([]);
  });

  it('is, of a payment, what is past the due day of its own invoice, whatever day the round has', () => {
    const { paymentDue } = round.calendar;
    const waiting = one('AWAITING_PAYMENT');
    const dueOn = (day: string) => [{ registrationId: waiting.registrationId, dueOn: day }];
    const lateOn = (due: string, now: string) =>
      lateRegistrations(round, [waiting], dueOn(due), new Date(now)).map(({ day }) => day);
    expect(lateOn('2027-07-01', '2027-07-02T12:00:00.000Z')).toEqual(['2027-07-01']);
    expect(lateOn('2028-01-10', `${paymentDue}T23:30:00.000Z`)).toEqual([]);
    expect(lateOn('2028-01-10', '2028-01-11T12:00:00.000Z')).toEqual(['2028-01-10']);
  });

  it('is never what has ended', () => {
    const longAfter = new Date('2030-01-01T00:00:00.000Z');
    const ended: RegistrationStatus[] = ['AWARDED', 'NOT_AWARDED', 'WITHDRAWN', 'LAPSED', 'MISSED'];
    expect(
      lateRegistrations(
        round,
        ended.map((status) => one(status)),
        [],
        longAfter,
      ),
    ).toEqual([]);
  });
});

it('counts every status, zeros included', () => {
  const stages = countStages([one('PAID'), one('PAID'), one('DECIDED')]);
  expect(stages).toHaveLength(registrationStatuses.length);
  expect(stages.filter(({ count }) => count > 0)).toEqual([
    { status: 'PAID', count: 2 },
    { status: 'DECIDED', count: 1 },
  ]);
});

describe('a queue', () => {
  const now = new Date('2027-10-10T09:00:00.000Z');
  const keys = ['2027-10-08T09:00:00.000Z', '2027-10-09T12:00:00.000Z', '2027-10-12T09:00:00.000Z#tie'];

  it('sorted by what is due is overdue from that instant', () => {
    expect(queueState({ queue: 'PLACEMENT', sortedBy: 'due' }, keys, now)).toEqual({
      queue: 'PLACEMENT',
      waiting: 3,
      overdue: 2,
      oldest: '2027-10-08T09:00:00.000Z',
    });
  });

  it('sorted by since when is overdue after a day', () => {
    expect(queueState({ queue: 'STUCK', sortedBy: 'since' }, keys, now).overdue).toBe(1);
  });

  it('can be empty', () => {
    expect(queueState({ queue: 'STUCK', sortedBy: 'since' }, [], now)).toEqual({
      queue: 'STUCK',
      waiting: 0,
      overdue: 0,
      oldest: null,
    });
  });
});
