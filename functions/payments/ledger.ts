import type { Pence } from '../shared/money/pence.ts';
import type { ExtraWrite } from '../shared/table/change.ts';
import { londonDate } from '../shared/time/london.ts';
import { ledgerKey, ledgerMonth } from './keys.ts';
import type { Invoice, LedgerAccount, Posting } from './model.ts';
import { vatWithin } from './vat.ts';

/** What a posting is made for. */
export interface Cause {
  readonly cause: Posting['cause'];
  readonly causeId: string;
  readonly roundId: string | null;
}

/** Moves an amount: `to` is debited, `from` credited. A posting of such moves balances by construction. */
export interface Movement {
  readonly to: LedgerAccount;
  readonly from: LedgerAccount;
  readonly pence: Pence;
}

/**
 * The posting of one cause: every movement gives a debit and an equal credit, movements of nothing are left out and the
 * entries of an account are summed. Its id is made of its cause, so that the same cause is posted once. Throws
 * `RangeError` where nothing moves or an amount is negative: the other direction is another movement.
 */
export function postingOf(cause: Cause, movements: readonly Movement[], now: Date): Posting {
  const sums = new Map<LedgerAccount, Pence>();
  for (const { to, from, pence } of movements) {
    if (!Number.isSafeInteger(pence) || pence < 0) throw new RangeError(`a movement of ${pence} pence`);
    sums.set(to, (sums.get(to) ?? 0) + pence);
    sums.set(from, (sums.get(from) ?? 0) - pence);
  }
  const entries = [...sums]
    .filter(([, pence]) => pence !== 0)
    .map(([account, pence]) => ({ account, pence }));
  if (entries.length < 2) throw new RangeError(`nothing moves for ${cause.cause} ${cause.causeId}`);
  const postedAt = now.toISOString();
  const postedOn = londonDate(now);
  const postingId = `${cause.cause}-${cause.causeId}`;
  return {
    postingId,
    ...cause,
    postedAt,
    postedOn,
    entries,
    roundKey: ledgerMonth(postedOn.slice(0, 7)),
    roundSort: `${postedAt}#${postingId}`,
  };
}

/** The write that appends a posting to a collection; fails where the cause was posted already. */
export function append(pk: string, posting: Posting): ExtraWrite {
  return { put: { ...posting, ...ledgerKey(pk, posting.postingId) }, onlyIfAbsent: true };
}

type Amounts = Pick<Invoice, 'netPence' | 'vatPence'>;

/** An invoice makes its payer a debtor, for income and the VAT on it. */
export const invoiceMovements = (invoice: Amounts): Movement[] => [
  { to: 'DEBTORS', from: 'INCOME', pence: invoice.netPence },
  { to: 'DEBTORS', from: 'VAT', pence: invoice.vatPence },
];

/** An invoice of a previous system is owed here; what it was for stands on the books over there. */
export const broughtOverMovements = (grossPence: Pence): Movement[] => [
  { to: 'DEBTORS', from: 'BROUGHT_OVER', pence: grossPence },
];

/** A credit note takes income and VAT back. */
export const creditNoteMovements = (note: Amounts): Movement[] => [
  { to: 'INCOME', from: 'DEBTORS', pence: note.netPence },
  { to: 'VAT', from: 'DEBTORS', pence: note.vatPence },
];

/** A bank account moves; what it is for is decided afterwards. */
export const bankLineMovements = (line: {
  readonly pence: Pence;
  readonly direction: 'CREDIT' | 'DEBIT';
}): Movement[] => [
  line.direction === 'CREDIT'
    ? { to: 'BANK', from: 'SUSPENSE', pence: line.pence }
    : { to: 'SUSPENSE', from: 'BANK', pence: line.pence },
];

