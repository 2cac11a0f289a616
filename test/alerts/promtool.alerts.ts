// The alert rules and the dashboard's questions, as Prometheus's own tool reads them.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';

const DIRECTORY = fileURLToPath(new URL('../../deploy/observability/', import.meta.url));

function promtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: DIRECTORY, encoding: 'utf8' });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

test('the alert rules are rules of Prometheus', () => {
  const { status, output } = promtool('check', 'rules', 'alerts.yml');
  expect(status, output).toBe(0);
  expect(output).toMatch(/SUCCESS: \d+ rules found/);
});

test('each alert fires on what it is for, and not on what is well', () => {
  const { status, output } = promtool('test', 'rules', 'alerts.test.yml');
  expect(status, output).toBe(0);
});

test('a rule that no longer fires is noticed', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'chadan-alerts-'));
  const rules = await readFile(join(DIRECTORY, 'alerts.yml'), 'utf8');
  await writeFile(join(copy, 'alerts.yml'), rules.replace('up{job="chadan"} == 0', 'up{job="chadan"} == 2'));
  await writeFile(join(copy, 'alerts.test.yml'), await readFile(join(DIRECTORY, 'alerts.test.yml')));
  const { status, output } = promtool('test', 'rules', join(copy, 'alerts.test.yml'));
  expect(status).not.toBe(0);
  expect(output).toContain('ChadanDown');
  await rm(copy, { recursive: true });
});

test('every question of the dashboard is one that Prometheus understands', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'chadan-dashboard-'));
  const { panels } = JSON.parse(await readFile(join(DIRECTORY, 'dashboard.json'), 'utf8')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  const rules = panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }, at) => ({ record: `dashboard:${at}`, expr: expr.replaceAll('$__rate_interval', '5m') }));
  const file = join(copy, 'dashboard.yml');
  await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
  const { status, output } = promtool('check', 'rules', file);
  expect(status, output).toBe(0);
  expect(output).toContain(`SUCCESS: ${rules.length} rules found`);
  await rm(copy, { recursive: true });
});
