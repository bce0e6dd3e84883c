import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import { readExisting } from '../shared/table/change.ts';
import {
  admit,
  allocateToInvoice,
  allocationsAmong,
  type Decision,
  reverseAllocation,
  useId,
  usesOfLine,
} from './allocate.ts';
import { reverseCredit, takeCredit } from './credits.ts';
import { accountCreditKey, invoiceKey } from './keys.ts';
import { findLine, lineAfterUse, readLine } from './lines.ts';
import { accountCredit, invoice } from './model.ts';
import { reverseOther } from './other-entries.ts';
import { reverseRefundPayment } from './refunds.ts';
import { findReturn, pairReturn, requireReturn, reverseReturn } from './returned-lines.ts';
import { findInvoice } from './store.ts';

/** A part of a line, put on an invoice or kept as a credit on account beside it. */
export interface Part {
  readonly as: 'INVOICE' | 'CREDIT';
  readonly invoiceNumber: string;
  readonly pence: number;
}

/**
 * Puts a line on invoices and credits as an officer decided. Judged whole before anything is booked; each part is then
 * one transaction. The same `requestId` again books nothing twice and finishes what was interrupted.
 */
export async function decideLine(
  lineId: string,
  requestId: string,
  parts: readonly Part[],
  decision: Decision,
  now: Date,
): Promise<void> {
  const [line, uses] = await Promise.all([readLine(lineId), usesOfLine(lineId)]);
  const made = new Set(uses.map(({ id }) => id));
  const todo = parts
    .map((part, at) => ({ part, at, id: useId(lineId, requestId, at) }))
    .filter(({ id }) => !made.has(id));
  if (todo.length === 0) return;
  lineAfterUse(
    line,
    todo.reduce((sum, { part }) => sum + part.pence, 0),
    now,
  );
  const given = new Map<string, number>();
  for (const { part, at } of todo) {
    const field = `parts.${at}.invoiceNumber`;
    const found = await findInvoice(part.invoiceNumber);
    if (found === undefined)
      throw new RefusedError('invoice-unknown', { field, values: { invoice: part.invoiceNumber } });
    if (part.as === 'CREDIT') continue;
    const sum = (given.get(found.invoiceNumber) ?? 0) + part.pence;
    given.set(found.invoiceNumber, sum);
    admit(found, sum);
  }
  for (const { part, id } of todo) {
    if (part.as === 'CREDIT') await takeCredit(lineId, part.invoiceNumber, part.pence, id, decision, now);
    else await allocateToInvoice(lineId, part.invoiceNumber, part.pence, id, decision, now);
  }
}

/** Takes back what was made from a line, an allocation, a credit on account, a refund's payment, other income or cost. Not found where it is not the line's. */
export async function takeBack(lineId: string, id: string, decision: Decision, now: Date): Promise<void> {
  const use = (await usesOfLine(lineId)).find((each) => each.id === id);
  if (use === undefined) throw new NotFoundError(`allocation ${id} of line ${lineId}`);
  switch (use.kind) {
    case 'ALLOCATION':
      return reverseAllocation(use.registrationId, id, decision, now);
    case 'CREDIT':
      return reverseCredit(use.registrationId, id, decision, now);
    case 'OTHER':
      return reverseOther(lineId, id, decision, now);
    case 'RETURN':
      return reverseReturn(use.lineId ?? '', decision, now);
    case 'REFUND':
      await reverseRefundPayment(use.registrationId, use.refundId ?? '', decision, now);
  }
}

/**
 * Settles a payment that the bank sent back with the one it takes back: whatever that had paid is taken off again, so
 * that its invoices are owed anew, and the two lines end each other. Judged whole before anything is taken back; the same
 * again finishes what was interrupted. Throws `RefusedError` where there is no such payment, the two do not belong
 * together, the registration has ended by now, or a credit on account of it was used.
 */
export async function returnPayment(
  lineId: string,
  originalLineId: string,
  decision: Decision,
  now: Date,
): Promise<void> {
  const [back, original, uses] = await Promise.all([
    readLine(lineId),
    findLine(originalLineId),
    usesOfLine(originalLineId),
  ]);
  if (original === undefined)
    throw new RefusedError('line-unknown', { field: 'originalLineId', values: { line: originalLineId } });
  requireReturn(back, original);
  const other = await findReturn(uses);
  if (other !== undefined && other.reversed === null && other.lineId !== lineId)
    throw new RefusedError('return-other-line', { field: 'originalLineId' });
  for (const { registrationId, invoiceNumber, reversed } of await allocationsAmong(uses)) {
    const { closedAt } = await readExisting(invoice, invoiceKey(registrationId, invoiceNumber));
    if (reversed === null && closedAt !== null)
      throw new RefusedError('closed-stays', { values: { invoice: invoiceNumber } });
  }
  for (const { kind, id, registrationId } of uses) {
    if (kind !== 'CREDIT') continue;
    const credit = await readExisting(accountCredit, accountCreditKey(registrationId, id));
    if (credit.reversed === null && credit.remainingPence !== credit.pence)
      throw new RefusedError('credit-used');
  }
  for (const { kind, id } of uses) if (kind !== 'RETURN') await takeBack(originalLineId, id, decision, now);
  await pairReturn(lineId, originalLineId, decision, now);
}
