// Carriers, reviewers and publishers at work on an exchange that is being killed, and what is owed to them after:
// everything that was answered is there once, and the list is what was decided.
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../bench/candidate-numbers.ts';
import { type ExchangeClient, ExchangeError } from '../src/client/exchange-client.ts';
import { postJson, readPages, type Schemas } from './demo-api.ts';
import { expectEqual, type OutsideView } from './outside-view.ts';

type Case = Schemas['CasePage']['items'][number];

interface Batch {
  key: string;
  values: string[];
  isAnswered: boolean;
}

const LIST = '/v1/lists/sender-numbers';
/** What a caller sees of a server that is killed. */
const CUT = new Set(['unreachable', 'body_cut', 'body_stalled', 'bad_response', 'timeout']);
/** What it may see when an earlier call, of which it heard no answer, did its work. */
const OVERTAKEN = new Set(['stale_revision', 'already_decided', 'not_listed', 'submission_in_progress']);
const SETTLED_WITHIN_MS = 60_000;

export class ChaosWork {
  readonly #random: Random;
  readonly #carrier: ExchangeClient;
  readonly #agency: ExchangeClient;
  readonly #view: OutsideView;
  readonly #batches: Batch[] = [];
  readonly #verified = new Set<string>();
  readonly #released = new Set<string>();
  /** Releases without an answer: they may have been done, or not. */
  readonly #maybeReleased = new Set<string>();
  readonly #versions = new Map<number, Schemas['Version']>();
  #numbers = 0;
  counts = { answered: 0, unanswered: 0, unavailable: 0 };

  constructor(
    random: Random,
    parties: { carrier: ExchangeClient; agency: ExchangeClient },
    view: OutsideView,
  ) {
    this.#random = random;
    this.#carrier = parties.carrier;
    this.#agency = parties.agency;
    this.#view = view;
  }

  /** Works until `life.over`; each kind of work goes on by itself. */
  async run(life: { over: boolean }): Promise<void> {
    const steps = [() => this.#submit(), () => this.#decide(), () => this.#release(), () => this.#publish()];
    await Promise.all(
      steps.map(async (step) => {
        while (!life.over) {
          const answered = await step();
          await pause(answered ? this.#random.below(30) : 50);
        }
      }),
    );
  }

  /** Waits until nothing is under way any more, then checks everything. Throws Error saying what is wrong. */
  async check(): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    const patiently = async (step: () => Promise<boolean>) => {
      while (!(await step())) {
        if (performance.now() > deadline) throw new Error('it did not recover in a minute');
        await pause(100);
      }
    };
    for (const batch of this.#batches.filter(({ isAnswered }) => !isAnswered))
      await patiently(() => this.#handIn(batch));
    await patiently(() => this.#publish());
    await patiently(() => this.#isSettled());
    await this.#view.verify();
    for (const [number, answered] of this.#versions)
      expectEqual(`the answered version ${number}`, this.#view.versions[number], answered);
    await this.#checkValues();
  }

  /** Every value that was handed in has one case, of the one report that was handed in. */
  async checkAllCases(): Promise<number> {
    const cases = await readPages<Case>(this.#agency, '/v1/cases', {});
    const owed = this.#batches.flatMap(({ values }) => values).sort();
    expectEqual('all cases', cases.map(({ value }) => value).sort(), owed);
    for (const { value, reports } of cases) expectEqual(`the reports of ${value}`, reports, 1);
    return cases.length;
  }

  async #checkValues(): Promise<void> {
    const listed = new Set(this.#view.lines.map((line) => line.split(',', 1)[0] ?? ''));
    const open = new Set<string>();
    for (const { value, reports } of await readPages<Case>(this.#agency, '/v1/cases', { status: 'open' })) {
      expectEqual(`the reports of ${value}`, reports, 1);
      open.add(value);
    }
    for (const value of this.#batches.flatMap(({ values }) => values)) {
      const isGone = this.#released.has(value) || (this.#maybeReleased.has(value) && !listed.has(value));
      const places = [listed.has(value), open.has(value), isGone].filter(Boolean).length;
      expectEqual(`the places of ${value}: listed, open, released`, places, 1);
      if (this.#verified.has(value)) expectEqual(`${value}, verified, is open still`, open.has(value), false);
      listed.delete(value);
    }
    expectEqual('lines of what nobody handed in', [...listed], []);
  }

  async #submit(): Promise<boolean> {
    const count = 1 + this.#random.below(8);
    const values = Array.from({ length: count }, () => {
      const number = 20_000_000 + ((this.#numbers++ * 7919) % 79_999_999);
      return `+8210${number}`;
    });
    const batch = { key: `batch-${this.#batches.length}`, values, isAnswered: false };
    this.#batches.push(batch);
    return this.#handIn(batch);
  }

  async #handIn(batch: Batch): Promise<boolean> {
    const candidates = batch.values.map((value) => ({
      type: 'sender_number',
      value,
      category: 'gambling',
      reports: 1,
    }));
    const receipt = await this.#attempt(() =>
      this.#carrier.requestJson<Schemas['SubmissionReceipt']>('/v1/submissions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': batch.key },
        body: JSON.stringify({ candidates }),
        maxAttempts: 1,
      }),
    );
    if (!receipt) return false;
    expectEqual(`the counts of ${batch.key}`, [receipt.accepted, receipt.invalid], [batch.values.length, 0]);
    batch.isAnswered = true;
    return true;
  }

  async #decide(): Promise<boolean> {
    const page = await this.#attempt(() =>
      this.#agency.requestJson<{ items: Case[] }>('/v1/cases?status=open&sort=oldest&limit=20', {
        maxAttempts: 1,
      }),
    );
    if (!page || page.items.length === 0) return false;
    const cases = page.items.map(({ id, revision }) => ({ id, revision }));
    const done = await this.#attempt(() => this.#post('/v1/decisions', { cases, verdict: 'verify' }));
    if (done) for (const { value } of page.items) this.#verified.add(value);
    return done !== undefined;
  }

  async #release(): Promise<boolean> {
    if (this.#random.next() < 0.8 || this.#verified.size === 0) return false;
    const value = this.#random.pick([...this.#verified]);
    const isUrgent = this.#random.next() < 0.5;
    this.#maybeReleased.add(value);
    const path = `${LIST}/entries/${encodeURIComponent(value)}/release`;
    const done = await this.#attempt(() =>
      this.#post(path, { reason: 'agency_correction', urgent: isUrgent }),
    );
    if (done) this.#released.add(value);
    return done !== undefined;
  }

  async #publish(): Promise<boolean> {
    const version = await this.#attempt(() => this.#post<Schemas['Version']>(`${LIST}/versions`, {}));
    if (version) this.#versions.set(version.version, version);
    return version !== undefined;
  }

  async #isSettled(): Promise<boolean> {
    const list = await this.#attempt(() =>
      this.#agency.requestJson<Schemas['List']>(LIST, { maxAttempts: 1 }),
    );
    if (!list) return false;
    const { added, removed } = list.pending;
    if (added + removed > 0) await this.#publish();
    return added + removed === 0;
  }

  #post<T>(path: string, body: object): Promise<T> {
    return postJson<T>(this.#agency, path, body);
  }

  /** Undefined when there was no answer, or none but "come again". Anything unforeseen is thrown. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await call();
      this.counts.answered++;
      return answer;
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.status === 503 && error.retryAfterMs !== undefined) this.counts.unavailable++;
      else if (CUT.has(error.code) || error.status === 408) this.counts.unanswered++;
      else if (!OVERTAKEN.has(error.code)) throw error;
      return undefined;
    }
  }
}
