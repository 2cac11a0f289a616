// Figures for who writes a statement of them: the agency's days, whatever the browser's clock says, and a file for a
// spreadsheet.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { launchBrowser } from './browser.ts';
import { seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange(), launchBrowser()]);
  await submitAndVerify(exchange, mobileNumbers(3, 91));
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

const dayIn = (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());

test.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
  'the last day is the one in Seoul, seen from %s',
  async (timeZone) => {
    const desk = await seat(
      exchange,
      browser,
      'lead',
      { language: 'ko', timeZone },
      `lead in ${timeZone.slice(8)}`,
    );
    const { page } = desk;
    await desk.visit('/statistics');
    await page.getByText(`– ${dayIn('Asia/Seoul')}`).waitFor();
    await page.getByText('중앙값').first().waitFor();
    await desk.close();
  },
);

test('figures of carriers say what was listed, and the file opens in a spreadsheet', async () => {
  const desk = await seat(exchange, browser, 'lead', { language: 'ko' }, 'lead of figures');
  const { page } = desk;
  await desk.visit('/statistics');
  await page.getByRole('tab', { name: '통신사별' }).click();
  const row = page.getByRole('row', { name: 'carrier one' });
  await row.waitFor();
  expect(await row.getByRole('cell').allTextContents()).toEqual(['carrier one', '3', '3', '0', '3', '0']);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV 내려받기' }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text).toMatch(/^\uFEFFdimension,key,submitted/);
  desk.assertQuiet();
  await desk.close();
});
