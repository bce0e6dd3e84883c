import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { endOfLondonDay } from '../shared/time/london.ts';
import type { Submission } from '../submissions/model.ts';
import type { Training } from './model.ts';

/** Something that a school, or the hub leader for it, is late with: `late.<code>` of the texts. */
export interface Late {
  readonly code:
    | 'action-plan'
    | 'action-plan-feedback'
    | 'attendance'
    | 'level'
    | 'level-request'
    | 'sign-off'
    | 'submission'
    | 'declaration';
  readonly since: Date;
  readonly session?: number;
}

/** All that is late for a school at `now`, the longest first. Pure. */
export function lateOf(
  round: Pick<Round, 'calendar' | 'policies'>,
  registration: Registration,
  training: Training | undefined,
  submission: Pick<Submission, 'status'> | undefined,
  now: Date,
): Late[] {
  const { answerDays } = round.policies.training;
  const late: Late[] = [];
  const add = (code: Late['code'], since: Date, session?: number): void => {
    if (now > since) late.push({ code, since, ...(session === undefined ? {} : { session }) });
  };
  if (registration.status === 'IN_TRAINING' && training !== undefined) {
    if (training.actionPlan === null) add('action-plan', deadlineFor(round, registration, 'actionPlanDue'));
    if (training.actionPlan !== null && training.feedback === null)
      add('action-plan-feedback', afterDays(training.actionPlan.receivedAt, answerDays));
  }
  if (
    (registration.status === 'IN_TRAINING' || registration.status === 'READY_TO_SUBMIT') &&
    training !== undefined
  ) {
    for (const { session, date } of training.sessions) {
      if (training.attendance[session] === undefined) add('attendance', endOfLondonDay(date), session);
    }
    if (!registration.targetLevelConfirmed)
      add('level', deadlineFor(round, registration, 'levelChangeCutOff'));
    if (training.levelRequest !== null) add('level-request', afterDays(training.levelRequest.at, answerDays));
  }
  if (registration.status === 'READY_TO_SUBMIT' && submission !== undefined) {
    const signOffDue = deadlineFor(round, registration, 'signOffDue');
    if (submission.status === 'SIGN_OFF_REQUESTED') add('sign-off', signOffDue);
    if (submission.status === 'OPEN' || submission.status === 'RETURNED') add('submission', signOffDue);
    if (submission.status === 'SIGNED_OFF') add('declaration', signOffDue);
  }
  if (registration.status === 'MISSED') add('submission', deadlineFor(round, registration, 'submissionDue'));
  return late.sort((a, b) => a.since.getTime() - b.since.getTime());
}

function afterDays(instant: string, days: number): Date {
  return new Date(new Date(instant).getTime() + days * 24 * 3600 * 1000);
}
