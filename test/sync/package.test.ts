// What a relay installs: the library reaches neither a web framework nor a database.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const IMPORT = /(?:^(?:import|export)\b[^';]*?from |\bimport\()'([^']+)'/gm;
const ROOT = fileURLToPath(new URL('../../src/', import.meta.url));

/** Packages that a file reaches by any import, at once or when it is called. */
async function packagesOf(entry: string): Promise<Set<string>> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const queue = [join(ROOT, entry)];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const source = await readFile(path, 'utf8');
    for (const [, name = ''] of source.matchAll(IMPORT)) {
      if (name.startsWith('.')) queue.push(join(dirname(path), name));
      else if (!name.startsWith('node:')) packages.add(name.split('/')[0] as string);
    }
  }
  expect(seen.size).toBeGreaterThan(30);
  return packages;
}

test('the library needs two packages: foreign numbers, and signing in', async () => {
  expect([...(await packagesOf('sync/index.ts'))].sort()).toEqual(['jsonwebtoken', 'libphonenumber-js']);
});

test('the commands of a relay need a few more, none of them a server or a database', async () => {
  const packages = new Set([
    ...(await packagesOf('sync/commands.ts')),
    ...(await packagesOf('sync/relay-commands.ts')),
  ]);
  expect([...packages].sort()).toEqual([
    'accepts',
    'cli-progress',
    'commander',
    'jsonwebtoken',
    'libphonenumber-js',
    'prom-client',
    'send',
  ]);
});
