import { describe, expect, it } from 'vitest';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { snapshotOfStore } from '../../support/stored.ts';
import { admin, api, app, invoiced, now, receive } from './payments-app.ts';

/** What the statement's functions do has the day of the clock; the invoices have the round's. */
const clock = new Date();
const first = now.toISOString().slice(0, 7);
const month = clock.toISOString().slice(0, 7);
const decision = { actor: admin, reason: 'All agrees' };
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
const violations = async () => moneyBalances(new Table((await snapshotOfStore()).items));

describe('the close of a month', () => {
  it('waits for its check list, keeps what the month was, and later corrections go to the open month', async () => {
    const paid = await invoiced();
    const id = await receive([
      { pence: 85000, narrative: paid!.paymentReference },
      { pence: 700, payer: 'SOMEBODY', narrative: 'SCIENCE' },
    ]);
    const [matched, unknown] = await app.linesOfStatement(id);
    expect(await codeOf(app.closeMonth(month, decision, clock))).toBe('month-ended');
    const later = new Date(clock.getTime() + 40 * 86_400_000);
    expect(await codeOf(app.closeMonth(month, decision, later))).toBe('month-earlier-closed');
    expect(await app.closeMonth(first, decision, later)).toMatchObject({ postings: 1 });
    expect(await codeOf(app.closeMonth(month, decision, later))).toBe('month-nothing-undecided');
    const { checks } = await app.checkMonth(month, 'en', later);
    expect(checks.filter(({ holds }) => !holds)).toEqual([
      { check: 'nothing-undecided', holds: false, pence: -700 },
    ]);
    await app.enterOther(
      unknown!.lineId,
      { entryId: 'GIFT', source: 'OTHER_INCOME', pence: 700 },
      decision,
      clock,
    );
    const closed = await app.closeMonth(month, decision, later);
    expect(closed).toMatchObject({ month, closedBy: 'ADMIN' });
    expect(closed.postings).toBe((await app.postingsOf({ from: `${month}-01` }, later)).length);
    expect((await app.closeMonth(month, decision, later)).closedAt).toBe(closed.closedAt);

    const [allocation] = await app.allocationsOf(paid!.registrationId);
    await app.reverseAllocation(paid!.registrationId, allocation!.allocationId, decision, later);
    const postings = await app.postingsOf({}, later);
    const correction = postings.find(({ cause }) => cause === 'ALLOCATION_REVERSED');
    expect(correction?.postedOn.slice(0, 7)).not.toBe(month);
    expect(app.digestOf(postings.filter(({ postedOn }) => postedOn.startsWith(month)))).toBe(closed.digest);
    expect(matched?.status).toBe('MATCHED');
    expect(await violations()).toEqual([]);
    // There is no way back.
    expect((await api('POST', `/api/finance/months/${month}/open`, { reason: 'x' })).status).toBe(404);
  });

  it('is told in files: a journal that balances, and every entry with its document, line, person and reason', async () => {
    const read = async (what: string) =>
      (
        await api('GET', '/api/finance/export', undefined, {
          what,
          from: `${first}-01`,
          to: clock.toISOString().slice(0, 10),
        })
      ).body;
    const journal: string[] = (await read('JOURNAL')).csv.trim().split('\r\n').slice(1);
    const column = (row: string, at: number): number => Math.round(Number(row.split(',').at(at) || 0) * 100);
    expect(journal.reduce((sum, row) => sum + column(row, -2) - column(row, -1), 0)).toBe(0);
    expect(journal.some((row) => row.includes(',1100,Debtors,'))).toBe(true);
    const audit: string[] = (await read('AUDIT')).csv.trim().split('\r\n');
    const allocated = audit.find((row) => row.includes(',ALLOCATION,') && row.includes('DEBTORS'));
    expect(allocated).toMatch(/PSQM-2026-\d{5},[^,]+-0+\d*,R\d{4}/);
    expect(allocated).toContain('The payment reference and the amount agree');
    const gift = audit.find((row) => row.includes(',OTHER_INCOME,OTHER_INCOME,'));
    expect(gift).toContain('All agrees');
    const report = (await read('REPORT')).csv;
    expect(report).toContain('income,fees,850.00');
    expect(report).toContain('income,Other income,7.00');
  });
});
