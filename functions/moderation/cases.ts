import { findReview, readReview } from '../assessment/store.ts';
import { listPeople } from '../people/store.ts';
import type { Round } from '../programme/model.ts';
import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration } from '../registration/model.ts';
import {
  type Actor,
  alsoChange,
  alsoCreate,
  change,
  create,
  type ExtraWrite,
  type Stored,
} from '../shared/table/change.ts';
import { personIndex, queueIndex, roundIndex } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { addDays, endOfLondonDay, londonDate } from '../shared/time/london.ts';
import { compare } from './compare.ts';
import {
  type Comparison,
  type DrawnReview,
  type ModerationCase,
  type ProposedOutcome,
  proposedOutcome,
  type Reading,
  type ReadingKind,
} from './model.ts';
import { chooseReader, mayModerate } from './rules.ts';
import {
  caseKey,
  changeCase,
  changeReading,
  findCase,
  findOutcome,
  findReadingReview,
  listReadings,
  listRoundReadings,
  outcomeKey,
  readingIdOf,
  readingKeys,
} from './store.ts';

const system: Actor = { kind: 'system', id: 'moderation' };

/** A record of this kind is there already: an earlier run of the same task made it. */
class MadeAlreadyError extends Error {}
const madeAlready = () => new MadeAlreadyError();

async function createOnce(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof MadeAlreadyError)) throw error;
  }
}

/** The record of a reading given to somebody now. */
function newReading(
  registrationId: string,
  round: Round,
  kind: ReadingKind,
  readerId: string,
  number: number,
  now: Date,
): Reading {
  const { secondReadingDays, adjudicationDays } = round.policies.moderation;
  const readingId = readingIdOf(registrationId, number);
  const dueOn = addDays(londonDate(now), kind === 'SECOND_READING' ? secondReadingDays : adjudicationDays);
  return {
    readingId,
    registrationId,
    roundId: round.roundId,
    kind,
    readerId,
    status: 'OPEN',
    offeredAt: now.toISOString(),
    dueOn,
    endedAt: null,
    endReason: null,
    adjudication: null,
    ...personIndex(readerId, 'READING', readingId),
    ...roundIndex(round.roundId, 'READING', readingId),
    ...queueIndex('MODERATION', endOfLondonDay(dueOn).toISOString()),
  };
}

/** Opens the case of a drawn review, with its second reading where somebody may read it. The same again changes nothing. */
export async function openCase(
  drawn: DrawnReview,
  attempt: number,
  round: Round,
  registration: Registration,
  now: Date,
): Promise<void> {
  const { registrationId } = registration;
  const first = await readReview(drawn.assignmentId);
  const next: ModerationCase = {
    registrationId,
    roundId: round.roundId,
    status: 'READING',
    reasons: drawn.reasons,
    moderationAttempt: attempt,
    first: { ...first.recommendation, assignmentId: drawn.assignmentId, readerId: first.readerId },
    second: null,
    comparison: null,
    adjudication: null,
    nobodySince: drawn.readerId === null ? now.toISOString() : null,
    escalations: 0,
    openedAt: now.toISOString(),
    ...roundIndex(round.roundId, 'CASE', registrationId),
    ...(drawn.readerId === null ? queueIndex('MODERATION-READER', now.toISOString()) : {}),
  };
  const given =
    drawn.readerId === null
      ? []
      : [newReading(registrationId, round, 'SECOND_READING', drawn.readerId, 1, now)];
  await createOnce(() =>
    create(
      caseKey(registrationId),
      {
        next,
        audit: { action: 'open-case', actor: system, reason: drawn.reasons.join(', ') },
        events: [
          { name: 'ModerationCaseOpened', detail: { registrationId, roundId: round.roundId } },
          ...given.map(({ readingId }) => ({
            name: 'ReadingOffered' as const,
            detail: { registrationId, roundId: round.roundId, readingId },
          })),
        ],
        also: given.flatMap((one) =>
          alsoCreate(readingKeys(one.readingId).record, one, { action: 'give-reading', actor: system }, now),
        ),
      },
      now,
      madeAlready,
    ),
  );
  await beginModeration(registration, now);
}

