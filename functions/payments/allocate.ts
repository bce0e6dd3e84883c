import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import { formatPence, type Pence } from '../shared/money/pence.ts';
import { ConcurrentChangeError, NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  alsoCreate,
  type Change,
  change,
  type ExtraWrite,
  queryCollection,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, registrationKey, registrationPk, statementPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { balanceOf, invoiceStatusOf, isJoint, isSettledInvoice, registrationsOf } from './balance.ts';
import type { FingerprintedLine } from './fingerprints.ts';
import {
  allocationKey,
  DEBTORS_QUEUE,
  indexOfLine,
  invoiceKey,
  invoicePointerKey,
  lineKey,
  lineUseKey,
  statementOfLine,
} from './keys.ts';
import { allocationMovements, allocationReversedMovements, append, postingOf } from './ledger.ts';
import { LineSeenError, lineAfterUse, lineWrites, matchedLine } from './lines.ts';
import type { Judgement } from './matching.ts';
import { type Allocation, allocation, type Invoice, invoice, type PostedLine, postedLine } from './model.ts';
import { readInvoice } from './store.ts';

/** Who does something with money, and why. */
export interface Decision {
  readonly actor: Actor;
  readonly reason: string;
}

const ATTEMPTS = 6;

/**
 * What was made from a line: an allocation, a credit on account or a refund's payment, in the collection of its
 * registration; other income or cost, or the pair of a payment and its return, beside the line.
 */
export const lineUse = z.object({
  kind: z.enum(['ALLOCATION', 'CREDIT', 'REFUND', 'OTHER', 'RETURN']),
  id: z.string(),
  /** Of a registration's; empty for OTHER and RETURN. */
  registrationId: z.string(),
  refundId: z.string().optional(),
  /** Of a RETURN: the line with which the money went back. */
  lineId: z.string().optional(),
});
export type LineUse = z.output<typeof lineUse>;

/** Everything that was ever made from a line, reversed or not. Consistent. */
export async function usesOfLine(lineId: string): Promise<LineUse[]> {
  const items = await queryCollection(statementPk(statementOfLine(lineId)), `USE#${indexOfLine(lineId)}#`);
  return items.map((item) => lineUse.parse(item));
}

/** The allocations among what was made from a line, reversed ones too. Consistent. */
export async function allocationsAmong(uses: readonly LineUse[]): Promise<Allocation[]> {
  const made = await Promise.all(
    uses
      .filter(({ kind }) => kind === 'ALLOCATION')
      .map(({ id, registrationId }) => read(allocation, allocationKey(registrationId, id))),
  );
  return made.filter((each) => each !== undefined);
}

/** Id of what a request makes from a line or a credit: the same request makes the same thing, which is there once. */
export function useId(from: string, requestId: string, part: number): string {
  const digest = createHash('sha256').update(`${from}|${requestId}|${part}`).digest('hex');
  return digest.slice(0, 24).toUpperCase();
}

/** Decides anew where somebody changed the line while its invoice was written. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConcurrentChangeError) || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** What is to be told to every registration that an invoice pays: one event in the collection of each. */
export function toEachRegistration(
  name: 'InvoiceSettled' | 'InvoiceReopened' | 'InvoiceHeld' | 'InvoiceDueMoved',
  of: Pick<Invoice, 'registrationId' | 'roundId' | 'invoiceNumber' | 'lines'>,
): DomainEvent[] {
  const { roundId, invoiceNumber } = of;
  return registrationsOf(of).map((registrationId) => ({
    name,
    detail: { registrationId, roundId, invoiceNumber },
    collection: registrationPk(registrationId),
  }));
}

/** The invoice with `pence` more (or, negative, less) money on it, and what there is to say about that. */
export function invoiceAfter(
  current: Invoice,
  pence: Pence,
  now: Date,
): { next: Invoice; events: DomainEvent[] } {
  return invoiceWith(current, { allocatedPence: current.allocatedPence + pence }, now);
}

/** The invoice with other amounts, in or out of the list of those with money owed, and what there is to say about that. */
export function invoiceWith(
  current: Invoice,
  amounts: Partial<Pick<Invoice, 'allocatedPence' | 'writtenOffPence'>>,
  now: Date,
): { next: Invoice; events: DomainEvent[] } {
  const before = isSettledInvoice(current);
  const { queueKey: _key, queueSort: _sort, ...kept } = current;
  const next: Invoice = { ...kept, ...amounts };
  const after = isSettledInvoice(next);
  next.status = invoiceStatusOf(next);
  next.settledAt = after ? (current.settledAt ?? now.toISOString()) : null;
  if (!after) Object.assign(next, queueIndex(DEBTORS_QUEUE, `${current.dueOn}#${current.invoiceNumber}`));
  if (after === before) return { next, events: [] };
  const name = after ? 'InvoiceSettled' : 'InvoiceReopened';
  return { next, events: toEachRegistration(name, current) };
}

/**
 * Refuses money on an invoice that is closed or does not owe as much; the write holds the transaction to the
 * registration's not having ended meanwhile.
 */
export function admit(current: Invoice, pence: Pence): ExtraWrite {
  const values = { invoice: current.invoiceNumber };
  if (current.closedAt !== null) throw new RefusedError('invoice-closed', { field: 'parts', values });
  if (balanceOf(current) < pence)
    throw new RefusedError('invoice-has-less', {
      field: 'parts',
      values: { ...values, open: formatPence(Math.max(0, balanceOf(current))) },
    });
  // An invoice for several outlives one of them: that one's line is credited.
  if (isJoint(current))
    return {
      check: invoicePointerKey(current.invoiceNumber),
      condition: { expression: 'attribute_exists(pk)' },
    };
  return {
    check: registrationKey(current.registrationId),
    condition: {
      expression: '#status <> :lapsed AND #status <> :withdrawn',
      names: { '#status': 'status' },
      values: { ':lapsed': 'LAPSED', ':withdrawn': 'WITHDRAWN' },
    },
  };
}
const ended = (current: Invoice) => () =>
  new RefusedError('invoice-closed', { field: 'parts', values: { invoice: current.invoiceNumber } });

interface Placed {
  readonly allocationId: string;
  readonly lineId: string;
  readonly pence: Pence;
  readonly automatic: boolean;
}

/** The change that puts money of a line on an invoice; `lineSide` are the writes of the line itself. */
function placing(
  current: Stored<Invoice>,
  placed: Placed,
  lineSide: readonly ExtraWrite[],
  { actor, reason }: Decision,
  now: Date,
): Change<Invoice> {
  const { registrationId, invoiceNumber, roundId } = current;
  const { allocationId, lineId, pence, automatic } = placed;
  const registrationHolds = admit(current, pence);
  const { next, events } = invoiceAfter(withoutStored(current), pence, now);
  const made: Allocation = {
    allocationId,
    invoiceNumber,
    registrationId,
    source: { kind: 'LINE', lineId },
    pence,
    by: actor.id,
    reason,
    automatic,
    at: now.toISOString(),
    reversed: null,
  };
  const use: LineUse = { kind: 'ALLOCATION', id: allocationId, registrationId };
  const posting = postingOf(
    { cause: 'ALLOCATION', causeId: allocationId, roundId },
    allocationMovements(pence),
    now,
  );
  return {
    next,
    audit: { action: 'invoice.allocate', actor, reason },
    events: [{ name: 'PaymentAllocated', detail: { lineId, invoiceNumber, registrationId } }, ...events],
    also: [
      registrationHolds,
      ...lineSide,
      ...alsoCreate(
        allocationKey(registrationId, allocationId),
        made,
        { action: 'allocation.make', actor, reason },
        now,
      ),
      { put: { ...lineUseKey(lineId, allocationId), ...use }, onlyIfAbsent: true },
      append(registrationPk(registrationId), posting),
    ],
    refusals: { 0: ended(current) },
  };
}

/**
 * Puts `pence` of a line on an invoice, in one transaction with the line, the ledger and the events. The same
 * `allocationId` again changes nothing. Throws `RefusedError` where line or invoice has less open, or the registration
 * has ended.
 */
export async function allocateToInvoice(
  lineId: string,
  invoiceNumber: string,
  pence: Pence,
  allocationId: string,
  decision: Decision,
  now: Date,
  automatic = false,
): Promise<Stored<Invoice>> {
  const { registrationId, invoiceNumber: number } = await readInvoice(invoiceNumber);
  return persistently(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, number), now, async (current) => {
      if ((await read(allocation, allocationKey(registrationId, allocationId))) !== undefined)
        return undefined;
      const line = await existingLine(lineId);
      const used = lineAfterUse(withoutStored(line), pence, now);
      const after = automatic && used.status === 'ALLOCATED' ? { ...used, status: 'MATCHED' as const } : used;
      const audit = { action: 'line.allocate', actor: decision.actor, reason: decision.reason };
      const placed = { allocationId, lineId, pence, automatic };
      return placing(current, placed, alsoChange(line, after, audit, now), decision, now);
    }),
  );
}

