// Known weaknesses of what we depend on, as the registry tells: 0 none that is high or critical in what is shipped,
// 1 there are, 3 the registry does not answer, so that nothing was checked. Never silently the one for the other.
import { spawnSync } from 'node:child_process';

const NOT_AUDITED = 3;

const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], { encoding: 'utf8' });
const report = JSON.parse(stdout || '{}');
const found = report.metadata?.vulnerabilities;
if (found === undefined) {
  process.stdout.write(`NOT AUDITED: the registry gave no answer (${report.message ?? 'none at all'}).\n`);
  process.stdout.write(
    'Nothing is known about weaknesses of the dependencies: run npm run audit where it answers.\n',
  );
  process.exitCode = NOT_AUDITED;
} else {
  const grave = found.high + found.critical;
  process.stdout.write(`audited: ${found.total} known weaknesses, ${grave} of them high or critical\n`);
  for (const { name, severity, range } of Object.values(report.vulnerabilities))
    process.stdout.write(`  ${severity} ${name} ${range}\n`);
  process.exitCode = grave > 0 ? 1 : 0;
}
