import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Inbox } from '../outside/inbox.ts';
import { checkAccessibility, type Violation } from './accessibility.ts';
import { nameOf, openContext, type View } from './browser.ts';
import { Keyboard } from './keyboard.ts';
import type { TourRecord } from './record.ts';
import { type Words, wordsOf } from './words.ts';

export interface Place {
  readonly browser: Browser;
  readonly siteUrl: string;
  readonly inbox: Inbox;
  readonly record: TourRecord;
  /** Addresses of those who have sat at a screen. */
  readonly people: Set<string>;
  /** The time of the programme, which the browser shows as its own. */
  now(): Date;
}

const MAXIMUM_MAIL_LOOKS = 100;
/** A page that has asked for nothing for so long has what it needs. */
const QUIET_MS = 120;

/** Somebody at a screen: what they see, the keyboard under their hands, their own mail. */
export class Screen {
  readonly page: Page;
  readonly keyboard: Keyboard;
  readonly view: View;
  readonly #context: BrowserContext;
  readonly #place: Place;
  readonly #task: string;
  /** What the page's own scripts got wrong. */
  readonly #errors: string[] = [];
  #pictures = 0;
  /** Requests of the page that are not answered yet. */
  #underWay = 0;

  private constructor(place: Place, task: string, view: View, context: BrowserContext, page: Page) {
    this.#place = place;
    this.#task = task;
    this.#context = context;
    this.view = view;
    this.page = page;
    this.keyboard = new Keyboard(page);
    page.on('request', () => {
      this.#underWay++;
    });
    const answered = (): void => {
      this.#underWay--;
    };
    page.on('requestfinished', answered);
    page.on('requestfailed', answered);
    page.on('pageerror', (error) => this.#errors.push(error.message));
    page.on('console', (message) => {
      // What the API refuses is shown by the page, and the browser reports it here as well.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.#errors.push(message.text());
    });
  }

  static async open(place: Place, task: string, view: View): Promise<Screen> {
    const context = await openContext(place.browser, place.siteUrl, view);
    await context.clock.setFixedTime(place.now());
    return new Screen(place, task, view, context, await context.newPage());
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /** Errors of the page's scripts so far. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** The words of an area of pages in the language of this screen. */
  words(area: string): Words {
    return wordsOf(area, this.view.language);
  }

  /** Opens an address, as from an emailed link or a bookmark. */
  async go(path: string): Promise<void> {
    await this.page.goto(path);
    await this.settled();
  }

  /** Resolves once the page shows its content and nothing is loading. */
  async settled(): Promise<void> {
    const loading = this.words('shared')('loading');
    await this.page.locator('h1').first().waitFor();
    await this.page
      .locator('main p', { hasText: new RegExp(`^${loading}$`) })
      .first()
      .waitFor({ state: 'detached' });
    let since = performance.now();
    while (performance.now() - since < QUIET_MS) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 4));
      if (this.#underWay > 0) since = performance.now();
    }
  }

