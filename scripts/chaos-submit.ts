// `npm run chaos:submit -- --rounds 200 [--seed 1]`: kills the server (kill -9) at random moments while carriers hand in
// files, starts it again on the same data, and checks that each submission is there once and whole, or not at all.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Random } from '../bench/candidate-numbers.ts';
import { type ExchangeClient, ExchangeError } from '../src/client/exchange-client.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { readPages, type Schemas } from './demo-api.ts';
import { registerCarrier, type ServerProcess, startServerProcess } from './server-process.ts';

type Receipt = Schemas['SubmissionReceipt'];

interface Sent {
  key: string;
  body: string;
  rows: number;
  /** The first answer; undefined while there is none. */
  receipt?: Receipt;
}

const CARRIERS = 2;
const MAX_ROWS = 12_000;
const LONGEST_LIFE_MS = 2500;
const MAX_TRIES = 100;
/** What a caller sees of a server that is killed. */
const CUT = new Set(['unreachable', 'body_cut', 'bad_response']);

class Chaos {
  readonly #random: Random;
  readonly #all: Sent[][] = Array.from({ length: CARRIERS }, () => []);
  readonly #start: () => Promise<ServerProcess>;
  #carriers: ExchangeClient[] = [];
  #server: ServerProcess | undefined;

  constructor(seed: number, start: () => Promise<ServerProcess>) {
    this.#random = new Random(seed);
    this.#start = start;
  }

  /** One life of the server and the check after it; what happened, for the table. */
  async round(number: number): Promise<string> {
    const server = this.#server ?? (await this.#begin());
    const life = { over: false };
    const posting = this.#carriers.map((carrier, i) => this.#post(carrier, this.#all[i] ?? [], life, number));
    const lifeMs = this.#random.below(LONGEST_LIFE_MS);
    await pause(lifeMs);
    life.over = true;
    await server.kill();
    const batches = await Promise.all(posting);
    this.#server = await this.#start();
    const unanswered = batches.flat().filter(({ receipt }) => !receipt).length;
    let stored = 0;
    for (const [i, batch] of batches.entries()) stored += await this.#check(i, batch);
    const answered = batches.flat().length - unanswered;
    const row = [number, `${lifeMs} ms`, answered, unanswered, stored];
    return row.map((cell) => String(cell).padStart(11)).join('');
  }

  /** Everything that was ever sent is there once. How many submissions that is. */
  async end(): Promise<number> {
    let count = 0;
    for (const [i, carrier] of this.#carriers.entries()) {
      const sent = this.#all[i] ?? [];
      const listed = await readPages<Receipt>(carrier, '/v1/submissions');
      expectEqual(
        'the list of submissions',
        listed.map(identify).sort(),
        sent.map(receiptOf).map(identify).sort(),
      );
      count += sent.length;
    }
    return count;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #begin(): Promise<ServerProcess> {
    this.#server = await this.#start();
    for (let i = 0; i < CARRIERS; i++)
      this.#carriers.push(await registerCarrier(this.#server, `carrier ${i}`));
    return this.#server;
  }

