// `chadan doctor` on the host of a server: each fault that it claims to find is made, found, and mended.
import { appendFile, chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkClock, databaseFindings, lagFinding } from '../../src/doctor/database-checks.ts';
import { examine } from '../../src/doctor/examination.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { checkKeySet } from '../../src/doctor/history-checks.ts';
import { diskFinding } from '../../src/doctor/host-checks.ts';
import { addDoctorCommand } from '../../src/doctor-command.ts';
import { openKeys } from '../../src/keys/key-files.ts';
import { generateKey, type KeySet, type SigningKey, signKeySet } from '../../src/list/key-set.ts';
import { readSettings } from '../../src/settings.ts';
import { stateOf } from '../publish/published.ts';
import { runWords } from '../setup/command.ts';
import { createTestDatabase } from '../setup/database.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { startObjectStorage } from '../setup/object-storage.ts';
import { freePort, until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

let exchange: TestExchange;
let epoch: string;
beforeAll(async () => {
  exchange = await startExchange();
  await submitAndVerify(exchange, mobileNumbers(1200, 1));
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  ({ epoch } = await stateOf(exchange));
  await until(
    async () => (await manifestRow()).snapshot_version,
    (version) => version === 1,
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await exchange.stop();
});
beforeEach(() => {
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
});

const environment = () => ({
  DATABASE_URL: exchange.databaseUrl,
  CHADAN_DATA: exchange.directory,
  CHADAN_ISSUER: exchange.url,
});

function manifestRow() {
  return exchange.db
    .selectFrom('list')
    .selectAll()
    .where('id', '=', 'sender-numbers')
    .executeTakeFirstOrThrow();
}

async function doctor(...words: string[]) {
  const { code, out, err } = await runWords(addDoctorCommand, ['doctor', '--json', ...words]);
  expect(err).toBe('');
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  const worst = (check: string) => of(check).find(({ status }) => status !== 'ok') ?? of(check)[0];
  const wrong = findings.filter(({ status }) => status !== 'ok').map(({ check }) => check);
  return { code, findings, of, worst, wrong };
}

/** The PostgreSQL of the tests gives up durability for speed, and the root key lies on this host. */
const ALWAYS = new Set(['durability', 'root key', 'checksums', 'connections', 'disk']);
const others = (wrong: string[]) => wrong.filter((check) => !ALWAYS.has(check));

test('an exchange that is well has a line for each check, and says what is never so in a test', async () => {
  const { code, wrong, findings, worst } = await doctor();
  expect([code, others(wrong)]).toEqual([1, []]);
  expect(worst('durability')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('fsync is off'),
  });
  expect(worst('root key')).toMatchObject({ status: 'warn' });
  const checks = [...new Set(findings.map(({ check }) => check))];
  expect(checks).toEqual(
    expect.arrayContaining([
      'settings',
      'data',
      'disk',
      'keys',
      'permissions',
      'database',
      'clock',
      'schema',
    ]),
  );
  expect(checks).toEqual(expect.arrayContaining(['partitions', 'audit', 'history', 'key set']));
  for (const what of ['manifest', 'snapshot', 'entries']) expect(checks).toContain(`sender-numbers ${what}`);
  const { out } = await runWords(addDoctorCommand, ['doctor', '--quick']);
  expect(out).toMatch(/^ok {4}schema: up to date/m);
  expect(out).toMatch(/^fail {2}durability: fsync is off.*\n {6}→ set fsync = on/m);
  expect(out).not.toContain('entries: are');
  for (const name of ['root', 'manifest', 'token']) {
    const { d } = JSON.parse(await readFile(join(exchange.directory, 'keys', `${name}.json`), 'utf8'));
    expect(out).not.toContain(d);
  }
  const password = new URL(exchange.databaseUrl).password;
  if (password !== '') expect(out).not.toContain(password);
});

test('settings that are wrong are all named, and nothing else is asked', async () => {
  vi.stubEnv('CHADAN_PORT', 'x');
  vi.stubEnv('CHADAN_TOKEN_LIFE', 'y');
  const { code, findings } = await doctor();
  expect([code, findings.map(({ check }) => check)]).toEqual([1, ['settings', 'settings']]);
});

test('a variable that is no setting is told', async () => {
  vi.stubEnv('CHADAN_COLOUR', 'blue');
  expect((await doctor('--quick')).worst('settings')).toMatchObject({ status: 'warn' });
});

test('keys that others can read, or that are not there, and files of secrets', async () => {
  const key = join(exchange.directory, 'keys/token.json');
  await chmod(key, 0o644);
  expect((await doctor('--quick')).worst('keys')).toMatchObject({
    status: 'fail',
    says: `others can read ${key}: chmod 600 ${key}`,
  });
  await chmod(key, 0o600);
  await rename(key, `${key}.away`);
  expect((await doctor('--quick')).worst('keys')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('cannot read'),
  });
  await rename(`${key}.away`, key);
  const admin = join(exchange.directory, 'admin.json');
  await chmod(admin, 0o640);
  expect((await doctor('--quick')).worst('permissions')).toMatchObject({
    status: 'fail',
    advice: `chmod go-rwx ${admin}`,
  });
  await chmod(admin, 0o600);
  const manifest = join(exchange.directory, 'keys/manifest.json');
  const other = JSON.parse(await readFile(key, 'utf8')) as object;
  await rename(manifest, `${manifest}.away`);
  await writeFile(manifest, JSON.stringify(other), { mode: 0o600 });
  expect((await doctor('--quick')).worst('signing')).toMatchObject({ status: 'fail' });
  await rename(`${manifest}.away`, manifest);
});

