import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PATH = process.env['PATH'];

function config(env: NodeJS.ProcessEnv, ...options: string[]) {
  const words = ['--import', 'tsx', 'src/cli.ts', 'config', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Config {
  settings: { name: string; value: string | null; source: string }[];
}

test('chadan config prints what holds and where it came from, and no secret', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-config-'));
  const secret = join(directory, 'secret');
  await writeFile(secret, 'hunter2\n');
  const env = {
    PATH,
    DATABASE_URL: 'postgresql://chadan:hunter2@db.example:5433/lists?password=hunter2',
    CHADAN_PORT: '8443',
    CHADAN_OIDC_ISSUER: 'https://id.example',
    CHADAN_OIDC_CLIENT_ID: 'chadan',
    CHADAN_OIDC_CLIENT_SECRET_FILE: secret,
  };
  const json = config(env, '--json');
  expect([json.status, json.stderr]).toEqual([0, '']);
  const { settings } = JSON.parse(json.stdout) as Config;
  const of = (name: string) => settings.find((one) => one.name === name);
  expect(of('DATABASE_URL')).toMatchObject({
    value: 'postgresql://chadan:***@db.example:5433/lists?***',
    source: 'environment',
  });
  expect(of('CHADAN_PORT')).toMatchObject({ value: '8443', source: 'environment' });
  expect(of('CHADAN_HOST')).toMatchObject({ value: '127.0.0.1', source: 'default' });
  expect(of('CHADAN_ISSUER')).toMatchObject({ value: null, source: 'default' });
  expect(of('CHADAN_OIDC_CLIENT_SECRET')).toMatchObject({ value: '***', source: 'file' });
  const text = config(env);
  expect(text.stdout.trimEnd().split('\n')).toHaveLength(settings.length);
  expect(text.stdout).toMatch(/^CHADAN_ISSUER +default +\(http:\/\/HOST:PORT\)$/m);
  expect(json.stdout + text.stdout).not.toContain('hunter2');
  await rm(directory, { recursive: true });
});

test('chadan config tells every fault and every slip, and ends with 1 for a fault alone', () => {
  const slip = config({ PATH, CHADAN_PROT: '1' });
  expect(slip.status).toBe(0);
  expect(slip.stderr).toBe(
    'chadan: CHADAN_PROT: there is no such setting, it does nothing; CHADAN_PORT was perhaps meant\n',
  );
  const faults = config({ PATH, CHADAN_PORT: 'hunter2', CHADAN_OIDC_ISSUER: 'x', CHADAN_PROT: '1' });
  expect([faults.status, faults.stdout]).toEqual([1, '']);
  expect(faults.stderr.match(/^chadan: CHADAN_\w+/gm)).toEqual([
    'chadan: CHADAN_PORT',
    'chadan: CHADAN_OIDC_ISSUER',
    'chadan: CHADAN_PROT',
  ]);
  expect(faults.stderr).not.toContain('hunter2');
});
