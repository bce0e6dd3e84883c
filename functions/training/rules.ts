import * as z from 'zod';
import { deadlineDay, deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { dueDuties, type MailDuty, nextDuty, type Recipient } from '../shared/mail/duties.ts';
import { addDays, endOfLondonDay, londonDate, londonTime } from '../shared/time/london.ts';
import { waitStep, waitUntil } from '../shared/waits/waits.ts';
import { type Document, scanLimits } from '../submissions/model.ts';
import type { Shortfall, Training } from './model.ts';
import { MORNING, submissionsOpenAt } from './opening.ts';
import { contactsIn, schoolTeam } from './recipients.ts';

export const trainingMail = z.enum(['ACTION_PLAN_DUE', 'ACTION_PLAN_LATE', 'SESSION_SOON', 'LEVEL_WANTED']);
export type TrainingMail = z.output<typeof trainingMail>;

/** What the training machine does next. */
export const trainingStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('INVITE') }),
  z.object({ do: z.literal('REMIND'), kind: trainingMail, cause: z.string(), subject: z.string() }),
  z.object({ do: z.literal('ASK_HUB_LEADER'), kind: trainingMail, cause: z.string(), subject: z.string() }),
  z.object({ do: z.literal('EXPIRE_SCANS') }),
  z.object({ do: z.literal('COMPLETE') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type TrainingStep = z.output<typeof trainingStep>;

/** All that the decision rests on, as read at `now`. */
export interface TrainingFacts {
  readonly round: Round;
  readonly registration: Registration;
  readonly training: Training | undefined;
  readonly documents: readonly Document[];
  /** The hub's leaders; the programme's admins where it has none. */
  readonly hubLeaders: readonly Recipient[];
  /** Causes of the mails that went out. */
  readonly sent: ReadonlySet<string>;
}

/** The instant in the morning `days` before the calendar day `day`. */
export function morningBefore(day: string, days: number): Date {
  return londonTime(addDays(day, -days), MORNING);
}

/** The morning after the day of `now`: for waits that nothing but a change of the record ends. */
export function nextMorning(now: Date): Date {
  return londonTime(addDays(londonDate(now), 1), MORNING);
}

/** The next step of a registration's training at `now`. Pure; the same facts give the same step. */
export function nextTrainingStep(facts: TrainingFacts, now: Date): TrainingStep {
  const { round, registration, training } = facts;
  switch (registration.status) {
    case 'PAID':
    case 'COVERED':
      return { do: 'INVITE' };
    case 'IN_TRAINING':
      return training === undefined ? { do: 'INVITE' } : inTraining(facts, training, now);
    case 'WITHDRAWN':
    case 'LAPSED':
      return { do: 'ENDED', result: registration.status };
    case 'SUBMITTED':
    case 'ACCEPTED':
    case 'AWAITING_PAYMENT':
      // The confirmation was undone (a payment reversed before the invitation): look again each day until it is decided.
      return waitUntil(nextMorning(now), 'the registration to be confirmed again', 'daily', now);
    case 'READY_TO_SUBMIT':
    case 'SUBMITTED_WORK':
    case 'IN_ASSESSMENT':
    case 'IN_MODERATION':
    case 'DECIDED':
    case 'AWARDED':
    case 'AWARDED_LOWER':
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
    case 'NOT_AWARDED':
    case 'MISSED':
      return { do: 'ENDED', result: `COMPLETED in ${round.roundId}` };
  }
}

function inTraining(facts: TrainingFacts, training: Training, now: Date): TrainingStep {
  const { round, registration, sent, documents } = facts;
  const scans = scanLimits(documents, round.policies.submission.scanTimeoutMinutes);
  if (scans.some((limit) => limit.at <= now)) return { do: 'EXPIRE_SCANS' };
  const opens = submissionsOpenAt(round);
  if (now >= opens) return { do: 'COMPLETE' };
  const duties = trainingDuties(facts, training);
  const due = dueDuties(duties, sent, new Date(training.invitedAt), now)[0];
  if (due !== undefined) {
    const told = { kind: due.kind, cause: due.cause, subject: due.series };
    return due.kind === 'ACTION_PLAN_LATE' || due.kind === 'LEVEL_WANTED'
      ? { do: 'ASK_HUB_LEADER', ...told }
      : { do: 'REMIND', ...told };
  }
  const until: { at: Date; for: string; name: string }[] = [
    { at: opens, for: 'submissions to open', name: 'submissionOpens' },
  ];
  const duty = nextDuty(duties, now);
  if (duty !== undefined)
    until.push({ at: duty.at, for: waitingFor(duty.kind), name: `${duty.kind}:${duty.series}` });
  const planDue = deadlineFor(round, registration, 'actionPlanDue');
  if (training.actionPlan === null && planDue > now)
    until.push({ at: planDue, for: 'the action plan', name: 'actionPlanDue' });
  for (const scan of scans) until.push({ at: scan.at, for: 'the check of an uploaded file', name: 'scan' });
  const first = until.reduce((soonest, candidate) => (candidate.at < soonest.at ? candidate : soonest));
  return waitUntil(first.at, first.for, first.name, now);
}

function waitingFor(kind: TrainingMail): string {
  switch (kind) {
    case 'ACTION_PLAN_DUE':
      return 'the action plan, or the next reminder of it';
    case 'ACTION_PLAN_LATE':
      return 'the action plan';
    case 'SESSION_SOON':
      return 'the next session';
    case 'LEVEL_WANTED':
      return "the hub leader's confirmation of the level";
  }
}

/**
 * Every mail of the training year with its instant: reminders before the action plan is due (policy, to the subject
 * leaders), its lateness and an unconfirmed level (to the hub leader), one reminder a session at the policy's shortest
 * notice (head and subject leaders).
 */
export function trainingDuties(
  facts: Pick<TrainingFacts, 'round' | 'registration' | 'hubLeaders'>,
  training: Training,
): MailDuty<TrainingMail>[] {
  const { round, registration, hubLeaders } = facts;
  const days = round.policies.training.reminderDaysBefore;
  const duties: MailDuty<TrainingMail>[] = [];
  const planDay = deadlineDay(round, registration, 'actionPlanDue');
  const planDue = endOfLondonDay(planDay);
  if (training.actionPlan === null) {
    for (const before of days) {
      duties.push({
        kind: 'ACTION_PLAN_DUE',
        series: planDay,
        cause: `action-plan-due:${planDay}:${before}`,
        at: morningBefore(planDay, before),
        until: planDue,
        recipients: contactsIn(registration, 'subject_leader'),
      });
    }
    const at = new Date(planDue.getTime() + 1);
    duties.push({
      kind: 'ACTION_PLAN_LATE',
      series: planDay,
      cause: `action-plan-late:${planDay}`,
      at,
      until: submissionsOpenAt(round),
      recipients: hubLeaders,
    });
  }
  const notice = days.length === 0 ? 7 : Math.max(1, Math.min(...days.filter((day) => day > 0)));
  for (const session of training.sessions) {
    duties.push({
      kind: 'SESSION_SOON',
      series: `session ${session.session}`,
      cause: `session:${session.session}:${session.date}`,
      at: morningBefore(session.date, notice),
      until: londonTime(session.date, session.time ?? '23:59'),
      recipients: schoolTeam(registration),
    });
  }
  if (!registration.targetLevelConfirmed) {
    // Asked after the first session, where the audit and the level are talked through (domain.md 1.3), and again before the cut-off.
    const first = training.sessions[0];
    const cutOff = deadlineDay(round, registration, 'levelChangeCutOff');
    const asks = [...(first === undefined ? [] : [morningBefore(first.date, -1)]), morningBefore(cutOff, 14)];
    for (const [index, at] of asks.entries()) {
      duties.push({
        kind: 'LEVEL_WANTED',
        series: cutOff,
        cause: `level-wanted:${index + 1}`,
        at,
        until: endOfLondonDay(cutOff),
        recipients: hubLeaders,
      });
    }
  }
  return duties;
}

/** The mails of the training year that go on while a submission is open: sessions, and a level not confirmed yet. */
export function lastingDuties(
  facts: Pick<TrainingFacts, 'round' | 'registration' | 'hubLeaders'>,
  training: Training,
): MailDuty<TrainingMail>[] {
  return trainingDuties(facts, training).filter(
    (duty) => duty.kind === 'SESSION_SOON' || duty.kind === 'LEVEL_WANTED',
  );
}

/**
 * What a school lacks at the end of its training, sessions still to come counted as if it came to them. It goes on: the
 * domain says nothing that would stop it here.
 */
export function shortfallsOf(
  round: Pick<Round, 'policies'>,
  registration: Pick<Registration, 'targetLevelConfirmed'>,
  training: Training,
  now: Date,
): Shortfall[] {
  const attended = Object.values(training.attendance).filter((entry) => entry.attended).length;
  const toCome = training.sessions.filter((session) => endOfLondonDay(session.date) > now).length;
  return [
    ...(training.actionPlan === null ? (['ACTION_PLAN'] as const) : []),
    ...(attended + toCome < round.policies.training.minimumSessions ? (['SESSIONS'] as const) : []),
    ...(registration.targetLevelConfirmed ? [] : (['LEVEL'] as const)),
  ];
}
