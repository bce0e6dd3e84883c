import chromium from '@sparticuz/chromium';
import { type Browser, chromium as engine, type Page } from 'playwright-core';

/** The two widths at which the pages are held to work: a phone and a desktop. */
export const widths = [390, 1280] as const;

/**
 * Starts the headless browser that comes with the packages: nothing has to be installed beside them. It talks to nobody
 * of its own accord, and runs without its sandbox, which containers running as root do not allow.
 */
export async function launchBrowser(): Promise<Browser> {
  return engine.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-gpu',
    ],
    headless: true,
  });
}

/** A page of its own person: own cookies and storage, at a width and in a language. */
export async function openPage(
  browser: Browser,
  baseURL: string,
  options: { readonly width?: number; readonly language?: 'en' | 'cy' } = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: options.width ?? 1280, height: 900 },
    locale: options.language === 'cy' ? 'cy' : 'en-GB',
    timezoneId: 'Europe/London',
  });
  return context.newPage();
}
