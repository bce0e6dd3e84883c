import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../../functions/programme/deadlines.ts';
import { registrationStatuses } from '../../../functions/registration/model.ts';
import { causeTo } from '../../../functions/shared/mail/duties.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import type { Submission } from '../../../functions/submissions/model.ts';
import {
  nextSubmissionStep,
  type SubmissionFacts,
  submissionDuties,
  submissionStep,
} from '../../../functions/submissions/rules.ts';
import { lastingDuties } from '../../../functions/training/rules.ts';
import {
  hubLeader,
  sampleDocument,
  sampleRegistration,
  sampleRound,
  sampleSubmission,
  sampleTraining,
} from '../../support/school-year.ts';

const round = sampleRound();
const registration = sampleRegistration({ status: 'READY_TO_SUBMIT', targetLevelConfirmed: true });
const due = deadlineFor(round, registration, 'submissionDue');
const facts = (change: Partial<SubmissionFacts> = {}): SubmissionFacts => ({
  round,
  registration,
  submission: sampleSubmission(round),
  training: undefined,
  documents: [],
  hubLeaders: [hubLeader],
  sent: new Set(),
  ...change,
});
const opened = new Date(sampleSubmission(round).openedAt);

/** Walks by the rule alone, reminders "sent", waits slept to their end, until it wants something else. */
function walk(start: SubmissionFacts, from: Date): { kinds: string[]; last: string; at: Date } {
  let now = from;
  const sent = new Set(start.sent);
  const kinds: string[] = [];
  for (let turn = 0; turn < 300; turn++) {
    const step = nextSubmissionStep({ ...start, sent }, now);
    if (step.do === 'WAIT') {
      now = new Date(now.getTime() + step.seconds * 1000);
    } else if (step.do === 'REMIND' || step.do === 'ASK_HUB_LEADER') {
      kinds.push(step.kind);
      const own = submissionDuties(start, start.submission ?? { status: 'OPEN' });
      const lasting = start.training === undefined ? [] : lastingDuties(start, start.training);
      for (const duty of [...own, ...lasting].filter(({ cause }) => cause === step.cause)) {
        for (const to of duty.recipients) sent.add(causeTo(duty.cause, to));
      }
    } else {
      return { kinds, last: step.do, at: now };
    }
  }
  throw new Error('the submission has no end');
}

