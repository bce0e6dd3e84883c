import * as z from 'zod';
import { requestAllocation } from '../assessment/allocation/request.ts';
import { requestModeration } from '../programme/rounds.ts';
import { intake, withoutQueue } from '../registration/intake.ts';
import { placeInHub } from '../registration/placement.ts';
import { readIntake } from '../registration/store.ts';
import type { DomainEvent, WorkflowName } from '../shared/events/catalogue.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  change,
  type ExtraWrite,
  parseStored,
  queryCollection,
  read,
  readExisting,
} from '../shared/table/change.ts';
import { type Key, registrationPk, stageKey, waitKey } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { closeWait } from './close-wait.ts';
import { statusOf } from './runs.ts';
import { type StuckCase, stuckCase, stuckKey } from './stuck.ts';

/** A machine's claim of a stage, as its first state wrote it and its last function ended it. */
export const stageClaim = z.object({
  executionArn: z.string(),
  attempt: z.number().int(),
  claimedAt: z.string(),
  stageName: z.string().optional(),
  endedAt: z.string().optional(),
  stageResult: z.string().optional(),
});
export type StageClaim = z.output<typeof stageClaim>;

/** The earlier claims of a stage that was restarted: `RAN#<workflow>#<attempt>`. */
export const ranKey = (collection: string, workflow: string, attempt: number): Key => ({
  pk: collection,
  sk: `RAN#${workflow}#${String(attempt).padStart(4, '0')}`,
});

/** Sort key of the record that a collection is about, by the first part of its key. */
const recordOf: Readonly<Record<string, string>> = {
  REG: 'REGISTRATION',
  ASG: 'ASSIGNMENT',
  ROUND: 'ROUND',
  STATEMENT: 'STATEMENT',
};

function recordKey(collection: string): Key {
  const sk = recordOf[collection.split('#')[0] ?? ''];
  if (sk === undefined) throw new NotFoundError(`collection ${collection}`);
  return { pk: collection, sk };
}

const claimedWait = z.object({ executionArn: z.string().optional() });
const anyRecord = z.record(z.string(), z.unknown());
const ids = {
  registration: z.object({ registrationId: z.string(), roundId: z.string() }),
  assignment: z.object({ assignmentId: z.string(), registrationId: z.string(), roundId: z.string() }),
  round: z.object({ roundId: z.string() }),
  statement: z.object({ statementId: z.string() }),
};
const decided = z.object({ outcome: z.string() });

/**
 * The event that starts a stage, for a new attempt, from the stage's record (never from an earlier event: those are
 * gone after 90 days). `outcome` is the confirmed one; only an award needs it.
 */
export function startingEvent(
  workflow: WorkflowName,
  record: Readonly<Record<string, unknown>>,
  attempt: number,
  outcome?: string,
): DomainEvent {
  switch (workflow) {
    case 'registration':
      return { name: 'RegistrationSubmitted', detail: { ...ids.registration.parse(record), attempt } };
    case 'training':
      return { name: 'RegistrationConfirmed', detail: { ...ids.registration.parse(record), attempt } };
    case 'submission':
      return { name: 'TrainingCompleted', detail: { ...ids.registration.parse(record), attempt } };
    case 'allocation':
      return { name: 'AllocationRequested', detail: { ...ids.round.parse(record), attempt } };
    case 'assessment':
      return { name: 'AssignmentOffered', detail: { ...ids.assignment.parse(record), attempt } };
    case 'moderation':
      return { name: 'ModerationRequested', detail: { ...ids.round.parse(record), attempt } };
    case 'moderation-case':
      return { name: 'ModerationCaseOpened', detail: { ...ids.registration.parse(record), attempt } };
    case 'award':
      if (outcome === undefined) throw new RefusedError('no-decision');
      return { name: 'DecisionConfirmed', detail: { ...ids.registration.parse(record), outcome, attempt } };
    case 'appeal':
      return { name: 'AppealLodged', detail: { ...ids.registration.parse(record), attempt } };
    case 'reconciliation':
      return { name: 'StatementUploaded', detail: { ...ids.statement.parse(record), attempt } };
  }
}

/**
 * Starts a stage again: a new attempt, begun by the event that started the first one. What was done is not done twice,
 * since every write and mail has a claim of its own. Its entries on the stuck board are resolved. Refuses while an
 * execution of it runs (`still-running`: stop it first).
 */
