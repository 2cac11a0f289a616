// A person at the console for a test: invited by the administrator, with password and authenticator, and a session
// that is begun anew when the clock was moved past it.

import { TOTP } from 'otpauth';
import supertest from 'supertest';
import type { Party } from './exchange.ts';
import { lateRequests } from './late-requests.ts';

export type PersonRole = 'reviewer' | 'lead' | 'admin' | 'auditor';

export interface Person {
  id: string;
  email: string;
  password: string;
  totpSecret: string;
  cookie: () => Promise<string>;
  csrfToken: () => Promise<string>;
  get: (path: string) => supertest.Test;
  post: (path: string, body?: string | object) => supertest.Test;
  put: (path: string, body?: object) => supertest.Test;
  patch: (path: string, body: object) => supertest.Test;
  delete: (path: string) => supertest.Test;
}

export const PASSWORD = 'correct horse battery staple';
const GOOD_FOR_MS = 20 * 60_000;

/** What the authenticator shows. */
export function totpOf(secret: string, at: Date): string {
  return new TOTP({ secret }).generate({ timestamp: at.getTime() });
}

/** The cookie of an answer, as a browser would send it back. */
export function cookieOf(headers: Record<string, unknown>): string {
  const cookies = (headers['set-cookie'] ?? []) as string[];
  return String(cookies[0]).split(';', 1)[0] ?? '';
}

interface Session {
  cookie: string;
  csrfToken: string;
  goodUntil: number;
}

/** Adds a person and signs them in by their invitation. */
export async function signUp(
  exchange: { url: string; admin: Party; now: () => Date },
  who: { email: string; role: PersonRole; name: string; organizationId?: string },
): Promise<Person> {
  const { url, admin, now } = exchange;
  const { body: user } = await admin.post('/v1/users', who).expect(201);
  const token = String(user.invitation.url).split('/').at(-1);
  const { body: opened } = await supertest(url).post('/v1/invitations/opening').send({ token }).expect(200);
  const totpSecret = opened.totpSecret as string;
  const accepted = await supertest(url)
    .post('/v1/invitations/acceptance')
    .send({ token, password: PASSWORD, totp: totpOf(totpSecret, now()) })
    .expect(201);
  const toSession = ({ headers, body }: supertest.Response): Session => ({
    cookie: cookieOf(headers),
    csrfToken: body.csrfToken as string,
    goodUntil: now().getTime() + GOOD_FOR_MS,
  });
  let held = Promise.resolve(toSession(accepted));
  const signIn = async () =>
    toSession(
      await supertest(url)
        .post('/v1/session')
        .send({ email: who.email, password: PASSWORD, totp: totpOf(totpSecret, now()) })
        .expect(201),
    );
  const session = async () => {
    const current = await held;
    if (now().getTime() > current.goodUntil) held = signIn();
    return held;
  };
  return {
    id: user.id as string,
    email: who.email,
    password: PASSWORD,
    totpSecret,
    cookie: async () => (await session()).cookie,
    csrfToken: async () => (await session()).csrfToken,
    ...lateRequests(url, async () => {
      const { cookie, csrfToken } = await session();
      return { Cookie: cookie, 'X-CSRF-Token': csrfToken };
    }),
  };
}
