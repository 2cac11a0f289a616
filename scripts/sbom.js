// The bill of materials of what is installed for use: `npm run sbom` writes sbom.cdx.json (CycloneDX 1.5), made by npm from
// the lock file. npm's own --omit=dev drops what development needs too, so that what only development needs is left out
// here; then every package of the lock file that is for use must be in it, with its hash.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const TARGET = 'sbom.cdx.json';

const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const { stdout, stderr, status } = spawnSync('npm', words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`);
const bill = JSON.parse(stdout);
// npm calls it after the directory that it lies in.
bill.metadata.component.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
const packages = Object.entries(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages)
  .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
  .map(([path, { version, integrity }]) => ({
    id: `${path.split('node_modules/').at(-1)}@${version}`,
    integrity,
  }));
const wanted = new Set(packages.map(({ id }) => id));
bill.components = bill.components.filter(({ name, version }) => wanted.has(`${name}@${version}`));
const kept = new Set([bill.metadata.component['bom-ref'], ...bill.components.map((one) => one['bom-ref'])]);
bill.dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
const missing = packages.filter(({ id, integrity }) => !isListed(id, integrity));
if (missing.length > 0) throw new Error(`not in the bill: ${missing.map(({ id }) => id).join(', ')}`);
writeFileSync(TARGET, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${TARGET}: ${bill.components.length} components\n`);

/** With the hash of the lock file, in hexadecimal as CycloneDX has it. */
function isListed(id, integrity) {
  const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return bill.components.some(
    (component) =>
      `${component.name}@${component.version}` === id &&
      component.hashes?.some(({ alg, content }) => alg === 'SHA-512' && content === hash),
  );
}
