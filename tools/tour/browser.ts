import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { Language } from '../../functions/shared/access/identity.ts';

/** One way of looking at the pages: a language on a phone or on a desktop. */
export interface View {
  readonly language: Language;
  readonly width: 390 | 1280;
}

/** The two widths and two languages in which every page must work. */
export const views: readonly View[] = [
  { language: 'en', width: 1280 },
  { language: 'en', width: 390 },
  { language: 'cy', width: 1280 },
  { language: 'cy', width: 390 },
];

export const nameOf = (view: View): string => `${view.language}-${view.width}`;

/**
 * Starts the headless browser that comes with the packages: nothing has to be installed beside them. It talks to nobody
 * of its own accord, and runs without its sandbox, which containers running as root do not allow. The package's own
 * arguments are left out: among them is one that turns the browser's web security off, and with it the Origin header.
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A browser of somebody's own: their cookies and storage, their width, their language, in London. */
export async function openContext(browser: Browser, siteUrl: string, view: View): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: siteUrl,
    viewport: { width: view.width, height: view.width === 390 ? 844 : 900 },
    locale: view.language === 'cy' ? 'cy' : 'en-GB',
    timezoneId: 'Europe/London',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  return context;
}
