// Every other page of the console, as its people use it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit, submitAndVerify } from '../setup/walk.ts';
import { Desk, launchBrowser, spoken } from './browser.ts';
import { invite, seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;
const listed = mobileNumbers(30, 41);

beforeAll(async () => {
  [exchange, browser] = await Promise.all([startExchange({ CHADAN_BRAKE_MINIMUM: '5' }), launchBrowser()]);
  await submitAndVerify(exchange, listed);
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

test('an invited person sets password and authenticator, and signs in again with them', async () => {
  const link = await invite(exchange, 'new.person@example.org', 'reviewer', 'New Person');
  const desk = await Desk.open(browser, exchange.url, { language: 'en' });
  const { page } = desk;
  await page.goto(link);
  await page.getByLabel('Password *', { exact: true }).fill('five words that nobody guesses');
  await page.getByLabel('Password, again').fill('five words that nobody guesses');
  const secret = (await page.getByText('Or type in:').locator('code').textContent()) ?? '';
  const { TOTP } = await import('otpauth');
  const totp = new TOTP({ secret });
  await desk.assertAccessible();
  await page.getByLabel('Authenticator code').fill(totp.generate());
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await page.getByRole('button', { name: 'New Person' }).click();
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();

  await page.getByLabel('E-mail').fill('new.person@example.org');
  await page.getByLabel('Password *', { exact: true }).fill('not the password at all');
  await page.getByLabel('Authenticator code').fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('E-mail, password or code is wrong.').waitFor();
  await page.getByText('Request id').waitFor();
  await page.getByLabel('Password *', { exact: true }).fill('five words that nobody guesses');
  await page.getByLabel('Authenticator code').fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'New Person' }).waitFor();

  // A used link is none any more.
  await page.goto(link);
  await page.reload();
  await page.getByText('This invitation is not good any more').waitFor();
  desk.assertQuiet();
  await desk.close();
});

describe.each(['ko', 'en'] as const)('in %s', (language) => {
  test.each(['light', 'dark'] as const)('every page opens and has no serious barrier, %s', async (scheme) => {
    const desk = await seat(exchange, browser, 'lead', { language, scheme }, `lead ${language} ${scheme}`);
    const auditor = await seat(
      exchange,
      browser,
      'auditor',
      { language, scheme },
      `auditor ${language} ${scheme}`,
    );
    for (const path of [
      '/queue',
      '/second-opinions',
      '/entries',
      '/appeals',
      '/versions',
      '/relays',
      '/statistics',
      '/protected',
      '/account',
    ]) {
      await desk.visit(path);
      await desk.assertAccessible();
    }
    for (const path of ['/audit', '/people']) {
      await auditor.visit(path);
      await auditor.assertAccessible();
    }
    expect(await desk.page.locator('html').getAttribute('lang')).toBe(language);
    desk.assertQuiet();
    auditor.assertQuiet();
    await Promise.all([desk.close(), auditor.close()]);
  });
});

test('the language is switched, and stays', async () => {
  const desk = await seat(exchange, browser, 'reviewer', { language: 'ko' }, 'reviewer of languages');
  const { page } = desk;
  await desk.visit('/entries');
  await page.getByRole('heading', { name: '등재' }).waitFor();
  await page.getByRole('combobox', { name: '언어' }).click();
  await page.getByRole('option', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Entries' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Entries' }).waitFor();
  await desk.close();
});

test('a number in any spelling is found, explained, and released at once', async () => {
  const [number = ''] = listed;
  const desk = await seat(exchange, browser, 'lead', { language: 'en' }, 'lead of entries');
  const { page } = desk;
  await desk.visit('/entries');
  await page.getByLabel('A number in any spelling').fill(`+82 ${number.slice(1)}`);
  await page.getByRole('link', { name: spoken(number) }).click();
  await page.getByText('Listed by decision of').waitFor();
  const statement = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Statement of reasons' }).click();
  expect(await (await statement).textContent('body')).toContain(spoken(number));
  await page.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Correction by the agency' }).click();
  await page.getByLabel('Urgent').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await page.getByText('Released', { exact: true }).first().waitFor();
  desk.assertQuiet();
  await desk.close();
});

