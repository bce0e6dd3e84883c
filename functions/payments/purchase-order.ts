import { readRound } from '../programme/store.ts';
import type { Actor, Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { isJoint } from './balance.ts';
import { dueDay } from './due.ts';
import { jointId } from './keys.ts';
import type { Invoice } from './model.ts';
import { type Drafted, replaceInvoices } from './reissue.ts';
import { liveInvoicesOf } from './store.ts';

/**
 * A purchase order number that came late: the registration's invoice is credited and issued anew with it. Nothing where
 * there is no invoice yet, it carries the number already, money is on it, or it is one for several registrations, whose
 * order is its payer's (`reissueWithPurchaseOrder`).
 */
export async function withPurchaseOrder(
  registrationId: string,
  number: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Invoice> | undefined> {
  const [issued] = await liveInvoicesOf(registrationId);
  if (issued === undefined || issued.closedAt !== null || isJoint(issued)) return undefined;
  if (issued.purchaseOrder === number || issued.allocatedPence > 0) return issued;
  return reissueWithPurchaseOrder(issued.invoiceNumber, number, actor, now);
}

/**
 * Credits an invoice and issues it anew with a purchase order number: the same reference, so that a payment under way
 * finds it, and the payer's terms from today (domain.md 3.1: from a valid invoice). Throws as `replaceInvoices`.
 */
export function reissueWithPurchaseOrder(
  invoiceNumber: string,
  purchaseOrder: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Invoice>> {
  return replaceInvoices(
    [invoiceNumber],
    async (olds) =>
      Promise.all(
        olds.map(async ({ old }) => {
          const round = await readRound(old.roundId);
          return again(old, { dueOn: dueDay(round, londonDate(now), old.termsDays), purchaseOrder }, now);
        }),
      ),
    { actor, reason: purchaseOrder },
    now,
  );
}

/** An invoice as it is issued anew, with what changes on it. Its PDF is a new version, so that the payer is sent it. */
export function again(
  old: Stored<Invoice>,
  set: Pick<Invoice, 'dueOn'> & Partial<Invoice>,
  now: Date,
): Drafted {
  const {
    invoiceNumber,
    series: _series,
    sequenceNumber: _sequence,
    hold: _hold,
    replacedBy: _by,
    ...kept
  } = withoutStored(old);
  return {
    ...kept,
    ...(isJoint(old)
      ? {
          registrationId: jointId('{number}'),
          lines: old.lines.filter((line) => line.creditNoteNumber === undefined),
        }
      : {}),
    issuedAt: now.toISOString(),
    issuedOn: londonDate(now),
    replaces: [invoiceNumber],
    pdfVersion: Math.max(1, old.pdfVersion) + 1,
    pdfKey: null,
    ...set,
  };
}
