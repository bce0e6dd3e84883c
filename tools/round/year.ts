import * as z from 'zod';
import type { Inbox, Message } from '../outside/inbox.ts';
import { ApiRefusal, Visitor } from '../outside/visitor.ts';
import type { SampleHub } from '../seed/hubs.ts';
import type { Applicant } from './applicants.ts';
import type { Bank } from './bank.ts';
import type { CloudProcess } from './cloud-process.ts';
import type { Draw } from './draw.ts';
import type { SchoolStory } from './story.ts';

export const DAY = 24 * 3600 * 1000;
const AT_ONCE = 10;

export const calendarOf = z.object({
  registrationOpens: z.string(),
  registrationCloses: z.string(),
  paymentDue: z.string(),
  trainingStarts: z.string(),
  sessions: z.array(z.string()),
  actionPlanDue: z.string(),
  submissionOpens: z.string(),
  signOffDue: z.string(),
  submissionDue: z.string(),
  allocation: z.string(),
  assessmentDue: z.string(),
  moderation: z.string(),
  moderationDue: z.string(),
  results: z.string(),
});
export type CalendarDays = z.output<typeof calendarOf>;

/** One applicant in the course of the year. */
export interface SchoolCase {
  readonly applicant: Applicant;
  readonly story: SchoolStory;
  readonly index: number;
  /** Part of its people's addresses. */
  readonly domain: string;
  registrationId: string | undefined;
  reference: string | undefined;
  /** Code with which the registration was refused. */
  refusedBecause: string | undefined;
  invoice: { number: string; reference: string; pence: number; receivedOn: string } | undefined;
  paid: boolean;
  /** Head's address; changes when the head does. */
  headEmail: string;
  submitted: boolean;
  signOffAsked: boolean;
  /** How much mail the head had when they last looked at the declaration. */
  headMailRead: number;
  declared: boolean;
  withdrawn: boolean;
  actionPlanSent: boolean;
}

/** What everybody in the year has in common: the time, the mail, the chance, and nothing of the programme's inside. */
export class Year {
  readonly cloud: CloudProcess;
  readonly inbox: Inbox;
  readonly draw: Draw;
  readonly bank: Bank;
  readonly roundId: string;
  calendar: CalendarDays;
  /** The submission deadline as the round began, before anybody moved it. */
  readonly firstSubmissionDue: string;
  readonly hubs: readonly SampleHub[];
  readonly schools: SchoolCase[];
  readonly #signedIn = new Map<string, { visitor: Visitor; until: number }>();
  /** How much of their mail the leaders of each hub had when they last acted on it. */
  readonly mailRead = new Map<string, number>();
  /** Mail of the current step, by recipient. */
  newMail: readonly Message[] = [];

  constructor(parts: {
    cloud: CloudProcess;
    inbox: Inbox;
    draw: Draw;
    bank: Bank;
    roundId: string;
    calendar: CalendarDays;
    hubs: readonly SampleHub[];
    schools: SchoolCase[];
  }) {
    this.cloud = parts.cloud;
    this.inbox = parts.inbox;
    this.draw = parts.draw;
    this.bank = parts.bank;
    this.roundId = parts.roundId;
    this.calendar = parts.calendar;
    this.firstSubmissionDue = parts.calendar.submissionDue;
    this.hubs = parts.hubs;
    this.schools = parts.schools;
  }

  /** Today's date in the year. */
  get today(): string {
    return this.cloud.now.toISOString().slice(0, 10);
  }

  /** A visitor who is not signed in. */
  stranger(): Visitor {
    return new Visitor(this.cloud.siteUrl, this.inbox);
  }

  /** The person at this address, signed in by the code in their inbox; a session lasts for the day. */
  async person(email: string): Promise<Visitor> {
    const known = this.#signedIn.get(email);
    if (known !== undefined && known.until > this.cloud.now.getTime()) return known.visitor;
    const visitor = this.stranger();
    await visitor.signIn(email);
    this.#signedIn.set(email, { visitor, until: this.cloud.now.getTime() + 8 * 3600 * 1000 });
    return visitor;
  }

  /** Lets each do their part, some at a time. */
  async everyone<T>(people: readonly T[], act: (person: T) => Promise<void>): Promise<void> {
    const waiting = [...people];
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, waiting.length) }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next);
      }),
    );
  }
}

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** Runs an act that the programme may rightly refuse; returns the refusal's code, or undefined where it went well. */
export async function refusalOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status < 500) return error.code;
    throw error;
  }
}
