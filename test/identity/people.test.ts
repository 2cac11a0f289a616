// People at the door: invitations, signing in, sessions, and what ends them.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { cookieOf, PASSWORD, totpOf } from '../setup/person.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
  exchange.stopTime();
  await exchange.party('agency');
});
afterAll(() => exchange.stop());

const step = () => exchange.setTime(new Date(exchange.now().getTime() + 31_000));

async function invite(email: string, role = 'reviewer') {
  const { body } = await exchange.admin.post('/v1/users', { email, role }).expect(201);
  return { id: body.id as string, token: String(body.invitation.url).split('#/invitation/')[1] ?? '', body };
}

async function open(token: string) {
  return exchange.anonymous.post('/v1/invitations/opening').send({ token });
}

async function accept(token: string, totpSecret: string, more: object = {}) {
  const totp = totpOf(totpSecret, exchange.now());
  return exchange.anonymous
    .post('/v1/invitations/acceptance')
    .send({ token, password: PASSWORD, totp, ...more });
}

const signIn = (email: string, totp: string, password = PASSWORD) =>
  exchange.anonymous.post('/v1/session').send({ email, password, totp });

const whoIs = (cookie: string) => exchange.anonymous.get('/v1/session').set('Cookie', cookie);

describe('an invitation', () => {
  test('lets a person set password and authenticator, once, and signs them in', async () => {
    const { id, token, body } = await invite('Kim@Agency.example', 'lead');
    expect(body).toMatchObject({ email: 'kim@agency.example', state: 'invited', organization: 'agency one' });
    const opened = await open(token);
    expect(opened.body).toMatchObject({ email: 'kim@agency.example', role: 'lead' });
    expect(opened.body.totpUri).toContain(opened.body.totpSecret);
    const accepted = await accept(token, opened.body.totpSecret, { name: 'Kim' });
    expect(accepted.status).toBe(201);
    expect(accepted.body).toMatchObject({
      method: 'invitation',
      scopes: ['review', 'publish'],
      user: { id, name: 'Kim' },
    });
    expect(String(accepted.headers['set-cookie'])).toMatch(
      /^chadan_session=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Strict$/,
    );
    expect((await whoIs(cookieOf(accepted.headers))).body.user.state).toBe('active');
    expect((await open(token)).status).toBe(404);
    expect((await accept(token, opened.body.totpSecret)).status).toBe(404);
  });

  test('is not accepted with a wrong code or a short password, and ends after a week', async () => {
    const { token } = await invite('lee@agency.example');
    const { totpSecret } = (await open(token)).body;
    expect((await accept(token, totpSecret, { totp: '000000' })).body.code).toBe('invalid_credentials');
    expect((await accept(token, totpSecret, { password: 'too short' })).status).toBe(400);
    const start = exchange.now();
    exchange.setTime(new Date(start.getTime() + 7 * 86_400_000 + 1000));
    expect((await accept(token, totpSecret)).status).toBe(404);
    exchange.setTime(start);
    expect((await accept(token, totpSecret)).status).toBe(201);
  });

  test('is void once another is made, and who lost their authenticator comes back by it', async () => {
    const person = await exchange.person('reviewer', 'forgetful');
    const first = await exchange.admin.post(`/v1/users/${person.id}/invitation`).expect(201);
    const second = await exchange.admin.post(`/v1/users/${person.id}/invitation`).expect(201);
    const tokenOf = (url: string) => url.split('#/invitation/')[1] ?? '';
    expect((await open(tokenOf(first.body.url))).status).toBe(404);
    const { totpSecret } = (await open(tokenOf(second.body.url))).body;
    expect(totpSecret).not.toBe(person.totpSecret);
    expect((await accept(tokenOf(second.body.url), totpSecret)).status).toBe(201);
    await person.get('/v1/session').expect(401);
    step();
    expect((await signIn(person.email, totpOf(person.totpSecret, exchange.now()))).status).toBe(401);
    expect((await signIn(person.email, totpOf(totpSecret, exchange.now()))).status).toBe(201);
  });

  test('of the first administrator is in a file that nobody else may read, until somebody is one', async () => {
    const file = join(exchange.directory, 'invitation.txt');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const [, token = ''] = (await readFile(file, 'utf8')).trim().split('#/invitation/');
    const opened = await open(token);
    expect(opened.body).toMatchObject({ email: 'administrator@localhost', role: 'admin' });
    const accepted = await accept(token, opened.body.totpSecret, {
      email: 'Root@Agency.example',
      name: 'Root',
    });
    expect(accepted.body.user).toMatchObject({ email: 'root@agency.example', role: 'admin', name: 'Root' });
    const { id } = accepted.body.user;
    const refused = await exchange.admin.patch(`/v1/users/${id}`, { suspended: true }).expect(409);
    expect(refused.body.code).toBe('last_administrator');
  });
});

