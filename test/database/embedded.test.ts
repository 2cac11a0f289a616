import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isAlive } from '../../src/database/embedded/liveness.ts';
import { AS_ROOT, ask, copyWithoutLinks, makeDirectory, start, startChild } from './embedded-process.ts';

test('what one run writes the next one reads, on a path with spaces and Korean letters', async () => {
  const dataDir = join(await makeDirectory(), '차단 "목록", 하나');
  const first = await start({ dataDir });
  await ask(first.url, `create table note as select '한글' as text`);
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start({ dataDir });
  expect(await ask(second.url, 'select text from note')).toEqual([{ text: '한글' }]);
  expect(second.directory).toBe(dataDir);
  const [settings] = await ask(
    second.url,
    `select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
            current_setting('timezone') as timezone, current_setting('listen_addresses') as addresses`,
  );
  expect(settings).toEqual({ encoding: 'UTF8', checksums: 'on', timezone: 'UTC', addresses: '' });
});

test('the password is read by nobody else: not in a file, the arguments, the logs or a wrong answer', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const words: string[] = [];
  const server = await start({ dataDir, log: (word) => words.push(word) });
  const password = await readFile(join(dataDir, 'password'), 'utf8');
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(dataDir, 'cluster'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(dataDir, 'socket'))).mode & 0o777).toBe(0o700);

  const wrong = server.url.replace(password, 'wrong');
  await expect(ask(wrong, 'select')).rejects.toThrow('password authentication failed');
  const logs = await Promise.all(
    (await readdir(join(dataDir, 'cluster/log'))).map((name) =>
      readFile(join(dataDir, 'cluster/log', name), 'utf8'),
    ),
  );
  const argv = process.platform === 'linux' ? await readFile(`/proc/${server.pid}/cmdline`, 'utf8') : '';
  for (const text of [...words, ...logs, argv, await readFile(join(dataDir, 'start.log'), 'utf8')]) {
    expect(text).not.toContain(password);
  }
});

test('a second server on the same data is refused, and the first goes on', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const server = await start({ dataDir });
  await expect(start({ dataDir })).rejects.toThrow(/is in use by another server/);
  const { answer } = startChild({ dataDir });
  expect((await answer).error).toBe(
    `the data directory ${dataDir} is in use by another server (process ${process.pid}): ` +
      'stop it first, or choose another data directory',
  );
  expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);

  // The guard comes back when its connection is lost.
  await ask(
    server.url,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chadan process ${process.pid}'`,
  );
  await vi.waitFor(async () => {
    expect(
      await ask(server.url, `select from pg_locks where locktype = 'advisory' and granted`),
    ).toHaveLength(1);
  });
  await expect(start({ dataDir })).rejects.toThrow(/is in use by another server/);
});

test('two first starts at once: one serves, the other is refused', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const outcomes = await Promise.all([startChild({ dataDir }).answer, startChild({ dataDir }).answer]);
  expect(outcomes.filter(({ error }) => error === undefined)).toHaveLength(1);
  expect(outcomes.find(({ error }) => error !== undefined)?.error).toContain('is in use by another server');
  const served = outcomes.find(({ error }) => error === undefined);
  if (served) process.kill(served.pid, 'SIGINT');
  await vi.waitFor(() => expect(isAlive(served?.pid ?? 0)).toBe(false), 10_000);
});

test('after a kill of the whole process group PostgreSQL lives on, and the next start adopts it', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const { child, answer } = startChild({ dataDir });
  const { url, pid } = await answer;
  await ask(url, 'create table note as select 1 as number');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));

  const server = await start({ dataDir });
  expect(server.pid).toBe(pid);
  expect(await ask(server.url, 'select number from note')).toEqual([{ number: 1 }]);
  await server.stop();
  expect(existsSync(join(dataDir, 'cluster/postmaster.pid'))).toBe(false);
});

test('a killed PostgreSQL is reported, its stale postmaster.pid cleared, its data recovered', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const lost = vi.fn();
  const first = await start({ dataDir, onLost: lost });
  await ask(first.url, 'create table note as select 1 as number');
  process.kill(first.pid, 'SIGKILL');
  await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), 15_000);
  expect(lost.mock.calls[0]?.[0]).toMatchObject({
    code: 'lost',
    message: expect.stringContaining('has stopped'),
  });

  const second = await start({ dataDir });
  expect(await ask(second.url, 'select number from note')).toEqual([{ number: 1 }]);
  const pidFile = join(dataDir, 'cluster/postmaster.pid');
  const text = await readFile(pidFile, 'utf8');
  await second.stop();

  // As after a reboot: the number in the file now belongs to a stranger.
  const { child, answer } = startChild({ dataDir: join(await makeDirectory(), 'other') });
  await writeFile(pidFile, text.replace(/^\d+/, String(child.pid)));
  const third = await start({ dataDir });
  expect(await ask(third.url, 'select number from note')).toEqual([{ number: 1 }]);
  process.kill((await answer).pid, 'SIGINT');
});

