import * as z from 'zod';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, parseStored, queryIndex, type Stored } from '../shared/table/change.ts';
import { queueIndex } from '../shared/table/keys.ts';
import { type Refund, refund, type WriteOff, writeOff } from './approval-model.ts';
import { APPROVALS_QUEUE, REFUNDS_QUEUE } from './keys.ts';

/** A second person's word about a request. */
export interface Verdict {
  readonly approve: boolean;
  readonly actor: Actor;
  readonly reason: string;
}

/** Where a request stands in the queue of those that wait for a second person. */
export const approvalIndex = (requestedAt: string, id: string) =>
  queueIndex(APPROVALS_QUEUE, `${requestedAt}#${id}`);

/**
 * Holds that a request is open and that another person decides it than asked for it. Throws `RefusedError` for one's own
 * request, `WrongStateError` for one that was decided otherwise before. Returns false where this very decision was made.
 */
export function admitVerdict(
  request: Pick<Refund | WriteOff, 'status' | 'requestedBy' | 'decided'>,
  { approve, actor }: Verdict,
): boolean {
  if (request.requestedBy === actor.id) throw new RefusedError('own-request');
  if (request.status === 'REQUESTED') return true;
  const approved = request.status !== 'REFUSED';
  if (request.decided?.by === actor.id && approved === approve) return false;
  throw new WrongStateError('the request', request.status);
}

/** The request without its place in a queue. */
export function withoutQueue<T extends Refund | WriteOff>(request: T): T {
  const { queueKey: _key, queueSort: _sort, ...rest } = request;
  return { ...request, ...rest, queueKey: undefined, queueSort: undefined };
}

const kindOf = z.object({ sk: z.string() });

/** What waits for a second person, the oldest first. Eventually consistent. */
export async function openApprovals(): Promise<{ refunds: Stored<Refund>[]; writeOffs: Stored<WriteOff>[] }> {
  const items = await queryIndex('byQueue', `QUEUE#${APPROVALS_QUEUE}`);
  const isRefund = (item: Record<string, unknown>) => kindOf.parse(item).sk.startsWith('REFUND#');
  return {
    refunds: items.filter(isRefund).map((item) => parseStored(refund, item)),
    writeOffs: items.filter((item) => !isRefund(item)).map((item) => parseStored(writeOff, item)),
  };
}

/** Refunds that were approved and have not left the bank, the oldest first. Eventually consistent. */
export async function dueRefunds(): Promise<Stored<Refund>[]> {
  const items = await queryIndex('byQueue', `QUEUE#${REFUNDS_QUEUE}`);
  return items.map((item) => parseStored(refund, item));
}
