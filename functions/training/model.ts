import * as z from 'zod';
import { calendarDay, level } from '../programme/model.ts';
import { hubPk, type Key, registrationPk } from '../shared/table/keys.ts';

const instant = z.iso.datetime();

/** One hub session: a day in London, with time and place once the hub leader has announced them. */
export const trainingSession = z.object({
  session: z.number().int().positive(),
  date: calendarDay,
  time: z.string().nullable(),
  place: z.string().nullable(),
});
export type TrainingSession = z.output<typeof trainingSession>;

/** The action plan as it came: text of the page, an accepted document, or by other means as the hub leader recorded. */
export const receivedActionPlan = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('TEXT'), text: z.string(), receivedAt: instant, by: z.string() }),
  z.object({ kind: z.literal('FILE'), documentId: z.string(), receivedAt: instant, by: z.string() }),
  z.object({ kind: z.literal('OTHER'), note: z.string(), receivedAt: instant, by: z.string() }),
]);
export type ReceivedActionPlan = z.output<typeof receivedActionPlan>;

/** What a school may lack when its training ends; it goes on all the same, the hub leader weighs it at sign-off. */
export const shortfall = z.enum(['ACTION_PLAN', 'SESSIONS', 'LEVEL']);
export type Shortfall = z.output<typeof shortfall>;

/** The year of training of one registration: item `TRAINING` of its collection. */
export const training = z.object({
  registrationId: z.string().min(1),
  roundId: z.string().min(1),
  hubId: z.string().min(1),
  invitedAt: instant,
  sessions: z.array(trainingSession),
  /** By session number. */
  attendance: z.record(
    z.string(),
    z.object({ attended: z.boolean(), recordedAt: instant, recordedBy: z.string() }),
  ),
  actionPlan: receivedActionPlan.nullable(),
  feedback: z.object({ text: z.string(), at: instant, by: z.string(), byName: z.string() }).nullable(),
  levelRequest: z
    .object({ to: level, reason: z.string(), at: instant, by: z.string(), byName: z.string() })
    .nullable(),
  completedAt: instant.nullable(),
  shortfalls: z.array(shortfall),
});
export type Training = z.output<typeof training>;

export const trainingKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'TRAINING',
});

/** Dates that a hub leader set for a round; a hub without them follows the round's calendar. */
export const hubSessions = z.object({
  hubId: z.string(),
  roundId: z.string(),
  sessions: z.array(trainingSession).min(1),
});
export type HubSessions = z.output<typeof hubSessions>;
export const hubSessionsKey = (hubId: string, roundId: string): Key => ({
  pk: hubPk(hubId),
  sk: `SESSIONS#${roundId}`,
});

/** A letter of a hub leader to schools, as it was written: `messageId` is the page's, so that the same one is one message. */
export const hubMessage = z.object({
  messageId: z.string().min(1),
  hubId: z.string().min(1),
  roundId: z.string().min(1),
  subject: z.string(),
  text: z.string(),
  registrationIds: z.array(z.string()),
  sentAt: instant,
  by: z.string(),
  byName: z.string(),
  byEmail: z.string(),
});
export type HubMessage = z.output<typeof hubMessage>;
export const hubMessageKey = (hubId: string, messageId: string): Key => ({
  pk: hubPk(hubId),
  sk: `MESSAGE#${messageId}`,
});

/** The checklist's type whose file is the action plan (domain.md 1.4: the first of the core documents). */
export const ACTION_PLAN = 'action-plan';
