import { deadlineFor } from '../programme/deadlines.ts';
import type { Level, Round } from '../programme/model.ts';
import { type Registration, registration } from '../registration/model.ts';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, change, create, read, type Stored } from '../shared/table/change.ts';
import { registrationKey } from '../shared/table/keys.ts';
import { londonTime } from '../shared/time/london.ts';
import { checkLevelChange } from './level-change.ts';
import {
  type HubMessage,
  type HubSessions,
  hubMessage,
  hubMessageKey,
  hubSessions,
  hubSessionsKey,
  type ReceivedActionPlan,
  type Training,
  type TrainingSession,
  training,
  trainingKey,
} from './model.ts';
import { sessionsOf } from './opening.ts';

/** A person who acts, with the name under which others read it. */
export interface Person {
  readonly personId: string;
  readonly name: string;
}
export const actorOf = (person: Pick<Person, 'personId'>): Actor => ({ kind: 'person', id: person.personId });

/** The training of a registration, or undefined before it has begun. Consistent. */
export function findTraining(registrationId: string): Promise<Stored<Training> | undefined> {
  return read(training, trainingKey(registrationId));
}

/** The dates that a hub set for a round, or undefined. */
export function findHubSessions(hubId: string, roundId: string): Promise<Stored<HubSessions> | undefined> {
  return read(hubSessions, hubSessionsKey(hubId, roundId));
}

/** Begins the training record of a registration with its hub's sessions; the same again returns what is there. */
export async function beginTraining(
  of: Registration,
  round: Round,
  actor: Actor,
  now: Date,
): Promise<Stored<Training>> {
  const existing = await findTraining(of.registrationId);
  if (existing !== undefined) return existing;
  if (of.hubId === null) throw new WrongStateError(`registration ${of.reference}`, 'without a hub');
  const own = await findHubSessions(of.hubId, of.roundId);
  return create<Training>(
    trainingKey(of.registrationId),
    {
      next: {
        registrationId: of.registrationId,
        roundId: of.roundId,
        hubId: of.hubId,
        invitedAt: now.toISOString(),
        sessions: sessionsOf(round, own?.sessions),
        attendance: {},
        actionPlan: null,
        feedback: null,
        levelRequest: null,
        completedAt: null,
        shortfalls: [],
      },
      audit: { action: 'training.begin', actor },
      events: [],
    },
    now,
  );
}

/** Changes the training record by `decide`; undefined from it changes nothing. */
export function changeTraining(
  registrationId: string,
  now: Date,
  decide: (current: Stored<Training>) => TrainingChange | undefined,
): Promise<Stored<Training>> {
  return change(training, trainingKey(registrationId), now, (current) => {
    const decided = decide(current);
    return decided === undefined ? undefined : asChange(current, decided);
  });
}

interface TrainingChange {
  readonly set: Partial<Training>;
  readonly action: string;
  readonly actor: Actor;
  readonly reason?: string;
  readonly events: readonly DomainEvent[];
}

