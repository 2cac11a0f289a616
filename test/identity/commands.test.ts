// `chadan client …` and `chadan organization …` as an administrator types them, against a running exchange.
import { generateKeyPairSync } from 'node:crypto';
import { access, chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readCredentials, writeCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { addIdentityCommands } from '../../src/identity/commands.ts';
import { exportPrivateJwk, generateKey, thumbprint } from '../../src/list/jwk.ts';
import { runWords } from '../setup/command.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { createInstance, firstAdministrator } from './small-exchange.ts';

const rootKey = generateKey().publicJwk;
let database: TestDatabase;
let server: Server;
let directory: string;
let admin: string;
let issuer: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-commands-'));
  database = await createTestDatabase();
  server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = {
    get time() {
      return new Date();
    },
  };
  server.on('request', await createInstance(database.db, clock, issuer));
  const { id: clientId, key } = await firstAdministrator(database.db, clock);
  admin = join(directory, 'admin.json');
  await writeCredentials(admin, { issuer, clientId, privateKey: exportPrivateJwk(key), rootKey });
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  await database.drop();
  await rm(directory, { recursive: true });
});

/** What a command prints, and how it ends. */
const run = (...words: string[]) => runWords(addIdentityCommands, [...words, '--credentials', admin]);

const party = (org: string, kind: string, role: string, name: string) => [
  'client',
  'add',
  '--org',
  org,
  '--kind',
  kind,
  '--role',
  role,
  '--name',
  name,
];

async function json(...words: string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse((await run(...words, '--json')).out);
}

test('a client is added with its organisation, and its credentials sign in', async () => {
  const file = join(directory, 'kt.json');
  const { code, out, err } = await run(...party('KT', 'carrier', 'carrier', 'intake'), '--out', file);
  expect([code, err]).toEqual([0, '']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const credentials = await readCredentials(file);
  expect(credentials).toMatchObject({ issuer, clientId: out.trim(), rootKey });
  const client = new ExchangeClient(credentials);
  expect(await client.requestJson('/v1/submissions')).toEqual({ items: [], next: null });
});

test('a second client joins the organisation that is there', async () => {
  const file = join(directory, 'second.json');
  await run(...party('Twofold', 'relay', 'relay', 'one'), '--out', join(directory, 'first.json'));
  expect((await run(...party('Twofold', 'relay', 'relay', 'two'), '--out', file)).code).toBe(0);
  const organizations = await json('organization', 'list');
  expect(organizations.filter(({ name }) => name === 'Twofold')).toHaveLength(1);
});

test('a file that exists is not touched, and nothing is registered', async () => {
  const file = join(directory, 'taken.json');
  await writeFile(file, 'precious');
  const { code, err } = await run(...party('Unborn', 'relay', 'relay', 'x'), '--out', file);
  expect([code, err]).toEqual([1, `chadan: ${file} exists already: choose another name\n`]);
  expect(await readFile(file, 'utf8')).toBe('precious');
  const elsewhere = await run(
    ...party('Unborn', 'relay', 'relay', 'x'),
    '--out',
    join(directory, 'no/such/x.json'),
  );
  expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringContaining('cannot be written (ENOENT)')]);
  expect((await run('organization', 'list')).out).not.toContain('Unborn');
});

test('an organisation of that name and another kind is an error', async () => {
  await run(...party('Daou', 'relay', 'relay', 'gate'), '--out', join(directory, 'daou.json'));
  const file = join(directory, 'daou-carrier.json');
  const { code, err } = await run(...party('Daou', 'carrier', 'carrier', 'gate'), '--out', file);
  expect([code, err]).toEqual([1, 'chadan: the organisation Daou is of kind relay, not carrier\n']);
  await expect(access(file)).rejects.toThrow('ENOENT');
});

test('a role that does not fit is refused before the organisation is registered', async () => {
  const { code, err } = await run(
    ...party('Misfit', 'relay', 'agency', 'x'),
    '--out',
    join(directory, 'misfit.json'),
  );
  expect([code, err]).toEqual([
    1,
    'chadan: The role agency is for an organisation of kind agency, not relay.\n',
  ]);
  expect((await run('organization', 'list')).out).not.toContain('Misfit');
});

test('a name that is taken leaves no file', async () => {
  const words = party('Repeated', 'relay', 'relay', 'gate');
  await run(...words, '--out', join(directory, 'repeated.json'));
  const file = join(directory, 'repeated-again.json');
  const { code, err } = await run(...words, '--out', file);
  expect([code, err]).toEqual([1, expect.stringContaining('(already_exists)')]);
  await expect(access(file)).rejects.toThrow('ENOENT');
});

