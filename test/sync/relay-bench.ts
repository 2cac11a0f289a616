// A relay in a directory of its own beside a hostile exchange: quick time-outs, no waiting between attempts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExchangeClient, type ExchangeClientOptions } from '../../src/client/exchange-client.ts';
import { openRelay, type Relay, type RelayOptions } from '../../src/sync/relay.ts';
import type { RelayEvents, SyncReport } from '../../src/sync/sync-report.ts';
import { HostileExchange } from './hostile-exchange.ts';

export class RelayBench {
  readonly exchange: HostileExchange;
  readonly directory: string;
  readonly events: { name: string; detail: unknown }[] = [];
  relay: Relay;
  #options: Partial<RelayOptions> = {};

  private constructor(exchange: HostileExchange, directory: string) {
    this.exchange = exchange;
    this.directory = directory;
    this.relay = undefined as unknown as Relay;
  }

  static async start(lines: string[] = [], options: Partial<RelayOptions> = {}): Promise<RelayBench> {
    const exchange = await HostileExchange.start();
    exchange.restart(lines);
    const bench = new RelayBench(exchange, await mkdtemp(join(tmpdir(), 'chadan-sync-')));
    await bench.reopen(options);
    return bench;
  }

  /** Opens the directory as a new process would. */
  async reopen(options: Partial<RelayOptions> = this.#options): Promise<Relay> {
    this.#options = options;
    await this.relay?.close();
    this.relay = await openRelay(this.options(options));
    for (const name of [
      'alarm',
      'epoch_changed',
      'diff_refused',
      'repairing',
      'receipt_failed',
      'warning',
    ] as const) {
      this.relay.on(name, (detail: RelayEvents[typeof name][0]) => this.events.push({ name, detail }));
    }
    return this.relay;
  }

  options(options: Partial<RelayOptions> = {}, client: ExchangeClientOptions = {}): RelayOptions {
    const now = () => this.exchange.now * 1000;
    return {
      dir: this.directory,
      lists: [this.exchange.list],
      client: new ExchangeClient(this.exchange.credentials, {
        now,
        sleep: async () => {},
        timeoutMs: 2000,
        ...client,
      }),
      limits: { idleTimeoutMs: 300, totalTimeoutMs: 2000 },
      now,
      ...options,
    };
  }

  async sync(): Promise<SyncReport> {
    const [report] = await this.relay.sync();
    if (report === undefined) throw new Error('no list');
    return report;
  }

  /** The lines that the relay answers from, in order. */
  get lines(): string[] {
    return [...this.relay.sortedLines(this.exchange.list)];
  }

  named(name: keyof RelayEvents): unknown[] {
    return this.events.filter((event) => event.name === name).map(({ detail }) => detail);
  }

  async stop(): Promise<void> {
    await this.relay.close();
    await this.exchange.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
