// The README's walk, command by command as it is printed there, against a server that was started as it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let directory: string;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan walk 한글-'));
  // Others may enter, as they may enter a clone: PostgreSQL runs as another user where we are root.
  await chmod(directory, 0o755);
  // npx finds the command of the package that it is in.
  for (const name of ['package.json', 'node_modules', 'dist', 'openapi.yaml', 'db']) {
    await symlink(join(root, name), join(directory, name));
  }
  await run('npm run build --silent', root);
  server = spawn(process.execPath, [join(root, 'dist/cli.js'), 'serve'], {
    cwd: directory,
    env: { ...process.env, CHADAN_PORT: '0', CHADAN_DATA: './data', DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const found = /^chadan is running at (.+)$/.exec(line);
    if (found?.[1]) {
      url = found[1];
      break;
    }
  }
});

afterAll(async () => {
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(directory, { recursive: true });
});

it('walks from a candidate to a blocked sender and its outcome, as the README says', async () => {
  const blocks = await readWalk();
  expect([...blocks.keys()]).toEqual(['register', 'submit', 'review', 'publish', 'sync', 'outcomes']);
  // One shell, for later steps use what earlier ones set.
  const script = [...blocks].map(([name, text]) => `echo "== ${name}"\n${text}`).join('\n');
  const output = await run(
    `set -euo pipefail\n${script.replaceAll('http://127.0.0.1:8080', url)}`,
    directory,
  );
  const step = (name: string) => output.split(`== ${name}\n`)[1]?.split('\n== ')[0] ?? '';
  expect(step('submit')).toMatch(/received +4/);
  expect(step('submit')).toMatch(/row 2 +Unknown +anonymous/);
  expect(step('review')).toContain('"effect":"verified"');
  expect(step('publish')).toContain('"version":1');
  expect(step('sync')).toContain('01020000000\tblocked\tgambling\t');
  expect(step('sync')).toContain('+82 10-2000-0001\tclear');
  expect(step('sync')).toContain('000000000\tblocked\tadult\tpermanent');
  expect(step('outcomes')).toContain('rejected insufficient_evidence');
});

it('ends with exit code 0 when it is asked to stop', async () => {
  server.kill('SIGTERM');
  const [code] = await once(server, 'exit');
  expect(code).toBe(0);
});

/** The shell blocks of the README that are marked as steps of the walk. */
async function readWalk(): Promise<Map<string, string>> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const steps = readme.matchAll(/<!-- walk: (\w+) -->\n```sh\n([\s\S]*?)```/g);
  return new Map([...steps].map(([, name = '', text = '']) => [name, text]));
}

async function run(command: string, cwd: string): Promise<string> {
  const child = spawn('bash', ['-c', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  const text = Buffer.concat(output).toString('utf8');
  if (code !== 0) throw new Error(`exit code ${code}:\n${text}`);
  return text;
}
