// `npm run measure:front -- --seconds 5`: what a pull costs an exchange, and nginx in front of it (deploy/nginx), in CPU
// time a request: that holds on a busy machine, where requests a second say little. Needs nginx and wrk.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Daemon, findProgram, freePorts, requestsASecond } from '../bench/programs.ts';
import { openChaosPlace } from './chaos-place.ts';
import { postJson, readPages, type Schemas } from './demo-api.ts';
import { cpuSecondsOf, registerParty, startServerProcess } from './server-process.ts';

const CONFIG = fileURLToPath(new URL('../deploy/nginx/chadan.conf', import.meta.url));
const LIST = '/v1/lists/sender-numbers';
const ENTRIES = 1000;

async function startNginx(nginx: string, directory: string, server: number): Promise<[Daemon, number]> {
  const [port = 0] = await freePorts(1);
  await mkdir(join(directory, 'cache'), { recursive: true });
  await chmod(directory, 0o755);
  const text = (await readFile(CONFIG, 'utf8'))
    .replaceAll(/exchange-[12]:8080/g, `127.0.0.1:${server}`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/var/cache/nginx/chadan', join(directory, 'cache'));
  const file = join(directory, 'nginx.conf');
  // One process: whose CPU time is that of nginx.
  const main = `daemon off; master_process off; pid ${directory}/pid; events {} http { access_log off;`;
  await writeFile(file, `${main}\n${text}\n}\n`);
  const daemon = new Daemon(nginx, ['-p', directory, '-c', file, '-e', 'stderr']);
  await daemon.until(() => fetch(`http://127.0.0.1:${port}/healthz`));
  return [daemon, port];
}

async function run(seconds: number): Promise<void> {
  const [nginx, wrk] = await Promise.all([findProgram('nginx'), findProgram('wrk')]);
  if (nginx === undefined || wrk === undefined) throw new Error('needs nginx and wrk');
  const place = await openChaosPlace();
  const server = await startServerProcess(place.data, {
    ...place.settings,
    CHADAN_PORT: String(place.port),
    CHADAN_RATE_READ: '0',
    CHADAN_LOG_LEVEL: 'fatal',
  });
  const [front, port] = await startNginx(nginx, join(place.data, 'nginx'), place.port);
  try {
    const carrier = await registerParty(server, 'carrier', 'carrier');
    const agency = await registerParty(server, 'agency', 'agency');
    const relay = await registerParty(server, 'relay', 'relay');
    const candidates = Array.from({ length: ENTRIES }, (_, i) => ({
      ...{ type: 'sender_number', value: `+8210${20_000_000 + i * 7919}`, category: 'gambling', reports: 1 },
    }));
    await postJson(carrier, '/v1/submissions', { candidates });
    const open = await readPages<{ id: string; revision: number }>(agency, '/v1/cases', { status: 'open' });
    const cases = open.map(({ id, revision }) => ({ id, revision }));
    await postJson(agency, '/v1/decisions', { cases, verdict: 'verify' });
    await postJson(agency, `${LIST}/versions`, { confirmMassChange: true });
    const { epoch } = await relay.requestJson<Schemas['List']>(LIST);
    const authorization = `Bearer ${await relay.accessToken()}`;
    const manifest = await fetch(`${server.url}${LIST}/manifest`, { headers: { authorization } });
    const etag = manifest.headers.get('etag') ?? '';
    const diff = `${LIST}/versions/1/diff?from=0&epoch=${epoch}`;
    const direct = `http://127.0.0.1:${place.port}`;
    const cached = `http://127.0.0.1:${port}`;
    const held = { authorization, 'If-None-Match': etag };
    const gzip = { authorization, 'Accept-Encoding': 'gzip' };
    const rows: [string, string, Record<string, string>][] = [
      ['manifest, 304, from the exchange', `${direct}${LIST}/manifest`, held],
      ['authorization alone, 204', `${direct}/v1/pull-authorization`, { authorization }],
      ['diff of 1,000, from the exchange', `${direct}${diff}`, gzip],
      ['manifest, 304, through nginx', `${cached}${LIST}/manifest`, held],
      ["diff of 1,000, from nginx's cache", `${cached}${diff}`, gzip],
    ];
    for (const [what, url, headers] of rows) {
      await requestsASecond(wrk, { url, headers, seconds: 1, connections: 16 });
      const pids = [server.child.pid ?? 0, front.child.pid ?? 0];
      const before = await Promise.all(pids.map(cpuSecondsOf));
      const rate = await requestsASecond(wrk, { url, headers, seconds, connections: 16 });
      const after = await Promise.all(pids.map(cpuSecondsOf));
      const micros = pids.map((_, at) =>
        Math.round((((after[at] ?? 0) - (before[at] ?? 0)) / (rate * seconds)) * 1e6),
      );
      process.stdout.write(
        `${what}: ${micros[0]} µs of the exchange, ${micros[1]} µs of nginx (${Math.round(rate)}/s)\n`,
      );
    }
  } finally {
    await front.stop();
    await server.stop();
    await place.close();
  }
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
await run(Number(values.seconds));
