import * as z from 'zod';
import { formatPence, type Pence } from '../shared/money/pence.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  type Change,
  change,
  create,
  type ExtraWrite,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, registrationPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type Decision, type LineUse, lineUse, persistently } from './allocate.ts';
import { type Refund, refund } from './approval-model.ts';
import { admitVerdict, approvalIndex, type Verdict, withoutQueue } from './approvals.ts';
import { withRest } from './credits.ts';
import { accountCreditKey, lineUseKey, REFUNDS_QUEUE, refundAdvicePointerKey, refundKey } from './keys.ts';
import {
  append,
  postingOf,
  refundApprovedMovements,
  refundPaidMovements,
  refundPaymentReversedMovements,
} from './ledger.ts';
import { paidOut, readLine } from './lines.ts';
import { accountCredit, type PostedLine } from './model.ts';
import { NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { readInvoice, refundsOf } from './store.ts';

class RefundExistsError extends Error {}

/**
 * Asks for `pence` of a credit on account to be paid back. Nothing moves before another person approves. The same
 * `refundId` again changes nothing. Throws `RefusedError` where credit and open requests of it leave less.
 */
export async function requestRefund(
  of: { readonly registrationId: string; readonly creditId: string },
  asked: { readonly refundId: string; readonly pence: Pence; readonly destination: Refund['destination'] },
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<Refund>> {
  const key = refundKey(of.registrationId, asked.refundId);
  const known = await read(refund, key);
  if (known !== undefined) return known;
  const credit = await readExisting(accountCredit, accountCreditKey(of.registrationId, of.creditId));
  const [beside, refunds] = await Promise.all([
    readInvoice(credit.invoiceNumber),
    refundsOf(of.registrationId),
  ]);
  const waiting = refunds
    .filter(({ creditId, status }) => creditId === of.creditId && status === 'REQUESTED')
    .reduce((sum, { pence }) => sum + pence, 0);
  if (credit.remainingPence - waiting < asked.pence)
    throw new RefusedError('credit-has-less', {
      field: 'pence',
      values: { open: formatPence(Math.max(0, credit.remainingPence - waiting)) },
    });
  const { registrationId, roundId } = beside;
  const made: Refund = {
    ...asked,
    registrationId,
    roundId,
    creditId: of.creditId,
    invoiceNumber: beside.invoiceNumber,
    schoolName: beside.schoolName,
    payerName: credit.payerName,
    reason,
    requestedBy: actor.id,
    requestedAt: now.toISOString(),
    decided: null,
    language: beside.language,
    status: 'REQUESTED',
    adviceNumber: null,
    series: null,
    sequenceNumber: null,
    pdfKey: null,
    paid: null,
    ...approvalIndex(now.toISOString(), asked.refundId),
  };
  try {
    return await create<Refund>(
      key,
      {
        next: made,
        audit: { action: 'refund.request', actor, reason },
        events: [{ name: 'RefundRequested', detail: { registrationId, roundId, refundId: asked.refundId } }],
      },
      now,
      () => new RefundExistsError(),
    );
  } catch (error) {
    if (!(error instanceof RefundExistsError)) throw error;
    return readExisting(refund, key);
  }
}

/**
 * A second person approves or refuses a refund; approved, the credit has that much less, the refund is owed to the payer
 * and its advice has a number. The same decision again changes nothing. Throws `RefusedError` for one's own request and
 * where the credit has less by now.
 */
export function decideRefund(
  registrationId: string,
  refundId: string,
  verdict: Verdict,
  now: Date,
): Promise<Stored<Refund>> {
  return withNumber(() =>
    change<Refund>(refund, refundKey(registrationId, refundId), now, (current) =>
      admitVerdict(current, verdict) ? decided(current, verdict, now) : undefined,
    ),
  );
}

async function decided(
  current: Stored<Refund>,
  { approve, actor, reason }: Verdict,
  now: Date,
): Promise<Change<Refund>> {
  const { registrationId, roundId, refundId, pence } = current;
  const detail = { registrationId, roundId, refundId };
  const kept = withoutQueue(withoutStored(current));
  const decision = { by: actor.id, at: now.toISOString(), reason };
  if (!approve)
    return {
      next: { ...kept, status: 'REFUSED', decided: decision },
      audit: { action: 'refund.refuse', actor, reason },
      events: [{ name: 'RefundRefused', detail }],
    };
  const [credit, number] = await Promise.all([
    readExisting(accountCredit, accountCreditKey(registrationId, current.creditId)),
    nextNumber('REFUND_ADVICE', londonDate(now)),
  ]);
  if (credit.remainingPence < pence)
    throw new RefusedError('credit-has-less', { values: { open: formatPence(credit.remainingPence) } });
  const posting = postingOf(
    { cause: 'REFUND_APPROVED', causeId: refundId, roundId },
    refundApprovedMovements(pence),
    now,
  );
  return {
    next: {
      ...kept,
      status: 'APPROVED',
      decided: decision,
      adviceNumber: number.number,
      series: number.series,
      sequenceNumber: number.sequenceNumber,
      ...queueIndex(REFUNDS_QUEUE, `${now.toISOString()}#${refundId}`),
    },
    audit: { action: 'refund.approve', actor, reason },
    events: [{ name: 'RefundApproved', detail }],
    also: [
      number.take,
      { put: { ...refundAdvicePointerKey(number.number), registrationId, refundId }, onlyIfAbsent: true },
      ...alsoChange(
        credit,
        withRest(withoutStored(credit), credit.remainingPence - pence),
        { action: 'credit.refund', actor, reason },
        now,
      ),
      append(registrationPk(registrationId), posting),
    ],
    refusals: { 0: () => new NumberTakenError(number.series) },
  };
}

/**
 * Records that a debit line of the bank is the payment of an approved refund, in one transaction with line and ledger.
 * The same payment again changes nothing. Throws `RefusedError` where the line is not such money or not that amount.
 */
export function payRefund(
  registrationId: string,
  refundId: string,
  lineId: string,
  paymentId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<Refund>> {
  return persistently(() =>
    change<Refund>(refund, refundKey(registrationId, refundId), now, async (current) => {
      if (current.paid?.lineId === lineId) return undefined;
      if (current.status !== 'APPROVED') throw new WrongStateError('the refund', current.status);
      const line = await readLine(lineId);
      if (line.pence !== current.pence)
        throw new RefusedError('refund-other-amount', { values: { amount: formatPence(current.pence) } });
      const { roundId, pence } = current;
      const use: LineUse = { kind: 'REFUND', id: paymentId, registrationId, refundId };
      const posting = postingOf(
        { cause: 'REFUND_PAID', causeId: paymentId, roundId },
        refundPaidMovements(pence),
        now,
      );
      const also: ExtraWrite[] = [
        ...alsoChange(line, paidOut(withoutStored(line)), { action: 'line.refund', actor, reason }, now),
        { put: { ...lineUseKey(lineId, paymentId), ...use }, onlyIfAbsent: true },
        append(registrationPk(registrationId), posting),
      ];
      return {
        next: {
          ...withoutQueue(withoutStored(current)),
          status: 'PAID',
          paid: { paymentId, lineId, on: line.bookedOn, by: actor.id, reason, at: now.toISOString() },
        },
        audit: { action: 'refund.pay', actor, reason },
        events: [{ name: 'RefundPaid', detail: { registrationId, roundId, refundId, lineId } }],
        also,
      };
    }),
  );
}

/** Takes back that a line was the payment of a refund: the refund is owed again, the line has no home. Safe to repeat. */
export function reverseRefundPayment(
  registrationId: string,
  refundId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<Refund>> {
  return persistently(() =>
    change<Refund>(refund, refundKey(registrationId, refundId), now, async (current) => {
      if (current.paid === null) return undefined;
      const { paymentId, lineId } = current.paid;
      const line = await readLine(lineId);
      const { roundId, pence, decided: approval } = current;
      const posting = postingOf(
        { cause: 'REFUND_PAYMENT_REVERSED', causeId: paymentId, roundId },
        refundPaymentReversedMovements(pence),
        now,
      );
      const outgoing: PostedLine = { ...withoutStored(line), status: 'OUTGOING' };
      return {
        next: {
          ...withoutStored(current),
          status: 'APPROVED',
          paid: null,
          ...queueIndex(REFUNDS_QUEUE, `${approval?.at ?? now.toISOString()}#${refundId}`),
        },
        audit: { action: 'refund.reverse-payment', actor, reason },
        events: [{ name: 'RefundPaymentReversed', detail: { registrationId, roundId, refundId, lineId } }],
        also: [
          ...alsoChange(line, outgoing, { action: 'line.reverse', actor, reason }, now),
          append(registrationPk(registrationId), posting),
        ],
      };
    }),
  );
}

const pointer = z.object({ registrationId: z.string(), refundId: z.string() });
/** A number of a refund advice, with or without its hyphens, as banks print references. */
const ADVICE = /\bRA[- ]?(\d{4})[- ]?(\d{5})\b/i;

/**
 * Pays the refund whose advice number stands on a debit line, where line and refund are the same amount; false where
 * there is none such. The rule is the one of payments that come in: reference and amount, never the amount alone.
 */
export async function payRefundNamedOn(
  line: PostedLine,
  id: string,
  actor: Actor,
  now: Date,
): Promise<boolean> {
  const [, year, number] = ADVICE.exec(`${line.endToEndId} ${line.narrative} ${line.bankReference}`) ?? [];
  if (year === undefined || number === undefined) return false;
  const found = await read(pointer, refundAdvicePointerKey(`RA-${year}-${number}`));
  if (found === undefined) return false;
  const named = await readExisting(refund, refundKey(found.registrationId, found.refundId));
  if (named.status !== 'APPROVED' || named.pence !== line.pence) return false;
  // A person took it back: that decision stays.
  if ((await read(lineUse, lineUseKey(line.lineId, id))) !== undefined) return false;
  const decision = { actor, reason: 'The number of the refund advice and the amount agree' };
  await payRefund(found.registrationId, found.refundId, line.lineId, id, decision, now);
  return true;
}
