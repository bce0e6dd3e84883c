import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, create, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { assignmentKey, assignmentPk, personIndex, queueIndex, roundIndex } from '../shared/table/keys.ts';
import { endOfLondonDay } from '../shared/time/london.ts';
import { barredKey, placeKey, type SolvedPair } from './allocation/records.ts';
import type { Assignment, AssignmentStatus, Review } from './model.ts';
import { answerBy, isOpenOffer } from './rules.ts';
import { assessedKey, changeAssignment, reviewKey } from './store.ts';

/** The pair has been placed otherwise meanwhile: nothing to offer. */
class PlacedOtherwiseError extends Error {
  constructor() {
    super('the submission has another assessor already');
    this.name = 'PlacedOtherwiseError';
  }
}

const ids = ({ assignmentId, registrationId, roundId }: Assignment) => ({
  assignmentId,
  registrationId,
  roundId,
});

/**
 * Creates the assignment of a solved pair and takes the submission's one place, in one transaction. The same pair again
 * changes nothing. Answers false where the submission has another assessor already.
 */
export async function offer(
  pair: SolvedPair,
  attempt: number,
  registration: Registration,
  submissionVersion: number,
  round: Round,
  now: Date,
): Promise<boolean> {
  const { registrationId, assignmentId, assessorId } = pair;
  const next: Assignment = {
    assignmentId,
    registrationId,
    roundId: round.roundId,
    schoolId: registration.schoolId,
    assessorId,
    allocationAttempt: attempt,
    status: 'OFFERED',
    statusSince: now.toISOString(),
    level: registration.targetLevel,
    language: registration.language,
    submissionVersion,
    explanation: pair.explanation,
    offeredAt: now.toISOString(),
    answerBy: answerBy(round, now).toISOString(),
    acceptedAt: null,
    returnedAt: null,
    escalatedAt: null,
    ended: null,
    reallocatedAt: null,
    ...personIndex(assessorId, 'ASSIGNMENT', assignmentId),
    ...roundIndex(round.roundId, 'ASSIGNMENT', assignmentId),
  };
  try {
    await create(
      assignmentKey(assignmentId),
      {
        next,
        audit: { action: 'offer-assignment', actor: { kind: 'system', id: 'allocation' } },
        events: [{ name: 'AssignmentOffered', detail: ids(next) }],
        also: [
          {
            update: placeKey(round.roundId, registrationId),
            set: { registrationId, assignmentId, assessorId },
            add: { offers: 1 },
            remove: ['unplaced', 'queueKey', 'queueSort'],
            condition: { expression: 'attribute_not_exists(assignmentId)' },
          },
        ],
        refusals: { 0: () => new PlacedOtherwiseError() },
      },
      now,
      () => new PlacedOtherwiseError(),
    );
    return true;
  } catch (error) {
    if (error instanceof PlacedOtherwiseError) return false;
    throw error;
  }
}

/** Accepts an open offer. The same again changes nothing. Throws `RefusedError` offer-ended. */
export function accept(assignmentId: string, actor: Actor, now: Date): Promise<Stored<Assignment>> {
  return changeAssignment(assignmentId, now, (current) => {
    if (current.status === 'ACCEPTED' || current.status === 'IN_REVIEW') return undefined;
    if (!isOpenOffer(current, now)) throw new RefusedError('offer-ended');
    return {
      set: { status: 'ACCEPTED', statusSince: now.toISOString(), acceptedAt: now.toISOString() },
      audit: { action: 'accept-assignment', actor },
      events: [{ name: 'AssignmentAccepted', detail: ids(current) }],
    };
  });
}

/** Marks that reading began: the first opening of a file or the first saved draft. */
export function beginReading(assignmentId: string, actor: Actor, now: Date): Promise<Stored<Assignment>> {
  return changeAssignment(assignmentId, now, (current) => {
    if (current.status !== 'ACCEPTED') return undefined;
    return {
      set: { status: 'IN_REVIEW', statusSince: now.toISOString() },
      audit: { action: 'begin-reading', actor },
      events: [{ name: 'AssessmentStarted', detail: ids(current) }],
    };
  });
}

