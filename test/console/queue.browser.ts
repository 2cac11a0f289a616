// The reviewer's day in a real browser: by keyboard alone, in both languages, two at a time.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseOf, entryPath } from '../review/desk-steps.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';
import { type Desk, launchBrowser } from './browser.ts';
import { Keyboard, untilFocused } from './keyboard.ts';
import { seat } from './people.ts';
import { LANGUAGES, readWords, type Words } from './words.ts';

let exchange: TestExchange;
let browser: Browser;

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

/** The number that the case beside the list is about. */
async function openNumber({ page }: Desk): Promise<string> {
  return (await page.getByRole('article').getByRole('heading', { level: 2 }).textContent()) ?? '';
}

/** Waits until another case than this one stands beside the list, and the list has it as the current one. */
async function untilAnother(desk: Desk, than: string): Promise<string> {
  await expect.poll(() => openNumber(desk)).not.toBe(than);
  const number = await openNumber(desk);
  await untilCurrent(desk, number);
  return number;
}

/** Keys act on the current row of the list: that it is this one is waited for. */
function untilCurrent({ page }: Desk, number: string): Promise<void> {
  return page.getByRole('option', { name: number, selected: true }).waitFor();
}

async function openQueue(desk: Desk): Promise<string> {
  await desk.visit('/queue');
  await desk.page.getByRole('option').first().waitFor();
  await desk.page.getByRole('article').waitFor();
  const number = await openNumber(desk);
  await untilCurrent(desk, number);
  return number;
}

async function statusOf(number: string): Promise<string> {
  return (await caseOf(exchange, number.replaceAll('-', ''))).status;
}

describe.each(LANGUAGES)('in %s', (language) => {
  let t: Words;
  beforeAll(async () => {
    t = await readWords(language);
  });

  test('a reviewer works through the queue by keyboard alone', async () => {
    await submit(exchange, mobileNumbers(12, language === 'ko' ? 11 : 12));
    const desk = await seat(exchange, browser, 'reviewer', { language }, `reviewer ${language}`);
    const { page } = desk;
    const keys = new Keyboard(page);
    const first = await openQueue(desk);

    await page.keyboard.press('j');
    await untilAnother(desk, first);
    await page.keyboard.press('k');
    await expect.poll(() => openNumber(desk)).toBe(first);
    await untilCurrent(desk, first);

    await page.keyboard.press('v');
    await page.getByText(t('decided.verify', { count: 1, values: first })).waitFor();
    await page.getByRole('option', { name: first }).waitFor({ state: 'detached' });
    const second = await untilAnother(desk, first);
    expect(await statusOf(first)).toBe('verified');

    await page.keyboard.press('r');
    const dialog = await keys.dialog();
    // A digit chooses, once the dialog listens; twice is as once.
    await expect
      .poll(async () => {
        await page.keyboard.press('2');
        return dialog.getByRole('radio').nth(1).isChecked();
      })
      .toBe(true);
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(t('decided.reject', { count: 1, values: second })).waitFor();
    const third = await untilAnother(desk, second);

    await page.keyboard.press('i');
    await dialog.waitFor();
    const question = dialog.getByRole('textbox', { name: t('decide.question') });
    await untilFocused(question);
    await keys.type(question, '언제 보았습니까?');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    const flagsOf = async () => (await caseOf(exchange, third.replaceAll('-', ''))).flags;
    await expect.poll(flagsOf).toEqual(['information_requested']);
    const fourth = await untilAnother(desk, third);

    const marked = page.locator('[role=option][aria-checked=true]');
    await page.keyboard.press('x');
    await expect.poll(() => marked.count()).toBe(1);
    await page.keyboard.press('j');
    const fifth = await untilAnother(desk, fourth);
    await page.keyboard.press('x');
    await expect.poll(() => marked.count()).toBe(2);
    await page.keyboard.press('v');
    await dialog.getByText(t('preview.title')).waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await untilAnother(desk, fifth);
    for (const number of [fourth, fifth]) expect(await statusOf(number)).toBe('verified');

    await page.keyboard.press('Shift+?');
    const help = page.getByRole('dialog', { name: t('help.title') });
    await help.waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });

    const sought = await openNumber(desk);
    await page.keyboard.press('/');
    const search = page.getByRole('textbox', { name: t('queue.search') });
    await untilFocused(search);
    await keys.type(search, sought.replaceAll('-', ' '));
    await expect.poll(() => page.getByRole('option').count()).toBe(1);
    await expect.poll(() => openNumber(desk)).toBe(sought);
    await desk.assertAccessible();
    desk.assertQuiet();
    await desk.close();
  });

  test('a decision is taken back by u, one or many, and published ones are released', async () => {
    await submit(exchange, mobileNumbers(6, language === 'ko' ? 13 : 14), 'carrier one', { reports: 7000 });
    const desk = await seat(exchange, browser, 'lead', { language }, `lead of ${language}`);
    const { page } = desk;
    const keys = new Keyboard(page);
    const first = await openQueue(desk);

    await page.keyboard.press('v');
    const offer = page.getByRole('button', { name: t('undo.undo') });
    await offer.waitFor();
    await page.keyboard.press('u');
    await expect.poll(() => openNumber(desk)).toBe(first);
    await untilCurrent(desk, first);
    await offer.waitFor({ state: 'detached' });
    expect(await statusOf(first)).toBe('open');
    await page.getByText(t('effect.undone'), { exact: true }).waitFor();

    const marked = page.locator('[role=option][aria-checked=true]');
    await page.keyboard.press('x');
    await expect.poll(() => marked.count()).toBe(1);
    await page.keyboard.press('j');
    const second = await untilAnother(desk, first);
    await page.keyboard.press('x');
    await expect.poll(() => marked.count()).toBe(2);
    await page.keyboard.press('v');
    await page.getByRole('dialog').getByText(t('preview.title')).waitFor();
    await page.keyboard.press('Control+Enter');
    await offer.waitFor();
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    await page.keyboard.press('u');
    const refused = page.getByRole('dialog', { name: t('undo.publishedTitle') });
    await refused.getByText(t('undo.listed', { count: 2, shown: 2 })).waitFor();
    await desk.assertAccessible();
    await keys.press(refused.getByRole('button', { name: t('undo.release') }));
    await refused.waitFor({ state: 'detached' });
    const agency = await exchange.party('agency');
    for (const number of [first, second]) {
      const entry = async () => (await agency.get(entryPath(number)).expect(200)).body.status;
      await expect.poll(entry).toBe('released');
    }

    const next = await openQueue(desk);
    await page.keyboard.press('v');
    await offer.waitFor();
    await untilAnother(desk, next);
    await desk.assertAccessible();
    desk.assertQuiet();
    await desk.close();
  });
});

