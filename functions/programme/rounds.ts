import type * as z from 'zod';
import { type RegistrationStatus, registration } from '../registration/model.ts';
import { NotFoundError, RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, type Change, change, create, type Stored } from '../shared/table/change.ts';
import { registrationKey, roundKey } from '../shared/table/keys.ts';
import { addDays, daysBetween, londonDate } from '../shared/time/london.ts';
import { calendarProblems } from './calendar-problems.ts';
import { type DeadlineName, type Round, round } from './model.ts';
import { findRound, ROUNDS } from './store.ts';

/** A complete round as an admin gives it; what its course sets is not theirs to give. */
export const givenRound = round.omit({
  status: true,
  allocationAttempt: true,
  moderationAttempt: true,
  resultsReleasedAt: true,
  movedDeadlines: true,
  roundKey: true,
  roundSort: true,
});
export type GivenRound = z.output<typeof givenRound>;

/** Creates a draft round. Refuses a calendar out of order and a round that exists. */
export function createRound(given: GivenRound, actor: Actor, now: Date): Promise<Stored<Round>> {
  checkRound(given);
  return create<Round>(
    roundKey(given.roundId),
    {
      next: {
        ...given,
        status: 'DRAFT',
        allocationAttempt: 0,
        moderationAttempt: 0,
        resultsReleasedAt: null,
        movedDeadlines: {},
        roundKey: ROUNDS,
        roundSort: given.roundId,
      },
      audit: { action: 'create-round', actor },
      events: [{ name: 'RoundCreated', detail: { roundId: given.roundId } }],
    },
    now,
    () => new RefusedError('round-exists', { field: 'roundId', values: { roundId: given.roundId } }),
  );
}

/**
 * Creates a round from its complete JSON, or changes a draft to it. A round that was opened keeps what schools were
 * promised: it is a `WrongStateError`. The same JSON again changes nothing.
 */
export async function importRound(given: GivenRound, actor: Actor, now: Date): Promise<Stored<Round>> {
  checkRound(given);
  if ((await findRound(given.roundId)) === undefined) return createRound(given, actor, now);
  return changeRound(given.roundId, now, (current) => {
    const next = { ...withoutStored(current), ...given };
    if (JSON.stringify(givenRound.parse(current)) === JSON.stringify(given)) return undefined;
    if (current.status !== 'DRAFT') throw new WrongStateError(`round ${given.roundId}`, current.status);
    return {
      next,
      audit: { action: 'change-round', actor },
      events: [{ name: 'RoundChanged', detail: { roundId: given.roundId } }],
    };
  });
}

/** Opens a draft or closed round; schools can register between its two days. */
export function openRoundForRegistration(roundId: string, actor: Actor, now: Date): Promise<Stored<Round>> {
  return changeRound(roundId, now, (current) =>
    current.status === 'OPEN'
      ? undefined
      : {
          next: { ...withoutStored(current), status: 'OPEN' },
          audit: { action: 'open-round', actor },
          events: [{ name: 'RoundOpened', detail: { roundId } }],
        },
  );
}

/** Closes registration; everything under way in the round goes on. */
export function closeRound(roundId: string, actor: Actor, reason: string, now: Date): Promise<Stored<Round>> {
  return changeRound(roundId, now, (current) => {
    if (current.status === 'CLOSED') return undefined;
    if (current.status === 'DRAFT') throw new WrongStateError(`round ${roundId}`, current.status);
    return {
      next: { ...withoutStored(current), status: 'CLOSED' },
      audit: { action: 'close-round', actor, reason },
      events: [{ name: 'RoundClosed', detail: { roundId } }],
    };
  });
}

/**
 * The calendar with one deadline moved to `day`. The allocation moves with the submission deadline by as many days,
 * since no page moves it alone. Refuses a day that has passed (London) and dates out of order.
 */
export function moveDeadline(
  calendar: Round['calendar'],
  deadline: DeadlineName,
  day: string,
  now: Date,
): Round['calendar'] {
  if (day < londonDate(now)) throw new RefusedError('deadline-in-past', { field: 'day', values: { day } });
  const moved = { ...calendar, [deadline]: day };
  if (deadline === 'submissionDue')
    moved.allocation = addDays(calendar.allocation, daysBetween(calendar.submissionDue, day));
  refuseProblems(moved, 'day');
  return moved;
}

