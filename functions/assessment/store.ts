import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireEnv } from '../shared/runtime/env.ts';
import {
  type Actor,
  type Change,
  change,
  parseStored,
  queryCollection,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { dynamodb } from '../shared/table/client.ts';
import { assignmentKey, assignmentPk, type Key, roundPk, schoolPk } from '../shared/table/keys.ts';
import {
  type Allocation,
  type AllocationPage,
  allocation,
  allocationPage,
  barred,
  barredPrefix,
  type Place,
  place,
  placeKey,
  placePrefix,
} from './allocation/records.ts';
import {
  type Assignment,
  assignment,
  emptyDraft,
  type Review,
  type ReviewDraft,
  review,
  reviewDraft,
  type Unplaced,
} from './model.ts';

export const reviewKey = (assignmentId: string): Key => ({ pk: assignmentPk(assignmentId), sk: 'REVIEW' });
export const draftKey = (assignmentId: string): Key => ({ pk: assignmentPk(assignmentId), sk: 'DRAFT' });
/** Who judged a school in a round, for the soft rule against the same assessor again. */
export const assessedKey = (schoolId: string, roundId: string): Key => ({
  pk: schoolPk(schoolId),
  sk: `ASSESSED#${roundId}`,
});

/** The assignment; throws `NotFoundError`. */
export function readAssignment(assignmentId: string): Promise<Stored<Assignment>> {
  return readExisting(assignment, assignmentKey(assignmentId));
}

/** Every assignment of a round. Eventually consistent. */
export async function listAssignments(roundId: string): Promise<Stored<Assignment>[]> {
  const items = await queryIndex('byRound', `${roundPk(roundId)}#ASSIGNMENT`);
  return items.map((item) => parseStored(assignment, item));
}

/** Every assignment of an assessor, all rounds. Eventually consistent. */
export async function assignmentsOfPerson(personId: string): Promise<Stored<Assignment>[]> {
  const items = await queryIndex('byPerson', `PERSON#${personId}`, 'ASSIGNMENT#');
  return items.map((item) => parseStored(assignment, item));
}

/** Changes an assignment by `decide`; undefined from it changes nothing. */
export function changeAssignment(
  assignmentId: string,
  now: Date,
  decide: (
    current: Stored<Assignment>,
  ) => (Omit<Change<Assignment>, 'next'> & { readonly set: Partial<Assignment> }) | undefined,
): Promise<Stored<Assignment>> {
  return change(assignment, assignmentKey(assignmentId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}

/** The returned review of an assignment, or undefined. */
export function findReview(assignmentId: string): Promise<Stored<Review> | undefined> {
  return read(review, reviewKey(assignmentId));
}

/** The returned review of an assignment; throws `NotFoundError`. */
export function readReview(assignmentId: string): Promise<Stored<Review>> {
  return readExisting(review, reviewKey(assignmentId));
}

/** What a reader has written so far at `key`; an empty draft where nothing was saved. */
export async function readDraft(key: Key): Promise<ReviewDraft> {
  return (await read(reviewDraft, key)) ?? emptyDraft;
}

/**
 * Saves a draft. It is no change of state, so it has neither audit entry nor event: what counts is the review that is
 * returned, which is immutable and has both.
 */
export async function saveDraft(key: Key, draft: ReviewDraft, now: Date): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Item: marshall({ ...key, ...draft, savedAt: now.toISOString() }, { removeUndefinedValues: true }),
    }),
  );
}

/** Who holds each submission of the round, by registration. Consistent. */
export async function readPlaces(roundId: string): Promise<Map<string, Stored<Place>>> {
  const items = await queryCollection(roundPk(roundId), placePrefix);
  return new Map(
    items.map((item) => parseStored(place, item)).map((one) => [one.registrationId, one] as const),
  );
}

/** Assessors barred from each submission by what happened before, by registration. Consistent. */
export async function readBarred(roundId: string): Promise<Map<string, Set<string>>> {
  const result = new Map<string, Set<string>>();
  for (const item of await queryCollection(roundPk(roundId), barredPrefix)) {
    const { registrationId, assessorId } = parseStored(barred, item);
    result.set(registrationId, (result.get(registrationId) ?? new Set()).add(assessorId));
  }
  return result;
}

/** Every solve of the round, the earliest first. Consistent. */
export async function listAllocations(roundId: string): Promise<Stored<Allocation>[]> {
  const items = await queryCollection(roundPk(roundId), 'ALLOCATION#');
  return items.map((item) => parseStored(allocation, item));
}

/** The pages of the round's solves, with attempt and pass. */
export async function listAllocationPages(
  roundId: string,
): Promise<(AllocationPage & { readonly attempt: number; readonly pass: number })[]> {
  const items = await queryCollection(roundPk(roundId), 'ALLOCATION-PAGE#');
  return items.map((item) => {
    const { sk, pairs, unplaced } = parseStored(allocationPage, item);
    const [, attempt, pass] = sk.split('#').map(Number);
    return { pairs, unplaced, attempt: attempt ?? 0, pass: pass ?? 0 };
  });
}

const assessed = z.object({ assessorId: z.string(), roundId: z.string() });

/** The assessor who judged the school last, or null. */
export async function previousAssessor(schoolId: string): Promise<string | null> {
  const items = await queryCollection(schoolPk(schoolId), 'ASSESSED#');
  const latest = items
    .map((item) => ({ ...parseStored(assessed, item), at: String(item.at ?? '') }))
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
  return latest?.assessorId ?? null;
}

/**
 * Marks what nobody can be given, so that it stands in the queue UNPLACED; the solve that found it has the audit entry.
 * A submission that was placed meanwhile is left alone.
 */
export async function markUnplaced(roundId: string, one: Unplaced, now: Date): Promise<void> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: requireEnv('PROGRAMME_TABLE'),
        Key: marshall(placeKey(roundId, one.registrationId)),
        UpdateExpression:
          'SET registrationId = :id, unplaced = :one, queueKey = :queue, queueSort = if_not_exists(queueSort, :now)',
        ConditionExpression: 'attribute_not_exists(assignmentId)',
        ExpressionAttributeValues: marshall({
          ':id': one.registrationId,
          ':one': one,
          ':queue': 'QUEUE#UNPLACED',
          ':now': now.toISOString(),
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** Takes a submission that nobody could be given from the queue, because its school has left. */
export async function clearUnplaced(roundId: string, registrationId: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall(placeKey(roundId, registrationId)),
      UpdateExpression: 'REMOVE unplaced, queueKey, queueSort',
    }),
  );
}

/** The machine itself, as the one who acts. */
export const systemActor = (workflow: string): Actor => ({ kind: 'system', id: workflow });
