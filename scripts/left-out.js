// Says after the tests which ones did not run, for they need more than npm installs.
const LEFT_OUT = {
  'test:walk': 'the walk of the README, the npm package; needs bash and curl',
  'test:handbook': 'the exercises of the handbook and the API guide; needs bash, curl, jq and PostgreSQL',
  'test:restore': 'backup, restore, a new epoch; needs pg_dump and pg_basebackup',
  'test:gateways': 'needs Redis, Kannel, Kamailio, nginx and PostgreSQL',
  'test:upgrade': 'the release before beside this one; needs git and its history',
  'test:scale': 'nginx in front, a hot standby, failover; needs nginx and PostgreSQL',
  'test:examples':
    'relays in shell and Python, completion; needs bash, zsh, fish, curl, jq, openssl and Python',
  'test:deploy':
    'image, manifests and units; needs root, buildah, podman, runc, mmdebstrap, systemd, kubectl …',
  'test:nodes': 'all tests on Node.js 20, 22 and 24, from the npm registry',
  'test:postgres': 'all tests on PostgreSQL 15; needs its programs (Debian: postgresql-15)',
  'test:alerts': 'alert rules and dashboard; needs promtool (of Prometheus)',
  'test:browser': 'the console; needs Chromium',
};

process.stdout.write('\nLeft out:\n');
for (const [script, what] of Object.entries(LEFT_OUT))
  process.stdout.write(`  npm run ${script.padEnd(14)} ${what}\n`);
