// What the sidecar tells Prometheus: checks, syncs, alarms, and how the lists are.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { EnforcementReports } from './enforcement-reports.ts';
import type { Relay } from './relay.ts';

export type CheckOutcome = 'blocked' | 'clear' | 'invalid' | 'unavailable';

export class SidecarMetrics {
  readonly #registry = new Registry();
  readonly #checks: Counter<'result'>;

  constructor(relay: Relay, reports: EnforcementReports | undefined, readers: () => number) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#checks = new Counter({
      name: 'chadan_relay_checks_total',
      help: 'Messages that were asked about, by answer',
      labelNames: ['result'],
      registers,
    });
    countEvents(relay, registers);
    gaugeLists(relay, registers);
    new Gauge({
      name: 'chadan_relay_reports_pending',
      help: 'Reports of blocks that the exchange has not taken yet',
      registers,
      collect() {
        this.set(reports?.pending ?? 0);
      },
    });
    new Gauge({
      name: 'chadan_relay_mirror_readers',
      help: 'Readers connected to the events of this mirror',
      registers,
      collect() {
        this.set(readers());
      },
    });
  }

  countCheck(result: CheckOutcome): void {
    this.#checks.inc({ result });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function countEvents(relay: Relay, registers: Registry[]): void {
  const syncs = new Counter({
    name: 'chadan_relay_syncs_total',
    help: 'Syncs, by outcome and, of those that failed, the reason',
    labelNames: ['list', 'outcome', 'code'],
    registers,
  });
  const alarms = new Counter({
    name: 'chadan_relay_alarms_total',
    help: 'What was shown and is not what the agency signed, by code: someone should look',
    labelNames: ['list', 'code'],
    registers,
  });
  relay.on('synced', ({ list, outcome, error }) => syncs.inc({ list, outcome, code: error?.code ?? '' }));
  relay.on('alarm', ({ list, code }) => alarms.inc({ list: list ?? '', code }));
}

function gaugeLists(relay: Relay, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: (list: Relay['lists'][number]) => number | undefined) =>
    new Gauge({
      name: `chadan_relay_list_${name}`,
      help,
      labelNames: ['list'],
      registers,
      collect() {
        for (const list of relay.lists) {
          const known = value(list);
          if (known !== undefined) this.set({ list }, known);
        }
      },
    });
  gauge('version', 'The version in force', (list) => relay.inForce(list)?.manifest.version);
  gauge('entries', 'Entries in force', (list) => relay.inForce(list)?.manifest.count);
  gauge('published_seconds', 'When it was published', (list) => relay.inForce(list)?.manifest.publishedAt);
  gauge('expires_seconds', 'When its manifest expires', (list) => relay.inForce(list)?.manifest.exp);
  gauge('stale', '1 where its manifest has expired', (list) => Number(relay.isStale(list)));
  gauge('allowed', "Values of the operator's own allow file", (list) => relay.exceptionCount(list, 'allow'));
  gauge('denied', "Values of the operator's own deny file", (list) => relay.exceptionCount(list, 'deny'));
}
