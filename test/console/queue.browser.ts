// The reviewer's day in a real browser: by keyboard alone, in both languages, two at a time.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';
import { type Desk, launchBrowser } from './browser.ts';
import { seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

const WORDS = {
  ko: {
    title: '심사 대기',
    verified: '승인했습니다',
    rejected: '반려했습니다',
    asked: '통신사에 요청했습니다',
    reason: '사유',
    note: '메모',
    question: '통신사에 보낼 질문',
    help: '단축키',
    preview: '이 결정으로 바뀌는 것',
    empty: '심사할 건이 없습니다',
  },
  en: {
    title: 'Queue',
    verified: 'Verified:',
    rejected: 'Rejected:',
    asked: 'The carriers are asked',
    reason: 'Reason',
    note: 'Note',
    question: 'Question to the carriers',
    help: 'Keys',
    preview: 'What this changes',
    empty: 'Nothing to decide',
  },
} as const;

/** The number that the case beside the list is about. */
async function openNumber({ page }: Desk): Promise<string> {
  return (await page.getByRole('article').getByRole('heading', { level: 2 }).textContent()) ?? '';
}

describe.each(['ko', 'en'] as const)('in %s', (language) => {
  const words = WORDS[language];

  test('a reviewer works through the queue by keyboard alone', async () => {
    await submit(exchange, mobileNumbers(12, language === 'ko' ? 11 : 12));
    const desk = await seat(exchange, browser, 'reviewer', { language }, `reviewer ${language}`);
    const { page } = desk;
    await page.goto('/queue');
    await page.getByRole('option').first().waitFor();
    const rows = page.getByRole('option');
    const before = await rows.count();

    const first = await openNumber(desk);
    await page.keyboard.press('j');
    await expect.poll(() => openNumber(desk)).not.toBe(first);
    await page.keyboard.press('k');
    await expect.poll(() => openNumber(desk)).toBe(first);

    await page.keyboard.press('v');
    await page.getByText(`${words.verified}`).first().waitFor();
    await expect.poll(() => rows.count()).toBe(before - 1);
    await expect.poll(() => openNumber(desk)).not.toBe(first);

    const second = await openNumber(desk);
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => dialog.getByRole('radio').nth(1).isChecked()).toBe(true);
    await page.keyboard.press('Control+Enter');
    await page.getByText(words.rejected).first().waitFor();
    await expect.poll(() => openNumber(desk)).not.toBe(second);

    await page.keyboard.press('i');
    await expect.poll(() => dialog.getByRole('textbox').evaluate((box) => box.matches(':focus'))).toBe(true);
    await page.keyboard.type('언제 보았습니까?');
    await page.keyboard.press('Control+Enter');
    await page.getByText(words.asked).first().waitFor();

    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('v');
    await dialog.getByText(words.preview).waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => rows.count()).toBeLessThanOrEqual(before - 4);

    await page.keyboard.press('Shift+?');
    await page.getByRole('dialog', { name: words.help }).waitFor();
    await page.keyboard.press('Escape');

    const sought = await openNumber(desk);
    await page.keyboard.press('/');
    await page.keyboard.type(sought.replaceAll('-', ' '));
    await expect.poll(() => rows.count()).toBe(1);
    expect(await openNumber(desk)).toBe(sought);
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
  await Promise.all([one, two].map(({ page }) => page.goto('/queue')));
  await Promise.all([
    one.page.getByRole('button', { name: '다음 20건 맡기' }).click(),
    two.page.getByRole('button', { name: 'Take the next 20' }).click(),
  ]);
  const mine = async ({ page }: Desk) => {
    await expect.poll(() => page.getByRole('option').count(), { timeout: 15_000 }).toBe(20);
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
  await one.page.goto('/queue');
  await one.page.getByText('Two different people must agree').waitFor();
  await one.page.keyboard.press('v');
  await one.page.getByText('1 waits for a second person.').waitFor();
  await one.page.goto('/second-opinions');
  await one.page.getByRole('option').first().waitFor();
  await one.page.keyboard.press('v');
  await one.page.getByText('another person must give the second').waitFor();
  await two.page.goto('/second-opinions');
  await two.page.getByRole('option').first().waitFor();
  await two.page.keyboard.press('v');
  await two.page.getByText('Verified:').waitFor();
  await two.page.getByText('Nothing to decide').waitFor();
  await Promise.all([one.close(), two.close()]);
});
