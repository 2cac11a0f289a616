// The log of real flows, at its most talkative, holds no secret and no text of evidence.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog, serializeError } from '../../src/operate/log.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit, submitAndVerify } from '../setup/walk.ts';

const SAMPLE = 'win big tonight at the-casino.example';
const PROVIDER_SECRET = 'hunter2-of-the-provider';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const lines: string[] = [];
let exchange: TestExchange;
beforeAll(async () => {
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  exchange = await startExchange(
    {
      CHADAN_OIDC_ISSUER: 'http://127.0.0.1:1', // nobody listens there: signing in by it fails, and says so
      CHADAN_OIDC_CLIENT_ID: 'chadan',
      CHADAN_OIDC_CLIENT_SECRET: PROVIDER_SECRET,
    },
    { log },
  );
});
afterAll(() => exchange.stop());

interface Line {
  level: number;
  msg: string;
  requestId?: string;
  traceId?: string;
  operation?: string;
  clientId?: string;
  method?: string;
  status?: number | string;
  ms?: number;
  err?: { message: string; code?: string };
}
const parsed = () => lines.map((line) => JSON.parse(line) as Line);

/** Waits for the line of a request: it is written when the answer is out. */
async function lineOf(requestId: string | undefined): Promise<Line> {
  const find = () => parsed().find((line) => line.msg === 'request' && line.requestId === requestId);
  await expect.poll(find).toBeDefined();
  return find() as Line;
}

/** Every secret that the flows use, by a name for the failure. */
async function secretsOf(parties: Party[]): Promise<Record<string, string>> {
  const secrets: Record<string, string> = { PROVIDER_SECRET, SAMPLE };
  for (const party of parties) {
    secrets[`token of ${party.clientId}`] = await party.token();
    secrets[`key of ${party.clientId}`] = (party.credentials.privateKey as { d: string }).d;
  }
  const password = new URL(exchange.databaseUrl).password;
  if (password !== '') secrets['database password'] = password;
  for (const name of ['root.json'])
    secrets[name] = (
      JSON.parse(await readFile(join(exchange.directory, 'keys', name), 'utf8')) as { d: string }
    ).d;
  return secrets;
}

test('a line of a request says who, what, how it ended and how long it took', async () => {
  const relay = await exchange.party('relay');
  const answer = await relay
    .get('/v1/lists/sender-numbers/manifest')
    .set('traceparent', `00-${TRACE}-00f067aa0ba902b7-01`);
  const line = await lineOf(answer.get('X-Request-Id'));
  expect(line).toMatchObject({
    operation: 'getManifest',
    clientId: relay.clientId,
    method: 'GET',
    status: 200,
    traceId: TRACE,
  });
  expect(line.ms).toBeGreaterThanOrEqual(0);
  expect(line.level).toBe(20);
  const made = await exchange.admin
    .post('/v1/organizations', { name: 'A new one', kind: 'relay' })
    .expect(201);
  expect(await lineOf(made.get('X-Request-Id'))).toMatchObject({
    operation: 'createOrganization',
    level: 30,
  });
});

test('a trace that is none is no trace', async () => {
  for (const bad of ['hunter2', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `00-${TRACE}-0-01`]) {
    const answer = await exchange.anonymous.get('/healthz').set('traceparent', bad);
    expect((await lineOf(answer.get('X-Request-Id'))).traceId).toBeUndefined();
  }
});

test('no token, key, cookie, password, code, sample or query is in the log of all flows, whatever fails', async () => {
  const parties = [exchange.admin];
  for (const role of ['carrier', 'agency', 'relay'] as const) parties.push(await exchange.party(role));
  const [, carrier, , relay] = parties as [Party, Party, Party, Party];
  const number = mobileNumbers(1, 901)[0] as string;
  await submit(exchange, [number], 'carrier one', { sample: SAMPLE });
  const { body: cases } = await (await exchange.party('agency')).get('/v1/cases').expect(200);
  await (await exchange.party('agency')).get(`/v1/cases/${cases.items[0].id}`).expect(200);
  await submitAndVerify(exchange, mobileNumbers(3, 902));
  await publish(exchange);
  const lead = await exchange.person('lead');
  await lead.get('/v1/session').expect(200);
  await lead.put('/v1/session/password', { current: 'wrong password!', new: 'hunter2 hunter2 hunter2' });
  const wrong = { email: lead.email, password: 'a-wrong-password-1', totp: '123456' };
  expect((await exchange.anonymous.post('/v1/session').send(wrong)).status).toBe(401);
  await exchange.anonymous.post('/v1/session/provider/requests').send({});
  await carrier
    .post('/v1/submissions', `{"candidates": [{"sample": "${SAMPLE}`)
    .set('Content-Type', 'application/json');
  await carrier.post('/v1/submissions', `kind\n${SAMPLE}`).set('Content-Type', 'text/csv');
  await relay.get('/v1/lists/sender-numbers/entries/01099998888');
  await exchange.anonymous.get('/v1/lists').set('Authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.');
  await exchange.anonymous
    .post('/oauth/token')
    .type('form')
    .send({ client_assertion: 'an-assertion-that-is-none' });
  const secrets: Record<string, string> = {
    ...(await secretsOf(parties)),
    'session cookie': (await lead.cookie()).split('=')[1] as string,
    'csrf token': await lead.csrfToken(),
    password: lead.password,
    'wrong password': wrong.password,
    'new password': 'hunter2 hunter2 hunter2',
    'authenticator secret': lead.totpSecret,
    'bad token': 'eyJhbGciOiJub25lIn0',
    'bad assertion': 'an-assertion-that-is-none',
    'asked value': '01099998888',
  };
  const all = lines.join('');
  expect(parsed().length).toBeGreaterThan(30);
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(5);
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      expect(all.includes(form), `${name} is in the log`).toBe(false);
  }
});

test('what PostgreSQL quotes of a row, or of what it could not read, is not written down', async () => {
  const refusals = [
    sql`insert into organization (name, kind) values (${'hunter2'}, 'relay'), (${'hunter2'}, 'relay')`,
    sql`insert into organization (id, name, kind) values (${randomUUID()}, ${'hunter2'}, 'hunter2')`,
    sql`select ${'hunter2'}::uuid`,
    sql`select ${'hunter2'}::text::integer`,
  ];
  for (const refusal of refusals) {
    const error = await refusal.execute(exchange.db).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    const written = serializeError(new Error('request failed', { cause: error })) as {
      cause: { code: string };
    };
    expect(written.cause.code).toMatch(/^2[23]/);
    expect(JSON.stringify(written)).not.toContain('hunter2');
  }
});

test('an error is written with its causes, and what is no error by its kind alone', () => {
  const error = new TypeError('outer', { cause: new Error('inner') });
  expect(serializeError(error)).toMatchObject({
    type: 'TypeError',
    message: 'outer',
    stack: expect.stringContaining('at '),
    cause: { type: 'Error', message: 'inner' },
  });
  expect(serializeError('hunter2')).toEqual({ type: 'string' });
});
