// `npm run chaos:instances -- --rounds 20 [--seed 1]`: three servers on one PostgreSQL behind a balancer, all of them
// writing and publishing; each round one of them is killed (kill -9), and in the middle the database is restarted.
// Nobody is waited for: at the end there is one chain, everything answered holds, and the servers recovered by
// themselves.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../bench/candidate-numbers.ts';
import { openFirst, startFront } from './chaos-front.ts';
import { type ChaosPlace, openChaosPlace } from './chaos-place.ts';
import { ChaosWork } from './chaos-work.ts';
import { OutsideView } from './outside-view.ts';
import { registerParty, type ServerProcess, startServerProcess } from './server-process.ts';

const SERVERS = 3;
const LONGEST_ROUND_MS = 2000;
const DATABASE_AWAY_MS = 2000;

class Servers {
  readonly #place: ChaosPlace;
  readonly #issuer: () => string;
  readonly all: ServerProcess[] = [];
  #next = 0;

  constructor(place: ChaosPlace, issuer: () => string) {
    this.#place = place;
    this.#issuer = issuer;
  }

  async begin(): Promise<void> {
    for (let i = 0; i < SERVERS; i++) this.all.push(await this.#start());
  }

  /** A connection to each in turn; to the next one where one is gone. */
  open() {
    const ports = this.all.map(({ url }) => Number(new URL(url).port));
    const first = this.#next++ % Math.max(1, ports.length);
    return openFirst([...ports.slice(first), ...ports.slice(0, first)]);
  }

  /** Kills one, and starts another in its place. */
  async replace(index: number): Promise<void> {
    await this.all[index]?.kill();
    this.all[index] = await this.#start();
  }

  /** How many of them answer that they are ready. */
  async ready(): Promise<number> {
    const answers = await Promise.all(this.all.map(({ url }) => fetch(`${url}/readyz`)));
    return answers.filter(({ status }) => status === 200).length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((server) => server.stop()));
  }

  #start(): Promise<ServerProcess> {
    const { settings, data } = this.#place;
    return startServerProcess(data, {
      ...settings,
      CHADAN_ISSUER: this.#issuer(),
      CHADAN_PORT: '0',
      CHADAN_PUBLISH_INTERVAL: '0.3',
      CHADAN_LOG_LEVEL: 'fatal', // errors are what is expected here
    });
  }
}

async function run(rounds: number, seed: number): Promise<void> {
  const random = new Random(seed);
  const place = await openChaosPlace();
  const balancer = await startFront(() => servers.open());
  const servers = new Servers(place, () => `http://127.0.0.1:${balancer.port}`);
  try {
    await servers.begin();
    const [first] = servers.all;
    if (!first) throw new Error('no server');
    const parties = {
      carrier: await registerParty(first, 'carrier', 'carrier'),
      agency: await registerParty(first, 'agency', 'agency'),
    };
    const { credentials } = await registerParty(first, 'relay', 'relay');
    const view = new OutsideView('sender-numbers', credentials);
    const work = new ChaosWork(random, parties, view);
    const life = { over: false };
    const working = Promise.all([work.run(life), work.run(life)]);
    const restartAt = Math.ceil(rounds / 2);
    for (let round = 1; round <= rounds; round++) {
      await Promise.race([pause(random.below(LONGEST_ROUND_MS)), working]); // it ends early only by failing
      const index = random.below(SERVERS);
      if (round === restartAt) await place.restartDatabase(DATABASE_AWAY_MS);
      await servers.replace(index);
      process.stdout.write(
        `round ${round}: server ${index} killed${round === restartAt ? ', the database restarted' : ''}\n`,
      );
    }
    life.over = true;
    await working;
    await work.check();
    const cases = await work.checkAllCases();
    const ready = await servers.ready();
    if (ready !== SERVERS) throw new Error(`${ready} of ${SERVERS} servers are ready`);
    const { answered, unanswered, unavailable } = work.counts;
    if (unavailable === 0) throw new Error('nobody was told that the database was away');
    process.stdout.write(
      `${rounds} kills and a restart of the database, seed ${seed}: ${answered} answers hold, ${unanswered} calls cut, ${unavailable} told to come again; ${cases} cases once each, ${view.versions.length - 1} versions in one chain\n`,
    );
  } finally {
    await servers.stop();
    await balancer.close();
    await place.close();
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
await run(Number(values.rounds), Number(values.seed));
