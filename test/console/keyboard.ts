// A person without a mouse: Tab until it has the focus, and only then a key. Nothing is typed in hope.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const MAX_TABS = 150;

const hasFocus = (target: Locator) => target.evaluate((element) => element.matches(':focus'));

/** Waits until something has the focus by itself, as the first field of a dialog has. */
export function untilFocused(target: Locator): Promise<void> {
  return expect.poll(() => hasFocus(target)).toBe(true);
}

export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes to what is there, with Tab alone. */
  async to(target: Locator): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; tabs < MAX_TABS; tabs++) {
      if (await hasFocus(target)) return;
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${target}`);
  }

  async press(target: Locator, key = 'Enter'): Promise<void> {
    await this.to(target);
    await this.#page.keyboard.press(key);
  }

  async type(target: Locator, text: string): Promise<void> {
    await this.to(target);
    await this.#page.keyboard.type(text);
    await expect.poll(() => target.inputValue()).toBe(text);
  }

  async check(target: Locator): Promise<void> {
    await this.press(target, 'Space');
    await expect.poll(() => target.isChecked()).toBe(true);
  }

  /** Chooses from a list that opens below its field. */
  async choose(target: Locator, name: string): Promise<void> {
    await this.press(target, 'ArrowDown');
    const option = this.#page.getByRole('option', { name, exact: true });
    await option.waitFor();
    for (let steps = 0; steps < MAX_TABS; steps++) {
      if ((await option.getAttribute('data-combobox-selected')) === 'true') break;
      await this.#page.keyboard.press('ArrowDown');
    }
    await this.#page.keyboard.press('Enter');
    await expect.poll(() => target.inputValue()).toBe(name);
  }

  /** A dialog that opened, once the focus is in it. */
  async dialog(): Promise<Locator> {
    const dialog = this.#page.getByRole('dialog');
    await dialog.waitFor();
    await expect.poll(() => dialog.locator(':focus').count()).toBe(1);
    return dialog;
  }
}
