// `npm run chaos:publish -- --rounds 200 [--seed 1]`: kills the server (kill -9) at random moments while carriers
// submit, reviewers decide and release, and versions are published; starts it again on the same data, and checks
// from outside that every answer still holds, once, and that the versions are one chain.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../bench/candidate-numbers.ts';
import { openChaosPlace } from './chaos-place.ts';
import { ChaosWork } from './chaos-work.ts';
import { OutsideView } from './outside-view.ts';
import { registerParty, type ServerProcess, startServerProcess } from './server-process.ts';

const LONGEST_LIFE_MS = 1500;

async function run(rounds: number, seed: number): Promise<void> {
  const random = new Random(seed);
  const place = await openChaosPlace();
  const settings = { ...place.settings, CHADAN_PUBLISH_INTERVAL: '0.3', CHADAN_PORT: String(place.port) };
  const start = () => startServerProcess(place.data, settings);
  let server: ServerProcess | undefined;
  try {
    server = await start();
    const carrier = await registerParty(server, 'carrier', 'carrier');
    const agency = await registerParty(server, 'agency', 'agency');
    const { credentials } = await registerParty(server, 'relay', 'relay');
    const view = new OutsideView('sender-numbers', credentials);
    const work = new ChaosWork(random, { carrier, agency }, view);
    process.stdout.write('      round       life   versions    entries\n');
    for (let round = 1; round <= rounds; round++) {
      const life = { over: false };
      const working = work.run(life);
      const lifeMs = random.below(LONGEST_LIFE_MS);
      await Promise.race([pause(lifeMs), working]); // it ends early only by failing
      await server.kill();
      life.over = true;
      await working;
      server = await start();
      await work.check();
      const row = [round, `${lifeMs} ms`, view.versions.length - 1, view.lines.length];
      process.stdout.write(`${row.map((cell) => String(cell).padStart(11)).join('')}\n`);
    }
    const cases = await work.checkAllCases();
    const { answered, unanswered } = work.counts;
    process.stdout.write(
      `${rounds} kills, seed ${seed}: ${answered} answers hold, ${unanswered} calls cut; ${cases} cases once each, ${view.versions.length - 1} versions in one chain\n`,
    );
  } finally {
    await server?.stop();
    await place.close();
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
await run(Number(values.rounds), Number(values.seed));
