// Signing in at an OpenID provider, a real one on loopback, in a real browser.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { Desk, launchBrowser } from './browser.ts';
import { invite } from './people.ts';

const CLIENT = { client_id: 'chadan', client_secret: 'a secret of this test alone' };

let exchange: TestExchange;
let browser: Browser;
let server: Server;

beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  exchange = await startExchange({
    CHADAN_OIDC_ISSUER: issuer,
    CHADAN_OIDC_CLIENT_ID: CLIENT.client_id,
    CHADAN_OIDC_CLIENT_SECRET: CLIENT.client_secret,
    CHADAN_OIDC_NAME: 'the agency',
  });
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${exchange.url}/v1/session/provider-callback`] }],
    claims: { email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    // Whoever types a name is the person of that address; only some of the addresses are verified.
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: !id.startsWith('unverified'),
      }),
    }),
  });
  server.on('request', provider.callback());
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await exchange?.stop();
});

async function signInAs(name: string): Promise<Desk> {
  const desk = await Desk.open(browser, exchange.url, { language: 'en' });
  const { page } = desk;
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in with the agency' }).click();
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('whatever');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${exchange.url}/**`);
  return desk;
}

test('a person who was added comes in by the provider', async () => {
  await invite(exchange, 'known@example.org', 'reviewer', 'Known Person');
  const desk = await signInAs('known');
  await desk.page.getByRole('button', { name: 'Known Person' }).waitFor();
  desk.assertQuiet();
  await desk.close();
});

test.each(['stranger', 'unverified'])('%s does not come in', async (name) => {
  if (name === 'unverified') await invite(exchange, 'unverified@example.org', 'lead', 'Unverified');
  const desk = await signInAs(name);
  await desk.page.getByText('Ask an administrator for an invitation').waitFor();
  const session = await desk.page.request.get('/v1/session');
  expect(session.status()).toBe(401);
  await desk.close();
});

test('an answer that the browser did not ask for lets nobody in', async () => {
  const { status, text, headers } = await exchange.anonymous.get(
    '/v1/session/provider-callback?code=forged&state=forged',
  );
  expect(status).toBe(200);
  expect(text).toContain('refused');
  expect(String(headers['set-cookie'] ?? '')).not.toMatch(/chadan_session=[^;]/);
});
