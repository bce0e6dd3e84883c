import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../../functions/programme/deadlines.ts';
import { registrationStatuses } from '../../../functions/registration/model.ts';
import { causeTo } from '../../../functions/shared/mail/duties.ts';
import { addDays, londonTime } from '../../../functions/shared/time/london.ts';
import { submissionsOpenAt } from '../../../functions/training/opening.ts';
import {
  nextTrainingStep,
  type TrainingFacts,
  trainingDuties,
  trainingStep,
} from '../../../functions/training/rules.ts';
import {
  hubLeader,
  sampleDocument,
  sampleRegistration,
  sampleRound,
  sampleTraining,
} from '../../support/school-year.ts';

const round = sampleRound();
const inTraining = sampleRegistration({ status: 'IN_TRAINING' });
const facts = (change: Partial<TrainingFacts> = {}): TrainingFacts => ({
  round,
  registration: inTraining,
  training: sampleTraining(round),
  documents: [],
  hubLeaders: [hubLeader],
  sent: new Set(),
  ...change,
});

/** Walks a year by the rule alone: what is due is "sent", waits are slept to their end. */
function walkYear(start: TrainingFacts, from: Date): { kinds: string[]; end: Date } {
  let now = from;
  const sent = new Set(start.sent);
  const kinds: string[] = [];
  for (let turn = 0; turn < 200; turn++) {
    const step = nextTrainingStep({ ...start, sent }, now);
    if (step.do === 'WAIT') {
      now = new Date(now.getTime() + step.seconds * 1000);
    } else if (step.do === 'REMIND' || step.do === 'ASK_HUB_LEADER') {
      kinds.push(step.kind);
      const duty = trainingDuties(start, start.training ?? sampleTraining(round)).find(
        (entry) => entry.cause === step.cause,
      );
      for (const to of duty?.recipients ?? []) sent.add(causeTo(step.cause, to));
    } else {
      return { kinds, end: now };
    }
  }
  throw new Error('the year has no end');
}

