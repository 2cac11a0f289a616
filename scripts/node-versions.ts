// The Node.js versions that we promise, from the npm registry: `npm run test:nodes -- [--short] [MAJOR …]` runs the tests
// on each; further words go to Vitest, and paths among them are the tests to run. The binaries are those of the packages
// node-PLATFORM-ARCH, fetched into a directory of their own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** By major: what is tested of it, the oldest that package.json allows and the newest known when this was written. */
const VERSIONS: Record<string, [oldest: string, newest: string]> = {
  20: ['20.19.0', '20.20.2'],
  22: ['22.12.0', '22.23.3'],
  24: ['24.0.0', '24.21.0'],
};
/** What --short runs on each: the start, the relay's store and protocol, keys and tokens. */
const SHORT = ['test/server', 'test/sync/relay.test.ts', 'test/sync/store.test.ts', 'test/identity'];

/**
 * The path of a Node.js program.
 * @param version a version, or a major of VERSIONS: its newest
 * @param directory where it is fetched to
 */
export async function nodeBinary(version: string, directory: string): Promise<string> {
  const exact = VERSIONS[version]?.[1] ?? version;
  const name = `node-${process.platform}-${process.arch}`;
  const place = join(directory, `node-${exact}`);
  const binary = join(place, 'node_modules', name, 'bin', 'node');
  if (await exists(binary)) return binary;
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{"private":true}\n');
  await run('npm', ['install', '--ignore-scripts', '--no-save', '--silent', `${name}@${exact}`], place);
  return binary;
}

/** Runs the tests on the versions named. The exit code: 0 where all passed. */
async function main(words: string[]): Promise<number> {
  const isShort = words.includes('--short');
  const majors = words.filter((word) => /^\d+$/.test(word));
  const unknown = majors.filter((major) => !(major in VERSIONS));
  if (unknown.length > 0) throw new Error(`no such version is promised: ${unknown.join(', ')}`);
  const others = words.filter((word) => word !== '--short' && !majors.includes(word));
  const hasPaths = others.some((word) => !word.startsWith('--'));
  const tests = isShort && !hasPaths ? [...others, ...SHORT] : others;
  const directory = await mkdtemp(join(tmpdir(), 'chadan-nodes-'));
  const failed: string[] = [];
  try {
    for (const major of majors.length > 0 ? majors : Object.keys(VERSIONS)) {
      const [oldest, newest] = VERSIONS[major] as [string, string];
      // In short form the oldest one: what a newer one has and it has not shows there.
      const version = isShort ? oldest : newest;
      const binary = await nodeBinary(version, directory);
      process.stdout.write(`\n== Node.js ${version}\n`);
      const code = await test(binary, tests);
      if (code !== 0) failed.push(version);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  process.stdout.write(failed.length > 0 ? `\nfailed on ${failed.join(', ')}\n` : '\npassed on each\n');
  return failed.length > 0 ? 1 : 0;
}

/** Vitest on one of them; whatever the tests start as `node` is that one too. */
async function test(binary: string, words: string[]): Promise<number> {
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env['PATH']}` };
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(binary, [vitest, 'run', ...words], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function run(program: string, words: string[], cwd: string): Promise<void> {
  const child = spawn(program, words, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