test('an appeal is filed for a caller, and accepted by another person', async () => {
  const number = listed[1] ?? '';
  const desk = await seat(exchange, browser, 'reviewer', { language: 'ko' }, 'reviewer of appeals');
  const other = await seat(exchange, browser, 'reviewer', { language: 'ko' }, 'another reviewer of appeals');
  const { page } = desk;
  await desk.visit('/appeals');
  await page.getByRole('heading', { name: '이의신청이 없습니다' }).waitFor();
  await page.getByRole('button', { name: '이의신청 접수' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('값').fill(spoken(number));
  await dialog.getByLabel('등재가 부당한 이유').fill('10월에 새로 받은 번호입니다.');
  await dialog.getByLabel('신청인').fill('가입자');
  await dialog.getByRole('button', { name: '이의신청 접수' }).click();
  await page.getByText('10월에 새로 받은 번호입니다.').waitFor();

  await other.visit('/appeals');
  await other.page.getByRole('button', { name: '인용' }).click();
  await other.page.getByLabel('이유').fill('재할당 확인');
  await other.page.getByRole('dialog').getByRole('button', { name: '인용' }).click();
  await other.page.getByRole('heading', { name: '이의신청이 없습니다' }).waitFor();
  await other.page.getByRole('radiogroup').getByText('인용').click();
  await other.page.getByText('재할당 확인').waitFor();
  other.assertQuiet();
  await Promise.all([desk.close(), other.close()]);
});

test('a held version is confirmed by a lead, with the consequences in numbers', async () => {
  await submitAndVerify(exchange, mobileNumbers(40, 51));
  const desk = await seat(exchange, browser, 'lead', { language: 'en' }, 'lead of versions');
  const { page } = desk;
  await desk.visit('/versions');
  await page.getByText('Held by the mass-change brake').waitFor();
  await page.getByRole('button', { name: 'Confirm and publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('+40').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Publish now' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('I have looked at what is pending').check();
  await confirm.click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Nothing waits to be published.').waitFor();
  await page
    .getByRole('button', { name: /Show the change of version/ })
    .first()
    .click();
  await page.getByText('Before', { exact: true }).waitFor();
  desk.assertQuiet();
  await desk.close();
});

test('values are protected one by one and by a file, and freed', async () => {
  const [one = '', two = '', three = ''] = mobileNumbers(3, 61);
  const desk = await seat(exchange, browser, 'reviewer', { language: 'en' }, 'reviewer of protection');
  const { page } = desk;
  await desk.visit('/protected');
  await page.getByRole('button', { name: 'Protect a value' }).click();
  await page.getByRole('dialog').getByLabel('Value').fill(one);
  await page.getByRole('dialog').getByRole('button', { name: 'Protect a value' }).click();
  await page.getByRole('cell', { name: `+82${one.slice(1)}` }).waitFor();
  const csv = `list,value,kind\nsender-numbers,${two},government\nsender-numbers,${three},bank\n`;
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'p.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByRole('cell', { name: `+82${three.slice(1)}` }).waitFor();
  await page
    .getByRole('row', { name: `+82${two.slice(1)}` })
    .getByRole('button', { name: 'Lift' })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click();
  await page.getByRole('cell', { name: `+82${two.slice(1)}` }).waitFor({ state: 'detached' });
  await desk.close();
});

test('a refusal is said in the language of who reads it, with the id of the request', async () => {
  const desk = await seat(exchange, browser, 'reviewer', { language: 'ko' }, 'reviewer who mistypes');
  const { page } = desk;
  await desk.visit('/protected');
  await page.getByRole('button', { name: '보호번호 추가' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('값').fill('2123-4567');
  await dialog.getByRole('button', { name: '보호번호 추가' }).click();
  const alert = dialog.getByRole('alert');
  await alert.getByText('읽을 수 없는 값입니다').waitFor();
  await alert.getByText(/요청 번호 [0-9a-f-]{36}/).waitFor();
  await desk.close();
});

test('an administrator adds a person, gives another role, and shuts them out', async () => {
  const desk = await seat(exchange, browser, 'admin', { language: 'en' }, 'admin one');
  const { page } = desk;
  await desk.visit('/people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByLabel('E-mail').fill('someone@example.org');
  await page.getByRole('dialog').getByLabel('Name').fill('Someone');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page
    .getByRole('dialog')
    .getByText(/#\/invitation\//)
    .waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  const row = page.getByRole('row', { name: 'someone@example.org' });
  await row.getByRole('combobox').click();
  await page.getByRole('option', { name: 'Lead' }).click();
  await expect.poll(() => row.getByRole('combobox').inputValue()).toBe('Lead');
  await page.getByRole('button', { name: 'Actions on Someone' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await row.getByText('Suspended').waitFor();
  await page.getByRole('tab', { name: 'Systems' }).click();
  await page.getByRole('cell', { name: 'agency one' }).first().waitFor();
  await desk.assertAccessible();
  await desk.close();
});

test('an auditor reads everything and is offered nothing to change', async () => {
  await submit(exchange, mobileNumbers(2, 71));
  const desk = await seat(exchange, browser, 'auditor', { language: 'en' }, 'auditor one');
  const { page } = desk;
  await desk.visit('/queue');
  await page.getByRole('option').first().waitFor();
  expect(await page.getByRole('button', { name: 'Verify' }).count()).toBe(0);
  await desk.visit('/audit');
  await page.getByRole('cell', { name: 'publishVersion' }).first().waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export NDJSON' }).click();
  expect((await download).suggestedFilename()).toBe('audit-events.ndjson');
  await desk.visit('/versions');
  await page.getByText('Digest').first().waitFor();
  expect(await page.getByRole('button', { name: 'Publish now' }).count()).toBe(0);
  await desk.close();
});

test('a session that ended leads back to the sign-in, and says nothing of what was read', async () => {
  const desk = await seat(exchange, browser, 'reviewer', { language: 'en' }, 'reviewer who leaves');
  const { page } = desk;
  await desk.visit('/entries');
  await page.getByRole('table').waitFor();
  await page.context().clearCookies();
  await page.getByLabel('A number in any spelling').fill('010');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  await desk.close();
});
