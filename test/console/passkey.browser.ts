// A passkey, made and used with a virtual authenticator of the browser. An IP address is no relying party: the
// exchange is known as localhost here.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { launchBrowser } from './browser.ts';
import { seat } from './people.ts';

let exchange: TestExchange;
let browser: Browser;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  const environment = { CHADAN_PORT: String(port), CHADAN_ISSUER: url };
  [exchange, browser] = await Promise.all([startExchange(environment), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await exchange?.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a person adds a passkey, signs in with it, and removes it', async () => {
  const desk = await seat(
    { ...exchange, url },
    browser,
    'reviewer',
    { language: 'en' },
    'reviewer with a key',
  );
  const { page } = desk;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  await desk.visit('/account');
  await page.getByLabel('Name of the device').fill('the desk machine');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('cell', { name: 'the desk machine' }).waitFor();

  await page.getByRole('button', { name: 'reviewer with a key' }).click();
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'reviewer with a key' }).waitFor();

  await desk.visit('/account');
  await page.getByText('Passkey', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('cell', { name: 'the desk machine' }).waitFor({ state: 'detached' });
  desk.assertQuiet();
  await desk.close();
});
