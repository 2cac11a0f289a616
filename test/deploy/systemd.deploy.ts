// The units as systemd runs them: an npm package installed under /opt, the users made, both services started by a
// systemd that is process 1 of a container, with all that they forbid themselves.
import { chmod, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Postgres } from '../setup/postgres.ts';
import { freePort, until } from '../setup/programs.ts';
import { Containers, must, ROOT, STAND_IN } from './containers.ts';

const UNITS = join(ROOT, 'deploy/systemd');
const SERVICES = ['chadan.service', 'chadan-relay.service'];
const CHADAN = 'node /opt/chadan/node_modules/chadan/dist/cli.js';

it.each(SERVICES)('systemd-analyze finds nothing wrong with %s, and little to attack', async (service) => {
  // Verified beside a program where the unit says that there is one.
  const root = await mkdtemp(join(tmpdir(), 'chadan-unit-'));
  try {
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await copyFile(process.execPath, join(root, 'usr/bin/node'));
    const unit = join(root, 'etc/systemd/system', service);
    await mkdir(join(root, 'etc/systemd/system'), { recursive: true });
    await copyFile(join(UNITS, service), unit);
    await cp('/lib/systemd/system', join(root, 'lib/systemd/system'), { recursive: true });
    await must('systemd-analyze', ['verify', '--root', root, '--man=no', service]);
  } finally {
    await rm(root, { recursive: true });
  }
  // In tenths, from 0 to 100; it exits with 1 above the threshold.
  await must('systemd-analyze', ['security', '--offline=yes', '--threshold=15', join(UNITS, service)]);
});

describe('under systemd', () => {
  let containers: Containers;
  let directory: string;
  let postgres: Postgres;
  let exchange: number;
  let sidecar: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chadan-units-'));
    await chmod(directory, 0o755);
    postgres = await Postgres.create(join(directory, 'postgres'));
    await postgres.run('createdb', '-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'chadan', 'chadan');
    [exchange, sidecar] = [await freePort(), await freePort()];
    containers = await Containers.create('24');
    await buildHost();
    const free = ['--cap-add', 'all', '--cap-drop', 'sys_resource', '--security-opt', 'seccomp=unconfined'];
    const unmasked = ['--security-opt', 'unmask=all', '--systemd', 'always'];
    await containers.start('host', ...free, ...unmasked, 'localhost/host:latest', '/sbin/init');
    // As on a host: what is mounted for a unit is seen by it.
    await shell('mount --make-rshared /');
  });
  afterAll(async () => {
    await containers?.remove();
    await postgres?.stop();
    await rm(directory, { recursive: true });
  });

  /** A host as the handbook has it: the package in /opt/chadan, units, users, settings. */
  async function buildHost(): Promise<void> {
    const context = join(directory, 'host');
    await mkdir(context);
    await must('npm', ['pack', '--silent', '--pack-destination', context]);
    await cp(UNITS, join(context, 'units'), { recursive: true });
    const settings = `CHADAN_ISSUER=http://127.0.0.1:${exchange}\nCHADAN_PORT=${exchange}\n`;
    await writeFile(join(context, 'exchange.env'), settings);
    await writeFile(join(context, 'relay.env'), `RELAY_OPTIONS=--port ${sidecar}\n`);
    await writeFile(join(context, 'database-url'), postgres.url('chadan'), { mode: 0o600 });
    await writeFile(
      join(context, 'Containerfile'),
      `FROM ${STAND_IN}
RUN apt-get update && apt-get install --yes --no-install-recommends systemd systemd-sysv
RUN ln -s /usr/local/bin/node /usr/bin/node
COPY chadan-*.tgz /root/
RUN npm install --prefix /opt/chadan --omit=optional --ignore-scripts /root/chadan-*.tgz
COPY units/*.service /etc/systemd/system/
COPY units/sysusers.conf /usr/lib/sysusers.d/chadan.conf
COPY exchange.env relay.env database-url /etc/chadan/
RUN systemd-sysusers
`,
    );
    await containers.build('localhost/host:latest', context);
  }

  async function shell(command: string): Promise<string> {
    const { code, output, said } = await containers.podman('exec', 'host', 'sh', '-c', command);
    if (code !== 0) {
      const journal = await containers.podman('exec', 'host', 'journalctl', '--no-pager', '--lines', '40');
      throw new Error(`${command} ended with ${code}: ${said}\n${journal.output}`);
    }
    return output;
  }

  const ready = (port: number) =>
    until(
      () => fetch(`http://127.0.0.1:${port}/readyz`),
      ({ ok }) => ok,
      120_000,
    );

  it('the exchange starts, keeps its keys to itself, and stops when what is under way is done', async () => {
    await shell('systemctl start chadan.service');
    await ready(exchange);
    const files = await shell('stat --format="%U %a %n" /var/lib/chadan /var/lib/chadan/keys/root.json');
    expect(files).toBe('chadan 700 /var/lib/chadan\nchadan 600 /var/lib/chadan/keys/root.json\n');
    const add = `${CHADAN} client add --credentials /var/lib/chadan/admin.json --org R --kind relay --role relay`;
    await shell(`${add} --name gateway --out /etc/chadan/relay.json`);
  });

  it('the sidecar follows it, and has no way to read the keys of the exchange', async () => {
    await shell('systemctl start chadan-relay.service');
    await ready(sidecar);
    const answer = await fetch(`http://127.0.0.1:${sidecar}/check?from=010-2345-6789`);
    expect(await answer.json()).toMatchObject({ blocked: false });
    const { code } = await containers.podman(
      ...['exec', '--user', 'chadan-relay', 'host', 'cat', '/var/lib/chadan/keys/root.json'],
    );
    expect(code).not.toBe(0);
  });

  it('both end well when they are told to', async () => {
    await shell('systemctl stop chadan-relay.service chadan.service');
    for (const service of SERVICES)
      expect(await shell(`systemctl show ${service} --property Result,ExecMainStatus`)).toBe(
        'Result=success\nExecMainStatus=0\n',
      );
  });
});
