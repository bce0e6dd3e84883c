import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, widths } from '../support/browser.ts';
import { type Answer, servePages } from '../support/page-server.ts';

const school = {
  urn: '900001',
  name: 'Example Infant School',
  town: 'Exampleton',
  postcode: 'AL1 1AA',
  open: true,
  closeDate: '',
  localAuthority: 'Exampleshire',
};
const details = {
  ...school,
  phase: 'Primary',
  trust: '',
  pupils: 90,
  fsmPercent: 12.5,
  registeredThisRound: false,
  currentAwards: [],
};
const round = {
  roundId: 'R27-SPRING',
  label: { en: 'Round 27 - Spring', cy: 'Rownd 27 - Gwanwyn' },
  registrationOpens: '2026-09-01',
  registrationCloses: '2027-01-14',
  paymentDue: '2027-03-10',
  trainingStarts: '2027-01-24',
  sessions: ['2027-01-25'],
  submissionDue: '2027-11-08',
  results: '2028-02-17',
  fees: { standardPence: 85_000, smallPence: 55_000, smallMaximumPupils: 100, paymentTermsDays: 30 },
  levels: ['PSQM', 'GILT', 'OUTREACH'],
  maximumSubjectLeaders: 2,
  hubs: [{ hubId: 'HUB-01', name: 'Sample hub', region: 'East', languages: ['en'], hasRoom: true }],
  funders: [],
};
const fee = { pence: 55_000, band: 'SMALL', vat: 'EXEMPT' };

/** Forms that reached the API; a postcode other than AL10 9AB is refused by it. */
let sent: unknown[] = [];
const problemsOf = (body: unknown) =>
  JSON.stringify(body).includes('AL10 9AB')
    ? []
    : [{ code: 'postcode-malformed', field: 'address.postcode', message: 'Enter a full postcode' }];
const api: Answer = ({ route, body }) => {
  switch (route) {
    case 'GET /api/sign-in/me':
      return { body: { identity: null, tasks: [] } };
    case 'GET /api/public/round':
      return { body: { round, next: null } };
    case 'GET /api/public/schools':
      return { body: { schools: [school] } };
    case 'GET /api/public/schools/900001':
      return { body: details };
    case 'POST /api/public/registrations/check':
      return { body: { problems: problemsOf(body), warnings: [], fee } };
    case 'POST /api/public/registrations':
      sent.push(body);
      return {
        body: {
          registrationId: '1',
          reference: 'PSQM-7K3MQ2',
          fee,
          warnings: [],
          repeated: false,
          correctableUntil: '2026-11-25T09:00:00.000Z',
        },
      };
    case 'GET /api/awards/register':
      return { body: { total: 0, page: 1, pages: 1, awards: [] } };
    case 'GET /api/awards/certificates/X':
      return { body: { result: 'UNKNOWN', award: null } };
    default:
      return undefined;
  }
};