  /** Hands in file after file until the server is gone. */
  async #post(carrier: ExchangeClient, all: Sent[], life: { over: boolean }, round: number): Promise<Sent[]> {
    const batch: Sent[] = [];
    while (!life.over) {
      const sent = this.#makeFile(`round-${round}-${batch.length}`);
      batch.push(sent);
      all.push(sent);
      try {
        sent.receipt = await handIn(carrier, sent, 1);
      } catch (error) {
        if (!(error instanceof ExchangeError) || !CUT.has(error.code)) throw error;
        break;
      }
    }
    return batch;
  }

  /** Numbers of a small range, so that files meet in the same cases; none twice in a file. */
  #makeFile(key: string): Sent {
    const rows = 1 + this.#random.below(this.#random.next() < 0.5 ? 200 : MAX_ROWS);
    const first = this.#random.below(MAX_ROWS);
    let body = 'type,value,category,reports\n';
    for (let i = 0; i < rows; i++)
      body += `sender_number,010${20_000_000 + (((first + i) * 7919) % 79_999_999)},job,1\n`;
    return { key, body, rows };
  }

  /** The submissions of one life; how many of the unanswered ones had been stored all the same. */
  async #check(index: number, batch: readonly Sent[]): Promise<number> {
    const carrier = this.#carriers[index] as ExchangeClient;
    let stored = 0;
    const before = new Map(
      (await readPages<Receipt>(carrier, '/v1/submissions')).map((receipt) => [receipt.id, receipt]),
    );
    for (const sent of batch) {
      const first = sent.receipt;
      const again = await handIn(carrier, sent, MAX_TRIES);
      if (first) {
        expectEqual(`${sent.key} as listed`, before.get(first.id), first);
        expectEqual(`${sent.key} handed in again`, again, first);
      } else if (before.has(again.id)) stored++;
      sent.receipt = again;
      const found = await carrier.requestJson<Schemas['Submission']>(`/v1/submissions/${again.id}`);
      expectEqual(
        `the counts of ${sent.key}`,
        [again.received, again.accepted, again.invalid],
        [sent.rows, sent.rows, 0],
      );
      expectEqual(`the candidates of ${sent.key}`, found.outcomes.pending, sent.rows);
    }
    return stored;
  }
}

/** Waits while the database still ends the transaction of the server that died. Throws ExchangeError. */
async function handIn(carrier: ExchangeClient, sent: Sent, tries: number): Promise<Receipt> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await carrier.requestJson<Receipt>('/v1/submissions', {
        method: 'POST',
        headers: { 'content-type': 'text/csv', 'idempotency-key': sent.key },
        body: sent.body,
        maxAttempts: 1,
      });
    } catch (error) {
      const isUnderWay = error instanceof ExchangeError && error.code === 'submission_in_progress';
      if (!isUnderWay || attempt >= tries) throw error;
      await pause(100);
    }
  }
}

const identify = ({ id, accepted }: Receipt) => `${id} ${accepted}`;

function receiptOf({ key, receipt }: Sent): Receipt {
  if (!receipt) throw new Error(`${key} was never answered`);
  return receipt;
}

function expectEqual(what: string, found: unknown, owed: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(owed)];
  if (left !== right)
    throw new Error(`${what}: ${left?.slice(0, 500)}, and should be ${right?.slice(0, 500)}`);
}

/** What only the tables tell: nothing belongs to no submission, and each case has the sums of its candidates. */
async function checkTables(dataDirectory: string): Promise<void> {
  const server = await startEmbedded({ dataDir: join(dataDirectory, 'postgres') });
  const client = new pg.Client(server.url);
  try {
    await client.connect();
    const { rows } = await client.query(`
      select (select count(*) from candidate k where not exists (select from submission s where s.id = k.submission_id))::int as orphans,
             (select count(*) from (select c.id from review_case c left join candidate k on k.case_id = c.id group by c.id
               having c.reports <> coalesce(sum(k.reports), 0)) wrong)::int as wrong_sums`);
    expectEqual('the tables', rows[0], { orphans: 0, wrong_sums: 0 });
  } finally {
    await client.end();
    await server.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function run(rounds: number, seed: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-chaos-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  const data = join(directory, 'data');
  const port = String(await freePort());
  const settings = { CHADAN_PORT: port, CHADAN_ISSUER: `http://127.0.0.1:${port}` };
  const chaos = new Chaos(seed, () => startServerProcess(data, settings));
  try {
    process.stdout.write('      round       life   answered unanswered     stored\n');
    for (let round = 1; round <= rounds; round++) process.stdout.write(`${await chaos.round(round)}\n`);
    const count = await chaos.end();
    await chaos.stop();
    await checkTables(data);
    process.stdout.write(`${rounds} kills, seed ${seed}: ${count} submissions, each there once and whole\n`);
  } finally {
    await chaos.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
await run(Number(values.rounds), Number(values.seed));
