// People of the agency at their browsers.
import type { Browser } from 'playwright-core';
import type { TestExchange } from '../setup/exchange.ts';
import { type PersonRole, signUp } from '../setup/person.ts';
import { Desk, type Look } from './browser.ts';

/** Adds a person; the link of the invitation. */
export async function invite(
  exchange: TestExchange,
  email: string,
  role: PersonRole,
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
  role: PersonRole,
  look: Look,
  name = `${role} one`,
): Promise<Desk> {
  await exchange.party('agency');
  const person = await signUp(exchange, { email: `${name.replaceAll(' ', '.')}@example.org`, role, name });
  const [cookieName = '', value = ''] = (await person.cookie()).split('=', 2);
  const desk = await Desk.open(browser, exchange.url, look);
  await desk.page.context().addCookies([{ name: cookieName, value, url: exchange.url, httpOnly: true }]);
  return desk;
}