test('two reviewers at two browsers never take the same case', async () => {
  await submit(exchange, mobileNumbers(60, 21));
  const [one, two] = await Promise.all([
    seat(exchange, browser, 'reviewer', { language: 'ko' }, 'reviewer first'),
    seat(exchange, browser, 'reviewer', { language: 'en' }, 'reviewer second'),
  ]);
  await Promise.all([one, two].map((desk) => desk.visit('/queue')));
  await Promise.all([
    one.page.getByRole('button', { name: '다음 20건 맡기' }).click(),
    two.page.getByRole('button', { name: 'Take the next 20' }).click(),
  ]);
  const mine = async ({ page }: Desk) => {
    // The list that the leases are in, and not the one that was there before.
    await page.locator('[role=option][aria-setsize="20"]').first().waitFor();
    await expect.poll(() => page.getByRole('option').count()).toBe(20);
    return page.getByRole('option').evaluateAll((rows) => rows.map((row) => row.id));
  };
  const [first, second] = [await mine(one), await mine(two)];
  expect(first.filter((id) => second.includes(id))).toEqual([]);

  // Signed out, the leases are free at once.
  await one.page.getByRole('button', { name: 'reviewer first' }).click();
  await one.page.getByRole('menuitem', { name: '로그아웃', exact: true }).click();
  await one.page.getByRole('heading', { name: '로그인' }).waitFor();
  await two.page.getByRole('button', { name: 'Take the next 20' }).click();
  await two.page.getByText('40 cases', { exact: true }).waitFor();
  await Promise.all([one.close(), two.close()]);
});

test('a protected value waits for a second person, who is not the first', async () => {
  const [number = ''] = mobileNumbers(1, 31);
  const agency = await exchange.party('agency');
  await agency.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
  await submit(exchange, [number], 'carrier one', { reports: 100_000 });
  const [one, two] = [
    await seat(exchange, browser, 'reviewer', { language: 'en' }, 'reviewer third'),
    await seat(exchange, browser, 'reviewer', { language: 'en' }, 'reviewer fourth'),
  ];
  await openQueue(one);
  await one.page.getByText('Two different people must agree').waitFor();
  await one.page.keyboard.press('v');
  await one.page.getByText('1 waits for a second person.').waitFor();
  const openSecond = async (desk: Desk) => {
    await desk.visit('/second-opinions');
    await desk.page.getByRole('article').waitFor();
    await untilCurrent(desk, await openNumber(desk));
  };
  await openSecond(one);
  await one.page.keyboard.press('v');
  await one.page.getByText('another person must give the second').waitFor();
  await openSecond(two);
  await two.page.keyboard.press('v');
  await two.page.getByText('Verified:').waitFor();
  await two.page.getByText('Nothing to decide').waitFor();
  await Promise.all([one.close(), two.close()]);
});
