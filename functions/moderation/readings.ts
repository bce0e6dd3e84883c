import type { Review } from '../assessment/model.ts';
import { readReview } from '../assessment/store.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { Actor, Stored } from '../shared/table/change.ts';
import type { Reading } from './model.ts';
import { changeReading, findCase, findReadingReview, readingKeys } from './store.ts';

const subject = ({ registrationId, roundId, readingId }: Reading) => ({ registrationId, roundId, readingId });

/** Refuses a reading: it is given to another moderator. The same again changes nothing. Throws `RefusedError`. */
export function refuse(
  readingId: string,
  because: { readonly code: string; readonly reason: string },
  actor: Actor,
  now: Date,
): Promise<Stored<Reading>> {
  return changeReading(readingId, now, (current) => {
    if (current.status === 'REFUSED') return undefined;
    if (current.status !== 'OPEN') throw new RefusedError('reading-ended');
    return {
      set: {
        status: 'REFUSED',
        endedAt: now.toISOString(),
        endReason: `${because.code}: ${because.reason}`,
        queueKey: undefined,
        queueSort: undefined,
      },
      audit: { action: 'refuse-reading', actor, reason: because.reason },
      events: [{ name: 'ReadingRefused', detail: subject(current) }],
    };
  });
}

/** Returns a second reading: immutable from here on. Throws `RefusedError` reading-ended. */
export function returnReading(
  readingId: string,
  written: Review,
  actor: Actor,
  now: Date,
): Promise<Stored<Reading>> {
  return changeReading(readingId, now, (current) => {
    if (current.status !== 'OPEN') throw new RefusedError('reading-ended');
    const { registrationId, roundId } = current;
    return {
      set: { status: 'RETURNED', endedAt: now.toISOString(), queueKey: undefined, queueSort: undefined },
      audit: { action: 'return-reading', actor },
      events: [{ name: 'SecondReadingReturned', detail: { registrationId, roundId } }],
      also: [
        { put: { ...readingKeys(readingId).review, ...written }, onlyIfAbsent: true },
        { delete: readingKeys(readingId).draft },
      ],
    };
  });
}

/** Returns an adjudication with its written reason. Throws `RefusedError` reading-ended. */
export function adjudicate(
  readingId: string,
  adjudication: NonNullable<Reading['adjudication']>,
  actor: Actor,
  now: Date,
): Promise<Stored<Reading>> {
  return changeReading(readingId, now, (current) => {
    if (current.status !== 'OPEN') throw new RefusedError('reading-ended');
    const { registrationId, roundId } = current;
    return {
      set: {
        status: 'RETURNED',
        endedAt: now.toISOString(),
        adjudication,
        queueKey: undefined,
        queueSort: undefined,
      },
      audit: { action: 'adjudicate', actor, reason: adjudication.reason },
      events: [{ name: 'CaseAdjudicated', detail: { registrationId, roundId } }],
    };
  });
}

/** Both reviews of a case, for whoever adjudicates it or decides on it. */
export async function reviewsOfCase(
  registrationId: string,
): Promise<{ readonly first: Review; readonly second: Review | undefined } | undefined> {
  const moderationCase = await findCase(registrationId);
  if (moderationCase === undefined) return undefined;
  const [first, second] = await Promise.all([
    readReview(moderationCase.first.assignmentId),
    moderationCase.second === null ? undefined : findReadingReview(moderationCase.second.readingId),
  ]);
  return { first, second };
}
