// People of the agency at their browsers.
import { TOTP } from 'otpauth';
import type { Browser } from 'playwright-core';
import type { TestExchange } from '../setup/exchange.ts';
import { Desk, type Look } from './browser.ts';

export type Role = 'reviewer' | 'lead' | 'admin' | 'auditor';

export interface Person {
  email: string;
  password: string;
  /** What the authenticator shows, `steps` of 30 seconds from now; each is good once. */
  code: (steps?: number) => string;
}

const PASSWORD = 'five words that nobody guesses';

/** Adds a person; the link of the invitation. */
export async function invite(
  exchange: TestExchange,
  email: string,
  role: Role,
  name: string,
): Promise<string> {
  await exchange.party('agency');
  const { body } = await exchange.admin.post('/v1/users', { email, role, name }).expect(201);
  return body.invitation.url as string;
}

/** A person who is signed in, at a browser of their own. */
export async function seat(
  exchange: TestExchange,
  browser: Browser,
  role: Role,
  look: Look,
  name = `${role} one`,
): Promise<Desk & { person: Person }> {
  const email = `${name.replaceAll(' ', '.')}@example.org`;
  const token = (await invite(exchange, email, role, name)).split('/').at(-1) as string;
  const opened = await exchange.anonymous.post('/v1/invitations/opening').send({ token }).expect(200);
  const totp = new TOTP({ secret: opened.body.totpSecret as string });
  const person: Person = {
    email,
    password: PASSWORD,
    code: (steps = 0) => totp.generate({ timestamp: exchange.now().getTime() + steps * 30_000 }),
  };
  const accepted = await exchange.anonymous
    .post('/v1/invitations/acceptance')
    .send({ token, password: PASSWORD, totp: person.code() })
    .expect(201);
  const [cookie = ''] = accepted.get('Set-Cookie') ?? [];
  const [, cookieName = '', value = ''] = /^([^=]+)=([^;]+)/.exec(cookie) ?? [];
  const desk = await Desk.open(browser, exchange.url, look);
  await desk.page.context().addCookies([{ name: cookieName, value, url: exchange.url, httpOnly: true }]);
  return Object.assign(desk, { person });
}