describe('the next step of a training', () => {
  it('invites a school whose place is confirmed', () => {
    for (const status of ['PAID', 'COVERED'] as const) {
      expect(
        nextTrainingStep(
          facts({ registration: sampleRegistration({ status }), training: undefined }),
          new Date('2026-08-02T09:00:00Z'),
        ),
      ).toEqual({ do: 'INVITE' });
    }
  });

  it('ends when the school has withdrawn', () => {
    expect(
      nextTrainingStep(facts({ registration: sampleRegistration({ status: 'WITHDRAWN' }) }), new Date()).do,
    ).toBe('ENDED');
  });

  it('goes through a whole year: reminders, escalation, level, sessions, then the end', () => {
    const { kinds, end } = walkYear(facts(), new Date('2026-08-02T09:00:00Z'));
    expect(kinds.filter((kind) => kind === 'ACTION_PLAN_DUE')).toHaveLength(
      round.policies.training.reminderDaysBefore.length,
    );
    expect(kinds.filter((kind) => kind === 'ACTION_PLAN_LATE')).toHaveLength(1);
    const sessionsBeforeOpening = round.calendar.sessions.filter(
      (date) => londonTime(addDays(date, -3), '08:00') < submissionsOpenAt(round),
    );
    expect(kinds.filter((kind) => kind === 'SESSION_SOON')).toHaveLength(sessionsBeforeOpening.length);
    expect(kinds).toContain('LEVEL_WANTED');
    expect(end.getTime()).toBeGreaterThanOrEqual(submissionsOpenAt(round).getTime());
    expect(end.getTime() - submissionsOpenAt(round).getTime()).toBeLessThan(2000);
  });

  it('asks nobody for an action plan that is there, nor for a level that is confirmed', () => {
    const training = sampleTraining(round, {
      actionPlan: { kind: 'TEXT', text: 'plan', receivedAt: '2026-09-10T09:00:00.000Z', by: 'P-leader' },
    });
    const registration = sampleRegistration({ status: 'IN_TRAINING', targetLevelConfirmed: true });
    const { kinds } = walkYear(facts({ training, registration }), new Date('2026-08-02T09:00:00Z'));
    expect(new Set(kinds)).toEqual(new Set(['SESSION_SOON']));
  });

  it('reminds again before a moved date, and not of what passed before the invitation', () => {
    const day = addDays(round.calendar.actionPlanDue, 30);
    const moved = sampleRegistration({ status: 'IN_TRAINING', movedDeadlines: { actionPlanDue: day } });
    const before = walkYear(facts(), new Date('2026-08-02T09:00:00Z')).kinds.filter(
      (kind) => kind === 'ACTION_PLAN_DUE',
    ).length;
    expect(
      walkYear(facts({ registration: moved }), new Date('2026-08-02T09:00:00Z')).kinds.filter(
        (kind) => kind === 'ACTION_PLAN_DUE',
      ),
    ).toHaveLength(before);
    const invitedLate = sampleTraining(round, {
      invitedAt: londonTime(addDays(round.calendar.actionPlanDue, -1), '12:00').toISOString(),
    });
    const late = walkYear(facts({ training: invitedLate }), new Date(invitedLate.invitedAt));
    expect(late.kinds).not.toContain('ACTION_PLAN_DUE');
    expect(late.kinds).toContain('ACTION_PLAN_LATE');
  });

  it("waits no longer than until an uploaded plan's check is given up, then gives it up", () => {
    const documents = [sampleDocument({ status: 'SCANNING', scanningSince: '2026-09-20T10:00:00.000Z' })];
    const minutes = round.policies.submission.scanTimeoutMinutes;
    const step = nextTrainingStep(facts({ documents, sent: new Set() }), new Date('2026-09-20T10:00:30Z'));
    if (step.do === 'WAIT')
      expect(step.until).toBe(new Date(Date.parse('2026-09-20T10:00:00Z') + minutes * 60_000).toISOString());
    expect(
      nextTrainingStep(facts({ documents }), new Date(Date.parse('2026-09-20T10:00:00Z') + minutes * 60_000))
        .do,
    ).toBe('EXPIRE_SCANS');
  });

  it('never waits into the past, and always for somebody by a named date, whatever the records', () => {
    const status = fc.constantFrom(...registrationStatuses);
    const instant = fc
      .integer({ min: Date.UTC(2026, 6, 1), max: Date.UTC(2027, 8, 1) })
      .map((at) => new Date(at));
    const offset = fc.option(fc.integer({ min: -60, max: 60 }));
    fc.assert(
      fc.property(
        status,
        instant,
        offset,
        fc.boolean(),
        fc.boolean(),
        (is, now, shift, confirmed, planned) => {
          const registration = sampleRegistration({
            status: is,
            targetLevelConfirmed: confirmed,
            movedDeadlines:
              shift === null ? {} : { actionPlanDue: addDays(round.calendar.actionPlanDue, shift) },
          });
          const training = sampleTraining(
            round,
            planned
              ? { actionPlan: { kind: 'TEXT', text: 'plan', receivedAt: now.toISOString(), by: 'P' } }
              : {},
          );
          const step = trainingStep.parse(nextTrainingStep(facts({ registration, training }), now));
          if (step.do !== 'WAIT') return;
          expect(step.seconds).toBeGreaterThanOrEqual(1);
          expect(Date.parse(step.until)).toBeGreaterThanOrEqual(now.getTime() - 1000);
          expect(Date.parse(step.until)).toBeLessThanOrEqual(now.getTime() + step.seconds * 1000);
          expect(step.waitingFor).not.toBe('');
          if (step.deadline === 'actionPlanDue')
            expect(step.until).toBe(deadlineFor(round, registration, 'actionPlanDue').toISOString());
        },
      ),
    );
  });
});