/** Money from the bank pays an invoice, or is taken off it again. */
export const allocationMovements = (pence: Pence): Movement[] => [{ to: 'SUSPENSE', from: 'DEBTORS', pence }];
export const allocationReversedMovements = (pence: Pence): Movement[] => [
  { to: 'DEBTORS', from: 'SUSPENSE', pence },
];

/** Money from the bank is kept as the payer's credit on account, or is not any more. */
export const creditTakenMovements = (pence: Pence): Movement[] => [
  { to: 'SUSPENSE', from: 'CREDITS', pence },
];
export const creditReversedMovements = (pence: Pence): Movement[] => [
  { to: 'CREDITS', from: 'SUSPENSE', pence },
];

/** A credit on account pays an invoice, or is taken off it again. */
export const creditUsedMovements = (pence: Pence): Movement[] => [{ to: 'CREDITS', from: 'DEBTORS', pence }];
export const creditUseReversedMovements = (pence: Pence): Movement[] => [
  { to: 'DEBTORS', from: 'CREDITS', pence },
];

/** What was paid for a registration that then ended is income no more: the payer has it with us. */
export function paidThenEndedMovements(
  pence: Pence,
  invoice: Pick<Invoice, 'vatPence' | 'grossPence'>,
): Movement[] {
  const vatPence = vatWithin(pence, invoice);
  return [
    { to: 'INCOME', from: 'CREDITS', pence: pence - vatPence },
    { to: 'VAT', from: 'CREDITS', pence: vatPence },
  ];
}

/** A refund was approved: what was the payer's credit is to be paid out. */
export const refundApprovedMovements = (pence: Pence): Movement[] => [
  { to: 'CREDITS', from: 'REFUNDS', pence },
];

/** The refund has left the bank, or the payment that was taken for it was another. */
export const refundPaidMovements = (pence: Pence): Movement[] => [{ to: 'REFUNDS', from: 'SUSPENSE', pence }];
export const refundPaymentReversedMovements = (pence: Pence): Movement[] => [
  { to: 'SUSPENSE', from: 'REFUNDS', pence },
];

/** What a payer owes is given up. */
export const writeOffMovements = (pence: Pence): Movement[] => [
  { to: 'WRITTEN_OFF', from: 'DEBTORS', pence },
];

/** Money from the bank that no invoice is for, and money that left for neither a refund nor a return; and both undone. */
export const otherIncomeMovements = (pence: Pence): Movement[] => [
  { to: 'SUSPENSE', from: 'OTHER_INCOME', pence },
];
export const otherIncomeReversedMovements = (pence: Pence): Movement[] => [
  { to: 'OTHER_INCOME', from: 'SUSPENSE', pence },
];
export const otherCostMovements = (pence: Pence): Movement[] => [
  { to: 'OTHER_COSTS', from: 'SUSPENSE', pence },
];
export const otherCostReversedMovements = (pence: Pence): Movement[] => [
  { to: 'SUSPENSE', from: 'OTHER_COSTS', pence },
];

/** Debits and credits of each account over postings, and whether they agree. */
export function trialBalance(postings: Iterable<Pick<Posting, 'entries'>>): {
  accounts: { account: LedgerAccount; debitPence: Pence; creditPence: Pence; balancePence: Pence }[];
  balances: boolean;
  postings: number;
} {
  const totals = new Map<LedgerAccount, { debitPence: Pence; creditPence: Pence }>();
  let count = 0;
  for (const { entries } of postings) {
    count++;
    for (const { account, pence } of entries) {
      const total = totals.get(account) ?? { debitPence: 0, creditPence: 0 };
      if (pence >= 0) total.debitPence += pence;
      else total.creditPence -= pence;
      totals.set(account, total);
    }
  }
  const accounts = [...totals].map(([account, total]) => ({
    account,
    ...total,
    balancePence: total.debitPence - total.creditPence,
  }));
  return {
    accounts,
    balances: accounts.reduce((sum, { balancePence }) => sum + balancePence, 0) === 0,
    postings: count,
  };
}
