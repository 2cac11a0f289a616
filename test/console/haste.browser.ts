// A reviewer whose hands are quicker than the page or the line: no key is lost, none hits another case.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseOf } from '../review/desk-steps.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, submit } from '../setup/walk.ts';
import { type Desk, launchBrowser } from './browser.ts';
import { seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;
let desk: Desk;
let page: Page;

const CASES = 260;

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange(), launchBrowser()]);
  await submit(exchange, mobileNumbers(CASES, 81));
  desk = await seat(exchange, browser, 'reviewer', { language: 'en' });
  page = desk.page;
});

afterAll(async () => {
  desk?.assertQuiet();
  await browser?.close();
  await exchange?.stop();
});

interface Key {
  key: string;
  code?: string;
  repeat?: boolean;
}

/** Keys that waited in line while the page was busy: each is heard before anything that the one before it set off. */
async function pressAtOnce(...keys: (string | Key)[]): Promise<void> {
  const pressed = keys.map((key) => (typeof key === 'string' ? { key } : key));
  await page.locator('body').evaluate(async (body, all) => {
    const { defaultView } = body.ownerDocument;
    const { port1, port2 } = new defaultView.MessageChannel();
    const heard = new Promise<void>((resolve) => {
      let left = all.length;
      port1.onmessage = ({ data }: { data: Key }) => {
        const { key, code = `Key${key.toUpperCase()}`, repeat = false } = data;
        const event = new defaultView.KeyboardEvent('keydown', { key, code, repeat, bubbles: true });
        (body.ownerDocument.activeElement ?? body).dispatchEvent(event);
        left -= 1;
        if (left === 0) resolve();
      };
    });
    for (const one of all) port2.postMessage(one);
    await heard;
  }, pressed);
}

const rows = () => page.getByRole('option');
const shown = async () => (await page.getByRole('article').getAttribute('aria-label')) ?? '';

/** Opens the queue; what its first rows are about. */
async function openQueue(): Promise<string[]> {
  await desk.visit('/queue');
  await page.getByRole('article').waitFor();
  return rows().evaluateAll((all) => all.map((row) => row.querySelector('p')?.textContent ?? ''));
}

const untilShown = (number: string | undefined) => expect.poll(shown).toBe(number);

const statusOf = async (number = '') => (await caseOf(exchange, number.replaceAll('-', ''))).status;

/** Holds back what is asked for until it is let go; letting go waits for the answer. */
async function hold(what: string | RegExp): Promise<() => Promise<void>> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(what, async (route) => {
    await held;
    await route.continue();
  });
  return async () => {
    const answered = page.waitForResponse(what);
    release();
    await answered;
    await page.unroute(what);
  };
}

const DECISIONS = '**/v1/cases/*/decisions';

test('v right after j verifies the case that j led to', async () => {
  const [first, second, third] = await openQueue();
  await pressAtOnce('j', 'v');
  await page.getByText(`Verified: ${second}`).waitFor();
  await untilShown(third);
  expect(await statusOf(first)).toBe('open');
  expect(await statusOf(second)).toBe('verified');
});

test('v pressed twice, or held down, verifies one case', async () => {
  const [first, second] = await openQueue();
  await pressAtOnce('v', 'v', { key: 'v', repeat: true });
  await untilShown(second);
  await pressAtOnce({ key: 'v', repeat: true });
  expect(await statusOf(first)).toBe('verified');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await shown()).toBe(second);
  expect(await statusOf(second)).toBe('open');
});

test('who goes on while a decision is under way stays there, and u takes back none before it', async () => {
  const [before, first, second, third] = await openQueue();
  await page.keyboard.press('v');
  await page.getByText(`Verified: ${before}`).waitFor();
  await untilShown(first);
  const letGo = await hold(DECISIONS);
  await pressAtOnce('v', 'u', 'j', 'j', 'r');
  await untilShown(third);
  await letGo();
  await page.getByText(`Verified: ${first}`).waitFor();
  expect(await shown()).toBe(third);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await statusOf(before)).toBe('verified');
  expect(await statusOf(first)).toBe('verified');
  expect(await statusOf(second)).toBe('open');
});

test('who opens another page while a decision is under way stays on it', async () => {
  const [first] = await openQueue();
  const letGo = await hold(DECISIONS);
  await page.keyboard.press('v');
  await page.getByRole('link', { name: 'Relays' }).click();
  await page.getByRole('heading', { name: 'Relays', level: 1 }).waitFor();
  await letGo();
  await page.getByText(`Verified: ${first}`).waitFor();
  expect(new URL(page.url()).pathname).toBe('/relays');
});

test('who opens another page right after typing is not fetched back to the search', async () => {
  await desk.visit('/entries');
  const letGo = await hold(/appeals-page/);
  await page.clock.install();
  await page.getByLabel('A number in any spelling').fill('010');
  await page.getByRole('link', { name: 'Appeals' }).click();
  // As long as a search waits for more letters, while the other page is on its way.
  await page.clock.runFor(500);
  await letGo();
  await page.clock.resume();
  await page.getByRole('heading', { name: 'Appeals', level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/appeals');
});

test('no key acts behind the help', async () => {
  const [first] = await openQueue();
  await page.keyboard.press('Shift+?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await help.waitFor();
  await pressAtOnce('v', 'j');
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  expect(await shown()).toBe(first);
  expect(await statusOf(first)).toBe('open');
});

test('with Hangul on, the keys are where they were', async () => {
  const [first, second, third] = await openQueue();
  await pressAtOnce({ key: 'ㅓ', code: 'KeyJ' });
  await untilShown(second);
  await pressAtOnce({ key: 'Process', code: 'KeyV' });
  await untilShown(third);
  expect(await statusOf(first)).toBe('open');
  expect(await statusOf(second)).toBe('verified');
});

test('letters are keys also after a choice was clicked', async () => {
  const [, second] = await openQueue();
  await page.getByRole('radiogroup').getByText('Mine').click();
  await page.getByText('Nothing to decide').waitFor();
  await page.getByRole('radiogroup').getByText('All').click();
  await rows().first().waitFor();
  await page.keyboard.press('j');
  await untilShown(second);
});

test('a case that a link leads to is decided from there, however far down it stands', async () => {
  await openQueue();
  const last = (await allCases(exchange)).at(-1);
  await page.goto(`/queue?case=${last?.id}`);
  await page.getByRole('article').waitFor();
  const number = await shown();
  expect(await page.locator(`#case-${last?.id}`).count()).toBe(0);
  await page.keyboard.press('v');
  await page.getByText(`Verified: ${number}`).waitFor();
  expect(await statusOf(number)).toBe('verified');
});

test('when all that was read is decided at once, the queue reads on', async () => {
  await openQueue();
  const open = (await allCases(exchange)).length;
  await page.getByRole('button', { name: 'Select these' }).click();
  await page.keyboard.press('v');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What this changes').waitFor();
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await rows().first().waitFor();
  await page.getByRole('article').waitFor();
  expect((await allCases(exchange)).length).toBe(open - 100);
  expect(await page.getByText('Nothing to decide').count()).toBe(0);
});