/** Moves a deadline for the whole round; the event wakes every machine that waits for it (domain.md 1.3). */
export function moveRoundDeadline(
  roundId: string,
  moved: { readonly deadline: DeadlineName; readonly day: string },
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Round>> {
  return changeRound(roundId, now, (current) => {
    if (current.calendar[moved.deadline] === moved.day) return undefined;
    return {
      next: {
        ...withoutStored(current),
        calendar: moveDeadline(current.calendar, moved.deadline, moved.day, now),
        movedDeadlines: { ...current.movedDeadlines, [moved.deadline]: moved.day },
      },
      audit: { action: 'move-round-deadline', actor, reason },
      events: [{ name: 'RoundDeadlineMoved', detail: { roundId, deadline: moved.deadline } }],
    };
  });
}

/** Statuses of a registration whose course is over: no deadline of it can move. */
const over: readonly RegistrationStatus[] = [
  'WITHDRAWN',
  'LAPSED',
  'AWARDED',
  'AWARDED_LOWER',
  'WORKING_TOWARDS',
  'NOT_AWARDED',
];

/** Moves a deadline for one school alone. Refuses a day that has passed; `WrongStateError` where its course is over. */
export function moveRegistrationDeadline(
  registrationId: string,
  moved: { readonly deadline: DeadlineName; readonly day: string },
  actor: Actor,
  reason: string,
  now: Date,
) {
  return change(registration, registrationKey(registrationId), now, (current) => {
    if (current.movedDeadlines[moved.deadline] === moved.day) return undefined;
    if (over.includes(current.status))
      throw new WrongStateError(`registration ${current.reference}`, current.status);
    if (moved.day < londonDate(now))
      throw new RefusedError('deadline-in-past', { field: 'day', values: { day: moved.day } });
    return {
      next: {
        ...withoutStored(current),
        movedDeadlines: { ...current.movedDeadlines, [moved.deadline]: moved.day },
      },
      audit: { action: 'move-registration-deadline', actor, reason },
      events: [
        {
          name: 'RegistrationDeadlineMoved',
          detail: { registrationId, roundId: current.roundId, deadline: moved.deadline },
        },
      ],
    };
  });
}

/** Starts the moderation of the round's returned assessments as a new attempt; returns the round with that attempt. */
export function requestModeration(
  roundId: string,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Round>> {
  return changeRound(roundId, now, (current) => {
    const attempt = current.moderationAttempt + 1;
    return {
      next: { ...withoutStored(current), moderationAttempt: attempt },
      audit: { action: 'request-moderation', actor, reason },
      events: [{ name: 'ModerationRequested', detail: { roundId, attempt } }],
    };
  });
}

/** Marks the round's results as released; again changes nothing. */
export function releaseResults(roundId: string, actor: Actor, now: Date): Promise<Stored<Round>> {
  return changeRound(roundId, now, (current) =>
    current.resultsReleasedAt !== null
      ? undefined
      : {
          next: { ...withoutStored(current), resultsReleasedAt: now.toISOString() },
          audit: { action: 'release-results', actor },
          events: [{ name: 'ResultsReleased', detail: { roundId } }],
        },
  );
}

function changeRound(
  roundId: string,
  now: Date,
  decide: (current: Stored<Round>) => Change<Round> | undefined,
): Promise<Stored<Round>> {
  return change<Round>(round, roundKey(roundId), now, decide).catch((error: unknown) => {
    throw error instanceof NotFoundError ? new NotFoundError(`round ${roundId}`) : error;
  });
}

function withoutStored<T extends object>(record: Stored<T>): Omit<Stored<T>, 'pk' | 'sk' | 'version'> {
  const { pk: _pk, sk: _sk, version: _version, ...rest } = record;
  return rest;
}

/** Refuses what a schema cannot say: dates out of order, criteria of no area, a criterion or document named twice. */
export function checkRound(given: GivenRound): void {
  refuseProblems(given.calendar, 'calendar');
  const areas = new Set(given.criteria.areas.map(({ id }) => id));
  const lost = given.criteria.criteria.find(({ area }) => !areas.has(area));
  if (lost !== undefined)
    throw new RefusedError('criterion-without-area', {
      field: 'criteria',
      values: { criterion: lost.id, area: lost.area },
    });
  const twice =
    firstTwice(given.criteria.criteria.map(({ id }) => id)) ??
    firstTwice(given.checklist.documents.map(({ id }) => id));
  if (twice !== undefined)
    throw new RefusedError('named-twice', { field: 'criteria', values: { id: twice } });
  if (given.fees.smallPence > given.fees.standardPence)
    throw new RefusedError('small-fee-above-standard', { field: 'fees' });
}

function refuseProblems(calendar: Round['calendar'], field: string): void {
  const problem = calendarProblems(calendar)[0];
  if (problem !== undefined) throw new RefusedError('calendar-out-of-order', { field, values: { problem } });
}

function firstTwice(ids: readonly string[]): string | undefined {
  return ids.find((id, at) => ids.indexOf(id) !== at);
}
