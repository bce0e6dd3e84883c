import { paymentDay } from '../payments/due.ts';
import type { Invoice } from '../payments/model.ts';
import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { endOfLondonDay, londonTime } from '../shared/time/london.ts';
import type { Submission } from '../submissions/model.ts';
import type { Training, TrainingSession } from './model.ts';
import { submissionsOpenAt } from './opening.ts';

/** What is next for a school, as a code of the texts `next.<code>`, with who must act and by when. */
export interface NextForSchool {
  readonly code: NextCode;
  readonly who: 'SCHOOL' | 'HUB_LEADER' | 'PROGRAMME' | 'NOBODY';
  /** The instant by which it is due; undefined: no date. */
  readonly by: Date | undefined;
  /** Values of the text: `count`, `session`; `day` is shown as `{date}`. */
  readonly count?: number;
  readonly session?: number;
  readonly day?: string;
}

export const nextCodes = [
  'placing',
  'pay',
  'add-purchase-order',
  'training-begins',
  'attend-session',
  'send-action-plan',
  'prepare',
  'submission-opens',
  'complete-submission',
  'answer-comments',
  'request-sign-off',
  'await-sign-off',
  'declare',
  'freezing',
  'await-results',
  'result',
  'ended',
] as const;
export type NextCode = (typeof nextCodes)[number];

export interface SchoolFacts {
  readonly round: Pick<Round, 'calendar' | 'movedDeadlines'>;
  readonly registration: Registration;
  /** The invoice that the school is to pay; undefined before it is issued and where a funder covers the fee. */
  readonly invoice: Pick<Invoice, 'dueOn'> | undefined;
  readonly training: Training | undefined;
  readonly submission: Submission | undefined;
  /** Things that the submission still lacks. */
  readonly missing: number;
}

/** The one thing that is next for a school at `now`. Pure. Nothing of a decision shows before its release. */
export function nextForSchool(facts: SchoolFacts, now: Date): NextForSchool {
  const { round, registration } = facts;
  switch (registration.status) {
    case 'SUBMITTED':
    case 'ACCEPTED':
      return registration.purchaseOrder.kind === 'LATER'
        ? { code: 'add-purchase-order', who: 'SCHOOL', by: undefined }
        : { code: 'placing', who: 'PROGRAMME', by: undefined };
    case 'AWAITING_PAYMENT':
      return {
        code: registration.purchaseOrder.kind === 'LATER' ? 'add-purchase-order' : 'pay',
        who: 'SCHOOL',
        by: endOfLondonDay(paymentDay(round, registration, facts.invoice)),
      };
    case 'PAID':
    case 'COVERED':
      return { code: 'training-begins', who: 'PROGRAMME', by: undefined };
    case 'IN_TRAINING':
      return inTraining(facts, now);
    case 'READY_TO_SUBMIT':
      return inSubmission(facts);
    case 'SUBMITTED_WORK':
    case 'IN_ASSESSMENT':
    case 'IN_MODERATION':
    case 'DECIDED':
      return { code: 'await-results', who: 'PROGRAMME', by: deadlineFor(round, registration, 'results') };
    case 'AWARDED':
    case 'AWARDED_LOWER':
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
      return { code: 'result', who: 'NOBODY', by: undefined };
    case 'WITHDRAWN':
    case 'LAPSED':
    case 'MISSED':
      return { code: 'ended', who: 'NOBODY', by: undefined };
  }
}

function inTraining({ round, registration, training }: SchoolFacts, now: Date): NextForSchool {
  const session = training?.sessions.find((entry) => sessionStart(entry) > now);
  const planDue = deadlineFor(round, registration, 'actionPlanDue');
  const planMissing = training === undefined || training.actionPlan === null;
  // A late plan comes first; otherwise whichever date is nearer.
  if (planMissing && (session === undefined || planDue <= sessionStart(session)))
    return { code: 'send-action-plan', who: 'SCHOOL', by: planDue };
  if (session !== undefined)
    return {
      code: 'attend-session',
      who: 'SCHOOL',
      by: sessionStart(session),
      session: session.session,
      day: session.date,
    };
  return {
    code: 'prepare',
    who: 'SCHOOL',
    by: submissionsOpenAt(round),
    day: round.calendar.submissionOpens,
  };
}

function sessionStart(session: TrainingSession): Date {
  return londonTime(session.date, session.time ?? '23:59');
}

function inSubmission({ round, registration, submission, missing }: SchoolFacts): NextForSchool {
  const signOffDue = deadlineFor(round, registration, 'signOffDue');
  const submissionDue = deadlineFor(round, registration, 'submissionDue');
  switch (submission?.status) {
    case undefined:
      return { code: 'submission-opens', who: 'PROGRAMME', by: undefined };
    case 'OPEN':
      return missing > 0
        ? { code: 'complete-submission', who: 'SCHOOL', by: signOffDue, count: missing }
        : { code: 'request-sign-off', who: 'SCHOOL', by: signOffDue };
    case 'RETURNED':
      return { code: 'answer-comments', who: 'SCHOOL', by: signOffDue };
    case 'SIGN_OFF_REQUESTED':
      return { code: 'await-sign-off', who: 'HUB_LEADER', by: signOffDue };
    case 'SIGNED_OFF':
      return { code: 'declare', who: 'SCHOOL', by: submissionDue };
    case 'DECLARED':
    case 'FROZEN':
      return { code: 'freezing', who: 'PROGRAMME', by: undefined };
    case 'MISSED':
      return { code: 'ended', who: 'NOBODY', by: undefined };
  }
}