let browser: Browser;
let pages: Awaited<ReturnType<typeof servePages>>;
beforeAll(async () => {
  [pages, browser] = await Promise.all([servePages(api), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await pages?.stop();
});

const at = (page: Page, step: string) =>
  page.waitForURL((url) => url.pathname === `/register/${step}`, { timeout: 10_000 });
const goOn = (page: Page) => page.locator('main form button[type=submit]').click();

/** Fills in the form up to the check of the answers. */
async function fillIn(page: Page): Promise<void> {
  await page.goto('/register/');
  await page.locator('main button').first().click();
  await page.locator('#field-search').fill('example');
  await page.locator('.psqm-results__choice').first().click();
  await at(page, 'address');
  await page.locator('#field-address-postcode').fill('AL1');
  await goOn(page);
  await at(page, 'phase');
  await goOn(page);
  await at(page, 'figures');
  await page.locator('#field-teachers').fill('6');
  await goOn(page);
  await at(page, 'you');
  await page.locator('#field-registrant-name').fill('Sample Secretary');
  await page.locator('#field-registrant-email').fill('office@school.example');
  for (const part of await page.locator('input[name=also]').all()) await part.check();
  await goOn(page);
  await at(page, 'leaders');
  await goOn(page);
  await at(page, 'level');
  await page.locator('input[value=PSQM]').check();
  await page.locator('input[value=FIRST]').check();
  await goOn(page);
  await at(page, 'hub');
  await goOn(page);
  await at(page, 'payer');
  await page.locator('input[value=SCHOOL]').check();
  await page.locator('input[value=NONE]').check();
  await goOn(page);
  await at(page, 'agree');
  await page.locator('#field-consents-terms').check();
  await page.locator('#field-consents-dataProtection').check();
  await goOn(page);
  await at(page, 'check');
}

describe('the registration form in a browser', () => {
  it('loses nothing by a refusal, a reload or the back button, and sends what was typed', async () => {
    sent = [];
    const page = await openPage(browser, pages.url);
    await fillIn(page);
    // Refused: the summary leads to the field, on its own page, with the message beside it.
    await page.locator('.govuk-error-summary a').click();
    await at(page, 'address');
    expect(await page.locator('#field-address-postcode-error').textContent()).toContain(
      'Enter a full postcode',
    );
    expect(await page.locator('#field-address-postcode').inputValue()).toBe('AL1');
    await page.reload();
    await page.locator('#field-address-postcode').fill('AL10 9AB');
    await page.goBack();
    await at(page, 'check');
    await page.locator('main form').waitFor();
    expect(await page.locator('main').textContent()).toContain('£550.00');
    expect(sent).toEqual([]);
    await goOn(page);
    await at(page, 'done');
    expect(await page.locator('main').textContent()).toContain('PSQM-7K3MQ2');
    expect(sent).toMatchObject([
      {
        form: {
          roundId: 'R27-SPRING',
          school: { kind: 'REGISTER', urn: '900001' },
          address: { postcode: 'AL10 9AB' },
          phase: 'INFANT',
          ageFrom: 4,
          ageTo: 7,
          pupilsOnRoll: 90,
          fsmPercent: 12.5,
          head: { email: 'office@school.example' },
          finance: { email: 'office@school.example' },
        },
      },
    ]);
    // What was sent cannot be sent once more by going back.
    await page.goBack();
    expect(await page.evaluate(() => sessionStorage.getItem('psqm-registration'))).not.toContain('urn');
    await page.context().close();
  });

  it('asks before it goes on, with the focus on what is wrong', async () => {
    const page = await openPage(browser, pages.url, { width: 390 });
    await page.goto('/register/');
    await page.locator('main button').first().click();
    await page.locator('#field-search').fill('example');
    await page.locator('.psqm-results__choice').first().click();
    await at(page, 'address');
    await goOn(page);
    await at(page, 'phase');
    await page.locator('input[value=JUNIOR]').check();
    await goOn(page);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.className))
      .toContain('govuk-error-summary');
    expect(await page.locator('input[name=phaseConfirmed]').count()).toBe(1);
    await page.context().close();
  });
});

describe('public pages', () => {
  it.each([
    { width: widths[0], language: 'cy' },
    { width: widths[1], language: 'en' },
  ] as const)('have no accessibility violation: %o', async (options) => {
    const page = await openPage(browser, pages.url, options);
    const addresses = ['/', '/sign-in/', '/verify/?number=X', '/awards/', '/register/', '/register/school'];
    const violations: string[] = [];
    for (const address of addresses) {
      await page.goto(address, { waitUntil: 'networkidle' });
      const result = await new AxeBuilder({ page }).analyze();
      violations.push(...result.violations.map((each) => `${address}: ${each.id}`));
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(options.language);
      expect(await page.locator('h1').count()).toBe(1);
      // Nothing is wider than the screen.
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
        address,
      ).toBe(true);
    }
    expect(violations).toEqual([]);
    await page.context().close();
  });
});
