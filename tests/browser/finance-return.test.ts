import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, widths } from '../support/browser.ts';
import { bankLineView, financeOfficer } from '../support/finance-pages.ts';
import { type Answer, servePages } from '../support/page-server.ts';

let refused = true;
let sent: { route: string; body: unknown }[] = [];
const back = {
  ...bankLineView('ST2-1', ''),
  direction: 'DEBIT',
  reversal: true,
  returnOf: {
    lineId: 'ST1-1',
    bookedOn: '2026-05-20',
    payerName: 'A COUNCIL',
    invoiceNumbers: ['PSQM-2026-00009'],
  },
};
const pair = {
  returnId: 'RETURN-ST2-1',
  lineId: 'ST2-1',
  originalLineId: 'ST1-1',
  pence: 85_000,
  by: 'Officer Sample',
  reason: 'The bank returned this payment',
  at: '2026-06-02T10:00:00.000Z',
  reversed: null,
};
const history = { allocations: [], credits: [], refunds: [], others: [], returned: null, remember: null };
const settled = { ...back, status: 'PAID_OUT', openPence: 0, returnOf: null, ...history, returned: pair };
const api: Answer = ({ route, body }) => {
  if (route === 'GET /api/sign-in/me') return { body: { identity: financeOfficer, tasks: [] } };
  if (route === 'POST /api/finance/lines/ST2-1/return') {
    sent.push({ route, body });
    if (!refused) return { body: settled };
    refused = false;
    const error = { code: 'line-unknown', field: 'originalLineId', message: 'There is no such payment.' };
    return { status: 422, body: { error } };
  }
  if (route === 'GET /api/finance/lines/ST2-1')
    return { body: sent.length > 1 ? settled : { ...back, ...history } };
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

describe('a payment that came back', () => {
  it.each(widths)(
    'is settled with the one that was found, or with the number given, at %i px',
    async (width) => {
      refused = true;
      sent = [];
      const page = await openPage(browser, site.url, { width });
      await page.goto('/finance/lines/ST2-1');
      const number = page.getByLabel('Number of the payment');
      await number.waitFor();
      expect(await number.inputValue()).toBe('ST1-1');
      await page.getByText('PSQM-2026-00009').first().waitFor();
      const picture = async (name: string): Promise<void> => {
        if (process.env.PICTURES !== undefined)
          await page.screenshot({ path: `${process.env.PICTURES}/${name}-${width}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id }) => id)).toEqual([]);
      };
      await picture('return');
      await number.fill('ST9-9');
      const button = page.getByRole('button', { name: 'It is the return of this payment' });
      await button.click();
      // What was typed stays, and the refusal is told at its field.
      await page.getByText('There is no such payment.').first().waitFor();
      expect(await number.inputValue()).toBe('ST9-9');
      await picture('return-refused');
      await number.fill('ST1-1');
      await button.click();
      await page.getByText('Settled:').waitFor();
      await page.getByText('that had come with another line').first().waitFor();
      // From either line the other is one link away.
      expect(await page.getByRole('link', { name: 'Look at it' }).getAttribute('href')).toBe(
        '/finance/lines/ST1-1',
      );
      await picture('returned');
      expect(sent).toMatchObject([
        { body: { originalLineId: 'ST9-9' } },
        { body: { originalLineId: 'ST1-1', reason: 'The bank returned this payment' } },
      ]);
      await page.context().close();
    },
  );
});
