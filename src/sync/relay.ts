// A relay's own view of the lists: what gateways embed. It answers from memory, keeps the lists in a directory,
// and never answers from anything that was not verified down to the pinned root key.
import { EventEmitter } from 'node:events';
import { type Credentials, isClient, type Pinned, readReaderCredentials } from '../client/credentials.ts';
import { type ApiClient, ExchangeClient, MirrorClient } from '../client/exchange-client.ts';
import { type Entry, LIST_IDS, type ListId } from '../list/entry.ts';
import { parseOriginatorCode } from '../list/originator-code.ts';
import { SenderKey } from '../list/sender-key.ts';
import { parseSenderNumber } from '../list/sender-number.ts';
import { type CheckResult, checkResult, listedAnyway } from './check-result.ts';
import { ExchangeSource, type SourceLimits } from './exchange-source.ts';
import { DEFAULT_PACE, Follower, type Pace } from './follower.ts';
import type { ListInForce } from './list-in-force.ts';
import { type ExceptionKind, LocalExceptions } from './local-exceptions.ts';
import { Receipts } from './receipts.ts';
import { type ListStatus, type RelayContext, RelayList } from './relay-list.ts';
import { SyncError } from './sync-error.ts';
import type { Emit, RelayEvents, SyncReport } from './sync-report.ts';

export interface RelayOptions {
  /** Where the lists are kept; one directory may serve several processes. */
  dir: string;
  /**
   * The credentials, or the path of their file. Without them the relay only reads what is there. With a `mirror` in
   * them the lists are read there, and believed no more than ever: the root key decides.
   */
  credentials?: Credentials | Pinned | string;
  /**
   * Where the operator's own `LIST.allow.txt` and `LIST.deny.txt` are, one value a line in any spelling, `#` before a
   * comment; default: `dir`. They are read again when they change.
   */
  exceptions?: string;
  /** Default: all lists. */
  lists?: readonly ListId[];
  /** The form of originator codes; by default any code that a list could hold is looked up as it is. */
  codePattern?: RegExp;
  /** Another client than the one made of the credentials. */
  client?: ExchangeClient;
  limits?: Partial<SourceLimits>;
  pace?: Partial<Pace>;
  /** How long a sync waits for another process; default 30 s. */
  lockWaitMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** From 0 up to 1. */
  random?: () => number;
}

const ANY_CODE = /[0-9A-Za-z._-]+/;

/**
 * Opens the lists of a directory and verifies them. A list that is missing or damaged fails only its own look-ups,
 * until a sync has brought or repaired it.
 * @throws CredentialsError; SyncError `root_changed`, `store_failed`
 */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { credentials } = options;
  const known = typeof credentials === 'string' ? await readReaderCredentials(credentials) : credentials;
  const relay = new Relay(options, known);
  await relay.open();
  return relay;
}

export class Relay {
  readonly #lists: ReadonlyMap<ListId, RelayList>;
  readonly #exceptions: ReadonlyMap<ListId, LocalExceptions>;
  readonly #options: RelayOptions;
  /** Where the lists are read. */
  readonly #client: ApiClient | undefined;
  /** Where receipts and reports go. */
  readonly #exchange: ExchangeClient | undefined;
  readonly #events = new EventEmitter();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #now: () => number;
  readonly #key = new SenderKey();

