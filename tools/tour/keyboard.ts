import type { Locator, Page } from 'playwright-core';

const MAXIMUM_STEPS = 400;

/** Something on the page that the keyboard cannot reach or work. */
export class KeyboardError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyboardError';
  }
}

/** Where the focus is, seen from an element: on it, before or after it in the document, on a radio of its group. */
type Place = 'here' | 'before' | 'after' | 'group';

/**
 * A person without a mouse: everything on the page is reached by Tab and arrows and worked by Enter, Space and typing.
 * What cannot be
 * reached in a few hundred steps is an error; what shows no focus when it has it is remembered.
 */
export class Keyboard {
  readonly #page: Page;
  #keys = 0;
  #hidden: string[] = [];

  constructor(page: Page) {
    this.#page = page;
    // The browser drops a file dialogue that nobody expects; one who listens from the start is always in time.
    page.on('filechooser', () => {});
  }

  /** Keys pressed so far. */
  get keys(): number {
    return this.#keys;
  }

  /** Controls that did not show that they had the focus, since the last call. */
  takeHidden(): readonly string[] {
    const hidden = this.#hidden;
    this.#hidden = [];
    return hidden;
  }

  async press(key: string): Promise<void> {
    this.#keys++;
    await this.#page.keyboard.press(key);
  }

  /** Leads the focus to `target` by Tab, or Shift and Tab where it lies behind. */
  async reach(target: Locator): Promise<void> {
    await target.waitFor({ state: 'attached' });
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      const place = await this.#placeOf(target);
      if (place === 'here') {
        await this.#lookForFocus(target);
        return;
      }
      await this.press(place === 'before' ? 'Tab' : 'Shift+Tab');
    }
    throw new KeyboardError(`the keyboard does not reach ${target}`);
  }

  /** Works a link, button or summary. */
  async use(target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.reach(target);
    await this.press(key);
  }

  /** Types into a field in the place of what stands there. */
  async type(field: Locator, text: string): Promise<void> {
    await this.reach(field);
    await this.press('Control+A');
    await this.press('Delete');
    this.#keys += text.length;
    await this.#page.keyboard.type(text);
  }

  /** Types a day (YYYY-MM-DD) into a date field, whose parts stand in the order of the browser's own language. */
  async typeDay(field: Locator, day: string): Promise<void> {
    const [year = '', month = '', date = ''] = day.split('-');
    for (const digits of [`${date}${month}${year}`, `${month}${date}${year}`]) {
      await this.reach(field);
      this.#keys += digits.length;
      await this.#page.keyboard.type(digits);
      if ((await field.inputValue()) === day) return;
      // Back to the first part of the field.
      for (let part = 0; part < 3; part++) await this.press('ArrowLeft');
    }
    throw new KeyboardError(`${day} cannot be typed into ${field}`);
  }

  /** Ticks a checkbox that is not ticked. */
  async tick(box: Locator): Promise<void> {
    await this.reach(box);
    if (!(await box.isChecked())) await this.press('Space');
  }

  /** Chooses a radio: Tab leads into its group, arrows within it. */
  async choose(radio: Locator): Promise<void> {
    await radio.waitFor({ state: 'attached' });
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      const place = await this.#placeOf(radio);
      if (place === 'here') {
        if (!(await radio.isChecked())) await this.press('Space');
        return;
      }
      if (place === 'group') await this.press((await isAfterFocus(radio)) ? 'ArrowDown' : 'ArrowUp');
      else await this.press(place === 'before' ? 'Tab' : 'Shift+Tab');
    }
    throw new KeyboardError(`the keyboard does not reach ${radio}`);
  }

  /** Chooses an option of a list by its value with the arrows. */
  async select(list: Locator, value: string): Promise<void> {
    await this.reach(list);
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      const distance = await list.evaluate((element, wanted) => {
        if (!(element instanceof HTMLSelectElement)) return undefined;
        const at = [...element.options].findIndex((option) => option.value === wanted);
        return at < 0 ? undefined : at - element.selectedIndex;
      }, value);
      if (distance === undefined) throw new KeyboardError(`${list} has no option ${value}`);
      if (distance === 0) return;
      await this.press(distance > 0 ? 'ArrowDown' : 'ArrowUp');
    }
  }

  /** Opens the file dialogue of a field by Space (Enter would send the form around it) and gives it files. */
  async giveFiles(field: Locator, paths: readonly string[]): Promise<void> {
    await this.reach(field);
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.press('Space')]);
    await chooser.setFiles([...paths]);
  }

  #placeOf(target: Locator): Promise<Place> {
    return target.evaluate((element): Place => {
      const active = document.activeElement;
      if (active === element) return 'here';
      if (active === null || active === document.body) return 'before';
      if (
        active instanceof HTMLInputElement &&
        element instanceof HTMLInputElement &&
        active.type === 'radio' &&
        active.name === element.name &&
        active.form === element.form
      )
        return 'group';
      return (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
        ? 'before'
        : 'after';
    });
  }

  /** WCAG 2.4.7: the focus is visible. Radios and checkboxes show it on what stands for them, so they are left out. */
  async #lookForFocus(target: Locator): Promise<void> {
    const hidden = await target.evaluate((element) => {
      if (element instanceof HTMLInputElement && ['radio', 'checkbox'].includes(element.type))
        return undefined;
      const style = getComputedStyle(element);
      const shown =
        (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) ||
        style.boxShadow !== 'none';
      return shown ? undefined : element.outerHTML.slice(0, 200);
    });
    if (hidden !== undefined && !this.#hidden.includes(hidden)) this.#hidden.push(hidden);
  }
}

const isAfterFocus = (target: Locator): Promise<boolean> =>
  target.evaluate(
    (element) =>
      ((document.activeElement?.compareDocumentPosition(element) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING) !==
      0,
  );
