import { createHash } from 'node:crypto';
import type { Language } from '../shared/access/identity.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import { create, parseStored, queryIndex, read, type Stored } from '../shared/table/change.ts';
import { addMonths, londonDate } from '../shared/time/london.ts';
import type { Decision } from './allocate.ts';
import { dueRefunds, openApprovals } from './approvals.ts';
import { balanceOf } from './balance.ts';
import { dailyTotal, postingsOf, statementBooks } from './books.ts';
import { openCredits } from './credits.ts';
import { CLOSED_MONTHS, monthKey } from './keys.ts';
import { trialBalance } from './ledger.ts';
import type { LedgerAccount, Posting } from './model.ts';
import { type ClosedMonth, closedMonth, type MonthCheck } from './month-model.ts';
import { openInvoices } from './store.ts';

/**
 * Postings have the day on which they are made, so a month that is over takes no more: nothing is written to a closed
 * month, and no posting has to ask a record that all would share. A transaction that began before midnight ends within
 * the longest time of a function (15 minutes); a month closes an hour after its end at the earliest.
 */
const GRACE_MS = 60 * 60_000;

/** SHA-256 (hex) of postings, in whatever order they are given: id and entries of each. Pure. */
export function digestOf(postings: readonly Pick<Posting, 'postingId' | 'entries'>[]): string {
  const lines = postings
    .map(({ postingId, entries }) => {
      const sides = entries.map(({ account, pence }) => `${account}:${pence}`).sort();
      return `${postingId} ${sides.join(' ')}`;
    })
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Closed months, the earliest first. Eventually consistent. */
export async function closedMonths(): Promise<Stored<ClosedMonth>[]> {
  const items = await queryIndex('byRound', CLOSED_MONTHS);
  return items.map((item) => parseStored(closedMonth, item));
}

const lastDay = (month: string): string => {
  const next = addMonths(`${month}-01`, 1);
  return new Date(Date.parse(`${next}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
};

/**
 * The check list of a month (YYYY-MM) as of now, and its postings. Balances of the month's end come from postings; debtors,
 * credits and refunds are held against the records as of now, with all postings, since both move together.
 */
export async function checkMonth(
  month: string,
  language: Language,
  now: Date,
): Promise<{ checks: MonthCheck[]; postings: Posting[] }> {
  const [all, books, open, credits, refunds, approvals, closed] = await Promise.all([
    postingsOf({}, now),
    statementBooks(),
    openInvoices(),
    openCredits(),
    dueRefunds(),
    openApprovals(),
    closedMonths(),
  ]);
  const until = all.filter(({ postedOn }) => postedOn.slice(0, 7) <= month);
  const postings = until.filter(({ postedOn }) => postedOn.startsWith(month));
  const stands = (account: LedgerAccount, of: readonly Posting[]): number =>
    trialBalance(of).accounts.find((one) => one.account === account)?.balancePence ?? 0;
  const sum = (pences: readonly number[]): number => pences.reduce((total, each) => total + each, 0);
  const closedOnes = new Set(closed.map((one) => one.month));
  const earlier = new Set(
    until.map(({ postedOn }) => postedOn.slice(0, 7)).filter((each) => each < month && !closedOnes.has(each)),
  );
  const bank = dailyTotal(books, { to: lastDay(month) }, language);
  const apart = {
    suspense: stands('SUSPENSE', until),
    debtors: stands('DEBTORS', all) - sum(open.map(balanceOf)),
    credits: stands('CREDITS', all) + sum(credits.map(({ remainingPence }) => remainingPence)),
    refunds: stands('REFUNDS', all) + sum(refunds.map((each) => each.pence)),
  };
  const waiting = [...approvals.refunds, ...approvals.writeOffs].filter(
    ({ requestedAt }) => londonDate(new Date(requestedAt)).slice(0, 7) <= month,
  );
  const ended = londonDate(new Date(now.getTime() - GRACE_MS)).slice(0, 7) > month;
  const bankAgrees =
    bank.days.every(({ agrees }) => agrees) &&
    bank.accounts.every(({ agrees, gaps }) => agrees && gaps.length === 0);
  const check = (name: MonthCheck['check'], holds: boolean, off: number | null = null): MonthCheck => ({
    check: name,
    holds,
    pence: holds ? null : off,
  });
  return {
    postings,
    checks: [
      check('ended', ended),
      check('earlier-closed', earlier.size === 0),
      check('balances', trialBalance(until).balances),
      check('bank-agrees', bankAgrees),
      check('nothing-undecided', apart.suspense === 0, apart.suspense),
      check('debtors-agree', apart.debtors === 0, apart.debtors),
      check('credits-agree', apart.credits === 0, apart.credits),
      check('refunds-agree', apart.refunds === 0, apart.refunds),
      check('approvals-decided', waiting.length === 0),
    ],
  };
}

class MonthClosedError extends Error {}

/**
 * Closes a month whose check list holds: for good, there is no way back. Corrections are posted in the month in which they
 * are made. The same again changes nothing. Throws `RefusedError` naming the first check that does not hold.
 */
export async function closeMonth(
  month: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<ClosedMonth>> {
  const key = monthKey(month);
  const known = await read(closedMonth, key);
  if (known !== undefined) return known;
  const { checks, postings } = await checkMonth(month, 'en', now);
  const failed = checks.find(({ holds }) => !holds);
  if (failed !== undefined) throw new RefusedError(`month-${failed.check}`);
  const next: ClosedMonth = {
    month,
    closedBy: actor.id,
    closedAt: now.toISOString(),
    reason,
    postings: postings.length,
    digest: digestOf(postings),
    accounts: trialBalance(postings).accounts,
    roundKey: CLOSED_MONTHS,
    roundSort: month,
  };
  try {
    return await create<ClosedMonth>(
      key,
      {
        next,
        audit: { action: 'month.close', actor, reason },
        events: [{ name: 'MonthClosed', detail: { month } }],
      },
      now,
      () => new MonthClosedError(),
    );
  } catch (error) {
    const other = error instanceof MonthClosedError ? await read(closedMonth, key) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}
