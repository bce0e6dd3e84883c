import * as z from 'zod';
import type { financeBooksContract } from '../http/finance-books/contract.ts';
import { listRounds } from '../programme/store.ts';
import type { Language } from '../shared/access/identity.ts';
import { formatPence, type Pence } from '../shared/money/pence.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { queryCollection, queryIndex } from '../shared/table/change.ts';
import { statementPk } from '../shared/table/keys.ts';
import { addMonths, londonDate } from '../shared/time/london.ts';
import { ledgerMonth } from './keys.ts';
import { type PostedLine, type Posting, posting, type Statement } from './model.ts';
import { chained, type Link } from './statement-chain.ts';
import { linesOfStatement, listStatements } from './statements.ts';
import { paymentsTexts } from './texts.ts';

const LANES = 8;
const placed = posting.extend({ pk: z.string() });

/** A period of London days, both included; open where a side is undefined. */
export interface Period {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export const within = (day: string, { from, to }: Period): boolean =>
  (from === undefined || day >= from) && (to === undefined || day <= to);

/** Every posting of a period by its posting day, in order. Eventually consistent. */
export async function postingsOf(period: Period, now: Date): Promise<Posting[]> {
  return (await placedPostings(period, now)).map((item) => posting.parse(item));
}

/** The same with the collection that each lies in. */
export async function placedPostings(period: Period, now: Date): Promise<(Posting & { pk: string })[]> {
  const last = (period.to ?? londonDate(now)).slice(0, 7);
  const first = (period.from ?? (await firstDay(now))).slice(0, 7);
  const months: string[] = [];
  for (let month = first; month <= last; month = addMonths(`${month}-01`, 1).slice(0, 7)) months.push(month);
  const pages = await inParallel(months, LANES, (month) => queryIndex('byRound', ledgerMonth(month)));
  return pages
    .flat()
    .map((item) => placed.parse(item))
    .filter(({ postedOn }) => within(postedOn, period));
}

/** The first day on which anything can have been posted: no invoice before a round's registration, no line before its statement. */
async function firstDay(now: Date): Promise<string> {
  const [rounds, statements] = await Promise.all([listRounds(), listStatements()]);
  const days = [
    ...rounds.map(({ calendar }) => calendar.registrationOpens),
    ...statements.map(({ createdAt }) => londonDate(new Date(createdAt))),
    londonDate(now),
  ];
  return days.sort()[0] ?? londonDate(now);
}

/** Every statement that was read, with its lines and the bank postings made from them. */
export interface StatementBooks {
  readonly statement: Statement;
  readonly lines: readonly PostedLine[];
  readonly postings: readonly Posting[];
}

/** The books of all statements, the oldest first. Consistent within each. */
export async function statementBooks(): Promise<StatementBooks[]> {
  const read = (await listStatements())
    .reverse()
    .filter(({ accounts, status }) => accounts.length > 0 && status !== 'REFUSED');
  return inParallel(read, LANES, async (statement) => {
    const [lines, items] = await Promise.all([
      linesOfStatement(statement.statementId),
      queryCollection(statementPk(statement.statementId), 'LEDGER#'),
    ]);
    return { statement, lines, postings: items.map((item) => posting.parse(item)) };
  });
}

type DailyTotal = z.input<(typeof financeBooksContract)['getDailyTotal']['response']>;
type Day = DailyTotal['days'][number];

/**
 * Per account and booking day what the statements say against what the ledger has of the same lines; per account the
 * bank's closing balance against ours. Pure.
 */
export function dailyTotal(books: readonly StatementBooks[], period: Period, language: Language): DailyTotal {
  const days = new Map<string, Day>();
  const movements = new Map<string, { statement: Pence; ledger: Pence }>();
  for (const { lines, postings } of books) {
    const bank = new Map(
      postings.filter(({ cause }) => cause === 'BANK_LINE').map((each) => [each.causeId, bankSide(each)]),
    );
    for (const line of lines) {
      if (line.status === 'SEEN') continue;
      const day = dayOf(days, line);
      const posted = bank.get(line.lineId) ?? 0;
      const signed = line.direction === 'CREDIT' ? line.pence : -line.pence;
      if (line.direction === 'CREDIT') {
        day.statementCreditPence += line.pence;
        day.allocatedPence += line.pence - line.openPence;
        day.openPence += line.openPence;
      } else day.statementDebitPence += line.pence;
      if (posted > 0) day.ledgerCreditPence += posted;
      else day.ledgerDebitPence -= posted;
      const moved = movements.get(line.account) ?? { statement: 0, ledger: 0 };
      moved.statement += signed;
      moved.ledger += posted;
      movements.set(line.account, moved);
    }
  }
  for (const day of days.values())
    day.agrees =
      day.statementCreditPence === day.ledgerCreditPence && day.statementDebitPence === day.ledgerDebitPence;
  return {
    days: [...days.values()]
      .filter(({ day }) => within(day, period))
      .sort((a, b) => b.day.localeCompare(a.day) || a.account.localeCompare(b.account)),
    accounts: accountTotals(books, movements, language),
  };
}

/** What a posting did to the bank account: positive where money came. */
const bankSide = ({ entries }: Posting): Pence =>
  entries.filter(({ account }) => account === 'BANK').reduce((sum, { pence }) => sum + pence, 0);

function dayOf(days: Map<string, Day>, { account, bookedOn }: PostedLine): Day {
  const key = `${account} ${bookedOn}`;
  const day = days.get(key) ?? {
    account,
    day: bookedOn,
    statementCreditPence: 0,
    statementDebitPence: 0,
    ledgerCreditPence: 0,
    ledgerDebitPence: 0,
    allocatedPence: 0,
    openPence: 0,
    agrees: true,
  };
  days.set(key, day);
  return day;
}

function accountTotals(
  books: readonly StatementBooks[],
  movements: ReadonlyMap<string, { statement: Pence; ledger: Pence }>,
  language: Language,
): DailyTotal['accounts'] {
  const byAccount = new Map<string, Link[]>();
  for (const { statement, lines } of books) {
    for (const of of statement.accounts) {
      const own = lines.filter((line) => line.account === of.account);
      // One that came again in whole says nothing new of where the account stands.
      if (own.length > 0 && own.every(({ status }) => status === 'SEEN')) continue;
      const overlaps = own.some(({ status }) => status === 'SEEN');
      byAccount.set(of.account, [...(byAccount.get(of.account) ?? []), { of, overlaps }]);
    }
  }
  return [...byAccount].map(([account, unsorted]) => {
    const chain = chained(unsorted);
    const moved = movements.get(account) ?? { statement: 0, ledger: 0 };
    const openingPence = chain.find(({ of }) => of.openingPence !== null)?.of.openingPence ?? 0;
    // A layout without balances leaves the bank's word to the last statement that had them.
    const closingPence =
      chain.findLast(({ of }) => of.closingPence !== null)?.of.closingPence ?? openingPence + moved.ledger;
    const ledgerClosingPence = openingPence + moved.ledger;
    const gaps = chain.flatMap(({ of, overlaps }, at) => {
      const before = chain[at - 1]?.of;
      // A statement that repeats lines of an earlier one begins within it, so its opening balance is another day's.
      const [closed, opened] = [before?.closingPence ?? null, of.openingPence];
      if (before === undefined || overlaps || closed === null || opened === null || closed === opened)
        return [];
      return [
        paymentsTexts.text(language, 'gaps.opening', {
          statement: of.bankStatementId,
          opening: formatPence(opened),
          before: before.bankStatementId,
          closing: formatPence(closed),
        }),
      ];
    });
    return {
      account,
      openingPence,
      movementPence: moved.statement,
      closingPence,
      ledgerClosingPence,
      agrees: ledgerClosingPence === closingPence,
      gaps,
    };
  });
}