test('a data directory that is not there, and a disk that is nearly full', async () => {
  vi.stubEnv('CHADAN_DATA', join(exchange.directory, 'nowhere'));
  const { worst } = await doctor('--quick');
  expect(worst('data')).toMatchObject({ status: 'fail', says: expect.stringContaining('ENOENT') });
  expect(worst('keys')).toMatchObject({ status: 'fail' });
  const gib = 1024 ** 3;
  expect(diskFinding({ free: 4 * gib, all: 100 * gib, minimum: gib / 2 }, '').status).toBe('warn');
  expect(diskFinding({ free: 4 * gib, all: 20 * gib, minimum: gib / 2 }, '').status).toBe('ok');
  expect(diskFinding({ free: gib / 4, all: 20 * gib, minimum: gib / 2 }, '').status).toBe('fail');
});

test('a database that is away, without its password', async () => {
  vi.stubEnv('DATABASE_URL', `postgresql://chadan:hunter2@127.0.0.1:${await freePort()}/chadan`);
  const { code, worst, findings } = await doctor();
  expect([code, worst('database')]).toMatchObject([
    1,
    { status: 'fail', says: expect.stringContaining('ECONNREFUSED') },
  ]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('hosts that are away, and two that say they are the primary', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), freePort()]);
  const { hostname, port, username, password, pathname, search } = new URL(one.url);
  const of = (hosts: string) => `postgresql://${username}:${password}@${hosts}${pathname}${search}`;
  const here = `${hostname}:${port || 5432}`;
  vi.stubEnv('DATABASE_URL', of(`${here},${here}`));
  expect((await doctor('--quick')).of('hosts').at(-1)).toMatchObject({
    status: 'fail',
    says: '2 hosts say that they are the primary',
  });
  await one.drop();
  vi.stubEnv('DATABASE_URL', `postgresql://chadan:hunter2@127.0.0.1:${two},127.0.0.2:${two}/chadan`);
  const { of: found } = await doctor('--quick');
  expect(found('hosts').map(({ status }) => status)).toEqual(['warn', 'warn']);
});

test('a clock that is wrong', async () => {
  const at = (seconds: number) =>
    checkClock({ db: exchange.db } as never, () => new Date(Date.now() + seconds * 1000));
  expect([(await at(0)).status, (await at(-12)).status, (await at(40)).status]).toEqual([
    'ok',
    'warn',
    'fail',
  ]);
});

test('settings of PostgreSQL that give up what was committed', () => {
  const good = {
    version: '17',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    max_connections: '100',
  };
  expect(databaseFindings(good, 21).map(({ status }) => status)).toEqual(['ok', 'ok']);
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit'])
    expect(databaseFindings({ ...good, [name]: 'off' }, 21)).toContainEqual(
      expect.objectContaining({ status: 'fail' }),
    );
  expect(
    databaseFindings({ ...good, data_checksums: 'off', max_connections: '20' }, 21).map(
      ({ status }) => status,
    ),
  ).toEqual([...['ok', 'ok', 'warn', 'warn']]);
});