  /** See `openRelay`. */
  constructor(options: RelayOptions, known: Credentials | Pinned | undefined) {
    this.#options = options;
    const pinned = known ?? options.client?.credentials;
    this.#exchange = options.client ?? (known && isClient(known) ? new ExchangeClient(known) : undefined);
    const client = known?.mirror ? new MirrorClient(known.mirror) : this.#exchange;
    this.#client = client;
    this.#now = options.now ?? Date.now;
    const context: RelayContext = {
      directory: options.dir,
      limits: options.limits ?? {},
      lockWaitMs: options.lockWaitMs,
      now: this.#now,
      emit: this.#emit,
      ...(client && pinned && { source: { pinned, client } }),
      ...(this.#exchange && { receipts: new Receipts(this.#exchange, this.#now) }),
    };
    const lists = options.lists ?? LIST_IDS;
    this.#lists = new Map(lists.map((list) => [list, new RelayList(list, context)]));
    this.#exceptions = new Map(lists.map((list) => [list, this.#exceptionsOf(list)]));
  }

  #exceptionsOf(list: ListId): LocalExceptions {
    const { dir, exceptions = dir } = this.#options;
    const read = (text: string) => {
      const parsed = this.#parse(text, list);
      return parsed.ok ? parsed.value : undefined;
    };
    // Later, so that whoever opens the relay can listen first.
    const warn = (message: string) => setImmediate(() => this.#emit('warning', { list, message }));
    return new LocalExceptions({ directory: exceptions, list, read, warn });
  }

  /** Reads the directory and the exceptions, for `openRelay`. */
  async open(): Promise<void> {
    await this.refresh();
    for (const exceptions of this.#exceptions.values()) await exceptions.open();
  }

  /** The client of the exchange, where the relay is one. */
  get exchange(): ExchangeClient | undefined {
    return this.#exchange;
  }

  get lists(): readonly ListId[] {
    return [...this.#lists.keys()];
  }

  /** What is in force of a list, to be read only; undefined where nothing is. */
  inForce(list: ListId): ListInForce | undefined {
    return this.#list(list).inForce;
  }

  isStale(list: ListId): boolean {
    return this.#list(list).stale;
  }

  /** How many values the operator's own files have. */
  exceptionCount(list: ListId, kind: ExceptionKind): number {
    return this.#exceptions.get(list)?.count(kind) ?? 0;
  }

  /** Where the lists are read; undefined where the relay only looks up what is there. */
  get upstream(): ExchangeSource | undefined {
    return this.#client && new ExchangeSource(this.#client, this.#options.limits, this.#closing.signal);
  }

  /** Takes up what other processes wrote into the directory since. */
  async refresh(): Promise<void> {
    for (const list of this.#lists.values()) await list.refresh();
  }

  /** Listens to an event; gives back what stops it. */
  on<Name extends keyof RelayEvents>(name: Name, listener: (...args: RelayEvents[Name]) => void): () => void {
    const untyped = listener as (...args: unknown[]) => void;
    this.#events.on(name, untyped);
    return () => this.#events.off(name, untyped);
  }

  /**
   * Brings one list, or all, up to date. What can be foreseen to fail is in the reports, and leaves the list in
   * force as it was; only the signal's reason is thrown.
   */
  async sync(list?: ListId, { signal }: { signal?: AbortSignal } = {}): Promise<SyncReport[]> {
    const lists = list === undefined ? [...this.#lists.values()] : [this.#list(list)];
    const reports: SyncReport[] = [];
    for (const each of lists) reports.push(await this.#run(each.sync(this.#signal(signal))));
    return reports;
  }

  /** Keeps the lists up to date until the signal aborts or the relay is closed. */
  async follow({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const client = this.#client;
    if (!client) throw new Error('a relay without credentials cannot follow');
    const until = this.#signal(signal);
    const followers = [...this.#lists.values()].map((list) =>
      new Follower({
        list: list.list,
        client,
        sync: () => list.sync(until),
        manifest: () => list.manifest,
        emit: this.#emit,
        pace: { ...DEFAULT_PACE, ...this.#options.pace },
        now: this.#now,
        random: this.#options.random ?? Math.random,
        signal: until,
      }).run(),
    );
    await this.#run(Promise.all(followers));
  }

  /**
   * Whether a sender or code, in any accepted spelling, is listed. An entry whose `until` day has passed stays
   * listed until a version without it is in force: the list is what the agency signed, not what a clock says.
   * @throws SyncError `nothing_held`, `store_corrupt` where no list is in force
   */
  check(text: string, { list = 'sender-numbers' }: { list?: ListId } = {}): CheckResult {
    const held = this.#list(list);
    const key = this.#key;
    if (list === 'sender-numbers' && key.read(text)) return this.#decide(held, key.value, key);
    const parsed = this.#parse(text, list);
    const value = parsed.ok ? parsed.value : listedAnyway(text, held);
    if (value !== undefined) return this.#decide(held, value);
    const { code, detail } = parsed as { code: string; detail: string };
    return { ...checkResult(held, undefined, undefined), refusal: { code, detail } };
  }

  /** @param key what has read the value, where one could */
  #decide(held: RelayList, value: string, key?: SenderKey): CheckResult {
    const exception = this.#exceptions.get(held.list)?.of(value);
    // The operator's own word needs no list to be in force.
    if (exception !== undefined) return checkResult(held, value, exception);
    const entry = key ? held.getByKey(key) : held.get(value);
    return checkResult(held, value, entry && 'exchange', entry);
  }

  #parse(text: string, list: ListId) {
    return list === 'sender-numbers'
      ? parseSenderNumber(text)
      : parseOriginatorCode(text, this.#options.codePattern ?? ANY_CODE);
  }

  /** Every entry in no particular order; throws when the list changes while it is read. */
  entries(list: ListId): Generator<Entry> {
    return this.#list(list).entries();
  }

  /** The bytes of the canonical snapshot (format §3); throws when the list changes while it is read. */
  snapshot(list: ListId): Generator<Uint8Array> {
    return this.#list(list).snapshot();
  }

  /** Every line in bytewise order; throws when the list changes while it is read. */
  sortedLines(list: ListId): Generator<string> {
    return this.#list(list).sortedLines();
  }

  async status(): Promise<ListStatus[]> {
    return Promise.all([...this.#lists.values()].map((list) => list.status()));
  }

  /** Ends what runs, and waits for it. Look-ups go on working. */
  async close(): Promise<void> {
    for (const exceptions of this.#exceptions.values()) exceptions.close();
    this.#closing.abort(new DOMException('the relay was closed', 'AbortError'));
    await Promise.allSettled(this.#running);
  }

  #list(list: ListId): RelayList {
    const found = this.#lists.get(list);
    if (!found)
      throw new SyncError('nothing_held', `this relay was not opened with the list ${list}`, { list });
    return found;
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
  }

  #run<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }

  readonly #emit: Emit = (name, ...args) => {
    this.#events.emit(name, ...args);
  };
}
