// `npm run chaos:sync -- [--rounds N]`: a relay is killed at random moments of its syncs, again and again. After each
// kill the directory must hold a version that was served, whole and verified, and the next process goes on from it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRelay } from '../src/sync/relay.ts';
import { someLines } from '../test/sync/hostile-exchange.ts';
import { RelayBench } from '../test/sync/relay-bench.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const rounds = Number(values.rounds);
const bench = await RelayBench.start(someLines(1000));
const credentials = join(bench.directory, 'credentials.json');
const child = new URL('../test/sync/sync-child.ts', import.meta.url).pathname;
await writeFile(credentials, JSON.stringify(bench.exchange.credentials), { mode: 0o600 });

let published = 0;
const held = new Map<number, number>();
for (let round = 1; round <= rounds; round++) {
  await syncUntilKilled();
  const version = await verifyHeld();
  held.set(version, (held.get(version) ?? 0) + 1);
  if (round % 10 === 0 || round === rounds)
    process.stdout.write(
      `${round} kills, version ${version} of ${bench.exchange.version} held, whole and verified\n`,
    );
  // A history of its own now and then, and a snapshot to come by.
  if (round % 20 === 0) bench.exchange.restart(someLines(1000, round));
  if (round % 7 === 0) bench.exchange.snapshotVersion = bench.exchange.version;
}
await bench.reopen();
const last = await bench.sync();
if (last.outcome === 'failed' || bench.lines.join() !== bench.exchange.lines.join())
  throw new Error(`the last sync did not reach the version served: ${last.error?.message}`);
process.stdout.write(
  `${rounds} kills, ${published} versions, ${held.size} different ones held; nothing was lost\n`,
);
await bench.stop();

/** Whenever the list is asked for there is another version, so that the child is at work when it dies. */
async function syncUntilKilled(): Promise<void> {
  const program = spawn(process.execPath, ['--import', 'tsx', child, bench.directory, credentials, '1000'], {
    stdio: 'ignore',
  });
  const died = once(program, 'exit');
  let asked = 0;
  const killAfter = 1 + Math.floor(Math.random() * 8);
  bench.exchange.lies.manifest = (honest) => {
    published++;
    bench.exchange.publish(someLines(1000 + (published % 400), published * 7));
    if (++asked === killAfter) setTimeout(() => program.kill('SIGKILL'), Math.random() * 40);
    return honest;
  };
  await died;
  delete bench.exchange.lies.manifest;
  if (asked < killAfter) throw new Error('the relay ended before it was killed');
}

/** The version held, after everything about it was recomputed. Throws where it was never served. */
async function verifyHeld(): Promise<number> {
  const relay = await openRelay({ dir: bench.directory, lists: [bench.exchange.list] });
  const inForce = relay.inForce(bench.exchange.list);
  const [status] = await relay.status();
  await relay.close();
  if (inForce === undefined) {
    if (status?.fault?.code === 'nothing_held') return 0; // killed before the first sync had ended
    throw new Error(`damaged: ${status?.fault?.message}`);
  }
  const { version, digest, epoch } = inForce.manifest;
  const served = epoch === bench.exchange.epoch ? bench.exchange.versions[version]?.digest : digest;
  if (digest !== served) throw new Error(`version ${version} was never served so`);
  return version;
}
