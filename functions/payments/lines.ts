import type { Pence } from '../shared/money/pence.ts';
import { formatPence } from '../shared/money/pence.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  type ExtraWrite,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, statementPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import type { FingerprintedLine } from './fingerprints.ts';
import { fingerprintKey, lineKey, lineReferenceIndex, PARKED_QUEUE, SUSPENSE_QUEUE } from './keys.ts';
import { append, bankLineMovements, postingOf } from './ledger.ts';
import type { Judgement } from './matching.ts';
import { type PostedLine, postedLine } from './model.ts';

/** The line; throws `NotFoundError`. Consistent. */
export function readLine(lineId: string): Promise<Stored<PostedLine>> {
  return readExisting(postedLine, lineKey(lineId));
}

/** The line, or undefined. Consistent. */
export function findLine(lineId: string): Promise<Stored<PostedLine> | undefined> {
  return read(postedLine, lineKey(lineId));
}

/** Lines that people must decide, those that wait longest first; parked ones whose day has come follow. */
export async function listSuspense(now: Date): Promise<Stored<PostedLine>[]> {
  const today = londonDate(now);
  const [waiting, parked] = await Promise.all([queued(SUSPENSE_QUEUE), listParked()]);
  return [...waiting, ...parked.filter((line) => (line.parked?.until ?? '') <= today)];
}

/** Lines that were put aside, whatever their day. */
export const listParked = (): Promise<Stored<PostedLine>[]> => queued(PARKED_QUEUE);

async function queued(queue: string): Promise<Stored<PostedLine>[]> {
  const items = await queryIndex('byQueue', `QUEUE#${queue}`);
  return items.map((item) => parseStored(postedLine, item));
}

/** The record without its place in a queue. */
function withoutQueue(line: PostedLine): PostedLine {
  const { queueKey: _key, queueSort: _sort, ...rest } = line;
  return rest;
}

/** The line as it waits for people; `since` orders the queue. */
export function waiting(line: PostedLine, because: string, since: Date): PostedLine {
  return {
    ...withoutQueue(line),
    status: 'SUSPENSE',
    queuedBecause: because,
    parked: null,
    ...queueIndex(SUSPENSE_QUEUE, `${since.toISOString()}#${line.lineId}`),
  };
}

/**
 * The line once `used` pence of it have found their place (or, negative, lost it again). Throws `RefusedError` where it
 * has not as much open, was only seen here, or is money that left.
 */
export function lineAfterUse(line: PostedLine, used: Pence, now: Date): PostedLine {
  if (line.status === 'SEEN') throw new RefusedError('line-seen');
  if (line.direction !== 'CREDIT') throw new RefusedError('line-not-incoming');
  const openPence = line.openPence - used;
  if (openPence < 0)
    throw new RefusedError('line-has-less', {
      field: 'parts',
      values: { open: formatPence(line.openPence) },
    });
  if (openPence === 0)
    return { ...withoutQueue(line), status: 'ALLOCATED', openPence, parked: null, queuedBecause: null };
  // A part of a line that is put aside may be used; the rest stays aside.
  if (line.status === 'PARKED' && used > 0) return { ...line, openPence };
  return waiting({ ...line, openPence }, used < 0 ? 'reversed' : 'part-left', now);
}

/** The line as first recorded. */
function fresh({ line, fingerprint }: FingerprintedLine): PostedLine {
  return {
    ...line,
    fingerprint,
    status: 'OUTGOING',
    openPence: 0,
    candidates: [],
    queuedBecause: null,
    parked: null,
    seenIn: null,
    rule: null,
    confidence: 'NONE',
    proposal: [],
    ...(line.direction === 'CREDIT' ? lineReferenceIndex(line.endToEndId, line.lineId) : {}),
  };
}

/** What a rule made of a line, as it is kept with it. */
const judged = ({ rule, confidence, proposal, candidates }: Judgement) => ({
  rule,
  confidence,
  proposal: [...proposal],
  candidates: [...candidates],
});

/** The line as the machine put it on an invoice. */
export function matchedLine(given: FingerprintedLine, judgement: Judgement): PostedLine {
  return { ...fresh(given), status: 'MATCHED', ...judged(judgement) };
}

/** Another statement has this very line. */
export class LineSeenError extends Error {
  constructor(lineId: string) {
    super(`the line ${lineId} was in another statement`);
    this.name = 'LineSeenError';
  }
}

/** Writes that go with every line: its fingerprint, once for good, and the posting of the bank account where money moved. */
export function lineWrites({ line, fingerprint }: FingerprintedLine, now: Date): ExtraWrite[] {
  const { lineId, statementId } = line;
  const seen = { put: { ...fingerprintKey(fingerprint), lineId, statementId }, onlyIfAbsent: true };
  // Banks list fees that were waived as payments of nothing.
  if (line.pence === 0) return [seen];
  const cause = { cause: 'BANK_LINE', causeId: lineId, roundId: null } as const;
  return [seen, append(statementPk(statementId), postingOf(cause, bankLineMovements(line), now))];
}