describe('signing in', () => {
  test('takes password and code together, and each code once', async () => {
    const person = await exchange.person('reviewer', 'park');
    step();
    const code = totpOf(person.totpSecret, exchange.now());
    expect((await signIn(person.email, code, 'not the password')).body.code).toBe('invalid_credentials');
    expect((await signIn(person.email.toUpperCase(), code)).status).toBe(201);
    expect((await signIn(person.email, code)).body.code).toBe('invalid_credentials');
    step();
    expect((await signIn(person.email, totpOf(person.totpSecret, exchange.now()))).status).toBe(201);
  });

  test('has to wait after five failures, longer each time, and says the same of who is not there', async () => {
    const person = await exchange.person('reviewer', 'target');
    step();
    for (const email of [person.email, 'nobody@agency.example']) {
      const answers = [];
      for (let i = 0; i < 6; i++) answers.push(await signIn(email, '000000'));
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
      expect(answers[5]?.headers['retry-after']).toBe('30');
      expect(answers[5]?.body.code).toBe('too_many_attempts');
    }
    expect((await signIn(person.email, totpOf(person.totpSecret, exchange.now()))).status).toBe(429);
    step();
    expect((await signIn(person.email, '000000')).status).toBe(401);
    const longer = await signIn(person.email, '000000');
    expect([longer.status, longer.headers['retry-after']]).toEqual([429, '60']);
    step();
    step();
    expect((await signIn(person.email, totpOf(person.totpSecret, exchange.now()))).status).toBe(201);
  });

  test('many guesses at one moment get no more than the five', async () => {
    const person = await exchange.person('reviewer', 'crowded');
    step();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(person.email, '000000')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });
});

describe('a session', () => {
  test('ends when nothing is done for half an hour, and after twelve hours whatever is done', async () => {
    const person = await exchange.person('reviewer', 'idle');
    const cookie = await person.cookie();
    const start = exchange.now();
    exchange.setTime(new Date(start.getTime() + 29 * 60_000));
    await whoIs(cookie).expect(200);
    exchange.setTime(new Date(start.getTime() + 58 * 60_000));
    await whoIs(cookie).expect(200);
    exchange.setTime(new Date(start.getTime() + 89 * 60_000));
    await whoIs(cookie).expect(401);
    const again = await person.cookie();
    const signedIn = exchange.now().getTime();
    for (let minutes = 0; minutes < 12 * 60; minutes += 25) {
      exchange.setTime(new Date(signedIn + minutes * 60_000));
      await whoIs(again).expect(200);
    }
    exchange.setTime(new Date(signedIn + 12 * 60 * 60_000));
    await whoIs(again).expect(401);
  });

  test('that is over for one browser is over for all when the person says so', async () => {
    const person = await exchange.person('reviewer', 'everywhere');
    step();
    const second = await signIn(person.email, totpOf(person.totpSecret, exchange.now()));
    const cookie = cookieOf(second.headers);
    const { body } = await person.get('/v1/sessions').expect(200);
    expect(body.items).toHaveLength(2);
    expect(body.items.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    await person.delete('/v1/sessions').expect(204);
    await whoIs(cookie).expect(401);
    await person.get('/v1/session').expect(401);
  });

  test('of others ends with another password, the one that asks stays', async () => {
    const person = await exchange.person('reviewer', 'careful');
    step();
    const other = cookieOf((await signIn(person.email, totpOf(person.totpSecret, exchange.now()))).headers);
    step();
    const newPassword = 'another horse, another battery';
    const totp = totpOf(person.totpSecret, exchange.now());
    await person.put('/v1/session/password', { password: 'wrong', totp, newPassword }).expect(401);
    await person.put('/v1/session/password', { password: PASSWORD, totp, newPassword }).expect(204);
    await whoIs(other).expect(401);
    await person.get('/v1/session').expect(200);
    step();
    expect((await signIn(person.email, totpOf(person.totpSecret, exchange.now()), newPassword)).status).toBe(
      201,
    );
  });

  test('ends with another role, and what its person held is free again', async () => {
    await (await exchange.party('carrier'))
      .post('/v1/submissions', {
        candidates: [{ type: 'sender_number', value: '01087654321', category: 'travel', reports: 9 }],
      })
      .expect(201);
    const person = await exchange.person('reviewer', 'promoted');
    const { body } = await person.post('/v1/cases/claims', { limit: 1, category: 'travel' }).expect(201);
    expect(body.items[0].claim).toMatchObject({ by: person.id, name: 'promoted' });
    await exchange.admin.patch(`/v1/users/${person.id}`, { role: 'lead' }).expect(200);
    await person.get('/v1/session').expect(401);
    const agency = await exchange.party('agency');
    expect((await agency.get(`/v1/cases/${body.items[0].id}`).expect(200)).body.claim).toBeNull();
  });

  test('has no secret of its own in the database', async () => {
    const person = await exchange.person('reviewer', 'hashed');
    const secret = (await person.cookie()).split('=')[1] ?? '';
    const rows = await exchange.db.selectFrom('person_session').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
    const people = await exchange.db.selectFrom('person').select('password').execute();
    expect(people.every(({ password }) => password === null || password.startsWith('scrypt$15$8$3$'))).toBe(
      true,
    );
  });
});

test('a role must fit the organisation, and an address is one person', async () => {
  const { organizationId } = await exchange.party('carrier');
  const misfit = await exchange.admin
    .post('/v1/users', { email: 'x@agency.example', role: 'reviewer', organizationId })
    .expect(409);
  expect(misfit.body.code).toBe('role_does_not_fit');
  await invite('twice@agency.example');
  const twice = await exchange.admin.post('/v1/users', { email: 'TWICE@agency.example', role: 'auditor' });
  expect([twice.status, twice.body.code]).toEqual([409, 'already_exists']);
});

test('people are listed by address, in pages', async () => {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body }: { body: { items: { email: string }[]; next: string | null } } = await exchange.admin
      .get(`/v1/users?limit=3${query}`)
      .expect(200);
    seen.push(...body.items.map(({ email }) => email));
    cursor = body.next;
  }
  expect(seen).toEqual(seen.toSorted());
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain('twice@agency.example');
});