test('a schema that is older or newer than this program', async () => {
  const { db } = exchange;
  await sql`insert into migration_checksum (name, sha256) values ('9999_of_tomorrow', 'x')`.execute(db);
  expect((await doctor('--quick')).worst('schema')).toMatchObject({
    status: 'warn',
    says: expect.stringContaining('9999'),
  });
  await sql`update migration_checksum set breaking = true where name like '9999%'`.execute(db);
  expect((await doctor('--quick')).worst('schema')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('9999'),
  });
  await sql`delete from migration_checksum where name like '9999%'`.execute(db);
  const empty = await createTestDatabase({ empty: true });
  vi.stubEnv('DATABASE_URL', empty.url);
  expect((await doctor('--quick')).worst('schema')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('pending'),
  });
  await empty.drop();
});

test('a month without its partition, and no key set', async () => {
  const settings = readSettings(environment());
  const now = () => new Date('2050-01-01T00:00:00Z');
  const database = await createTestDatabase();
  const statuses: string[] = [];
  for await (const { check, status } of examine({
    settings,
    now,
    quick: true,
    open: async () => database.database,
  }))
    if (check === 'partitions' || check === 'key set') statuses.push(`${check} ${status}`);
  await database.drop();
  expect(statuses).toEqual(['partitions warn', 'key set fail']);
});

test('an audit record that was changed, and events that nobody chains', async () => {
  const { db } = exchange;
  const { rows } = await sql<{ position: number; target: string }>`
    select position, target from audit_event where position is not null order by position desc limit 1`.execute(
    db,
  );
  const [{ position = 0, target = '' } = {}] = rows;
  const change = async (to: string) => {
    await sql`alter table audit_event disable trigger all`.execute(db);
    await sql`update audit_event set target = ${to} where position = ${position}`.execute(db);
    await sql`alter table audit_event enable trigger all`.execute(db);
  };
  await change('x');
  expect((await doctor('--quick')).worst('audit')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining(`event ${position}`),
  });
  await change(target);
  // Nobody chains here, for no server runs on it.
  const lonely = await createTestDatabase();
  await sql`
    insert into audit_event (at, operation, actor_kind, target, changes)
    values (now() - interval '2 minutes', 'publishVersion', 'exchange', 'x', '[]')`.execute(lonely.db);
  vi.stubEnv('DATABASE_URL', lonely.url);
  expect((await doctor('--quick')).worst('audit')).toMatchObject({
    status: 'warn',
    says: expect.stringMatching(/waited 1[0-9]{2} s/),
  });
  await lonely.drop();
});

test('entries that are not those that were signed', async () => {
  const { db } = exchange;
  await sql`update entry set category = 'drugs' where id = (select min(id) from entry where removed_in is null)`.execute(
    db,
  );
  const { worst } = await doctor();
  expect(worst('sender-numbers entries')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('do not have its digest'),
  });
  await sql`update entry set category = 'gambling' where category = 'drugs'`.execute(db);
  expect((await doctor()).worst('sender-numbers entries')).toMatchObject({ status: 'ok' });
});

test('a snapshot whose file is spoilt', async () => {
  const file = join(exchange.directory, 'artifacts/sender-numbers', epoch, 'snapshot-1.csv');
  const bytes = await readFile(file);
  await appendFile(file, 'x');
  expect((await doctor('--quick')).worst('sender-numbers snapshot')).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('remove it'),
  });
  await rm(file);
  expect((await doctor('--quick')).worst('sender-numbers snapshot')).toMatchObject({ status: 'ok' });
  await writeFile(file, bytes, { mode: 0o600 });
});

test('a manifest that is missing, expired, of another version or signed by nobody that counts', async () => {
  const { manifest = '', version } = await manifestRow();
  const set = (values: { manifest?: string | null; version?: number }) =>
    exchange.db.updateTable('list').set(values).where('id', '=', 'sender-numbers').execute();
  const found = async () => (await doctor('--quick')).worst('sender-numbers manifest')?.status;
  await set({ manifest: null });
  expect(await found()).toBe('warn');
  await set({ manifest: `${manifest?.slice(0, -6)}AAAAAA` });
  expect(await found()).toBe('fail');
  await set({ manifest, version: version + 1 });
  expect(await found()).toBe('fail');
  await set({ version });
  expect(await found()).toBe('ok');
  const later = new Date(Date.now() + 3 * 86_400_000);
  const statuses: string[] = [];
  const database = await createTestDatabase();
  const settings = readSettings(environment());
  const open = async () => ({ ...database.database, db: exchange.db });
  for await (const { check, status } of examine({ settings, now: () => later, quick: true, open }))
    if (check === 'sender-numbers manifest') statuses.push(status);
  await database.drop();
  expect(statuses).toEqual(['warn']);
});