/** The line is there already: this page of the statement was begun before. */
class LineExistsError extends Error {}

/** Records a line that people must decide. Throws `LineSeenError` where another statement has it. */
export async function recordQueued(
  given: FingerprintedLine,
  judgement: Judgement,
  because: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const line = { ...fresh(given), openPence: given.line.pence, ...judged(judgement) };
  await record(given, waiting(line, because, now), { action: 'line.queue', event: 'LineQueued' }, actor, now);
}

/** Records money that left the account, or a line of nothing. Throws `LineSeenError` where another statement has it. */
export function recordOutgoing(given: FingerprintedLine, actor: Actor, now: Date): Promise<void> {
  return record(given, fresh(given), { action: 'line.outgoing', event: 'LineOutgoing' }, actor, now);
}

/** Records that an earlier statement had this line: nothing moves by it. */
export async function recordSeen(
  given: FingerprintedLine,
  seenIn: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const next: PostedLine = { ...fresh(given), status: 'SEEN', seenIn };
  await ignoreExisting(
    create<PostedLine>(
      lineKey(given.line.lineId),
      {
        next,
        audit: { action: 'line.seen', actor },
        events: [{ name: 'LineSeenAgain', detail: { lineId: next.lineId, statementId: next.statementId } }],
      },
      now,
      () => new LineExistsError(),
    ),
  );
}

async function record(
  given: FingerprintedLine,
  next: PostedLine,
  { action, event }: { readonly action: string; readonly event: 'LineQueued' | 'LineOutgoing' },
  actor: Actor,
  now: Date,
): Promise<void> {
  await ignoreExisting(
    create<PostedLine>(
      lineKey(given.line.lineId),
      {
        next,
        audit: { action, actor },
        events: [{ name: event, detail: { lineId: next.lineId, statementId: next.statementId } }],
        also: lineWrites(given, now),
        refusals: { 0: () => new LineSeenError(given.line.lineId) },
      },
      now,
      () => new LineExistsError(),
    ),
  );
}

async function ignoreExisting(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof LineExistsError)) throw error;
  }
}

/** Puts a line aside until a day (YYYY-MM-DD, after today in London). The same again changes nothing. */
export function parkLine(
  lineId: string,
  until: string,
  reason: string,
  actor: Actor,
  now: Date,
): Promise<Stored<PostedLine>> {
  if (until <= londonDate(now)) throw new RefusedError('park-day-past', { field: 'until' });
  return change<PostedLine>(postedLine, lineKey(lineId), now, (current) => {
    if (current.parked?.until === until && current.parked.reason === reason) return undefined;
    if (current.openPence === 0)
      throw new RefusedError('line-has-less', { values: { open: formatPence(0) } });
    return {
      next: {
        ...withoutQueue(withoutStored(current)),
        status: 'PARKED',
        parked: { until, reason, by: actor.id },
        ...queueIndex(PARKED_QUEUE, `${until}#${lineId}`),
      },
      audit: { action: 'line.park', actor, reason },
      events: [{ name: 'LineParked', detail: { lineId, statementId: current.statementId } }],
    };
  });
}

/** Takes a line back that was put aside; one that is not put aside stays as it is. */
export function unparkLine(
  lineId: string,
  reason: string,
  actor: Actor,
  now: Date,
): Promise<Stored<PostedLine>> {
  return change<PostedLine>(postedLine, lineKey(lineId), now, (current) =>
    current.status !== 'PARKED'
      ? undefined
      : {
          next: waiting(withoutStored(current), 'unparked', now),
          audit: { action: 'line.unpark', actor, reason },
          events: [{ name: 'LineUnparked', detail: { lineId, statementId: current.statementId } }],
        },
  );
}

/**
 * A line of money that left, once it is known what for. Throws `RefusedError` for money that came in, a payment that the
 * bank sent back, or one that has its home.
 */
export function paidOut(line: PostedLine): PostedLine {
  if (line.direction !== 'DEBIT') throw new RefusedError('line-not-outgoing');
  if (line.status !== 'OUTGOING')
    throw new RefusedError('line-has-less', { values: { open: formatPence(0) } });
  return { ...line, status: 'PAID_OUT' };
}

/** A payment that the bank sent back, once it is known which it was. Throws `RefusedError` where it is known already. */
export function wentBack(line: PostedLine): PostedLine {
  if (line.openPence !== line.pence)
    throw new RefusedError('line-has-less', { values: { open: formatPence(line.openPence) } });
  return { ...withoutQueue(line), status: 'PAID_OUT', openPence: 0, parked: null, queuedBecause: null };
}
