import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../functions/programme/deadlines.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { causeTo } from '../../functions/shared/mail/duties.ts';
import { addDays } from '../../functions/shared/time/london.ts';
import type { Training } from '../../functions/training/model.ts';
import { submissionsOpenAt } from '../../functions/training/opening.ts';
import { nextTrainingStep, trainingDuties } from '../../functions/training/rules.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import { hubLeader, sampleRegistration, sampleRound, sampleTraining } from '../support/school-year.ts';

const round = sampleRound();

/** The machine with the real rule over records of the test; functions do to the records what the real ones do. */
function year(fail: Partial<Record<string, string[]>> = {}) {
  const records: {
    registration: Registration;
    training: Training | undefined;
    sent: Set<string>;
    mails: string[];
  } = {
    registration: sampleRegistration(),
    training: undefined,
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
    const training = records.training!;
    for (const duty of trainingDuties(
      { round, registration: records.registration, hubLeaders: [hubLeader] },
      training,
    )) {
      if (duty.cause === cause) for (const to of duty.recipients) records.sent.add(causeTo(cause, to));
    }
    return { sent: 1 };
  };
  const walk: MachineWalk = walkMachine(
    'training',
    {
      PlanTraining: () => {
        failOnce('PlanTraining');
        beginDecisionOn(walk);
        return nextTrainingStep({ round, documents: [], hubLeaders: [hubLeader], ...records }, walk.now());
      },
      InviteSchool: () => {
        failOnce('InviteSchool');
        records.training = sampleTraining(round, { invitedAt: walk.now().toISOString() });
        records.registration = { ...records.registration, status: 'IN_TRAINING' };
        return { invited: 2 };
      },
      RemindSchool: send('RemindSchool'),
      AskAboutTraining: send('AskAboutTraining'),
      GiveUpPlanChecks: () => ({ refused: 0, abandoned: 0 }),
      CompleteTraining: () => {
        failOnce('CompleteTraining');
        records.registration = { ...records.registration, status: 'READY_TO_SUBMIT' };
        return { shortfalls: [] };
      },
    },
    { registrationId: 'REG1', roundId: round.roundId },
  );
  return { records, walk };
}

describe('the training machine', () => {
  it('takes a school from its invitation to the opening of submissions', async () => {
    const { records, walk } = year();
    const arn = await walk.start();
    expect(walk.wait()?.waitingFor?.S).not.toBe('');
    await walk.passUntil(new Date(submissionsOpenAt(round).getTime() + 5000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await walk.states(arn)).at(-1)).toBe('Training ended');
    expect(records.mails.some((cause) => cause.startsWith('action-plan-late'))).toBe(true);
    expect(new Set(records.mails).size).toBe(records.mails.length);
    walk.cloud.close();
  });

  it('reads a moved deadline when it is woken, and waits for that', async () => {
    const { records, walk } = year();
    await walk.start();
    records.registration = {
      ...records.registration,
      movedDeadlines: { actionPlanDue: addDays(round.calendar.actionPlanDue, 60) },
    };
    await walk.wake();
    await walk.passUntil(
      new Date(deadlineFor(round, sampleRegistration(), 'actionPlanDue').getTime() + 3_600_000),
    );
    expect(records.mails.some((cause) => cause.startsWith('action-plan-late'))).toBe(false);
    await walk.passUntil(
      new Date(deadlineFor(round, records.registration, 'actionPlanDue').getTime() + 3_600_000),
    );
    expect(records.mails.filter((cause) => cause.startsWith('action-plan-late'))).toHaveLength(1);
    walk.cloud.close();
  });

  it('ends when the school withdraws while it waits', async () => {
    const { records, walk } = year();
    const arn = await walk.start();
    records.registration = { ...records.registration, status: 'WITHDRAWN' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await walk.states(arn)).at(-1)).toBe('Nothing more to do');
    walk.cloud.close();
  });

  it('lets only one execution have the stage; a new attempt takes it over', async () => {
    const { walk } = year();
    const first = await walk.start();
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    expect(await walk.describe(first)).toMatchObject({ status: 'RUNNING' });
    const third = await walk.start(2);
    expect(await walk.states(third)).toContain('Decide what comes next');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk } = year({
      InviteSchool: ['Lambda.ServiceException', 'ConcurrentChangeError'],
      PlanTraining: ['Lambda.TooManyRequestsException'],
    });
    const arn = await walk.start();
    await walk.passUntil(new Date(walk.now().getTime() + 600_000));
    expect(records.registration.status).toBe('IN_TRAINING');
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    walk.cloud.close();
  });

  it('decides anew when the end of training meets a withdrawal', async () => {
    const { records, walk } = year({ CompleteTraining: ['WrongStateError'] });
    const arn = await walk.start();
    await walk.passUntil(new Date(submissionsOpenAt(round).getTime() + 5000));
    expect(records.registration.status).toBe('READY_TO_SUBMIT');
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it.each(['PlanTraining', 'InviteSchool', 'RemindSchool', 'AskAboutTraining', 'CompleteTraining'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk } = year({ [name]: ['MessageRejected'] });
      const arn = await walk.start();
      await walk.passUntil(new Date(submissionsOpenAt(round).getTime() + 5000));
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
      expect((await walk.states(arn)).at(-1)).toBe('The training cannot go on');
      walk.cloud.close();
    },
  );
});
