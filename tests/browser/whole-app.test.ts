import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf } from '../../tools/round/people/registrant.ts';
import { dayAfter } from '../../tools/round/year.ts';
import { sampleHubs } from '../../tools/seed/hubs.ts';
import { independentAssessor, leaderOf, staff } from '../../tools/seed/people.ts';
import { launchBrowser, type View } from '../../tools/tour/browser.ts';
import { castOf, type Lead } from '../../tools/tour/cast.ts';
import { TourRecord } from '../../tools/tour/record.ts';
import { type Place, perform, type Screen } from '../../tools/tour/screen.ts';
import { type Stage, setStage } from '../../tools/tour/stage.ts';
import { registerSchool } from '../../tools/tour/tasks/register.ts';

const HUBS = 12;
const phone: View = { language: 'en', width: 390 };
const desktop: View = { language: 'cy', width: 1280 };

let stage: Stage;
let browser: Browser;
let place: Place;
let lead: Lead;
const folder = mkdtempSync(join(tmpdir(), 'psqm-browser-'));

beforeAll(async () => {
  const { leads } = castOf([phone]);
  const [first] = leads;
  if (first === undefined) throw new Error('nobody plays');
  lead = first;
  [stage, browser] = await Promise.all([
    setStage([lead.school], { verbose: false, hubs: HUBS }),
    launchBrowser(),
  ]);
  const { year } = stage;
  await year.cloud.advanceTo(new Date(`${dayAfter(year.calendar.registrationOpens, 1)}T10:00:00Z`));
  place = {
    browser,
    siteUrl: year.cloud.siteUrl,
    inbox: year.inbox,
    record: new TourRecord(folder),
    people: new Set(),
    now: () => year.cloud.now,
  };
});
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody did not manage, or undefined; and what the checker found on the pages that they saw. */
async function tried(view: View, task: string, work: (screen: Screen) => Promise<void>) {
  const before = place.record.pages.length;
  const problem = await perform(place, { role: 'test', task }, view, work);
  const violations = place.record.pages
    .slice(before)
    .flatMap((page) => page.violations.map((each) => `${page.address}: ${each.rule}: ${each.help}`));
  return { problem, violations };
}
const well = { problem: undefined, violations: [] };

describe('the whole app in a browser, by keyboard alone', () => {
  it.each([phone, desktop])('answers on its first page and on the sign-in page: %o', async (view) => {
    const outcome = await tried(view, 'first page', async (screen) => {
      await screen.go('/');
      await screen.see('first-page');
      await screen.go('/sign-in/');
      await screen.see('sign-in');
    });
    expect(outcome).toEqual(well);
  });

  it('registers a school on a phone, which is confirmed by email', async () => {
    expect(await tried(phone, 'register', (screen) => registerSchool(screen, lead))).toEqual(well);
    await stage.year.cloud.settle();
    await stage.year.inbox.fetchNew();
    const mail = stage.year.inbox.of(emailOf(lead.school, 'office'));
    expect(mail.map((message) => message.text).join()).toContain(lead.school.reference);
  });

  it('refuses a wrong code in words and lets the person begin again', async () => {
    const outcome = await tried(desktop, 'sign in', async (screen) => {
      const t = screen.words('sign-in');
      await screen.go('/sign-in/');
      await screen.keyboard.type(screen.field(t('email')), staff.finance);
      await screen.keyboard.press('Enter');
      await screen.heading(t('code-title'));
      await screen.keyboard.type(screen.field(t('code')), '00000000');
      await screen.keyboard.press('Enter');
      await screen.page.locator('.govuk-error-summary').waitFor();
      await screen.see('wrong-code');
      await screen.keyboard.use(screen.page.locator('summary', { hasText: t('help') }));
      await screen.keyboard.use(screen.button(t('other-address')));
      await screen.heading(t('title'));
      await screen.signIn(staff.finance, '/finance/');
    });
    expect(outcome).toEqual(well);
  });

  const [hub] = sampleHubs(HUBS);
  const audiences: [audience: string, email: () => string, view: View][] = [
    ['school', () => emailOf(lead.school, 'science'), phone],
    ['hub', () => (hub === undefined ? '' : leaderOf(hub)), desktop],
    ['assessor', () => independentAssessor(0), phone],
    ['moderator', () => staff.moderators[0] ?? '', desktop],
    ['panel', () => staff.panel[0], phone],
    ['finance', () => staff.finance, desktop],
    ['funder', () => staff.funder, phone],
    ['admin', () => staff.admin, desktop],
    ['auditor', () => staff.auditor, phone],
  ];
  it.each(audiences)(
    'shows the pages of %s without an accessibility violation',
    async (audience, email, view) => {
      const outcome = await tried(view, audience, async (screen) => {
        await screen.signIn(email(), `/${audience}/`);
        await screen.see(audience);
      });
      expect(outcome).toEqual(well);
    },
  );

  it.each(['/verify/', '/awards/'])('shows %s to anybody', async (address) => {
    const outcome = await tried(desktop, 'public', async (screen) => {
      await screen.go(address);
      await screen.see('page');
    });
    expect(outcome).toEqual(well);
  });
});
