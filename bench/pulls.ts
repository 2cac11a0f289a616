// P9: how many pulls a second one server answers, with a token, beside a bare node:http server and nginx that send the
// same bytes: the manifest to who holds it (304), and the diff of one version.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, registerParty, startServerProcess } from '../scripts/server-process.ts';
import type { BareAnswer } from './bare-server.ts';
import { awaitSnapshot } from './catch-up.ts';
import { Daemon, findProgram, freePorts, requestsASecond } from './programs.ts';
import { publishRound } from './publish.ts';
import { type Result, round } from './result.ts';
import { LIST, type SeededList, seedList } from './seeded-list.ts';

const GOAL = 0.5;
const CONNECTIONS = 64;
const TURNS = 3;
const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));

/** One request as it is sent to every server, and the answer that each must give. */
interface Pull {
  path: string;
  /** Told by the reader, but for the token. */
  headers: Record<string, string>;
  answer: BareAnswer;
}

/** Requests a second, and CPU microseconds of the server's process for each where the system tells. */
interface Rate {
  rate: number;
  cpu: number | undefined;
}

type Rates = Record<string, { manifest304: Rate; diff: Rate }>;

/** Where a server listens, and its process; of nginx the one that answers is another. */
interface Target {
  url: string;
  pid: number | undefined;
}

/** Measures the pulls of one server process; `wrk` must be there. */
export async function benchPulls(scale: 'small' | 'full'): Promise<Result> {
  const wrk = await findProgram('wrk');
  if (wrk === undefined) throw new Error('wrk is not installed (apt-get install wrk)');
  const list = await seedList(scale === 'full' ? 1_000_000 : 10_000);
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(directory, 0o711); // as root, nginx reads as another user
  try {
    await publishRound(list, 0);
    const rates = await measure(wrk, list, directory, scale === 'full' ? 5 : 2);
    return report(rates, list.entries, scale);
  } finally {
    await list.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(wrk: string, list: SeededList, directory: string, seconds: number): Promise<Rates> {
  const server = await startServerProcess(join(directory, 'data'), {
    DATABASE_URL: list.url,
    CHADAN_PORT: '0',
    CHADAN_RATE_READ: '1000000000', // one client stands for all; it is counted all the same
  });
  const stops = [() => server.stop()];
  try {
    const client = await registerParty(server, 'relay', 'relay');
    await awaitSnapshot(client); // the manifest is signed anew when it names it
    const authorization = `Bearer ${await client.accessToken()}`;
    const pulls = await readPulls(server.url, authorization);
    const answers = [pulls.manifest304.answer, pulls.diff.answer];
    const bare = await startBare(directory, answers);
    stops.push(() => bare.stop());
    const targets = new Map<string, Target>([
      ['chadan', { url: server.url, pid: server.child.pid }],
      ['node:http', bare],
    ]);
    const nginx = await startNginx(directory, answers);
    if (nginx) {
      stops.push(() => nginx.stop());
      targets.set('nginx', { url: nginx.url, pid: undefined });
    }
    return await takeTurns(targets, pulls, async ({ url, pid }, { path, headers }) => {
      const before = pid === undefined ? undefined : await cpuSecondsOf(pid);
      const rate = await requestsASecond(wrk, {
        url: url + path,
        headers: { ...headers, Authorization: authorization },
        seconds,
        connections: CONNECTIONS,
      });
      const after = pid === undefined ? undefined : await cpuSecondsOf(pid);
      const spent = before === undefined || after === undefined ? undefined : after - before;
      return { rate, cpu: spent && round((spent * 1e6) / (rate * seconds)) };
    });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Asks the exchange once for each, and checks what it is. */
async function readPulls(url: string, authorization: string) {
  const headers = { Authorization: authorization, 'Accept-Encoding': 'gzip' };
  const path = `/v1/lists/${LIST}/manifest`;
  const manifest = await answerOf(url, path, headers);
  const state = (await (await fetch(`${url}/v1/lists/${LIST}`, { headers })).json()) as { epoch: string };
  const diffPath = `/v1/lists/${LIST}/versions/2/diff?from=1&epoch=${state.epoch}`;
  const diff = await answerOf(url, diffPath, headers);
  if (diff.headers['content-encoding'] !== 'gzip') throw new Error('the diff is not in gzip');
  const etag = manifest.headers['etag'] ?? '';
  const again = await fetch(url + path, { headers: { ...headers, 'If-None-Match': etag } });
  if (again.status !== 304) throw new Error(`the manifest was answered with ${again.status}`);
  return {
    manifest304: { path, headers: { 'If-None-Match': etag }, answer: manifest },
    diff: { path: diffPath, headers: { 'Accept-Encoding': 'gzip' }, answer: diff },
  };
}

/** The answer as it is on the wire: fetch would take the coding off. */
async function answerOf(url: string, path: string, headers: Record<string, string>): Promise<BareAnswer> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request(url + path, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`${path}: ${response.statusCode}`));
        const {
          date: _,
          connection: __,
          'keep-alive': ___,
          'x-request-id': ____,
          ...sent
        } = response.headers;
        resolve({
          path,
          headers: sent as Record<string, string>,
          body: Buffer.concat(chunks).toString('base64'),
        });
      });
    });
    call.on('error', reject).end();
  });
}

