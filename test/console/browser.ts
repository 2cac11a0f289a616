// A real browser for tests of the console: one Chromium, a context of its own for each person.
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROMIUM');
  return chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Look {
  language: 'ko' | 'en';
  scheme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

/** A browser of one person; what goes wrong in the page is thrown by `assertQuiet`. */
export class Desk {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #faults: string[];

  private constructor(context: BrowserContext, page: Page, faults: string[]) {
    this.#context = context;
    this.page = page;
    this.#faults = faults;
  }

  static async open(browser: Browser, url: string, look: Look): Promise<Desk> {
    const context = await browser.newContext({
      baseURL: url,
      locale: look.language === 'ko' ? 'ko-KR' : 'en-GB',
      colorScheme: look.scheme ?? 'light',
      viewport: { width: look.width ?? 1360, height: look.height ?? 850 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // A refusal that the page shows is no fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    return new Desk(context, page, faults);
  }

  /** Fails on scripts that threw, and on what the browser's console was told. */
  assertQuiet(): void {
    expect(this.#faults).toEqual([]);
  }

  /** No barrier that axe calls serious or critical. */
  async assertAccessible(): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const told = serious.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
    );
    expect(told, this.page.url()).toEqual([]);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
