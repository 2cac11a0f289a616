// docs/gateways/postgresql.md against a real PostgreSQL.
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, freePort, programPath, type RunningProgram, run, until } from '../setup/programs.ts';
import { someLines } from '../sync/hostile-exchange.ts';
import { FOREIGN, GatewayBench, LATER, LISTED, LISTED_TOO } from './gateway-bench.ts';

let bench: GatewayBench;
let sync: RunningProgram;
let service: string;

beforeAll(async () => {
  await programPath('psql', 'postgresql');
  const programs = await serverPrograms();
  bench = await GatewayBench.start('postgresql.md');
  const port = await freePort();
  await startServer(programs, port);
  service = `service=gateway`;
  const file = join(bench.directory, 'pg_service.conf');
  await writeFile(file, `[gateway]\nhost=127.0.0.1\nport=${port}\nuser=postgres\ndbname=postgres\n`);
  process.env['PGSERVICEFILE'] = file;
  await until(
    () => sql('SELECT 1'),
    ({ code }) => code === 0,
  );
  sync = await bench.follow();
});
afterAll(() => bench?.stop());

/** Debian keeps the programs of the server off the PATH. */
async function serverPrograms(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest) return `/usr/lib/postgresql/${newest}/bin`;
  return join(await programPath('initdb', 'postgresql'), '..');
}

async function startServer(programs: string, port: number): Promise<void> {
  const data = join(bench.directory, 'postgresql');
  await mkdir(data);
  // PostgreSQL does not run as root.
  const as = process.getuid?.() === 0 ? await giveToPostgres(data) : [];
  const start = [...as, join(programs, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'];
  const { code, err } = await run(start[0] as string, start.slice(1), { cwd: '/' });
  if (code !== 0) throw new Error(err);
  const serve = [
    ...as,
    join(programs, 'postgres'),
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    '',
  ];
  await bench.program(serve[0] as string, serve.slice(1), '/').says(/ready to accept connections/);
}

async function giveToPostgres(directory: string): Promise<string[]> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).out);
  await chown(directory, await id('-u'), await id('-g'));
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
}

function sql(text: string): Promise<Ended> {
  return bench.run('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', service], text);
}

async function ask(text: string): Promise<string> {
  const { code, out, err } = await sql(text);
  if (code !== 0) throw new Error(err);
  return out.trim();
}

const categoryOf = (sender: string) =>
  ask(`SELECT category FROM chadan_sender_numbers WHERE sender = '${sender}'`);
const countOf = () => ask('SELECT count(*) FROM chadan_sender_numbers');
const tableId = () => ask(`SELECT 'chadan_sender_numbers'::regclass::oid`);
const version = (number: number) =>
  until(
    () => ask(`SELECT obj_description(to_regclass('chadan_sender_numbers'), 'pg_class')`),
    (seen) => seen === `${bench.exchange.epoch}:${number}`,
  );

test('a listed sender is found in each of its spellings, another is not', async () => {
  await version(1);
  for (const sender of ['01023456789', '821023456789', '+821023456789'])
    expect(await categoryOf(sender)).toBe('illegal_loan');
  expect(await categoryOf('15881234')).toBe('gambling');
  expect(await categoryOf('14155550123')).toBe('drugs');
  expect(await categoryOf('01099998888')).toBe('');
  expect(await ask(await bench.block('look-up'))).toBe('illegal_loan');
  expect(await ask(`SELECT DISTINCT until FROM chadan_sender_numbers WHERE until IS NOT NULL`)).toBe(
    '2027-02-21',
  );
});

test('a release and a new entry reach the table as a change, and whoever listens is told', async () => {
  const table = await tableId();
  const listener = bench.run(
    'psql',
    ['-X', '-q', service],
    `LISTEN chadan_sender_numbers;
    SELECT 'listening' FROM pg_sleep(0);
    DO $$ BEGIN FOR turn IN 1..600 LOOP
      EXIT WHEN obj_description('chadan_sender_numbers'::regclass, 'pg_class') LIKE '%:2';
      COMMIT; PERFORM pg_sleep(0.05);
    END LOOP; END $$;
    SELECT 1;\n`,
  );
  await until(
    () =>
      ask(
        `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.05)%' AND pid <> pg_backend_pid()`,
      ),
    (seen) => seen === '1',
  );
  await bench.publish([LISTED_TOO, FOREIGN, LATER]);
  await version(2);
  expect(await categoryOf('01023456789')).toBe('');
  expect(await categoryOf('01099998888')).toBe('adult');
  expect(await countOf()).toBe('8');
  expect(await tableId()).toBe(table);
  expect((await listener).out).toContain(`"chadan_sender_numbers" with payload "${bench.exchange.epoch}:2"`);
});

test('a failed sync empties nothing', async () => {
  await bench.failSync();
  expect(await categoryOf('15881234')).toBe('gambling');
  expect(await countOf()).toBe('8');
});

test('a table that is not what it was is replaced whole, with its privileges', async () => {
  await ask(`CREATE ROLE router; GRANT SELECT ON chadan_sender_numbers TO router;
    DELETE FROM chadan_sender_numbers; COMMENT ON TABLE chadan_sender_numbers IS 'restored from a backup';`);
  await bench.publish([LISTED, ...someLines(2000)]);
  await version(3);
  expect(sync.output).toMatch(
    /not in the state .*\n(.*\n)*.*failed \(exit code 3\); giving it the whole list/,
  );
  expect(await countOf()).toBe('6003');
  expect(
    await ask(`SET ROLE router; SELECT category FROM chadan_sender_numbers WHERE sender = '01023456789'`),
  ).toBe('illegal_loan');
});

test('a table that cannot be replaced stays as it is, and is replaced when it can', async () => {
  await ask(
    'CREATE VIEW blocked AS SELECT * FROM chadan_sender_numbers; COMMENT ON TABLE chadan_sender_numbers IS NULL',
  );
  sync.forget();
  await bench.publish([LISTED]);
  await sync.says(/the command of --on-change failed/);
  expect(await countOf()).toBe('6003');
  await ask('DROP VIEW blocked');
  await version(4);
  expect(await countOf()).toBe('3');
});
