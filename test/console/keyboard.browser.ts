// Every act of the agency that is not in the queue, without a mouse, in both languages.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseOf } from '../review/desk-steps.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';
import { type Desk, launchBrowser, spoken } from './browser.ts';
import { Keyboard, untilFocused } from './keyboard.ts';
import { seat } from './people.ts';
import { LANGUAGES, readWords, type Words } from './words.ts';

let exchange: TestExchange;
let browser: Browser;

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange({ CHADAN_BRAKE_MINIMUM: '5' }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

/** Has numbers verified by the agency's system; published only where they are to be. */
async function verify(numbers: readonly string[]): Promise<void> {
  await submit(exchange, numbers);
  const cases = [];
  for (const number of numbers) {
    const { id, revision } = await caseOf(exchange, number);
    cases.push({ id, revision });
  }
  const agency = await exchange.party('agency');
  await agency.post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
}

async function listed(seed: number): Promise<string> {
  const [number = ''] = mobileNumbers(1, seed);
  await verify([number]);
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  return number;
}

describe.each(LANGUAGES)('by keyboard alone in %s', (language) => {
  const seed = language === 'ko' ? 100 : 200;
  let t: Words;
  let desk: Desk;
  let keys: Keyboard;

  beforeAll(async () => {
    t = await readWords(language);
    desk = await seat(exchange, browser, 'lead', { language }, `lead ${language}`);
    keys = new Keyboard(desk.page);
  });

  afterAll(async () => {
    desk.assertQuiet();
    await desk.close();
  });

  test('a second opinion is given, taken back, and given again', async () => {
    const { page } = desk;
    const [number = ''] = mobileNumbers(1, seed + 1);
    const first = await exchange.person('reviewer', `first ${language}`);
    await first.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
    await submit(exchange, [number]);
    const { id, revision } = await caseOf(exchange, number);
    await first.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(201);

    await desk.visit('/second-opinions');
    await page.getByRole('article', { name: spoken(number) }).waitFor();
    await page.keyboard.press('v');
    await page.getByText(t('queue.empty')).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('option', { name: spoken(number) }).waitFor();
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'awaiting_second' });
    await page.getByRole('article', { name: spoken(number) }).waitFor();
    await page.getByText(t('effect.undone'), { exact: true }).waitFor();
    await page.keyboard.press('v');
    await page.getByText(t('queue.empty')).waitFor();
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'verified' });
  });

  test('an entry is found and released at once', async () => {
    const { page } = desk;
    const number = await listed(seed + 2);
    await desk.visit('/entries');
    await keys.type(page.getByRole('textbox', { name: t('entries.search') }), `+82 ${number.slice(1)}`);
    // What stood there before is replaced by what was found, and takes the focus with it.
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await keys.press(page.getByRole('link', { name: spoken(number) }));
    await keys.press(page.getByRole('button', { name: t('entries.release') }));
    const dialog = await keys.dialog();
    await keys.choose(
      dialog.getByRole('combobox', { name: t('field.reason') }),
      t('reason.agency_correction'),
    );
    await keys.check(dialog.getByRole('checkbox', { name: t('entries.urgent') }));
    await keys.press(dialog.getByRole('button', { name: t('entries.release') }));
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(t('entryStatus.released'), { exact: true }).first().waitFor();
  });

  test.each(['accepted', 'denied'] as const)('an appeal is %s', async (outcome) => {
    const { page } = desk;
    const number = await listed(seed + (outcome === 'accepted' ? 3 : 4));
    const carrier = await exchange.party('carrier');
    const appeal = { list: 'sender-numbers', value: number, statement: `objection to ${number}` };
    await carrier.post('/v1/appeals', appeal).expect(201);
    await desk.visit('/appeals');
    const card = page.getByRole('article', { name: spoken(number) });
    const act = t(outcome === 'accepted' ? 'appeals.accept' : 'appeals.deny');
    await keys.press(card.getByRole('button', { name: act }));
    const dialog = await keys.dialog();
    await keys.type(dialog.getByRole('textbox', { name: t('appeals.grounds') }), 'looked at twice');
    await keys.press(dialog.getByRole('button', { name: act }));
    await dialog.waitFor({ state: 'detached' });
    await card.waitFor({ state: 'detached' });
    const { body } = await carrier.get('/v1/appeals').expect(200);
    const filed = body.items.find((one: { statement: string }) => one.statement === appeal.statement);
    expect(filed.status).toBe(outcome);
  });

  test('a held version is confirmed', async () => {
    const { page } = desk;
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    await verify(mobileNumbers(8, seed + 5));
    await desk.visit('/versions');
    await page.getByText(t('versions.held')).waitFor();
    await keys.press(page.getByRole('button', { name: t('versions.confirm') }));
    const dialog = await keys.dialog();
    await keys.check(dialog.getByRole('checkbox', { name: t('versions.looked') }));
    await keys.press(dialog.getByRole('button', { name: t('versions.publish') }));
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(t('versions.nothingPending')).waitFor();
  });

  test('values are protected one by one and by a file, and freed', async () => {
    const { page } = desk;
    const [one = '', two = ''] = mobileNumbers(2, seed + 6);
    await desk.visit('/protected');
    await keys.press(page.getByRole('button', { name: t('protected.add') }));
    const dialog = await keys.dialog();
    const value = dialog.getByRole('textbox', { name: t('field.value') });
    await untilFocused(value);
    await keys.type(value, one);
    await keys.press(dialog.getByRole('button', { name: t('protected.add') }));
    await dialog.waitFor({ state: 'detached' });
    const rowOf = (number: string) => page.getByRole('row', { name: `+82${number.slice(1)}` });
    await rowOf(one).waitFor();

    const chooser = page.waitForEvent('filechooser');
    await keys.press(page.getByRole('button', { name: t('protected.load') }));
    const csv = `list,value,kind\nsender-numbers,${two},government\n`;
    await (await chooser).setFiles({ name: 'p.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await rowOf(two).waitFor();

    await keys.press(rowOf(two).getByRole('button', { name: t('protected.free') }));
    const asked = await keys.dialog();
    await keys.press(asked.getByRole('button', { name: t('protected.free') }));
    await asked.waitFor({ state: 'detached' });
    await rowOf(two).waitFor({ state: 'detached' });
    await expect.poll(() => rowOf(one).count()).toBe(1);
  });
});
