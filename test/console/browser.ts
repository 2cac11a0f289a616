// A real browser for tests of the console: one Chromium, a context of its own for each person.
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
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
  timeZone?: string;
}

/** For hunting races: the page's processor so many times slower, and every answer of the API as late as this or less. */
const CPU_RATE = Number(process.env['BROWSER_CPU_RATE'] ?? 1);
const LATEST_MS = Number(process.env['BROWSER_LATEST_MS'] ?? 0);

async function slowDown(context: BrowserContext, page: Page): Promise<void> {
  if (CPU_RATE > 1) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE });
  }
  if (LATEST_MS > 0) {
    await context.route('**/v1/**', async (route) => {
      await setTimeout(LATEST_MS * (0.2 + 0.8 * Math.random()));
      // The page may be gone by then.
      await route.fallback().catch(() => {});
    });
  }
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
      ...(look.timeZone && { timezoneId: look.timeZone }),
    });
    context.setDefaultTimeout(45_000);
    const page = await context.newPage();
    await slowDown(context, page);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // A refusal that the page shows is no fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    return new Desk(context, page, faults);
  }

  /** Opens a page of the console, and waits until it stands there with what it shows. */
  async visit(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator('#page').locator('h1, .split').first().waitFor();
    const waiting = this.page.locator('.mantine-Skeleton-root, .mantine-Loader-root, [aria-busy="true"]');
    await expect.poll(() => waiting.count()).toBe(0);
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

/** `01012345678` as the console writes it. */
export const spoken = (number: string) => `${number.slice(0, 3)}-${number.slice(3, 7)}-${number.slice(7)}`;
