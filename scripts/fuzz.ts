// `npm run fuzz -- --requests 20000 [--seed 1]`: requests generated from the contract, valid and broken, for every operation,
// against a real exchange. Every answer is one that the contract declares, none is a fault of the exchange; every write is in
// the audit record; the server stays healthy and in its bounds. A fault is printed as a line for a shell, with its seed.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Contract, loadContract } from '../src/http/contract.ts';
import { registerCallers } from '../test/fuzz/callers.ts';
import { Fuzzer } from '../test/fuzz/fuzzer.ts';
import { Pools } from '../test/fuzz/pools.ts';
import { openChaosPlace } from './chaos-place.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const AT_ONCE = 4;
const HEALTH_EVERY = 250;
const MOST_MEMORY_BYTES = 768 * 1024 * 1024;
const SETTINGS = {
  CHADAN_PUBLISH_INTERVAL: '1',
  CHADAN_SESSION_IDLE: '86400',
  CHADAN_TOKEN_LIFE: '3600',
  // Who asks this much would soon be told to come again, and nothing behind that would be tried.
  CHADAN_RATE_SIGN_IN: '0',
  CHADAN_RATE_WRITE: '0',
  CHADAN_RATE_READ: '0',
};
/** So many requests an operation, and each must have succeeded once. */
const LONG_RUN = 100;
const MISSED_IN_SHORT_RUN = 0.2;
/** May rightly do nothing, and then leave nothing: no case left to lease, a key set that is in force already. */
const MAY_DO_NOTHING: ReadonlySet<string> = new Set(['claimCases', 'importKeySet']);
/** What needs more than a request to succeed: an authenticator's signature, a provider, one's own decision of a moment ago. */
const NEVER_SUCCEED: ReadonlySet<string> = new Set([
  'createPasskeySession',
  'addPasskey',
  'revokePasskey',
  'createProviderRequest',
  'createProviderSession',
  'undoDecision',
  'releaseDecided',
]);

async function run(requests: number, seed: number): Promise<void> {
  const place = await openChaosPlace();
  let server: ServerProcess | undefined;
  let fuzzer: Fuzzer | undefined;
  try {
    server = await startServerProcess(place.data, {
      ...place.settings,
      ...SETTINGS,
      CHADAN_PORT: String(place.port),
    });
    const log = keepLog(server);
    const contract = loadContract(new URL('../openapi.yaml', import.meta.url));
    const pools = new Pools();
    const callers = await registerCallers(server.url, server.adminFile, (id) => pools.keepOut(id));
    for (const kid of await tokenKeys(server.url)) pools.keepOut(kid);
    fuzzer = new Fuzzer({ url: server.url, seed, contract, callers, pools });
    const begun = performance.now();
    await fuzzer.begin();
    await sendAll(fuzzer, requests, server);
    const seconds = (performance.now() - begun) / 1000;
    const wrong = [...(await findSilent(fuzzer, place.databaseUrl())), ...(await findExcess(server))];
    wrong.push(...findUnreached(fuzzer, contract, requests));
    process.stdout.write(fuzzer.coverage.table());
    report(fuzzer, wrong, log, { requests, seed, seconds, memory: await server.peakMemory() });
  } finally {
    fuzzer?.close();
    await server?.stop();
    await place.close();
  }
}

/** All of them, some at a time; between them the server must answer that it is well. */
async function sendAll(fuzzer: Fuzzer, requests: number, server: ServerProcess): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const number = next++;
      await fuzzer.step(number);
      if (number % HEALTH_EVERY === HEALTH_EVERY - 1) await requireHealth(server.url, number);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await requireHealth(server.url, requests);
}

async function requireHealth(url: string, number: number): Promise<void> {
  for (const path of ['/healthz', '/readyz']) {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(20_000) });
    if (response.status !== 200)
      throw new Error(`${path} ${response.status} after request ${number}: ${await response.text()}`);
  }
}

async function tokenKeys(url: string): Promise<string[]> {
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[];
  };
  return keys.map(({ kid }) => kid);
}

/** Lines of errors that the server logged. */
function keepLog({ child }: ServerProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: string | Buffer) => {
      lines.push(...String(text).split('\n'));
      lines.splice(0, lines.length - 2000);
    });
  return lines;
}

/** Writes without an audit event. */
async function findSilent({ written }: Fuzzer, databaseUrl: string): Promise<string[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      'select request_id::text as id from audit_event where request_id = any($1)',
      [[...written.keys()]],
    );
    const recorded = new Set(rows.map(({ id }) => id));
    const silent = [...written].filter(
      ([id, operation]) => !recorded.has(id) && !MAY_DO_NOTHING.has(operation),
    );
    return [...new Set(silent.map(([, operation]) => `${operation} wrote without an audit event`))];
  } finally {
    await client.end();
  }
}

/** Operations that never succeeded, so that nothing behind them was tried. A short run may miss some. */
function findUnreached({ coverage }: Fuzzer, { operations }: Contract, requests: number): string[] {
  const expected = operations.map(({ id }) => id).filter((id) => !NEVER_SUCCEED.has(id));
  const unreached = expected.filter((id) => !coverage.has(id, (status) => status >= 200 && status < 400));
  const allowed = requests >= LONG_RUN * operations.length ? 0 : expected.length * MISSED_IN_SHORT_RUN;
  return unreached.length > allowed ? unreached.map((id) => `${id} never succeeded`) : [];
}

async function findExcess(server: ServerProcess): Promise<string[]> {
  const peak = (await server.peakMemory()) ?? 0;
  if (peak <= MOST_MEMORY_BYTES) return [];
  return [`the server took ${megabytes(peak)} of memory, and may take ${megabytes(MOST_MEMORY_BYTES)}`];
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;

interface Run {
  requests: number;
  seed: number;
  seconds: number;
  memory: number | undefined;
}

function report(
  fuzzer: Fuzzer,
  wrong: string[],
  log: string[],
  { requests, seed, seconds, memory }: Run,
): void {
  const { coverage, faults } = fuzzer;
  for (const { operation, what, curl, requestId, times } of faults.values()) {
    process.stdout.write(`\n${operation}: ${what}${times > 1 ? `, ${times} times` : ''}\n  ${curl}\n`);
    const logged = log.find((line) => requestId !== '' && line.includes(requestId));
    if (logged) process.stdout.write(`  ${logged.slice(0, 3000)}\n`);
  }
  for (const line of wrong) process.stdout.write(`${line}\n`);
  const succeeded = coverage.total((status) => status >= 200 && status < 400);
  const refused = coverage.total((status) => status >= 400 && status < 500);
  const busy = coverage.total((status) => status === 503);
  process.stdout.write(
    `${requests} requests, seed ${seed}, in ${Math.round(seconds)} s: ${succeeded} answered, ${refused} refused, ${busy} told to come again, ${coverage.total((status) => status === 0)} cut; ${faults.size + wrong.length} faults${memory === undefined ? '' : `; at most ${megabytes(memory)} of memory`}\n`,
  );
  if (faults.size + wrong.length > 0) process.exitCode = 1;
}

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
await run(Number(values.requests), Number(values.seed));
