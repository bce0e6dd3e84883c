import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../functions/programme/deadlines.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { causeTo } from '../../functions/shared/mail/duties.ts';
import { addDays } from '../../functions/shared/time/london.ts';
import type { Document, Submission } from '../../functions/submissions/model.ts';
import { nextSubmissionStep, submissionDuties } from '../../functions/submissions/rules.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import {
  hubLeader,
  sampleDocument,
  sampleRegistration,
  sampleRound,
  sampleSubmission,
} from '../support/school-year.ts';

const round = sampleRound();

function submissionOf(fail: Partial<Record<string, string[]>> = {}) {
  const records: {
    registration: Registration;
    submission: Submission | undefined;
    documents: Document[];
    sent: Set<string>;
    mails: string[];
  } = {
    registration: sampleRegistration({ status: 'READY_TO_SUBMIT', targetLevelConfirmed: true }),
    submission: undefined,
    documents: [],
    sent: new Set(),
    mails: [],
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const send = (name: string) => (event: unknown) => {
    failOnce(name);
    const { cause } = event as { cause: string };
    records.mails.push(cause);
    for (const duty of submissionDuties(
      { round, registration: records.registration, hubLeaders: [hubLeader] },
      records.submission!,
    )) {
      if (duty.cause === cause) for (const to of duty.recipients) records.sent.add(causeTo(cause, to));
    }
    return { sent: 1 };
  };
  /** Runs once, after a decision and before its step. */
  const hooks: { afterDecision: (() => void) | undefined } = { afterDecision: undefined };
  const become = (status: Submission['status']) => {
    records.submission = { ...records.submission!, status };
  };
  const move = (status: Registration['status']) => {
    records.registration = { ...records.registration, status };
  };
  const walk: MachineWalk = walkMachine(
    'submission',
    {
      PlanSubmission: () => {
        failOnce('PlanSubmission');
        beginDecisionOn(walk);
        const step = nextSubmissionStep(
          { round, training: undefined, hubLeaders: [hubLeader], ...records },
          walk.now(),
        );
        hooks.afterDecision?.();
        hooks.afterDecision = undefined;
        return step;
      },
      OpenSubmission: () => {
        failOnce('OpenSubmission');
        records.submission = sampleSubmission(round, { openedAt: walk.now().toISOString() });
        return { told: 2 };
      },
      RemindOfSubmission: send('RemindOfSubmission'),
      AskForSignOff: send('AskForSignOff'),
      GiveUpChecks: () => {
        failOnce('GiveUpChecks');
        records.documents = records.documents.map((file) => ({
          ...file,
          status: 'REFUSED',
          refusal: 'scan-timeout',
        }));
        return { refused: 1, abandoned: 0 };
      },
      FreezeSubmission: () => {
        failOnce('FreezeSubmission');
        become('FROZEN');
        move('SUBMITTED_WORK');
        return { version: 1 };
      },
      MissSubmission: () => {
        if (records.submission?.status === 'DECLARED') throw failure('WrongStateError');
        failOnce('MissSubmission');
        become('MISSED');
        move('MISSED');
        return { missed: true };
      },
    },
    { registrationId: 'REG1', roundId: round.roundId },
  );
  return { records, walk, become, move, hooks };
}

const due = (registration: Registration) => deadlineFor(round, registration, 'submissionDue');

describe('the submission machine', () => {
  it('freezes when the head declares after sign-off', async () => {
    const { records, walk, become } = submissionOf();
    const arn = await walk.start();
    for (const status of ['SIGN_OFF_REQUESTED', 'SIGNED_OFF', 'DECLARED'] as const) {
      expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
      become(status);
      await walk.wake();
    }
    expect((await walk.states(arn)).at(-1)).toBe('Submitted');
    expect(records.registration.status).toBe('SUBMITTED_WORK');
    walk.cloud.close();
  });

  it('names whom it waits for, by the date of the table', async () => {
    const { walk, become, records } = submissionOf();
    await walk.start();
    expect(walk.wait()?.waitingFor?.S).toContain("the school's documents");
    become('SIGN_OFF_REQUESTED');
    await walk.wake();
    expect(walk.wait()?.waitingFor?.S).toContain("the hub leader's sign-off");
    await walk.passUntil(new Date(due(records.registration).getTime() - 60_000));
    expect(walk.wait()).toMatchObject({
      deadlineName: { S: 'submissionDue' },
      deadline: { S: due(records.registration).toISOString() },
    });
    walk.cloud.close();
  });

  it('closes what is not declared at the deadline, after having asked the hub leader', async () => {
    const { records, walk, become } = submissionOf();
    const arn = await walk.start();
    become('SIGN_OFF_REQUESTED');
    await walk.wake();
    await walk.passUntil(new Date(due(records.registration).getTime() + 5000));
    expect((await walk.states(arn)).at(-1)).toBe('Deadline missed');
    expect(records.mails.filter((cause) => cause.startsWith('sign-off-late'))).toHaveLength(1);
    walk.cloud.close();
  });

  it('waits on after the old deadline when it was moved meanwhile, and closes at the new one', async () => {
    const { records, walk } = submissionOf();
    const arn = await walk.start();
    const old = due(records.registration);
    records.registration = {
      ...records.registration,
      movedDeadlines: { submissionDue: addDays(round.calendar.submissionDue, 21) },
    };
    await walk.wake();
    await walk.passUntil(new Date(old.getTime() + 5000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    await walk.passUntil(new Date(due(records.registration).getTime() + 5000));
    expect((await walk.states(arn)).at(-1)).toBe('Deadline missed');
    walk.cloud.close();
  });

  it('freezes when the declaration comes in the very moment of closing', async () => {
    const { records, walk, become } = submissionOf({ MissSubmission: ['WrongStateError'] });
    const arn = await walk.start();
    await walk.passUntil(new Date(due(records.registration).getTime() - 1000));
    become('DECLARED');
    await walk.passUntil(new Date(due(records.registration).getTime() + 5000));
    expect((await walk.states(arn)).at(-1)).toBe('Submitted');
    walk.cloud.close();
  });

  it('gives up a check that takes too long', async () => {
    const { records, walk } = submissionOf();
    await walk.start();
    records.documents = [sampleDocument({ status: 'SCANNING', scanningSince: walk.now().toISOString() })];
    await walk.wake();
    expect(walk.wait()?.deadlineName?.S).toBe('scan');
    await walk.passUntil(
      new Date(walk.now().getTime() + (round.policies.submission.scanTimeoutMinutes + 1) * 60_000),
    );
    expect(records.documents[0]?.status).toBe('REFUSED');
    walk.cloud.close();
  });

  it('does not sleep when something happened between its decision and its wait', async () => {
    const { records, walk, become, hooks } = submissionOf();
    const arn = await walk.start();
    become('SIGNED_OFF');
    hooks.afterDecision = () => {
      become('DECLARED');
      walk.poke();
    };
    await walk.wake();
    expect((await walk.states(arn)).at(-1)).toBe('Submitted');
    expect(records.registration.status).toBe('SUBMITTED_WORK');
    walk.cloud.close();
  });

  it('ends when the school withdraws', async () => {
    const { walk, move } = submissionOf();
    const arn = await walk.start();
    move('WITHDRAWN');
    await walk.wake();
    expect((await walk.states(arn)).at(-1)).toBe('Nothing more to do');
    walk.cloud.close();
  });

  it.each(['PlanSubmission', 'OpenSubmission', 'RemindOfSubmission', 'AskForSignOff', 'MissSubmission'])(
    'fails by name when %s cannot be done',
    async (name) => {
      const { records, walk } = submissionOf({ [name]: ['AccessDenied'] });
      const arn = await walk.start();
      await walk.passUntil(new Date(due(records.registration).getTime() + 5000));
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'AccessDenied' });
      expect((await walk.states(arn)).at(-1)).toBe('The submission cannot go on');
      walk.cloud.close();
    },
  );

  it('fails by name when what lies in a frozen place differs, and not before trying what may pass', async () => {
    const { walk, become } = submissionOf({
      FreezeSubmission: ['Lambda.ServiceException', 'FrozenVersionDiffersError'],
    });
    const arn = await walk.start();
    become('DECLARED');
    await walk.wake();
    await walk.passUntil(new Date(walk.now().getTime() + 600_000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'FrozenVersionDiffersError' });
    walk.cloud.close();
  });
});
