// The npm package as its users get it: what the tarball holds, and what an installation of it in an empty directory does.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningProgram, run } from '../setup/programs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CYCLONEDX = '@cyclonedx/cyclonedx-library';

let directory: string;
let files: string[];

/** Runs npm, and throws with what it said where it fails. */
async function npm(words: string[], cwd: string): Promise<string> {
  const { code, out, err } = await run('npm', words, { cwd });
  if (code !== 0) throw new Error(`npm ${words.join(' ')} ended with ${code}: ${err}`);
  return out;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan package-'));
  const packed = await npm(['pack', '--json', '--silent', '--pack-destination', directory], ROOT);
  const [{ filename, files: listed }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  files = listed.map(({ path }: { path: string }) => path);
  await writeFile(join(directory, 'package.json'), '{"private": true, "type": "module"}\n');
  // As a relay operator would: without PostgreSQL and DuckDB.
  await npm(['install', '--omit=optional', '--ignore-scripts', `./${filename}`], directory);
}, 300_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

it('holds the program, its contract, migrations and pages, and nothing that is ours alone', () => {
  const kinds = new Set(files.map((path) => path.split('/')[0]));
  expect([...kinds].toSorted()).toEqual([
    ...[
      'CHANGELOG.md',
      'LICENSE',
      'README.ko.md',
      'README.md',
      'SECURITY.md',
      'db',
      'deploy',
      'dist',
      'docs',
    ],
    ...['examples', 'openapi.yaml', 'package.json'],
  ]);
  expect(
    files.filter((path) => /\.(map|tsx?|env|pem|key|log|tgz)$/.test(path) && !/\.d\.ts$/.test(path)),
  ).toEqual([]);
  expect(files.filter((path) => /(^|\/)(test|bench|scripts|data|keys|secrets)\//.test(path))).toEqual(
    files.filter((path) => path.startsWith('dist/keys/')),
  );
  for (const needed of [
    'dist/cli.js',
    'dist/sync/index.d.ts',
    'dist/console/index.html',
    'docs/operations.md',
  ])
    expect(files).toContain(needed);
});

it('no page of it links to a file that is not in it', async () => {
  const broken: string[] = [];
  for (const page of files.filter((path) => path.endsWith('.md'))) {
    const text = await readFile(join(directory, 'node_modules/chadan', page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      const path = new URL(target, `file:///${page}`).pathname.slice(1).replace(/\/$/, '');
      if (!files.some((file) => file === path || file.startsWith(`${path}/`)))
        broken.push(`${page}: ${target}`);
    }
  }
  expect(broken.filter((link) => !/: (\.\.\/)*(ARCHITECTURE|CONTRIBUTING)\.md$/.test(link))).toEqual([]);
});

it('says its version', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const said = await run('npx', ['--no-install', 'chadan', '--version'], { cwd: directory });
  expect([said.code, said.out.trim()]).toEqual([0, version]);
});

it('serve says what is missing where the embedded database was left out', async () => {
  const env = { ...process.env, DATABASE_URL: '', CHADAN_PORT: '0' };
  const said = await run('npx', ['--no-install', 'chadan', 'serve'], { cwd: directory, env });
  expect(said.code).toBe(1);
  expect(said.err).toContain('DATABASE_URL');
});

it('serves, with the embedded database, and shows the console', async () => {
  await npm(['install', '--include=optional', '--ignore-scripts'], directory);
  const env = { ...process.env, DATABASE_URL: '', CHADAN_PORT: '0', CHADAN_DATA: join(directory, 'data') };
  const server = new RunningProgram(process.execPath, ['node_modules/chadan/dist/cli.js', 'serve'], {
    cwd: directory,
    env,
  });
  try {
    await server.says(/running at (\S+)/);
    const url = /running at (\S+)/.exec(server.output)?.[1];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/`)).text()).toContain('<div id="root">');
    expect((await fetch(`${url}/docs`)).status).toBe(200);
  } finally {
    await server.stop();
  }
});

it("the library of relay operators loads neither the server's framework nor a database", async () => {
  // Every file that importing it reads, as Node.js resolves them.
  const hooks = `export async function load(url, context, next) { process._rawDebug('loaded ' + url); return next(url, context); }`;
  const script = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
const { openRelay } = await import('chadan/sync');
if (typeof openRelay !== 'function') process.exit(1);`;
  await writeFile(join(directory, 'try.js'), script);
  const { code, err } = await run(process.execPath, ['try.js'], { cwd: directory });
  expect(code).toBe(0);
  const loaded = [...err.matchAll(/^loaded (\S+)/gm)].map(([, url = '']) => url);
  expect(loaded.some((url) => url.endsWith('/chadan/dist/sync/relay.js'))).toBe(true);
  const packages = new Set(
    loaded.flatMap((url) => /\/node_modules\/(?!chadan\/)((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []),
  );
  expect([...packages].toSorted()).toEqual(
    ['ajv', 'jsonwebtoken', 'libphonenumber-js'].filter((name) => packages.has(name)),
  );
  const own = new Set(loaded.flatMap((url) => /\/chadan\/dist\/([a-z]+)\//.exec(url)?.[1] ?? []));
  expect([...own].toSorted()).toEqual(['client', 'list', 'sync']);
});

it('its types are understood by a program that imports them', async () => {
  await writeFile(
    join(directory, 'relay.ts'),
    `import { openRelay, type CheckResult, type Relay } from 'chadan/sync';\nexport const open: typeof openRelay = openRelay;\nexport type Both = [CheckResult, Relay];\n`,
  );
  const words = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const roots = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--skipLibCheck'];
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const said = await run(process.execPath, [tsc, ...words, ...roots, 'relay.ts'], { cwd: directory });
  expect([said.code, said.out]).toEqual([0, '']);
});

it('its bill of materials is one by the schema of CycloneDX', async () => {
  const made = await run('npm', ['run', 'sbom'], { cwd: ROOT });
  expect(made.code).toBe(0);
  const place = join(directory, 'cyclonedx');
  await mkdir(place);
  await writeFile(join(place, 'package.json'), '{"private": true}\n');
  await npm(['install', '--ignore-scripts', `${CYCLONEDX}@10.3.0`], place);
  const schema = async (name: string) =>
    JSON.parse(await readFile(join(place, 'node_modules', CYCLONEDX, 'res/schema', name), 'utf8'));
  const ajv = new Ajv({ strict: false });
  // By the names that the one refers to the others with.
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(await schema(name), `http://cyclonedx.org/schema/${name}`);
  addFormats.default(ajv);
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  const validate = ajv.compile(await schema('bom-1.5.SNAPSHOT.schema.json'));
  const bill = JSON.parse(await readFile(join(ROOT, 'sbom.cdx.json'), 'utf8'));
  expect(validate(bill), JSON.stringify(validate.errors)).toBe(true);
  expect(bill.metadata.component).toMatchObject({ name: 'chadan', type: 'application' });
});