async function startBare(directory: string, answers: BareAnswer[]) {
  const file = join(directory, 'answers.json');
  await writeFile(file, JSON.stringify(answers));
  const [daemon, port] = await Daemon.withFirstLine(process.execPath, [
    '--import',
    import.meta.resolve('tsx'),
    BARE_SERVER,
    file,
  ]);
  return { url: `http://127.0.0.1:${port}`, pid: daemon.child.pid, stop: () => daemon.stop() };
}

/** nginx on one worker with the same bodies as files and the same validators; undefined where it is not installed. */
async function startNginx(directory: string, answers: BareAnswer[]) {
  const program = await findProgram('nginx');
  if (program === undefined) return undefined;
  const [port = 0] = await freePorts(1);
  const prefix = join(directory, 'nginx');
  await mkdir(join(prefix, 'files'), { recursive: true });
  const locations = await Promise.all(
    answers.map(async ({ path, headers, body }, i) => {
      const file = join(prefix, 'files', String(i));
      await writeFile(file, Buffer.from(body, 'base64'));
      const coding = headers['content-encoding'];
      return `location = ${path.split('?')[0]} {
        if ($http_if_none_match = '${headers['etag']}') { return 304; }
        alias ${file}; etag off; add_header ETag '${headers['etag']}'; default_type '${headers['content-type']}';
        ${coding ? `add_header Content-Encoding ${coding};` : ''}
      }`;
    }),
  );
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${prefix};`,
  );
  await writeFile(
    join(prefix, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr error;
     events { worker_connections 256; }
     http { access_log off; keepalive_requests 1000000000; open_file_cache max=100; sendfile on; ${paths.join(' ')}
       server { listen 127.0.0.1:${port}; ${locations.join('\n')} } }`,
  );
  const daemon = new Daemon(program, ['-p', prefix, '-c', join(prefix, 'nginx.conf')]);
  const url = `http://127.0.0.1:${port}`;
  await daemon.until(() => answerOf(url, answers[1]?.path ?? '', {}));
  return { url, stop: () => daemon.stop() };
}

/** Every server with each pull in turns; the best of each, for what disturbs only slows. */
async function takeTurns(
  targets: ReadonlyMap<string, Target>,
  pulls: { manifest304: Pull; diff: Pull },
  load: (target: Target, pull: Pull) => Promise<Rate>,
): Promise<Rates> {
  const rates: Rates = {};
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, target] of targets) {
      const before = rates[name];
      rates[name] = {
        manifest304: better(before?.manifest304, await load(target, pulls.manifest304)),
        diff: better(before?.diff, await load(target, pulls.diff)),
      };
    }
  }
  return rates;
}

function better(one: Rate | undefined, other: Rate): Rate {
  if (one === undefined) return other;
  const cpu = one.cpu === undefined || other.cpu === undefined ? undefined : Math.min(one.cpu, other.cpu);
  return { rate: Math.max(one.rate, other.rate), cpu };
}

function report(rates: Rates, entries: number, scale: 'small' | 'full'): Result {
  const [ours, bare] = [rates['chadan'], rates['node:http']];
  if (!ours || !bare) throw new Error('nothing was measured');
  const ratios = {
    manifest304: ours.manifest304.rate / bare.manifest304.rate,
    diff: ours.diff.rate / bare.diff.rate,
  };
  const figure = Math.min(ratios.manifest304, ratios.diff);
  return {
    id: 'P9',
    goal: 'manifest 304 and one-step diff, with token ≥ 0.5 × a bare node:http server sending the same bytes',
    figure: round(figure),
    unit: '× (the lesser of the two)',
    met: figure >= GOAL,
    details: {
      entries,
      load: `wrk -t1 -c${CONNECTIONS}, best of ${TURNS} turns`,
      ratios: { manifest304: round(ratios.manifest304), diff: round(ratios.diff) },
      requestsASecondAndCpuMicroseconds: rates,
      ...(!rates['nginx'] && { leftOut: 'nginx is not installed' }),
      ...(scale === 'small' && { note: 'the goal is for --scale full' }),
    },
  };
}