test('a key set of another issuer, near its end, past it, or of another root key', async () => {
  const { jws } = await exchange.db.selectFrom('key_set').select('jws').executeTakeFirstOrThrow();
  const keys = await openKeys(join(exchange.directory, 'keys'), { create: false, warn: () => undefined });
  const settings = readSettings(environment());
  const found = (more: object, days: number) =>
    checkKeySet({ ...settings, ...more }, keys, jws, new Date(Date.now() + days * 86_400_000)).findings.map(
      ({ check, status }) => `${check} ${status}`,
    );
  const { exp, iat } = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
  const life = (exp - iat) / 86_400;
  expect(found({}, 0)).toEqual(['key set ok']);
  expect(found({ issuer: 'https://other.example' }, 0)).toEqual(['key set fail', 'key set ok']);
  expect(found({}, life * 0.8)).toEqual(['key set warn']);
  expect(found({}, life * 1.1)).toEqual(['key set fail']);
  const { publicJwk, kid } = generateKey();
  const { keySet: held } = checkKeySet(settings, keys, jws, new Date());
  const rotated = signKeySet(
    { ...(held as KeySet), keys: [{ ...publicJwk, kid }, ...(held?.keys ?? [])] },
    keys.root as SigningKey,
  );
  expect(checkKeySet(settings, keys, rotated, new Date()).findings).toMatchObject([
    { check: 'key set', status: 'ok' },
    { check: 'signing', status: 'warn' },
  ]);
  const stranger = { ...keys, rootPublic: keys.token.keys[0]?.publicJwk as typeof keys.rootPublic };
  expect(checkKeySet(settings, stranger, jws, new Date()).findings).toMatchObject([{ status: 'fail' }]);
});

test('a database that was set back', async () => {
  const file = join(exchange.directory, 'signed.json');
  const marks = await readFile(file, 'utf8');
  const ahead = JSON.parse(marks);
  ahead.lists['sender-numbers'].version = 7;
  await writeFile(file, JSON.stringify(ahead));
  expect((await doctor('--quick')).worst('history')).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('restore-epoch'),
  });
  await writeFile(file, '{');
  expect((await doctor('--quick')).worst('history')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('damaged'),
  });
  await writeFile(file, marks);
});

test('object storage that is away, or that is there', async () => {
  const s3 = await startObjectStorage();
  const { endpoint, bucket, accessKeyId, secretAccessKey } = s3.settings;
  vi.stubEnv('CHADAN_ARTIFACTS_S3_ENDPOINT', endpoint);
  vi.stubEnv('CHADAN_ARTIFACTS_S3_BUCKET', bucket);
  vi.stubEnv('CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY', secretAccessKey);
  expect((await doctor('--quick')).worst('object storage')).toMatchObject({ status: 'ok' });
  await s3.stop();
  const { worst, findings } = await doctor('--quick');
  expect(worst('object storage')).toMatchObject({ status: 'fail' });
  expect(JSON.stringify(findings)).not.toContain(secretAccessKey);
});

test('a standby that is none, is of another exchange, is far behind, or is away', async () => {
  expect([lagFinding(0).status, lagFinding(60).status]).toEqual(['ok', 'warn']);
  vi.stubEnv('CHADAN_READ_DATABASE_URL', exchange.databaseUrl);
  expect((await doctor('--quick')).worst('standby')).toMatchObject({
    status: 'warn',
    says: 'it is no standby',
  });
  const other = await createTestDatabase();
  vi.stubEnv('CHADAN_READ_DATABASE_URL', other.url);
  expect((await doctor('--quick')).worst('standby')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('history'),
  });
  await other.drop();
  vi.stubEnv('CHADAN_READ_DATABASE_URL', `postgresql://chadan:hunter2@127.0.0.1:${await freePort()}/chadan`);
  expect((await doctor('--quick')).worst('standby')).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('ECONNREFUSED'),
  });
});