function asChange(current: Stored<Training>, decided: TrainingChange) {
  const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
  return {
    next: { ...rest, ...decided.set },
    audit: {
      action: decided.action,
      actor: decided.actor,
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
    events: decided.events,
  };
}

const ids = (of: Pick<Training, 'registrationId' | 'roundId'>) => ({
  registrationId: of.registrationId,
  roundId: of.roundId,
});

/** Records the action plan as received; a later one takes its place, and the earlier feedback with it. */
export function receiveActionPlan(
  registrationId: string,
  plan: ReceivedActionPlan,
  actor: Actor,
  now: Date,
): Promise<Stored<Training>> {
  return changeTraining(registrationId, now, (current) => {
    // Ids of files rise with time: a file that settles again, or late, does not take the place of a newer one.
    if (
      plan.kind === 'FILE' &&
      current.actionPlan?.kind === 'FILE' &&
      current.actionPlan.documentId >= plan.documentId
    )
      return undefined;
    return {
      set: { actionPlan: plan, feedback: null },
      action: 'action-plan.receive',
      actor,
      events: [{ name: 'ActionPlanReceived', detail: ids(current) }],
    };
  });
}

/** The hub leader's feedback on the action plan; refused before there is one. */
export function giveFeedback(
  registrationId: string,
  text: string,
  by: Person,
  now: Date,
): Promise<Stored<Training>> {
  return changeTraining(registrationId, now, (current) => {
    if (current.actionPlan === null) throw new RefusedError('action-plan-missing', { field: 'text' });
    if (current.feedback?.text === text) return undefined;
    return {
      set: { feedback: { text, at: now.toISOString(), by: by.personId, byName: by.name } },
      action: 'action-plan.feedback',
      actor: actorOf(by),
      events: [{ name: 'ActionPlanFeedbackGiven', detail: ids(current) }],
    };
  });
}

/** Records whether the school came to a session; refused before its day has begun. */
export function recordAttendance(
  registrationId: string,
  session: number,
  attended: boolean,
  by: Person,
  now: Date,
): Promise<Stored<Training>> {
  return changeTraining(registrationId, now, (current) => {
    const held = current.sessions.find((entry) => entry.session === session);
    if (held === undefined) throw new RefusedError('session-unknown', { field: 'session' });
    if (now < londonTime(held.date, '00:00'))
      throw new RefusedError('session-not-yet', { field: 'session', values: { session } });
    if (current.attendance[session]?.attended === attended) return undefined;
    return {
      set: {
        attendance: {
          ...current.attendance,
          [session]: { attended, recordedAt: now.toISOString(), recordedBy: by.personId },
        },
      },
      action: 'training.attendance',
      actor: actorOf(by),
      events: [{ name: 'AttendanceRecorded', detail: { ...ids(current), session } }],
    };
  });
}

/** Sets the sessions of a school to its hub's; the school is told where a date, time or place changed. */
export function setSessions(
  registrationId: string,
  sessions: readonly TrainingSession[],
  actor: Actor,
  now: Date,
): Promise<Stored<Training>> {
  return changeTraining(registrationId, now, (current) => {
    if (JSON.stringify(current.sessions) === JSON.stringify(sessions)) return undefined;
    return {
      set: { sessions: [...sessions] },
      action: 'training.sessions',
      actor,
      events: [{ name: 'SessionsChanged', detail: ids(current) }],
    };
  });
}

/**
 * Sets a hub's dates for a round, numbered in order of time. Refused where a session whose attendance has been recorded
 * would vanish (`recorded`: the highest such number). The caller carries them on to the schools.
 */
export async function setHubSessions(
  hubId: string,
  roundId: string,
  given: readonly Omit<TrainingSession, 'session'>[],
  recorded: number,
  actor: Actor,
  now: Date,
): Promise<TrainingSession[]> {
  const ordered = [...given].sort((a, b) =>
    `${a.date} ${a.time ?? ''}`.localeCompare(`${b.date} ${b.time ?? ''}`),
  );
  const sessions = ordered.map(({ date, time, place }, index) => ({ session: index + 1, date, time, place }));
  if (sessions.length < recorded)
    throw new RefusedError('session-recorded', { field: 'sessions', values: { session: recorded } });
  const key = hubSessionsKey(hubId, roundId);
  const events = [{ name: 'HubSessionsSet', detail: { hubId, roundId } }] as const;
  const audit = { action: 'hub.sessions', actor };
  if ((await read(hubSessions, key)) === undefined) {
    await create<HubSessions>(key, { next: { hubId, roundId, sessions }, audit, events }, now);
  } else {
    await change(hubSessions, key, now, (current) =>
      JSON.stringify(current.sessions) === JSON.stringify(sessions)
        ? undefined
        : { next: { hubId, roundId, sessions }, audit, events },
    );
  }
  return sessions;
}

/** A school's wish for another target level, put to the hub leader; refused by the rules of the round at once. */
export function requestLevel(
  of: Registration,
  round: Round,
  to: Level,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Training>> {
  checkLevelChange(round, of, to, now);
  return changeTraining(of.registrationId, now, (current) => {
    if (current.levelRequest?.to === to) return undefined;
    return {
      set: { levelRequest: { to, reason, at: now.toISOString(), by: by.personId, byName: by.name } },
      action: 'level.request',
      actor: actorOf(by),
      reason,
      events: [{ name: 'LevelChangeRequested', detail: { ...ids(current), level: to } }],
    };
  });
}

/** Refuses the level that the school asked for. */
export function refuseLevelRequest(
  registrationId: string,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Training>> {
  return changeTraining(registrationId, now, (current) => {
    if (current.levelRequest === null) throw new RefusedError('no-level-request');
    return {
      set: { levelRequest: null },
      action: 'level.request-refuse',
      actor: actorOf(by),
      reason,
      events: [{ name: 'LevelChangeRefused', detail: { ...ids(current), level: current.levelRequest.to } }],
    };
  });
}

const LEVEL_STATUSES: readonly Registration['status'][] = [
  'PAID',
  'COVERED',
  'IN_TRAINING',
  'READY_TO_SUBMIT',
];

/**
 * The hub leader confirms the target level or sets another by the rules (a change needs a reason), on the registration;
 * a wish of the school is answered by it. The same again changes nothing.
 */
export async function confirmLevel(
  registrationId: string,
  round: Round,
  level: Level,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Registration>> {
  const confirmed = await change(registration, registrationKey(registrationId), now, (current) => {
    if (!LEVEL_STATUSES.includes(current.status))
      throw new WrongStateError(`registration ${current.reference}`, current.status);
    const same = level === current.targetLevel;
    if (same && current.targetLevelConfirmed) return undefined;
    if (!same) {
      checkLevelChange(round, current, level, now);
      if (reason === '') throw new RefusedError('reason-needed', { field: 'reason' });
    }
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const detail = { registrationId, roundId: current.roundId, level };
    return {
      next: { ...rest, targetLevel: level, targetLevelConfirmed: true },
      audit: {
        action: same ? 'level.confirm' : 'level.change',
        actor: actorOf(by),
        ...(reason === '' ? {} : { reason }),
      },
      events: same ? [{ name: 'TargetLevelConfirmed', detail }] : [{ name: 'TargetLevelChanged', detail }],
    };
  });
  if ((await findTraining(registrationId)) !== undefined) {
    await changeTraining(registrationId, now, (current) =>
      current.levelRequest === null
        ? undefined
        : { set: { levelRequest: null }, action: 'level.request-answered', actor: actorOf(by), events: [] },
    );
  }
  return confirmed;
}

/** Records a hub leader's letter, from which it is sent; the same `messageId` again returns what was recorded. */
export async function recordMessage(message: HubMessage, now: Date): Promise<Stored<HubMessage>> {
  const key = hubMessageKey(message.hubId, message.messageId);
  const existing = await read(hubMessage, key);
  if (existing !== undefined) return existing;
  return create<HubMessage>(
    key,
    {
      next: message,
      audit: { action: 'hub.message', actor: { kind: 'person', id: message.by } },
      events: [
        {
          name: 'HubMessageRecorded',
          detail: { hubId: message.hubId, roundId: message.roundId, messageId: message.messageId },
        },
      ],
    },
    now,
  );
}

/** The action plan's deadline for this school, and whether it was missed at `now` or when the plan came. */
export function actionPlanDeadline(
  round: Round,
  of: Registration,
  plan: ReceivedActionPlan | null,
  now: Date,
): { due: Date; late: boolean } {
  const due = deadlineFor(round, of, 'actionPlanDue');
  return { due, late: plan === null ? now > due : new Date(plan.receivedAt) > due };
}