describe('the next step of a submission', () => {
  it('opens first, freezes what is declared at once, ends with what has become of it', () => {
    expect(nextSubmissionStep(facts({ submission: undefined }), opened)).toEqual({ do: 'OPEN' });
    expect(
      nextSubmissionStep(facts({ submission: sampleSubmission(round, { status: 'DECLARED' }) }), opened),
    ).toEqual({ do: 'FREEZE' });
    for (const status of ['SUBMITTED_WORK', 'MISSED', 'WITHDRAWN'] as const) {
      expect(nextSubmissionStep(facts({ registration: sampleRegistration({ status }) }), opened).do).toBe(
        'ENDED',
      );
    }
  });

  it('counts the deadline to its last millisecond', () => {
    expect(nextSubmissionStep(facts({ sent: everything() }), due).do).toBe('WAIT');
    expect(nextSubmissionStep(facts(), new Date(due.getTime() + 1)).do).toBe('MISS');
  });

  it('freezes what was declared in time even when the deadline has passed since', () => {
    const declared = sampleSubmission(round, { status: 'DECLARED' });
    expect(nextSubmissionStep(facts({ submission: declared }), new Date(due.getTime() + 3_600_000)).do).toBe(
      'FREEZE',
    );
  });

  it('misses what is signed off but not declared; the hub leader was asked at the sign-off date', () => {
    const { kinds, last, at } = walk(
      facts({ submission: sampleSubmission(round, { status: 'SIGN_OFF_REQUESTED' }) }),
      opened,
    );
    expect(last).toBe('MISS');
    expect(kinds.filter((kind) => kind === 'SIGN_OFF_LATE')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'SIGN_OFF_WANTED')).toHaveLength(
      round.policies.submission.reminderDaysBefore.length,
    );
    expect(at.getTime() - due.getTime()).toBeLessThan(2000);
    expect(
      walk(facts({ submission: sampleSubmission(round, { status: 'SIGNED_OFF' }) }), opened),
    ).toMatchObject({ last: 'MISS' });
  });

  it('reminds whose turn it is', () => {
    const kindsOf = (status: Submission['status']) =>
      new Set(walk(facts({ submission: sampleSubmission(round, { status }) }), opened).kinds);
    expect(kindsOf('OPEN')).toEqual(new Set(['SIGN_OFF_DUE', 'SUBMISSION_DUE', 'SIGN_OFF_LATE']));
    expect(kindsOf('SIGNED_OFF')).toEqual(new Set(['DECLARATION_WANTED']));
  });

  it('goes on with the sessions and the level of the year', () => {
    const unconfirmed = sampleRegistration({ status: 'READY_TO_SUBMIT' });
    const { kinds } = walk(
      facts({
        registration: unconfirmed,
        training: sampleTraining(round, { invitedAt: opened.toISOString() }),
      }),
      opened,
    );
    expect(kinds.filter((kind) => kind === 'SESSION_SOON').length).toBeGreaterThanOrEqual(2);
    expect(kinds).toContain('LEVEL_WANTED');
  });

  it('gives up a check at its time, the oldest first', () => {
    const minutes = round.policies.submission.scanTimeoutMinutes;
    const at = (minute: number) => new Date(opened.getTime() + minute * 60_000);
    const documents = [
      sampleDocument({ documentId: 'A', status: 'SCANNING', scanningSince: at(0).toISOString() }),
      sampleDocument({ documentId: 'B', status: 'SCANNING', scanningSince: at(5).toISOString() }),
    ];
    const step = nextSubmissionStep(facts({ documents, sent: everything() }), at(6));
    expect(step).toMatchObject({ do: 'WAIT', until: at(minutes).toISOString(), deadline: 'scan' });
    expect(nextSubmissionStep(facts({ documents }), at(minutes)).do).toBe('EXPIRE_SCANS');
  });

  it('never waits into the past nor past the deadline, for whatever records and moved dates', () => {
    const instant = fc
      .integer({ min: Date.UTC(2027, 1, 1), max: Date.UTC(2027, 9, 1) })
      .map((at) => new Date(at));
    const status = fc.constantFrom(
      ...(['OPEN', 'SIGN_OFF_REQUESTED', 'RETURNED', 'SIGNED_OFF', 'DECLARED', 'FROZEN', 'MISSED'] as const),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...registrationStatuses),
        status,
        instant,
        fc.integer({ min: -30, max: 30 }),
        fc.integer({ min: -30, max: 30 }),
        (is, of, now, shift, signShift) => {
          const moved = sampleRegistration({
            status: is,
            movedDeadlines: {
              submissionDue: addDays(round.calendar.submissionDue, shift),
              signOffDue: addDays(round.calendar.signOffDue, signShift),
            },
          });
          const step = submissionStep.parse(
            nextSubmissionStep(
              facts({ registration: moved, submission: sampleSubmission(round, { status: of }) }),
              now,
            ),
          );
          if (step.do !== 'WAIT') return;
          expect(step.seconds).toBeGreaterThanOrEqual(1);
          expect(Date.parse(step.until)).toBeGreaterThanOrEqual(now.getTime() - 1000);
          if (is === 'READY_TO_SUBMIT')
            expect(Date.parse(step.until)).toBeLessThanOrEqual(
              deadlineFor(round, moved, 'submissionDue').getTime(),
            );
          if (step.deadline === 'submissionDue')
            expect(step.until).toBe(deadlineFor(round, moved, 'submissionDue').toISOString());
        },
      ),
    );
  });
});

/** Every mail of an open submission sent. */
function everything(): Set<string> {
  const all = submissionDuties({ round, registration, hubLeaders: [hubLeader] }, { status: 'OPEN' });
  return new Set(all.flatMap((duty) => duty.recipients.map((to) => causeTo(duty.cause, to))));
}