  /** Waits until the page's first heading is this one. */
  async heading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await this.settled();
  }

  /** Waits until the page tells this. */
  async told(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string): Locator {
    return this.page.getByRole('main').getByRole('link', { name, exact: true });
  }

  /** A link of the navigation below the header. */
  navigation(name: string): Locator {
    return this.page.getByRole('navigation').getByRole('link', { name, exact: true });
  }

  /** A text field, area or list by its label. */
  field(label: string): Locator {
    // A form can have the same name as its one field.
    return this.page.getByLabel(label, { exact: true }).and(this.page.locator('input, textarea, select'));
  }

  radio(group: string, name: string): Locator {
    return this.page
      .getByRole('group', { name: group, exact: true })
      .getByRole('radio', { name, exact: true });
  }

  checkbox(name: string): Locator {
    return this.page.getByRole('checkbox', { name, exact: true });
  }

  /** Takes a picture of the whole page, with what the accessibility checker and our own looks find on it. */
  async see(name: string): Promise<void> {
    await this.settled();
    this.#pictures++;
    const number = String(this.#pictures).padStart(2, '0');
    const picture = `pages/${this.#task}/${nameOf(this.view)}-${number}-${name}.png`;
    this.#place.record.write(picture, await this.page.screenshot({ fullPage: true }));
    const checked = await checkAccessibility(this.page, 'page');
    const looked = await this.page.evaluate(() => ({
      language: document.documentElement.lang,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      title: document.title,
      // biome-ignore lint/performance/useDomNodeTextContent: as it is shown, hidden parts left out
      text: document.body.innerText,
    }));
    const own = [
      ...this.keyboard.takeHidden().map((html) => violation('focus-visible', html, 'shows no focus')),
      ...(looked.overflow > 0
        ? [violation('reflow', 'html', `the page is ${looked.overflow} px wider than the screen`)]
        : []),
      ...(looked.language === this.view.language
        ? []
        : [violation('language', 'html', `the page says that it is in ${looked.language}`)]),
    ];
    const address = new URL(this.page.url());
    this.#place.record.pages.push({
      task: this.#task,
      ...this.view,
      address: `${address.pathname}${address.search}`,
      picture,
      title: looked.title,
      text: looked.text,
      ...checked,
      violations: [...checked.violations, ...own],
    });
  }

  /** A picture of where somebody got stuck. */
  async failed(): Promise<void> {
    const picture = `pages/${this.#task}/${nameOf(this.view)}-failed.png`;
    this.#place.record.write(picture, await this.page.screenshot({ fullPage: true }));
  }

  /** Opens a file by its name in a tab of its own; throws where it is not served. */
  async opensFile(name: string): Promise<void> {
    const served = this.#context.waitForEvent(
      'response',
      (response) => response.request().resourceType() === 'document',
    );
    const tab = this.page.waitForEvent('popup');
    await this.keyboard.use(this.button(name));
    const [response, opened] = await Promise.all([served, tab]);
    if (!response.ok()) throw new Error(`${name} was not served: ${response.status()}`);
    await opened.close();
    await this.page.bringToFront();
  }

  /** Follows a link to a file and keeps the PDF that it leads to; throws where it is not served. */
  async opensLink(name: string): Promise<void> {
    const link = this.link(name);
    await this.keyboard.reach(link);
    const address = await link.getAttribute('href');
    const response = await this.#context.request.get(new URL(address ?? '', this.page.url()).href);
    if (!response.ok()) throw new Error(`${name} was not served: ${response.status()}`);
    const bytes = await response.body();
    if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-') throw new Error(`${name} is no PDF`);
    this.#place.record.write(`pdfs/${this.#task}-${nameOf(this.view)}.pdf`, bytes);
  }

  /** Signs in by the code in the mail of `email` and goes on to `path`; with `look` the pages are seen. */
  async signIn(email: string, path: string, look = false): Promise<void> {
    const t = this.words('sign-in');
    this.#place.people.add(email.toLowerCase());
    await this.go(`/sign-in/?to=${encodeURIComponent(path)}`);
    if (look) await this.see('sign-in');
    await this.#place.inbox.fetchNew();
    const before = this.#place.inbox.of(email).length;
    await this.keyboard.type(this.field(t('email')), email);
    await this.keyboard.press('Enter');
    await this.heading(t('code-title'));
    if (look) await this.see('code');
    await this.keyboard.type(this.field(t('code')), await this.#codeFor(email, before));
    await this.keyboard.press('Enter');
    await this.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await this.settled();
  }

  async #codeFor(email: string, before: number): Promise<string> {
    for (let look = 0; look < MAXIMUM_MAIL_LOOKS; look++) {
      await this.#place.inbox.fetchNew();
      for (const message of this.#place.inbox.of(email).slice(before)) {
        const code = /\b\d{8}\b/.exec(message.text)?.[0];
        if (code !== undefined) return code;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no sign-in code reached ${email}`);
  }
}

/** A violation that we look for beside the checker, named after WCAG's criterion. */
const violation = (rule: string, html: string, why: string): Violation => ({
  rule,
  impact: 'serious',
  help: why,
  nodes: [{ target: html.slice(0, 80), html, why }],
});

/** Lets somebody do a task at a screen of their own and records how it went; returns what went wrong, if anything did. */
export async function perform(
  place: Place,
  of: { readonly role: string; readonly task: string },
  view: View,
  work: (screen: Screen) => Promise<void>,
): Promise<string | undefined> {
  const started = performance.now();
  const folder = `${of.role}-${of.task}`.replaceAll(/[^a-z]+/g, '-');
  const screen = await Screen.open(place, folder, view);
  let problem: string | undefined;
  try {
    await work(screen);
    if (screen.errors.length > 0) throw new Error(`script error: ${screen.errors.join('; ')}`);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    await screen.failed();
  } finally {
    place.record.tasks.push({
      ...of,
      ...view,
      succeeded: problem === undefined,
      problem: problem ?? null,
      keys: screen.keyboard.keys,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    });
    await screen.close();
  }
  return problem;
}