async function existingLine(lineId: string): Promise<Stored<PostedLine>> {
  const line = await read(postedLine, lineKey(lineId));
  if (line === undefined) throw new NotFoundError(`bank line ${lineId}`);
  return line;
}

/** The line is on its invoice already: its page was begun before. */
class LineMatchedError extends Error {}

/**
 * Records a new line as paying an invoice wholly, in one transaction with all that goes with it. Returns false where
 * the invoice does not owe exactly that any more (somebody was faster): the line is to be judged again. Throws
 * `LineSeenError` where another statement has the line.
 */
export async function recordMatched(
  given: FingerprintedLine,
  invoiceNumber: string,
  judgement: Judgement,
  decision: Decision,
  now: Date,
): Promise<boolean> {
  const { lineId, pence } = given.line;
  const allocationId = useId(lineId, 'matched', 0);
  const { actor, reason } = decision;
  const to = await readInvoice(invoiceNumber);
  try {
    await change<Invoice>(invoice, invoiceKey(to.registrationId, to.invoiceNumber), now, (current) => {
      if (balanceOf(current) !== pence || current.closedAt !== null) throw new LineMovedOnError();
      const lineSide = [
        ...lineWrites(given, now),
        ...alsoCreate(
          lineKey(lineId),
          matchedLine(given, judgement),
          { action: 'line.match', actor, reason },
          now,
        ),
      ];
      const placed = { allocationId, lineId, pence, automatic: true };
      return {
        ...placing(current, placed, lineSide, decision, now),
        refusals: {
          0: () => new LineMovedOnError(),
          1: () => new LineSeenError(lineId),
          3: () => new LineMatchedError(),
        },
      };
    });
    return true;
  } catch (error) {
    if (error instanceof LineMatchedError) return true;
    if (error instanceof LineMovedOnError) return false;
    throw error;
  }
}

