import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, widths } from '../support/browser.ts';
import { bankLineView, financeOfficer } from '../support/finance-pages.ts';
import { type Answer, servePages } from '../support/page-server.ts';

const line = (lineId: string, payerName: string, score: number) => ({
  ...bankLineView(lineId, payerName),
  candidates: [
    {
      invoiceNumber: `PSQM-2026-0000${score}`,
      registrationId: 'R1',
      schoolName: 'Hazelford School',
      payerName,
      balancePence: 85_000,
      reasons: ['URN'],
      why: ["The school's URN stands on the line"],
      score,
    },
  ],
  queuedBecause: 'It names the school',
});
const history = { allocations: [], credits: [], refunds: [], others: [], returned: null, remember: null };
const allocation = {
  allocationId: 'A1',
  invoiceNumber: 'PSQM-2026-00009',
  registrationId: 'R1',
  source: { kind: 'LINE', lineId: 'ST1-1' },
  pence: 85_000,
  by: 'Officer',
  reason: 'Suggestion accepted',
  automatic: false,
  at: '2026-06-02T10:00:00.000Z',
  reversed: null,
};
let taken: string[] = [];
let sent: { route: string; body: unknown }[] = [];
const api: Answer = ({ route, body, query }) => {
  if (route.startsWith('POST')) sent.push({ route, body });
  const lines = [
    line('ST1-1', 'A COUNCIL', 9),
    line('ST1-2', 'A TRUST', 8),
    // The same payer and amount once more, likeliest for the same invoice: told apart all the same.
    line('ST1-3', 'A TRUST', 8),
  ];
  if (route === 'GET /api/sign-in/me')
    return {
      body: {
        identity: financeOfficer,
        tasks: [],
      },
    };
  if (route === 'GET /api/finance/queue')
    return {
      body: {
        lines: query.get('parked') === 'true' ? [] : lines.filter((one) => !taken.includes(one.lineId)),
      },
    };
  if (route === 'GET /api/finance/lines/ST1-1')
    return { body: { ...line('ST1-1', 'A COUNCIL', 9), ...history, allocations: [allocation] } };
  if (route === 'POST /api/finance/lines/ST1-1/allocations') {
    taken.push('ST1-1');
    return { body: { ...line('ST1-1', 'A COUNCIL', 9), ...history, allocations: [allocation] } };
  }
  if (route === 'POST /api/finance/lines/ST1-1/allocations/A1/reverse') {
    taken = [];
    return { body: { ...line('ST1-1', 'A COUNCIL', 9), ...history } };
  }
  return undefined;
};

let browser: Browser;
let site: Awaited<ReturnType<typeof servePages>>;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), servePages(api)]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.stop();
});

describe('the queue of payments, by keyboard', () => {
  it.each(widths)(
    'takes a suggestion with at most three keys and undoes it with one, at %i px',
    async (width) => {
      taken = [];
      sent = [];
      const page = await openPage(browser, site.url, { width });
      await page.goto('/finance/');
      const payments = page.getByRole('region').filter({ hasText: 'SCIENCE MARK' });
      await payments.nth(1).waitFor();
      // Nothing happens where no payment has the focus.
      await page.keyboard.press('a');
      expect(sent).toEqual([]);
      await payments.first().focus();
      await page.keyboard.press('a');
      await page.getByRole('alert').filter({ hasText: 'PSQM-2026-00009' }).waitFor();
      expect(sent).toMatchObject([
        { body: { parts: [{ as: 'INVOICE', invoiceNumber: 'PSQM-2026-00009', pence: 85_000 }] } },
      ]);
      expect(JSON.stringify(sent)).toContain("Suggestion accepted: The school's URN stands on the line");
      // The next payment has the focus already, so its suggestion is one key away.
      await page.waitForFunction(() => document.activeElement?.textContent?.includes('A TRUST') === true);
      if (process.env.PICTURES !== undefined)
        await page.screenshot({ path: `${process.env.PICTURES}/queue-${width}.png`, fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await page.keyboard.press('u');
      await page.getByRole('alert').filter({ hasText: 'Undone' }).waitFor();
      await payments.nth(1).waitFor();
      expect(sent.at(-1)?.route).toBe('POST /api/finance/lines/ST1-1/allocations/A1/reverse');
      await page.context().close();
    },
  );
});