/** Proposes what the first reader recommended, where the review was not drawn. The same again changes nothing. */
export async function proposeFirst(
  assignmentId: string,
  round: Round,
  registration: Registration,
  now: Date,
): Promise<void> {
  const first = await readReview(assignmentId);
  await createOutcome(
    {
      ...first.recommendation,
      basis: 'FIRST_READING',
      judgedBy: [first.readerId],
      feedback: first.feedback,
    },
    round,
    registration.registrationId,
    now,
  );
  await beginModeration(registration, now);
}

async function beginModeration({ registrationId, roundId }: Registration, now: Date): Promise<void> {
  await moveRegistration(registrationId, now, {
    from: ['IN_ASSESSMENT'],
    to: 'IN_MODERATION',
    action: 'begin-moderation',
    actor: system,
    events: [{ name: 'ModerationBegun', detail: { registrationId, roundId } }],
  });
}

async function createOutcome(
  proposal: Pick<ProposedOutcome, 'outcome' | 'level' | 'basis' | 'judgedBy' | 'feedback'>,
  round: Round,
  registrationId: string,
  now: Date,
): Promise<void> {
  const confirmBy = addDays(londonDate(now), round.policies.moderation.confirmationDays);
  const next: ProposedOutcome = {
    ...proposal,
    registrationId,
    roundId: round.roundId,
    status: 'PROPOSED',
    proposedAt: now.toISOString(),
    confirmBy,
    ...roundIndex(round.roundId, 'OUTCOME', registrationId),
    ...queueIndex('PANEL', endOfLondonDay(confirmBy).toISOString()),
  };
  await createOnce(() =>
    create(
      outcomeKey(registrationId),
      {
        next,
        audit: { action: 'propose-outcome', actor: system, reason: proposal.basis },
        events: [{ name: 'OutcomeProposed', detail: { registrationId, roundId: round.roundId } }],
      },
      now,
      madeAlready,
    ),
  );
}

/** Everyone who has had to do with a case: nobody of them reads it again. */
export function involvedIn(
  moderationCase: Pick<ModerationCase, 'first'>,
  readings: readonly Pick<Reading, 'readerId'>[],
): Set<string> {
  return new Set([moderationCase.first.readerId, ...readings.map(({ readerId }) => readerId)]);
}

/**
 * Gives a reading of a case to the least loaded moderator who may read it, or notes that there is nobody. Answers the
 * reading given.
 */
export async function giveReading(
  registration: Registration,
  round: Round,
  kind: ReadingKind,
  now: Date,
): Promise<Reading | undefined> {
  const { registrationId, roundId } = registration;
  const [moderationCase, readings, moderators, all] = await Promise.all([
    findCase(registrationId),
    listReadings(registrationId),
    listPeople('moderator'),
    listRoundReadings(roundId),
  ]);
  if (moderationCase === undefined) return undefined;
  const open = readings.find((one) => one.kind === kind && one.status === 'OPEN');
  if (open !== undefined) return open;
  const involved = involvedIn(moderationCase, readings);
  const loads = new Map<string, number>();
  for (const { readerId } of all) loads.set(readerId, (loads.get(readerId) ?? 0) + 1);
  const readerId = chooseReader(
    registration,
    moderators.filter((one) => mayModerate(one, registration, involved)),
    loads,
  );
  if (readerId === undefined) {
    await changeCase(registrationId, now, (current) =>
      current.nobodySince !== null
        ? undefined
        : {
            set: { nobodySince: now.toISOString(), ...queueIndex('MODERATION-READER', now.toISOString()) },
            audit: { action: 'miss-reader', actor: system, reason: `Nobody may do the ${kind}` },
            events: [{ name: 'ReaderMissing', detail: { registrationId, roundId } }],
          },
    );
    return undefined;
  }
  return give(registration, round, kind, readerId, readings.length + 1, system, undefined, now);
}

