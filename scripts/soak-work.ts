// Carriers, reviewers and relay operators at work for as long as it takes, on a list that stays about as large as it is: what
// is added is released again. Anything but an answer that was to be expected is an error.
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../bench/candidate-numbers.ts';
import { type ExchangeClient, ExchangeError } from '../src/client/exchange-client.ts';
import { importPrivateJwk } from '../src/list/jwk.ts';
import { signReceipt } from '../src/list/receipt.ts';
import { postJson, type Schemas } from './demo-api.ts';

const LIST = '/v1/lists/sender-numbers';
const NUMBERS = 20_000;
const ENTRIES_KEPT = 1000;
/** Two who do the same at the same time: one of them is told so. */
const OVERTAKEN = new Set([
  'stale_revision',
  'already_decided',
  'not_listed',
  'already_exists',
  'own_submission',
]);

export interface SoakParties {
  carriers: readonly ExchangeClient[];
  agency: ExchangeClient;
  relay: ExchangeClient;
}

export class SoakWork {
  readonly #parties: SoakParties;
  readonly #random: Random;
  readonly errors: string[] = [];
  answered = 0;
  overtaken = 0;

  constructor(parties: SoakParties, random: Random) {
    this.#parties = parties;
    this.#random = random;
  }

  /** Works until `life.over`. Each goes on by itself, with a pause after each step of so many milliseconds. */
  async run(life: { over: boolean }): Promise<void> {
    const steps: [pauseMs: number, step: () => Promise<void>][] = [
      ...this.#parties.carriers.flatMap((carrier): [number, () => Promise<void>][] => [
        [500, () => this.#submit(carrier)],
        [1000, () => this.#listen(carrier)],
      ]),
      [400, () => this.#decide()],
      [1000, () => this.#release()],
      [1500, () => this.#look()],
      [3000, () => this.#acknowledge()],
      [4000, () => this.#appeal()],
    ];
    await Promise.all(
      steps.map(async ([pauseMs, step]) => {
        while (!life.over) {
          await this.#attempt(step);
          await pause(pauseMs / 2 + this.#random.below(pauseMs));
        }
      }),
    );
  }

  async #attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      this.answered++;
    } catch (error) {
      if (error instanceof ExchangeError && OVERTAKEN.has(error.code)) this.overtaken++;
      else this.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  async #submit(carrier: ExchangeClient): Promise<void> {
    const candidates = Array.from({ length: 1 + this.#random.below(20) }, () => ({
      type: 'sender_number',
      value: `010${20_000_000 + this.#random.below(NUMBERS)}`,
      category: this.#random.pick(['gambling', 'smishing', 'stock', 'illegal_loan']),
      reports: 50 + this.#random.below(100),
      sample: 'x'.repeat(this.#random.below(200)),
    }));
    await postJson(carrier, '/v1/submissions', { candidates });
  }

  /** The feed of outcomes from about its end on, and what became of the last submission. */
  async #listen(carrier: ExchangeClient): Promise<void> {
    const feed = await carrier.requestJson<Schemas['OutcomeFeed']>('/v1/outcomes?limit=1000');
    await carrier.requestJson(`/v1/outcomes?after=${feed.next}&wait=2`);
    const { items } = await carrier.requestJson<Schemas['SubmissionPage']>('/v1/submissions?limit=5');
    if (items[0]) await carrier.requestJson(`/v1/submissions/${items[0].id}`);
  }

  async #decide(): Promise<void> {
    const { agency } = this.#parties;
    const page = await agency.requestJson<Schemas['CasePage']>('/v1/cases?status=open&sort=oldest&limit=50');
    const cases = page.items.map(({ id, revision }) => ({ id, revision }));
    if (cases.length === 0) return;
    const verdict =
      this.#random.below(4) === 0 ? { verdict: 'reject', reason: 'not_spam' } : { verdict: 'verify' };
    await postJson(agency, '/v1/decisions', { cases, ...verdict });
  }

  /** As many as there are too many. */
  async #release(): Promise<void> {
    const { agency } = this.#parties;
    const { count } = await agency.requestJson<Schemas['List']>(LIST);
    if (count <= ENTRIES_KEPT) return;
    const many = Math.min(100, count - ENTRIES_KEPT);
    const page = await agency.requestJson<Schemas['EntryPage']>(`${LIST}/entries?limit=${many}`);
    for (const { value } of page.items) {
      const path = `${LIST}/entries/${encodeURIComponent(value)}/release`;
      await this.#attempt(() => postJson(agency, path, { reason: 'agency_correction' }));
    }
  }

  /** What a console shows. */
  async #look(): Promise<void> {
    const { agency } = this.#parties;
    const today = new Date().toISOString().slice(0, 10);
    const { items } = await agency.requestJson<Schemas['CasePage']>('/v1/cases?limit=50');
    const paths = [
      '/v1/desk',
      '/v1/relays',
      `/v1/statistics?from=${today}&to=${today}&interval=day`,
      `${LIST}/impact`,
    ];
    if (items[0]) paths.push(`/v1/cases/${items[0].id}`, `/v1/cases/${items[0].id}/impact`);
    for (const path of paths) await agency.requestJson(path);
  }

  /** What a relay says: that it holds the version, and what it blocked. */
  async #acknowledge(): Promise<void> {
    const { relay } = this.#parties;
    const { credentials } = relay;
    const { epoch, version, digest, count } = await relay.requestJson<Schemas['List']>(LIST);
    const now = new Date();
    const claims = { aud: credentials.issuer, sub: 'sender-numbers', iat: Math.floor(now.getTime() / 1000) };
    const receipt = { ...claims, iss: credentials.clientId, epoch, version, digest, count };
    await relay.request(`${LIST}/receipts`, {
      method: 'POST',
      headers: { 'content-type': 'application/jwt' },
      body: signReceipt(receipt, importPrivateJwk(credentials.privateKey)),
    });
    await relay.request(`${LIST}/enforcement`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        from: new Date(now.getTime() - 5000).toISOString(),
        to: now.toISOString(),
        counts: [
          { value: `010${20_000_000 + this.#random.below(NUMBERS)}`, blocked: this.#random.below(1000) },
        ],
      }),
    });
  }

  async #appeal(): Promise<void> {
    const { agency, relay } = this.#parties;
    const page = await agency.requestJson<Schemas['EntryPage']>(`${LIST}/entries?limit=1000`);
    const entry = page.items.at(this.#random.below(page.items.length));
    if (!entry) return;
    const appeal = {
      list: 'sender-numbers',
      value: entry.value,
      statement: 'The number was given to someone else.',
    };
    const { id } = await postJson<Schemas['Appeal']>(relay, '/v1/appeals', appeal);
    await postJson(agency, `/v1/appeals/${id}/decisions`, {
      outcome: this.#random.pick(['accepted', 'denied']),
      note: 'The agency has looked at the evidence of every carrier.',
    });
  }
}
