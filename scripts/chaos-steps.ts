// `npm run chaos:steps [-- --only PATTERN]`: the fault table of a publication. For each statement of its transaction the
// server is killed (kill -9) before the statement reaches the database, and again after it was done there; each time
// an outsider finds the old version in force, whole, until the commit is done, and the new one after. The next
// publication is clean.
import { parseArgs } from 'node:util';
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import { ExchangeError } from '../src/client/exchange-client.ts';
import { openDatabase, urlThrough } from './chaos-front.ts';
import { type ChaosPlace, openChaosPlace } from './chaos-place.ts';
import { postJson, readPages, type Schemas } from './demo-api.ts';
import { expectEqual, OutsideView } from './outside-view.ts';
import { registerParty, type ServerProcess, startServerProcess } from './server-process.ts';
import { type Death, layStatementLine, type StatementLine } from './statement-line.ts';

const LIST = '/v1/lists/sender-numbers';
/** The statement that begins a publication: it sets how long its holder may be silent. */
const BEGINS = /idle_in_transaction_session_timeout/;

class FaultTable {
  readonly #place: ChaosPlace;
  readonly #line: StatementLine;
  #server: ServerProcess | undefined;
  #agency: ExchangeClient | undefined;
  #carrier: ExchangeClient | undefined;
  #view: OutsideView | undefined;
  #numbers = 0;

  constructor(place: ChaosPlace, line: StatementLine) {
    this.#place = place;
    this.#line = line;
  }

  /** Starts the first server and registers who works on it. */
  async begin(): Promise<void> {
    const server = await this.#start();
    this.#carrier = await registerParty(server, 'carrier', 'carrier');
    this.#agency = await registerParty(server, 'agency', 'agency');
    const { credentials } = await registerParty(server, 'relay', 'relay');
    this.#view = new OutsideView('sender-numbers', credentials);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** The statements of a publication that nothing befalls, as many words of each as tell them apart. */
  async steps(): Promise<string[]> {
    await this.#order();
    const watching = this.#line.watch(BEGINS);
    await this.#publish();
    await this.#must.view.verify();
    return (await watching).map((statement) => statement.replaceAll(/\s+/g, ' ').slice(0, 60));
  }

  /** Kills the server there; what was in force then, for the table. */
  async kill(death: Death, isCommitted: boolean): Promise<string> {
    const { view } = this.#must;
    const gone = await this.#order();
    await view.verify();
    const before = view.versions.length - 1;
    const watching = this.#line.watch(BEGINS, death);
    const answer = this.#publish().then(
      () => 'answered',
      (error: unknown) => {
        if (error instanceof ExchangeError) return error.code;
        throw error;
      },
    );
    await watching;
    await this.#server?.kill();
    this.#line.mend();
    expectEqual('the answer to the publication', await answer, 'unreachable');
    await this.#start();
    await view.verify(); // the very state that the kill left behind
    const version = view.versions.length - 1;
    expectEqual('the version in force after the kill', version, before + (isCommitted ? 1 : 0));
    expectEqual(
      'the released line is there',
      view.lines.some((line) => line.startsWith(gone)),
      !isCommitted,
    );
    const next = await this.#publish();
    expectEqual(
      'the next publication',
      [next.version, next.count],
      [before + 1, view.lines.length + (isCommitted ? 0 : 2)],
    );
    await view.verify();
    return isCommitted ? `version ${version}, new` : `version ${version}, old`;
  }

  get #must() {
    const [agency, carrier, view] = [this.#agency, this.#carrier, this.#view];
    if (!agency || !carrier || !view) throw new Error('nothing has begun');
    return { agency, carrier, view };
  }

  async #start(): Promise<ServerProcess> {
    const { settings, port, data, databaseUrl } = this.#place;
    const url = urlThrough(this.#line, databaseUrl());
    this.#server = await startServerProcess(data, {
      ...settings,
      DATABASE_URL: url,
      CHADAN_PORT: String(port),
    });
    return this.#server;
  }

  /** Three numbers to list and one listed to release, so that a publication has all its statements. */
  async #order(): Promise<string> {
    const { agency, carrier, view } = this.#must;
    const values = Array.from({ length: 3 }, () => `+8210${30_000_000 + 7919 * this.#numbers++}`);
    const candidates = values.map((value) => ({
      type: 'sender_number',
      value,
      category: 'gambling',
      reports: 1,
    }));
    await postJson(carrier, '/v1/submissions', { candidates });
    const open = await readPages<Schemas['Case']>(agency, '/v1/cases', { status: 'open' });
    const cases = open.map(({ id, revision }) => ({ id, revision }));
    await postJson(agency, '/v1/decisions', { cases, verdict: 'verify' });
    const gone = view.lines[0]?.split(',', 1)[0];
    if (gone === undefined) return 'none';
    await postJson(agency, `${LIST}/entries/${encodeURIComponent(gone)}/release`, {
      reason: 'agency_correction',
    });
    return gone;
  }

  #publish(): Promise<Schemas['Version']> {
    return postJson<Schemas['Version']>(this.#must.agency, `${LIST}/versions`, {});
  }
}

async function run(only: RegExp): Promise<void> {
  const place = await openChaosPlace();
  const line = await layStatementLine(() => openDatabase(place.databaseUrl()));
  const table = new FaultTable(place, line);
  try {
    await table.begin();
    await table.steps(); // the first has nothing to release
    const steps = await table.steps();
    let kills = 0;
    for (const [at, statement] of steps.entries()) {
      if (!only.test(statement)) continue;
      const isCommit = statement === 'commit';
      const before = await table.kill({ at, when: 'before' }, false);
      const after = await table.kill({ at, when: 'after' }, isCommit);
      kills += 2;
      process.stdout.write(
        `${String(at).padStart(2)}  ${statement.padEnd(60)}  before: ${before}  after: ${after}\n`,
      );
    }
    process.stdout.write(
      `${kills} kills at ${kills / 2} of ${steps.length} statements: each left one version in force, whole\n`,
    );
  } finally {
    await table.stop();
    await line.close();
    await place.close();
  }
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
await run(new RegExp(values.only ?? ''));