/** Gives a reading to a person whom the rules allow; the caller has checked them. */
export async function give(
  { registrationId, roundId }: Registration,
  round: Round,
  kind: ReadingKind,
  readerId: string,
  number: number,
  actor: Actor,
  reason: string | undefined,
  now: Date,
): Promise<Reading> {
  const next = newReading(registrationId, round, kind, readerId, number, now);
  const waiting = await findCase(registrationId);
  await createOnce(() =>
    create(
      readingKeys(next.readingId).record,
      {
        next,
        audit: { action: 'give-reading', actor, ...(reason === undefined ? {} : { reason }) },
        events: [
          actor.kind === 'person'
            ? { name: 'ReaderNamed', detail: { registrationId, roundId, readingId: next.readingId } }
            : { name: 'ReadingOffered', detail: { registrationId, roundId, readingId: next.readingId } },
        ],
        also: waiting === undefined ? [] : readerFound(waiting, actor, now),
      },
      now,
      madeAlready,
    ),
  );
  return next;
}

/** The case waits for a reader no longer, where it did. */
function readerFound(current: Stored<ModerationCase>, actor: Actor, now: Date): readonly ExtraWrite[] {
  if (current.nobodySince === null) return [];
  const { queueKey: _queue, queueSort: _since, ...kept } = withoutStored(current);
  return alsoChange(current, { ...kept, nobodySince: null }, { action: 'find-reader', actor }, now);
}

/** Takes an overdue reading back; one that was returned at the same moment stands. */
export function expireReading(readingId: string, now: Date): Promise<Stored<Reading>> {
  return changeReading(readingId, now, (current) =>
    current.status !== 'OPEN'
      ? undefined
      : {
          set: {
            status: 'EXPIRED',
            endedAt: now.toISOString(),
            endReason: 'Not returned in time',
            queueKey: undefined,
            queueSort: undefined,
          },
          audit: { action: 'expire-reading', actor: system },
          events: [
            {
              name: 'ReadingExpired',
              detail: { registrationId: current.registrationId, roundId: current.roundId, readingId },
            },
          ],
        },
  );
}

/** Compares the second reading with the first: within the round's tolerance they agree, anything else is adjudicated. */
export async function compareReadings(
  { registrationId, targetLevel }: Pick<Registration, 'registrationId' | 'targetLevel'>,
  round: Round,
  now: Date,
): Promise<Stored<ModerationCase>> {
  const opened = await findCase(registrationId);
  const first = opened === undefined ? undefined : await findReview(opened.first.assignmentId);
  const second = (await listReadings(registrationId))
    .filter(({ kind, status }) => kind === 'SECOND_READING' && status === 'RETURNED')
    .at(-1);
  const review = second === undefined ? undefined : await findReadingReview(second.readingId);
  return changeCase(registrationId, now, (current) => {
    if (current.status !== 'READING' || first === undefined) return undefined;
    if (second === undefined || review === undefined) return undefined;
    const comparison = compare(round, targetLevel, first, review);
    return {
      set: {
        status: comparison.within ? 'AGREED' : 'ADJUDICATION',
        comparison,
        second: { ...review.recommendation, readingId: second.readingId, readerId: second.readerId },
        nobodySince: null,
        escalations: 0,
      },
      audit: { action: 'compare-readings', actor: system, reason: inWords(comparison) },
      events: [{ name: 'ReadingsCompared', detail: { registrationId, roundId: current.roundId } }],
    };
  });
}

/** What a comparison found, for the audit. */
function inWords({ within, sameRecommendation, apart }: Comparison): string {
  const criteria = `${apart.length} criteria judged differently`;
  if (within) return `They agree within tolerance, ${criteria}`;
  return sameRecommendation
    ? `The same recommendation beyond tolerance, ${criteria}`
    : `They recommend differently, ${criteria}`;
}

