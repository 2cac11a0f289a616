// Pictures of the console, of a server with generated candidates. `npm run screenshots` keeps them in docs/console.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit, submitAndVerify } from '../setup/walk.ts';
import { type Look, launchBrowser } from './browser.ts';
import { seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;
let directory: string;

beforeAll(async () => {
  const kept = process.env['PICTURES'];
  directory = kept ?? (await mkdtemp(join(tmpdir(), 'chadan-pictures-')));
  await mkdir(directory, { recursive: true });
  [exchange, browser] = await Promise.all([startExchange({ CHADAN_BRAKE_MINIMUM: '20' }), launchBrowser()]);
  await seed(exchange);
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
  if (process.env['PICTURES'] === undefined) await rm(directory, { recursive: true });
});

const PICTURES: [name: string, path: string, look: Look][] = [
  ['queue-ko', '/queue', { language: 'ko' }],
  ['queue-en-dark', '/queue', { language: 'en', scheme: 'dark' }],
  ['versions-ko', '/versions', { language: 'ko' }],
  ['statistics-ko', '/statistics', { language: 'ko' }],
  ['entries-en-narrow', '/entries', { language: 'en', width: 420, height: 800 }],
];

test.each(PICTURES)('%s shows its page', async (name, path, look) => {
  const desk = await seat(exchange, browser, 'lead', look, `lead ${name}`);
  await desk.visit(path);
  await desk.page.waitForLoadState('networkidle');
  const picture = await desk.page.screenshot({ path: join(directory, `${name}.png`) });
  // A blank page of this size packs to a few thousand bytes.
  expect(picture.length).toBeGreaterThan(15_000);
  desk.assertQuiet();
  await desk.close();
});

/** Numbers of several carriers, some listed, some waiting, one version held by the brake. */
async function seed(place: TestExchange): Promise<void> {
  await submitAndVerify(place, mobileNumbers(60, 7));
  await publish(place, 'sender-numbers', { confirmMassChange: true });
  await submitAndVerify(place, mobileNumbers(45, 8));
  const evidence = {
    reporters: 31,
    score: 0.93,
    model: 'text-screen/2',
    originatorCode: '900000001',
    relay: 'Relay One',
    chain: ['reseller a', 'reseller b'],
    sample: '[Web발신] 당일 한도 안내, 상담은 아래 번호로',
    firstSeen: new Date(place.now().getTime() - 9 * 86_400_000).toISOString(),
    lastSeen: new Date(place.now().getTime() - 3_600_000).toISOString(),
  };
  for (const carrier of ['carrier one', 'carrier two'])
    await submit(place, mobileNumbers(80, 9), carrier, { ...evidence, category: 'illegal_loan' });
}
