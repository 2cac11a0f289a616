// What an authenticator is set up with is of no use to whoever reads, or writes, the database alone.
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuthenticatorSecrets } from '../../src/identity/authenticator-secrets.ts';
import { startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { PASSWORD, type Person, totpOf } from '../setup/person.ts';

describe('an encrypted secret', () => {
  const secrets = new AuthenticatorSecrets(randomBytes(32));

  test('is opened for its person, and is another text each time', () => {
    const sealed = secrets.seal('ann', 'JBSWY3DPEHPK3PXP');
    expect(secrets.open('ann', sealed)).toBe('JBSWY3DPEHPK3PXP');
    expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
    expect(secrets.seal('ann', 'JBSWY3DPEHPK3PXP')).not.toBe(sealed);
  });

  test('is opened neither for another person, nor with another key, nor changed, nor when it is none', () => {
    const sealed = secrets.seal('ann', 'JBSWY3DPEHPK3PXP');
    expect(secrets.open('bob', sealed)).toBeUndefined();
    expect(new AuthenticatorSecrets(randomBytes(32)).open('ann', sealed)).toBeUndefined();
    const [nonce = '', text = ''] = sealed.split('.');
    const flipped = Buffer.from(text, 'base64url').map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    expect(secrets.open('ann', `${nonce}.${Buffer.from(flipped).toString('base64url')}`)).toBeUndefined();
    for (const none of ['', '.', 'JBSWY3DPEHPK3PXP', `${nonce}.`, `${nonce}.AAAA`, `.${text}`])
      expect(secrets.open('ann', none), none).toBeUndefined();
  });
});

describe('at an exchange', () => {
  let exchange: TestExchange;
  let person: Person;
  beforeAll(async () => {
    exchange = await startExchange();
    person = await exchange.person('reviewer');
  });
  afterAll(() => exchange.stop());

  const keyFile = () => join(exchange.directory, 'keys', 'authenticator.json');

  async function signIn(url: string) {
    // Each code is good once: the next one is of a later time.
    exchange.setTime(new Date(exchange.now().getTime() + 60_000));
    const totp = totpOf(person.totpSecret, exchange.now());
    return fetch(`${url}/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: person.email, password: PASSWORD, totp }),
    });
  }

  test('no secret stands in the database, and its key is readable by one user alone', async () => {
    const { rows } = await sql<{ all: string }>`
      select (select string_agg(p::text, '') from person p) || coalesce((select string_agg(i::text, '') from invitation i), '') as all`.execute(
      exchange.db,
    );
    expect(rows[0]?.all).toContain(person.email);
    expect(rows[0]?.all).not.toContain(person.totpSecret);
    if (process.platform !== 'win32') expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(keyFile(), 'utf8'))).toEqual({
      kty: 'oct',
      k: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test('what stood there in plain text is encrypted by the next start, and lets its person in', async () => {
    const { body } = await exchange.admin.post(`/v1/users/${person.id}/invitation`).expect(201);
    const token = String(body.url).split('/').at(-1);
    const opened = await exchange.anonymous.post('/v1/invitations/opening').send({ token }).expect(200);
    await sql`update person set totp_secret = ${person.totpSecret} where id = ${person.id}`.execute(
      exchange.db,
    );
    await sql`update invitation set totp_secret = ${opened.body.totpSecret}`.execute(exchange.db);
    const second = await startSecond(exchange);
    try {
      const { rows } = await sql<{ secret: string }>`
        select totp_secret as secret from person where totp_secret is not null
        union all select totp_secret from invitation`.execute(exchange.db);
      expect(rows.length).toBeGreaterThan(1);
      for (const { secret } of rows) expect(secret).toMatch(/^[\w-]{16}\.[\w-]+$/);
      expect((await signIn(second.url)).status).toBe(201);
      const again = await exchange.anonymous.post('/v1/invitations/opening').send({ token }).expect(200);
      expect(again.body.totpSecret).toBe(opened.body.totpSecret);
    } finally {
      await second.stop();
    }
  });

  test("one person's secret is of no use to another", async () => {
    const other = await exchange.person('lead');
    const { rows } = await sql<{ secret: string }>`
      select totp_secret as secret from person where id = ${person.id}`.execute(exchange.db);
    await sql`
      update person set totp_secret = (select totp_secret from person where id = ${other.id})
       where id = ${person.id}`.execute(exchange.db);
    expect((await signIn(exchange.url)).status).toBe(401);
    await sql`update person set totp_secret = ${rows[0]?.secret} where id = ${person.id}`.execute(
      exchange.db,
    );
    expect((await signIn(exchange.url)).status).toBe(201);
  });

  test('a server without the key, with another, or with one that others can read, does not start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-key-'));
    try {
      const keys = join(directory, 'keys');
      await cp(join(exchange.directory, 'keys'), keys, { recursive: true });
      const start = () => startSecond(exchange, { CHADAN_DATA: directory });
      const copy = join(keys, 'authenticator.json');
      await rm(copy);
      await expect(start()).rejects.toThrow('copy the keys directory of its first server here');
      await cp(join(exchange.directory, 'keys', 'token.json'), copy);
      await expect(start()).rejects.toThrow('holds no key of 256 bits');

      const another = { kty: 'oct', k: randomBytes(32).toString('base64url') };
      await writeFile(copy, JSON.stringify(another), { mode: 0o600 });
      await expect(start()).rejects.toThrow('is not the key of this exchange');
      await cp(keyFile(), copy);
      if (process.platform !== 'win32') {
        await chmod(copy, 0o644);
        await expect(start()).rejects.toThrow('others can read');
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