/** What the line was judged to pay has changed meanwhile. */
class LineMovedOnError extends Error {}

/**
 * Takes an allocation of a line back: the money returns to the line and the line to the queue. One that was taken back
 * stays as it is. Refused on a closed invoice: what was paid there is a credit on account by now.
 */
export async function reverseAllocation(
  registrationId: string,
  allocationId: string,
  decision: Decision,
  now: Date,
): Promise<void> {
  const { actor, reason } = decision;
  const found = await read(allocation, allocationKey(registrationId, allocationId));
  if (found === undefined || found.source.kind !== 'LINE')
    throw new NotFoundError(`allocation ${allocationId}`);
  const { lineId } = found.source;
  await persistently(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, found.invoiceNumber), now, async (current) => {
      const [made, line] = await Promise.all([
        read(allocation, allocationKey(registrationId, allocationId)),
        existingLine(lineId),
      ]);
      if (made === undefined || made.reversed !== null) return undefined;
      const { invoiceNumber, roundId } = current;
      if (current.closedAt !== null)
        throw new RefusedError('closed-stays', { values: { invoice: invoiceNumber } });
      const { next, events } = invoiceAfter(withoutStored(current), -made.pence, now);
      const reversed = { by: actor.id, reason, at: now.toISOString() };
      const posting = postingOf(
        { cause: 'ALLOCATION_REVERSED', causeId: allocationId, roundId },
        allocationReversedMovements(made.pence),
        now,
      );
      return {
        next,
        audit: { action: 'invoice.reverse-allocation', actor, reason },
        events: [
          { name: 'PaymentAllocationReversed', detail: { lineId, invoiceNumber, registrationId } },
          ...events,
        ],
        also: [
          ...alsoChange(
            made,
            { ...withoutStored(made), reversed },
            { action: 'allocation.reverse', actor, reason },
            now,
          ),
          ...alsoChange(
            line,
            lineAfterUse(withoutStored(line), -made.pence, now),
            { action: 'line.reverse', actor, reason },
            now,
          ),
          append(registrationPk(registrationId), posting),
        ],
      };
    }),
  );
}