const endings = {
  DECLINED: { from: ['OFFERED'], action: 'decline-assignment', event: 'AssignmentDeclined' },
  WITHDRAWN: { from: ['ACCEPTED', 'IN_REVIEW'], action: 'withdraw-assignment', event: 'AssignmentWithdrawn' },
  EXPIRED: {
    from: ['OFFERED', 'ACCEPTED', 'IN_REVIEW'],
    action: 'expire-assignment',
    event: 'AssignmentExpired',
  },
  REASSIGNED: {
    from: ['OFFERED', 'ACCEPTED', 'IN_REVIEW'],
    action: 'reassign-assignment',
    event: 'AssignmentReassigned',
  },
} as const satisfies Record<string, { from: readonly AssignmentStatus[]; action: string; event: string }>;

/**
 * Ends an assignment without a review: gives the submission's place free and bars the pair, in one transaction. The
 * same ending again changes nothing. Throws `WrongStateError` from any other status.
 */
export function end(
  assignmentId: string,
  to: keyof typeof endings,
  because: { readonly code: string; readonly reason: string },
  actor: Actor,
  now: Date,
): Promise<Stored<Assignment>> {
  const { from, action, event } = endings[to];
  return changeAssignment(assignmentId, now, (current) => {
    if (current.status === to) return undefined;
    const allowed: readonly AssignmentStatus[] = from;
    if (!allowed.includes(current.status))
      throw new WrongStateError(`assignment ${assignmentId}`, current.status);
    return {
      set: {
        status: to,
        statusSince: now.toISOString(),
        ended: { ...because, at: now.toISOString() },
        queueKey: undefined,
        queueSort: undefined,
      },
      audit: { action, actor, reason: because.reason },
      events: [{ name: event, detail: ids(current) }],
      also: [
        {
          update: placeKey(current.roundId, current.registrationId),
          remove: ['assignmentId', 'assessorId'],
          condition: { expression: 'assignmentId = :id', values: { ':id': assignmentId } },
        },
        barredPut(current, to),
      ],
    };
  });
}

function barredPut({ roundId, registrationId, assessorId }: Assignment, why: string): ExtraWrite {
  return { put: { ...barredKey(roundId, registrationId, assessorId), registrationId, assessorId, why } };
}

/** Returns the review: immutable from here on, and access to the documents ends. Throws `WrongStateError`. */
export function returnReview(
  assignmentId: string,
  written: Review,
  actor: Actor,
  now: Date,
): Promise<Stored<Assignment>> {
  return changeAssignment(assignmentId, now, (current) => {
    if (current.status !== 'ACCEPTED' && current.status !== 'IN_REVIEW') {
      throw new WrongStateError(`assignment ${assignmentId}`, current.status);
    }
    return {
      set: {
        status: 'RETURNED',
        statusSince: now.toISOString(),
        returnedAt: written.returnedAt,
        queueKey: undefined,
        queueSort: undefined,
      },
      audit: { action: 'return-review', actor },
      events: [{ name: 'AssessmentReturned', detail: ids(current) }],
      also: [
        { put: { ...reviewKey(assignmentId), ...written }, onlyIfAbsent: true },
        {
          put: {
            ...assessedKey(current.schoolId, current.roundId),
            assessorId: current.assessorId,
            roundId: current.roundId,
            at: written.returnedAt,
          },
        },
        { delete: { pk: assignmentPk(assignmentId), sk: 'DRAFT' } },
      ],
    };
  });
}

/** Puts an overdue assessment before the admins (queue ASSESSMENT-LATE). */
export function escalate(assignmentId: string, due: string, now: Date): Promise<Stored<Assignment>> {
  return changeAssignment(assignmentId, now, (current) => {
    if (current.escalatedAt !== null) return undefined;
    return {
      set: {
        escalatedAt: now.toISOString(),
        ...queueIndex('ASSESSMENT-LATE', endOfLondonDay(due).toISOString()),
      },
      audit: { action: 'escalate-assessment', actor: { kind: 'system', id: 'assessment' } },
      events: [{ name: 'AssessmentOverdue', detail: ids(current) }],
    };
  });
}

/** Marks that another allocation was asked for in place of an ended assignment. */
export function markReallocated(assignmentId: string, now: Date): Promise<Stored<Assignment>> {
  return changeAssignment(assignmentId, now, (current) => {
    if (current.reallocatedAt !== null) return undefined;
    return {
      set: { reallocatedAt: now.toISOString() },
      audit: { action: 'ask-reallocation', actor: { kind: 'system', id: 'assessment' } },
      events: [{ name: 'ReallocationAsked', detail: ids(current) }],
    };
  });
}
