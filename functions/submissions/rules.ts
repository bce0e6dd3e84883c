import * as z from 'zod';
import { deadlineDay, deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { dueDuties, type MailDuty, nextDuty, type Recipient } from '../shared/mail/duties.ts';
import { waitStep, waitUntil } from '../shared/waits/waits.ts';
import type { Training } from '../training/model.ts';
import { contactsIn } from '../training/recipients.ts';
import {
  lastingDuties,
  morningBefore,
  nextMorning,
  type TrainingMail,
  trainingMail,
} from '../training/rules.ts';
import { type Document, type Submission, scanLimits } from './model.ts';

export const submissionMail = z.enum([
  'SIGN_OFF_DUE',
  'SIGN_OFF_WANTED',
  'SIGN_OFF_LATE',
  'SUBMISSION_DUE',
  'DECLARATION_WANTED',
]);
export type SubmissionMail = z.output<typeof submissionMail>;

/** What the submission machine does next. */
export const submissionStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('OPEN') }),
  z.object({ do: z.literal('REMIND'), kind: z.union([submissionMail, trainingMail]), cause: z.string() }),
  z.object({
    do: z.literal('ASK_HUB_LEADER'),
    kind: z.union([submissionMail, trainingMail]),
    cause: z.string(),
  }),
  z.object({ do: z.literal('EXPIRE_SCANS') }),
  z.object({ do: z.literal('FREEZE') }),
  z.object({ do: z.literal('MISS') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type SubmissionStep = z.output<typeof submissionStep>;

/** All that the decision rests on, as read at `now`. */
export interface SubmissionFacts {
  readonly round: Round;
  readonly registration: Registration;
  readonly submission: Submission | undefined;
  /** Sessions and the level go on while the submission is open. */
  readonly training: Training | undefined;
  readonly documents: readonly Document[];
  /** The hub's leaders; the programme's admins where it has none. */
  readonly hubLeaders: readonly Recipient[];
  readonly sent: ReadonlySet<string>;
}

/**
 * The next step of a registration's submission at `now`. Pure; the same facts give the same step. What the head has
 * declared in time is frozen, even where the machine comes to it after the deadline; what is not declared when the
 * deadline has passed is missed, signed off or not (the hub leader was asked before, at the sign-off date).
 */
export function nextSubmissionStep(facts: SubmissionFacts, now: Date): SubmissionStep {
  const { registration, submission } = facts;
  switch (registration.status) {
    case 'READY_TO_SUBMIT':
      return open(facts, now);
    case 'WITHDRAWN':
    case 'LAPSED':
    case 'MISSED':
      return { do: 'ENDED', result: registration.status };
    case 'SUBMITTED_WORK':
    case 'IN_ASSESSMENT':
    case 'IN_MODERATION':
    case 'DECIDED':
    case 'AWARDED':
    case 'AWARDED_LOWER':
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
      return { do: 'ENDED', result: `FROZEN version ${submission?.frozenVersion ?? 0}` };
    case 'SUBMITTED':
    case 'ACCEPTED':
    case 'AWAITING_PAYMENT':
    case 'PAID':
    case 'COVERED':
    case 'IN_TRAINING':
      // The event overtook its own record: nothing but the training machine starts this one. Look again each day.
      return waitUntil(nextMorning(now), 'the training to end', 'daily', now);
  }
}

function open(facts: SubmissionFacts, now: Date): SubmissionStep {
  const { round, registration, submission, documents, sent } = facts;
  if (submission === undefined) return { do: 'OPEN' };
  if (submission.status === 'DECLARED') return { do: 'FREEZE' };
  const scans = scanLimits(documents, round.policies.submission.scanTimeoutMinutes);
  if (scans.some((limit) => limit.at <= now)) return { do: 'EXPIRE_SCANS' };
  const submissionDue = deadlineFor(round, registration, 'submissionDue');
  if (now > submissionDue) return { do: 'MISS' };
  const own = submissionDuties(facts, submission);
  const lasting = facts.training === undefined ? [] : lastingDuties(facts, facts.training);
  const duties: MailDuty<SubmissionMail | TrainingMail>[] = [...own, ...lasting];
  const due =
    dueDuties(own, sent, new Date(submission.openedAt), now)[0] ??
    dueDuties(lasting, sent, new Date(facts.training?.invitedAt ?? submission.openedAt), now)[0];
  if (due !== undefined) {
    const toHubLeader =
      due.kind === 'SIGN_OFF_WANTED' || due.kind === 'SIGN_OFF_LATE' || due.kind === 'LEVEL_WANTED';
    return { do: toHubLeader ? 'ASK_HUB_LEADER' : 'REMIND', kind: due.kind, cause: due.cause };
  }
  const who = awaited(submission.status);
  // The deadline counts to its last millisecond: the machine looks just after it.
  const until = [{ at: new Date(submissionDue.getTime()), for: who, name: 'submissionDue' }];
  const signOffDue = deadlineFor(round, registration, 'signOffDue');
  if (signOffDue > now && submission.status !== 'SIGNED_OFF')
    until.push({ at: signOffDue, for: who, name: 'signOffDue' });
  const duty = nextDuty(duties, now);
  if (duty !== undefined)
    until.push({ at: duty.at, for: `${who}, or the next reminder`, name: `${duty.kind}:${duty.series}` });
  for (const scan of scans) until.push({ at: scan.at, for: 'the check of an uploaded file', name: 'scan' });
  const first = until.reduce((soonest, candidate) => (candidate.at < soonest.at ? candidate : soonest));
  return waitUntil(first.at, first.for, first.name, now);
}

function awaited(status: Submission['status']): string {
  switch (status) {
    case 'OPEN':
      return "the school's documents and reflections";
    case 'RETURNED':
      return "the school's answer to the hub leader's comments";
    case 'SIGN_OFF_REQUESTED':
      return "the hub leader's sign-off";
    case 'SIGNED_OFF':
      return "the head's declaration";
    case 'DECLARED':
    case 'FROZEN':
    case 'MISSED':
      return 'the programme';
  }
}

/**
 * Every reminder of the submission with its instant (policy: days before). Until sign-off is asked for, the subject
 * leaders are reminded of its date; while it is awaited, the hub leader is, and asked once more when the date has
 * passed; after it, the head is reminded to declare.
 */
export function submissionDuties(
  facts: Pick<SubmissionFacts, 'round' | 'registration' | 'hubLeaders'>,
  submission: Pick<Submission, 'status'>,
): MailDuty<SubmissionMail>[] {
  const { round, registration, hubLeaders } = facts;
  const days = round.policies.submission.reminderDaysBefore;
  const signOffDay = deadlineDay(round, registration, 'signOffDue');
  const submissionDay = deadlineDay(round, registration, 'submissionDue');
  const signOffDue = deadlineFor(round, registration, 'signOffDue');
  const submissionDue = deadlineFor(round, registration, 'submissionDue');
  const duty = (
    kind: SubmissionMail,
    day: string,
    before: number,
    until: Date,
    recipients: readonly Recipient[],
  ): MailDuty<SubmissionMail> => ({
    kind,
    series: `${kind} ${day}`,
    cause: `${kind.toLowerCase().replaceAll('_', '-')}:${day}:${before}`,
    at: morningBefore(day, before),
    until,
    recipients,
  });
  const late: MailDuty<SubmissionMail> = {
    kind: 'SIGN_OFF_LATE',
    series: `SIGN_OFF_LATE ${signOffDay}`,
    cause: `sign-off-late:${signOffDay}`,
    at: new Date(signOffDue.getTime() + 1),
    until: submissionDue,
    recipients: hubLeaders,
  };
  const leaders = contactsIn(registration, 'subject_leader');
  switch (submission.status) {
    case 'OPEN':
    case 'RETURNED':
      return [
        ...days.map((before) => duty('SIGN_OFF_DUE', signOffDay, before, signOffDue, leaders)),
        ...days.map((before) =>
          duty(
            'SUBMISSION_DUE',
            submissionDay,
            before,
            submissionDue,
            contactsIn(registration, 'subject_leader', 'head'),
          ),
        ),
        late,
      ];
    case 'SIGN_OFF_REQUESTED':
      return [
        ...days.map((before) => duty('SIGN_OFF_WANTED', signOffDay, before, signOffDue, hubLeaders)),
        late,
      ];
    case 'SIGNED_OFF':
      return days.map((before) =>
        duty('DECLARATION_WANTED', submissionDay, before, submissionDue, contactsIn(registration, 'head')),
      );
    case 'DECLARED':
    case 'FROZEN':
    case 'MISSED':
      return [];
  }
}