/** Proposes the outcome of an agreed or adjudicated case. The same again changes nothing. */
export async function proposeOfCase(registration: Registration, round: Round, now: Date): Promise<void> {
  const { registrationId } = registration;
  const adjudicated = (await listReadings(registrationId))
    .filter(({ kind, status }) => kind === 'ADJUDICATION' && status === 'RETURNED')
    .at(-1);
  const settled = await changeCase(registrationId, now, (current) => {
    if (current.status !== 'ADJUDICATION' || adjudicated === undefined) return undefined;
    const { readingId, readerId, adjudication } = adjudicated;
    if (adjudication === null) return undefined;
    const { outcome, level, reason } = adjudication;
    return {
      set: {
        status: 'ADJUDICATED',
        adjudication: { outcome, level, reason, readingId, readerId },
        escalations: 0,
      },
      audit: { action: 'settle-case', actor: { kind: 'person', id: readerId }, reason },
      events: [{ name: 'CaseSettled', detail: { registrationId, roundId: current.roundId } }],
    };
  });
  const { first, second, adjudication } = settled;
  const judgedBy = [first, second, adjudication].flatMap((one) => (one === null ? [] : [one.readerId]));
  if (settled.status === 'AGREED') {
    const { feedback } = await readReview(first.assignmentId);
    const { outcome, level } = first;
    await createOutcome(
      { outcome, level, basis: 'AGREEMENT', judgedBy, feedback },
      round,
      registrationId,
      now,
    );
  }
  if (settled.status === 'ADJUDICATED' && adjudication !== null) {
    const { outcome, level } = adjudication;
    const feedback = adjudicated?.adjudication?.feedback ?? '';
    await createOutcome(
      { outcome, level, basis: 'ADJUDICATION', judgedBy, feedback },
      round,
      registrationId,
      now,
    );
  }
}

/** Counts an escalation of a case: nobody can read it, or the panel has not confirmed it. */
export function escalateCase(
  registrationId: string,
  about: 'READER' | 'PANEL',
  now: Date,
): Promise<Stored<ModerationCase>> {
  return changeCase(registrationId, now, (current) => ({
    set: { escalations: current.escalations + 1 },
    audit: {
      action: 'escalate-case',
      actor: system,
      reason: about === 'READER' ? 'No moderator may read it' : 'The panel has not confirmed it in time',
    },
    events: [{ name: 'CaseEscalated', detail: { registrationId, roundId: current.roundId } }],
  }));
}

/** Closes the case of a school that has left the round, its open readings with it. */
export async function closeCase(registrationId: string, now: Date): Promise<void> {
  for (const { readingId, status } of await listReadings(registrationId)) {
    if (status === 'OPEN') await expireReading(readingId, now);
  }
  await changeCase(registrationId, now, (current) =>
    current.status === 'CLOSED'
      ? undefined
      : {
          set: { status: 'CLOSED', queueKey: undefined, queueSort: undefined },
          audit: { action: 'close-case', actor: system, reason: 'The school has left the round' },
          events: [{ name: 'CaseClosed', detail: { registrationId, roundId: current.roundId } }],
        },
  );
}

/** Takes the proposed outcome of a school that has left the round from the panel's queue. */
export async function closeOutcome(registrationId: string, now: Date): Promise<boolean> {
  if ((await findOutcome(registrationId)) === undefined) return false;
  const closed = await change(proposedOutcome, outcomeKey(registrationId), now, (current) => {
    if (current.status !== 'PROPOSED') return undefined;
    const { pk: _pk, sk: _sk, version: _version, queueKey: _queue, queueSort: _due, ...rest } = current;
    const next: ProposedOutcome = { ...rest, status: 'CLOSED' };
    return {
      next,
      audit: { action: 'close-outcome', actor: system, reason: 'The school has left the round' },
      events: [{ name: 'OutcomeClosed', detail: { registrationId, roundId: current.roundId } }],
    };
  });
  return closed.status === 'CLOSED';
}