test('a start cut off while the database was being made leaves nothing in the way of the next', async () => {
  const dataDir = join(await makeDirectory(), 'data');
  const { child } = startChild({ dataDir });
  await vi.waitFor(
    async () => {
      const draft = (await readdir(dataDir)).find((name) => name.startsWith('init-')) ?? 'none';
      expect(await readdir(join(dataDir, draft, 'cluster'))).toContain('base');
    },
    { timeout: 20_000, interval: 5 },
  );
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));

  const server = await start({ dataDir });
  expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await readdir(dataDir)).filter((name) => name.startsWith('init-'))).toEqual([]);
});

test('under a home that nobody else may enter, without library links: a reachable place is found and remembered', async () => {
  const base = await makeDirectory();
  const home = join(base, 'home');
  await mkdir(home);
  const native = await copyWithoutLinks(join(home, 'package'));
  await chmod(home, 0o700);
  const dataDir = join(home, 'data');
  const words: string[] = [];
  // A user that no /etc/passwd knows: none has to exist.
  const overrides = { native, sharedRoot: join(base, 'var'), serverUid: 54_321 };
  const first = await start({ dataDir, overrides, log: (word) => words.push(word) });
  await ask(first.url, 'create table note as select 1 as number');
  expect(first.directory.startsWith(AS_ROOT ? overrides.sharedRoot : dataDir)).toBe(true);
  if (AS_ROOT) expect(words.join('\n')).toContain(`the database is kept in ${first.directory}`);
  expect((await stat(join(first.directory, 'cluster'))).uid).toBe(AS_ROOT ? 54_321 : process.getuid?.());
  await first.stop();

  const second = await start({ dataDir, overrides });
  expect(second.directory).toBe(first.directory);
  expect(await ask(second.url, 'select number from note')).toEqual([{ number: 1 }]);
  await second.stop();

  await rm(second.directory, { recursive: true });
  const again = start({ dataDir, overrides });
  if (AS_ROOT) await expect(again).rejects.toThrow(/was kept in .*, which is gone/);
  else await again;
});

test('an ordinary user runs it as themselves, and root afterwards runs it as that user', async () => {
  const base = await makeDirectory();
  const uid = AS_ROOT ? 65_534 : process.getuid?.();
  await chmod(base, 0o777);
  const dataDir = join(base, 'data');
  const { child, answer } = startChild({ dataDir }, AS_ROOT ? uid : undefined);
  const { error, directory, url } = await answer;
  expect(error).toBeUndefined();
  expect(directory).toBe(dataDir);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  await ask(url, 'create table note as select 1 as number');
  child.kill('SIGKILL');

  const server = await start({ dataDir });
  expect(await ask(server.url, 'select number from note')).toEqual([{ number: 1 }]);
  expect((await stat(join(dataDir, 'cluster'))).uid).toBe(uid);
});

test('a path too long for a Unix socket is served on loopback, with the password', async () => {
  const dataDir = join(await makeDirectory(), 'long'.repeat(30));
  const server = await start({ dataDir });
  const url = new URL(server.url);
  expect(url.hostname).toBe('127.0.0.1');
  expect(await ask(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  url.password = 'wrong';
  await expect(ask(url.href, 'select')).rejects.toThrow('password authentication failed');
});

test('where the packaged PostgreSQL cannot run, the message asks for DATABASE_URL', async () => {
  const base = await makeDirectory();
  const native = join(base, 'package/native');
  for (const part of ['bin', 'lib', 'share']) await mkdir(join(native, part), { recursive: true });
  // What a program for another C library looks like: the file is there, its interpreter is not.
  for (const name of ['initdb', 'postgres']) {
    await writeFile(join(native, 'bin', name), '#!/nowhere/ld-linux\n', { mode: 0o755 });
  }
  await writeFile(join(native, 'pg-symlinks.json'), '[]');
  await writeFile(join(base, 'package/package.json'), '{"version":"1.0.0"}');
  await expect(start({ dataDir: join(base, 'data'), overrides: { native } })).rejects.toThrow(
    /does not run here .*set DATABASE_URL to a PostgreSQL server/s,
  );
});