test('a key made elsewhere is registered, from a JWK or from PEM, and the private key is not needed', async () => {
  const jwk = generateKey();
  const jwkFile = join(directory, 'elsewhere.jwk');
  await writeFile(jwkFile, JSON.stringify(jwk.publicJwk));
  const { out } = await run(...party('Elsewhere', 'relay', 'relay', 'jwk'), '--public-key', jwkFile);
  const pemFile = join(directory, 'elsewhere.pem');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(pemFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const issued = await run(...party('Elsewhere', 'relay', 'relay', 'pem'), '--public-key', pemFile, '--json');
  expect(JSON.parse(issued.out)).toEqual({ issuer, rootKey, clientId: expect.any(String) });
  const clients = await json('client', 'list');
  expect(clients.find(({ id }) => id === out.trim())).toMatchObject({ name: 'jwk', keys: [jwk.publicJwk] });
});

test('a private key, a key on another curve and a file that is no key are refused without quoting them', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const contents: [string, string][] = [
    [pem, 'holds a private key'],
    [JSON.stringify(exportPrivateJwk(generateKey())), 'holds a private key'],
    [
      JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })),
      'P-256',
    ],
    ['-----BEGIN PUBLIC KEY-----\nsecret\n-----END PUBLIC KEY-----', 'holds no public key'],
    ['secret', 'holds no public key'],
    ['null', 'holds no public key'],
    ['[]', 'P-256'],
  ];
  for (const [content, reason] of contents) {
    const file = join(directory, 'bad.key');
    await writeFile(file, content);
    const { code, err } = await run(...party('Refused', 'relay', 'relay', 'x'), '--public-key', file);
    expect([code, err]).toEqual([1, expect.stringContaining(reason)]);
    expect(err).not.toContain('secret');
    expect(err.split('\n')).toHaveLength(2);
  }
  expect(
    (await run(...party('Refused', 'relay', 'relay', 'x'), '--public-key', join(directory, 'none'))).err,
  ).toContain('ENOENT');
  expect((await run('organization', 'list')).out).not.toContain('Refused');
});

test('without --out and --public-key, or with both, it says what to give', async () => {
  expect((await run(...party('X', 'relay', 'relay', 'x'))).err).toBe(
    'chadan: give --out FILE or --public-key FILE\n',
  );
  await expect(run(...party('X', 'relay', 'relay', 'x'), '--out', 'a', '--public-key', 'b')).rejects.toThrow(
    /cannot be used with/,
  );
  await expect(run(...party('X', 'bank', 'relay', 'x'), '--out', 'a')).rejects.toThrow(/Allowed choices/);
});

test('a client whose credentials cannot be written is revoked again', async () => {
  const file = join(directory, 'vanishing.json');
  // Someone else takes the name between the check and the end.
  const original = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (String(input).endsWith('/v1/clients')) await writeFile(file, 'taken');
    return original(input, init);
  });
  const { code, err } = await run(...party('Vanishing', 'relay', 'relay', 'gate'), '--out', file);
  spy.mockRestore();
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/exists already.*; client [0-9a-f-]{36} was revoked again/),
  ]);
  const clients = await json('client', 'list');
  expect(clients.find(({ organization }) => organization === 'Vanishing')?.['revokedAt']).not.toBeNull();
});

test('a client gets a further key, and is revoked', async () => {
  const file = join(directory, 'rotating.json');
  const { out } = await run(...party('Rotating', 'relay', 'relay', 'gate'), '--out', file);
  const id = out.trim();
  const next = generateKey();
  const keyFile = join(directory, 'next.jwk');
  await writeFile(keyFile, JSON.stringify(next.publicJwk));
  expect(await run('client', 'add-key', id, '--public-key', keyFile)).toEqual({
    code: 0,
    out: `${next.kid}\n`,
    err: '',
  });
  const { privateKey } = await readCredentials(file);
  const [client] = (await json('client', 'list')).filter((one) => one['id'] === id);
  const kids = ((client?.['keys'] ?? []) as { kid: string }[]).map(({ kid }) => kid);
  expect(kids).toEqual([next.kid, thumbprint(privateKey)]);
  expect(await run('client', 'revoke', id)).toEqual({ code: 0, out: 'revoked\n', err: '' });
  const line = (await run('client', 'list')).out.split('\n').find((row) => row.startsWith(id));
  expect(line).toMatch(/^[0-9a-f-]{36}\tRotating\trelay\tgate\trevoked 20/);
  expect((await run('client', 'revoke', generateKey().kid)).code).toBe(1);
});

test('lists are walked to their end, page by page', async () => {
  const original = globalThis.fetch;
  let pages = 0;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    if (String(input).includes('/v1/clients?')) pages++;
    return original(String(input).replace('limit=1000', 'limit=2'), init);
  });
  const clients = await json('client', 'list');
  spy.mockRestore();
  expect(pages).toBeGreaterThan(3);
  expect(clients).toHaveLength(
    Number((await database.pool.query('select count(*) from client')).rows[0].count),
  );
});

test('credentials that others could have written are not used', async () => {
  await chmod(admin, 0o666);
  const { code, err } = await run('client', 'list');
  await chmod(admin, 0o600);
  expect([code, err]).toEqual([1, expect.stringContaining('chmod 600')]);
});
