import { describe, expect, it } from 'vitest';
import type { Assignment } from '../../functions/assessment/model.ts';
import { dueOn } from '../../functions/assessment/rules.ts';
import { nextAssessmentStep, reminderCause } from '../../functions/assessment/steps.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { addDays, addWorkingDays, endOfLondonDay, londonDate } from '../../functions/shared/time/london.ts';
import { sampleAssignment } from '../support/assessing.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import { sampleRegistration, sampleRound } from '../support/school-year.ts';

// The engine's clock starts on 1 September 2026: a round whose allocation is about then.
const round = sampleRound('2025-11-01');
round.calendar.assessmentDue = '2026-10-12';

function assessing(fail: Partial<Record<string, string[]>> = {}) {
  const records = {
    registration: sampleRegistration({ status: 'IN_ASSESSMENT' }) as Registration,
    assignment: sampleAssignment() as Assignment,
    sent: new Set<string>(),
    requests: 0,
  };
  const failOnce = (name: string): void => {
    const error = fail[name]?.shift();
    if (error !== undefined) throw failure(error);
  };
  const end = (status: Assignment['status']): void => {
    records.assignment = { ...records.assignment, status };
  };
  const walk: MachineWalk = walkMachine(
    'assessment',
    {
      PlanAssessment: () => {
        failOnce('PlanAssessment');
        beginDecisionOn(walk);
        return nextAssessmentStep({ round, ...records }, walk.now());
      },
      RemindAssessor: (event) => {
        failOnce('RemindAssessor');
        const { due, day } = event as { due: string; day: number };
        records.sent.add(reminderCause(due, day));
        return { reminded: true };
      },
      EscalateAssessment: () => {
        failOnce('EscalateAssessment');
        records.assignment = { ...records.assignment, escalatedAt: walk.now().toISOString() };
        return { escalated: true };
      },
      ExpireAssignment: () => {
        failOnce('ExpireAssignment');
        end('EXPIRED');
        return { expired: true };
      },
      CloseForSchool: () => {
        failOnce('CloseForSchool');
        end('REASSIGNED');
        return { closed: true };
      },
      AskReallocation: () => {
        failOnce('AskReallocation');
        records.requests++;
        records.assignment = { ...records.assignment, reallocatedAt: walk.now().toISOString() };
        return { attempt: 2 };
      },
      EndAssessment: (event) => ({ result: (event as { result: string }).result }),
    },
    { assignmentId: 'REG1.1', registrationId: 'REG1', roundId: round.roundId },
  );
  const offeredAt = walk.now();
  const answerBy = endOfLondonDay(addWorkingDays(londonDate(offeredAt), 3));
  records.assignment = sampleAssignment({
    offeredAt: offeredAt.toISOString(),
    answerBy: answerBy.toISOString(),
  });
  const accept = async (): Promise<void> => {
    records.assignment = { ...records.assignment, status: 'ACCEPTED', acceptedAt: walk.now().toISOString() };
    await walk.wake();
  };
  return { records, walk, answerBy, accept };
}

describe('the assessment machine', () => {
  it('takes an offer that nobody answers back and has it allocated again', async () => {
    const { records, walk, answerBy } = assessing();
    const arn = await walk.start();
    expect(walk.wait()).toMatchObject({
      waitingFor: { S: 'the assessor to accept or decline' },
      deadlineName: { S: 'answerBy' },
    });
    await walk.passUntil(new Date(answerBy.getTime() + 5000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records).toMatchObject({ assignment: { status: 'EXPIRED' }, requests: 1 });
    walk.cloud.close();
  });

  it('follows accepted work to its return', async () => {
    const { records, walk, accept } = assessing();
    const arn = await walk.start();
    await accept();
    expect(walk.wait()).toMatchObject({ waitingFor: { S: 'the assessor to return the review' } });
    records.assignment = { ...records.assignment, status: 'RETURNED' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.requests).toBe(0);
    walk.cloud.close();
  });

  it('reminds, escalates and takes silent work back, in this order', async () => {
    const { records, walk, accept } = assessing();
    const arn = await walk.start();
    await accept();
    const due = dueOn(round, records.registration, records.assignment.acceptedAt!);
    await walk.passUntil(
      new Date(`${addDays(due, round.policies.assessment.expireAfterDays + 2)}T12:00:00Z`),
    );
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    const entered = await walk.states(arn);
    const acts = entered.filter((name) => !/Decide|done|Wait|Check|Claim/.test(name));
    expect(acts).toEqual([
      'Remind the assessor',
      'Remind the assessor',
      'Put the late assessment before the admins',
      'Remind the assessor',
      'Take the assignment back',
      'Have the submission allocated again',
      'End the assessment',
      'Ended',
    ]);
    expect(records.requests).toBe(1);
    walk.cloud.close();
  });

  it('has a declined submission allocated again at once', async () => {
    const { records, walk } = assessing();
    const arn = await walk.start();
    records.assignment = { ...records.assignment, status: 'DECLINED' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.requests).toBe(1);
    walk.cloud.close();
  });

  it('closes the assignment of a school that left, without asking for another assessor', async () => {
    const { records, walk, accept } = assessing();
    const arn = await walk.start();
    await accept();
    records.registration = { ...records.registration, status: 'WITHDRAWN' };
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records).toMatchObject({ assignment: { status: 'REASSIGNED' }, requests: 0 });
    walk.cloud.close();
  });

  it('decides anew when an answer comes between its decision and its wait', async () => {
    const { records, walk } = assessing();
    records.assignment = { ...records.assignment, status: 'OFFERED' };
    walk.poke();
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    walk.cloud.close();
  });

  it('lets only one execution have the stage', async () => {
    const { walk } = assessing();
    await walk.start();
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk, answerBy } = assessing({
      ExpireAssignment: ['Lambda.ServiceException', 'ConcurrentChangeError'],
    });
    const arn = await walk.start();
    await walk.passUntil(new Date(answerBy.getTime() + 600_000));
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.requests).toBe(1);
    walk.cloud.close();
  });

  it.each(['PlanAssessment', 'RemindAssessor', 'EscalateAssessment', 'ExpireAssignment', 'AskReallocation'])(
    'fails by name when %s cannot be done, so that an admin sees it',
    async (name) => {
      const { walk, accept } = assessing({ [name]: ['MessageRejected'] });
      const arn = await walk.start();
      if (name !== 'PlanAssessment') await accept();
      await walk.passUntil(new Date('2026-12-01T12:00:00Z'));
      expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
      expect((await walk.states(arn)).at(-1)).toBe('Stop for an admin');
      walk.cloud.close();
    },
  );

  it('fails by name when the school left and the assignment cannot be closed', async () => {
    const { records, walk } = assessing({ CloseForSchool: ['MessageRejected'] });
    records.registration = { ...records.registration, status: 'WITHDRAWN' };
    const arn = await walk.start();
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    walk.cloud.close();
  });
});