export async function restartStage(
  collection: string,
  workflow: WorkflowName,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<number> {
  const claim = await read(stageClaim, stageKey(collection, workflow));
  if (claim !== undefined && (await statusOf(claim.executionArn)) === 'RUNNING')
    throw new RefusedError('still-running');
  const record = await readExisting(anyRecord, recordKey(collection));
  const attempt = await begin(collection, workflow, record, claim, actor, reason, now);
  for (const stuck of await openStuckCases(collection, workflow)) {
    await resolveStuck(collection, stuck.stuckId, actor, `restarted as attempt ${attempt}: ${reason}`, now);
  }
  return attempt;
}

async function begin(
  collection: string,
  workflow: WorkflowName,
  record: Readonly<Record<string, unknown>>,
  claim: StageClaim | undefined,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<number> {
  // The machines of a round count their attempts on the round itself.
  if (workflow === 'allocation')
    return requestAllocation(ids.round.parse(record).roundId, actor, reason, now, { force: true });
  if (workflow === 'moderation')
    return (await requestModeration(ids.round.parse(record).roundId, actor, reason, now)).moderationAttempt;
  const outcome =
    workflow === 'award' ? (await read(decided, { pk: collection, sk: 'DECISION' }))?.outcome : undefined;
  const { attempt, also } = newAttempt(collection, workflow, claim);
  const sought = workflow === 'registration' ? await seekHubAgain(collection, actor, reason, now) : [];
  await change(
    anyRecord,
    recordKey(collection),
    now,
    ({ pk: _pk, sk: _sk, version: _version, ...current }) => ({
      next: typeof current.attempt === 'number' ? { ...current, attempt } : current,
      audit: { action: `restart-${workflow}`, actor, reason },
      events: restartEvents(collection, workflow, current, attempt, outcome),
      also: [...also, ...sought],
    }),
  );
  return attempt;
}

/** The next attempt of a stage, and the write that keeps the claim of the last one. */
function newAttempt(
  collection: string,
  workflow: WorkflowName,
  claim: StageClaim | undefined,
): { attempt: number; also: ExtraWrite[] } {
  if (claim === undefined) return { attempt: 1, also: [] };
  const kept = {
    ...ranKey(collection, workflow, claim.attempt),
    ...stageClaim.parse(claim),
    workflow,
  };
  return { attempt: claim.attempt + 1, also: [{ put: kept }] };
}

const restartEvents = (
  collection: string,
  workflow: WorkflowName,
  record: Readonly<Record<string, unknown>>,
  attempt: number,
  outcome?: string,
): DomainEvent[] => [
  { name: 'StageRestarted', detail: { collection, workflow, attempt } },
  startingEvent(workflow, record, attempt, outcome),
];

/** A search for a hub that was given up begins anew with the stage. */
async function seekHubAgain(
  collection: string,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<readonly ExtraWrite[]> {
  const current = await read(intake, { pk: collection, sk: 'INTAKE' });
  if (current?.placement.state !== 'GIVEN_UP') return [];
  const placement = { state: 'OPEN' as const, waitingSince: null, decideBy: null, escalations: 0 };
  const next = { ...withoutQueue(withoutStored(current)), placement };
  return alsoChange(current, next, { action: 'registration.seek-hub-again', actor, reason }, now);
}

/**
 * An admin places a school in a hub. Where its search had been given up, the registration stage begins as a new attempt
 * in the same transaction, and its entries leave the stuck board. Safe to repeat. Refuses as `placeInHub` does, and
 * `still-running` in the moment in which the search is just ending.
 */
export async function placeByAdmin(
  registrationId: string,
  hubId: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const collection = registrationPk(registrationId);
  const [{ placement }, claim] = await Promise.all([
    readIntake(registrationId),
    read(stageClaim, stageKey(collection, 'registration')),
  ]);
  if (placement.state !== 'GIVEN_UP') {
    await placeInHub(registrationId, hubId, actor, now);
  } else {
    if (claim !== undefined && (await statusOf(claim.executionArn)) === 'RUNNING')
      throw new RefusedError('still-running');
    const record = await readExisting(anyRecord, recordKey(collection));
    const { attempt, also } = newAttempt(collection, 'registration', claim);
    const events = restartEvents(collection, 'registration', record, attempt);
    await placeInHub(registrationId, hubId, actor, now, { events, also });
  }
  await resolveGivenUp(collection, `placed in hub ${hubId}`, actor, now);
}

/** Takes what a registration's stage gave up off the stuck board; how many entries there were. */
export async function resolveGivenUp(
  collection: string,
  resolution: string,
  actor: Actor,
  now: Date,
): Promise<number> {
  const givenUp = (await openStuckCases(collection, 'registration')).filter(
    ({ status }) => status === 'GIVEN_UP',
  );
  for (const { stuckId } of givenUp) await resolveStuck(collection, stuckId, actor, resolution, now);
  return givenUp.length;
}

/** Entries of the stuck board for a stage that nobody has resolved. */
async function openStuckCases(collection: string, workflow: WorkflowName): Promise<StuckCase[]> {
  const items = await queryCollection(collection, 'STUCK#');
  return items
    .map((item) => parseStored(stuckCase, item))
    .filter((one) => one.workflow === workflow && one.resolvedAt === null);
}

/** Takes an entry off the stuck board; again changes nothing. Throws `NotFoundError`. */
export async function resolveStuck(
  collection: string,
  stuckId: string,
  actor: Actor,
  resolution: string,
  now: Date,
): Promise<void> {
  await change<StuckCase>(stuckCase, stuckKey(collection, stuckId), now, (stored) => {
    if (stored.resolvedAt !== null) return undefined;
    const { pk: _pk, sk: _sk, version: _version, queueKey: _key, queueSort: _sort, ...current } = stored;
    return {
      next: { ...current, resolvedAt: now.toISOString(), resolution },
      audit: { action: 'resolve-stuck', actor, reason: resolution },
      events: [{ name: 'StuckCaseResolved', detail: { collection, stuckId } }],
    };
  });
}

/**
 * Writes down that an execution was stopped, by whom and why, in the audit of what it was about, and closes its wait: what
 * has been stopped waits for nobody any more.
 */
export async function recordStop(
  stopped: { readonly collection: string; readonly workflow: WorkflowName; readonly executionArn: string },
  actor: Actor,
  reason: string,
  now: Date,
): Promise<void> {
  const wait = waitKey(stopped.collection, stopped.workflow);
  const own = (await read(claimedWait, wait))?.executionArn === stopped.executionArn;
  await change(
    anyRecord,
    recordKey(stopped.collection),
    now,
    ({ pk: _pk, sk: _sk, version: _version, ...current }) => ({
      next: current,
      audit: { action: `stop-${stopped.workflow}-run`, actor, reason },
      events: [{ name: 'RunStopped', detail: { ...stopped } }],
      also: own ? [closeWait(stopped.collection, stopped.workflow, stopped.executionArn)] : [],
    }),
  );
}
