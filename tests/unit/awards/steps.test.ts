import { describe, expect, it } from 'vitest';
import type { Certificate, ResultHold } from '../../../functions/awards/model.ts';
import { releaseAt, standingOf, validityOf } from '../../../functions/awards/rules.ts';
import { type AwardFacts, nextAwardStep } from '../../../functions/awards/steps.ts';
import { decidedOutcomes } from '../../../functions/programme/model.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import { sampleDecision } from '../../support/moderating.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const { results } = round.calendar;
const registration = sampleRegistration({ status: 'DECIDED' });
const release = releaseAt(round, registration);
const certificate: Certificate = {
  certificateNumber: 'PSQM-2027-ABCDEFGH',
  registrationId: 'REG1',
  roundId: round.roundId,
  key: 'certificates/x.pdf',
  sha256: 'a'.repeat(64),
  awardedOn: results,
  expiresOn: '2030-10-01',
};
const facts = (change: Partial<AwardFacts> = {}): AwardFacts => ({
  round,
  registration,
  decision: sampleDecision(),
  hold: undefined,
  certificate,
  settled: true,
  escalated: new Set(),
  lettersOwed: 0,
  ...change,
});
const held: ResultHold = { status: 'HELD', reason: 'An appeal', by: 'P1', at: '2027-09-01T09:00:00.000Z' };
const later = (days: number): Date => new Date(`${addDays(results, days)}T12:00:00Z`);

describe('the release of a result', () => {
  it('is at nine in London on the results day', () => {
    expect(release.toISOString()).toBe(new Date(`${results}T09:00:00+01:00`).toISOString());
    const moved = { movedDeadlines: { results: '2027-12-01' } };
    expect(releaseAt(round, moved).toISOString()).toBe('2027-12-01T09:00:00.000Z');
  });

  it('waits for that moment, whatever has been decided', () => {
    const before = new Date(release.getTime() - 1);
    for (const outcome of decidedOutcomes) {
      expect(nextAwardStep(facts({ decision: sampleDecision({ outcome }) }), before)).toMatchObject({
        do: 'WAIT',
        deadline: 'results',
        until: release.toISOString(),
      });
    }
  });

  it('makes the certificate of an award first, none for another outcome', () => {
    expect(nextAwardStep(facts({ certificate: undefined }), release)).toEqual({ do: 'PREPARE_CERTIFICATE' });
    expect(nextAwardStep(facts(), release)).toEqual({ do: 'RELEASE' });
    const not = sampleDecision({ outcome: 'NOT_AWARDED', level: null });
    expect(nextAwardStep(facts({ decision: not, certificate: undefined }), release)).toEqual({
      do: 'RELEASE',
    });
  });

  it('does not happen while the fee is open; somebody is asked at once and every week', () => {
    const open = facts({ settled: false });
    expect(nextAwardStep(open, release)).toEqual({ do: 'ESCALATE', about: 'MONEY', number: 0 });
    const asked = facts({ settled: false, escalated: new Set(['MONEY#0']) });
    expect(nextAwardStep(asked, later(1))).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the fee to be settled or covered',
    });
    expect(nextAwardStep(asked, later(8))).toEqual({ do: 'ESCALATE', about: 'MONEY', number: 1 });
    expect(nextAwardStep(asked, later(30))).toEqual({ do: 'ESCALATE', about: 'MONEY', number: 4 });
  });

  it('does not happen while the result is held; the panel is asked after a week', () => {
    expect(nextAwardStep(facts({ hold: held }), later(1))).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the panel to lift the hold',
    });
    expect(nextAwardStep(facts({ hold: held }), later(8))).toEqual({
      do: 'ESCALATE',
      about: 'HOLD',
      number: 1,
    });
    expect(nextAwardStep(facts({ hold: { ...held, status: 'LIFTED' } }), later(8))).toEqual({
      do: 'RELEASE',
    });
  });

  it.each(decidedOutcomes)('sends the letters of %s after the release and ends', (status) => {
    const released = sampleRegistration({ status });
    expect(nextAwardStep(facts({ registration: released, lettersOwed: 2 }), release)).toEqual({
      do: 'SEND_LETTERS',
    });
    expect(nextAwardStep(facts({ registration: released }), release)).toEqual({
      do: 'ENDED',
      result: status,
    });
  });

  it('ends for a school that left', () => {
    const left = sampleRegistration({ status: 'WITHDRAWN' });
    expect(nextAwardStep(facts({ registration: left }), release)).toEqual({
      do: 'ENDED',
      result: 'WITHDRAWN',
    });
  });
});

describe('the validity of an award', () => {
  it('runs the policy months from the results day, to the end of a short month', () => {
    const { awardedOn, expiresOn } = validityOf(round, { movedDeadlines: {} });
    expect(awardedOn).toBe(results);
    expect(expiresOn.slice(5)).toBe(results.slice(5));
    expect(Number(expiresOn.slice(0, 4)) - Number(results.slice(0, 4))).toBe(3);
    expect(validityOf(round, { movedDeadlines: { results: '2028-02-29' } }).expiresOn).toBe('2031-02-28');
  });

  it('ends after its last day, or when it is revoked', () => {
    const award = { status: 'CURRENT', expiresOn: '2030-08-31' } as const;
    expect(standingOf(award, '2030-08-31')).toBe('VALID');
    expect(standingOf(award, '2030-09-01')).toBe('EXPIRED');
    expect(standingOf({ ...award, status: 'REVOKED' }, '2029-01-01')).toBe('REVOKED');
  });
});
