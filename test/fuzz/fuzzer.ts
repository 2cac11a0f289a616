// Sends requests generated from the contract, valid and broken, and judges every answer. What earlier answers told goes into
// later requests. The same seed makes the same requests as far as the exchange gives the same ids.
import fc, { type Arbitrary } from 'fast-check';
import { Random } from '../../bench/candidate-numbers.ts';
import type { Contract, Operation } from '../../src/http/contract.ts';
import type { OperationId } from '../../src/http/handler.ts';
import { agree } from './agreeing.ts';
import type { Caller } from './callers.ts';
import { Coverage } from './coverage.ts';
import { BAD_ADMISSION, DAMAGE } from './damage.ts';
import { type Draft, draftOf, type OperationSource, readSources, write } from './drafts.ts';
import { Pools } from './pools.ts';
import { Values } from './values.ts';
import { Verdicts } from './verdict.ts';
import { asCurl, Wire, type WireAnswer, type WireRequest } from './wire.ts';

type Kind = 'valid' | 'broken' | 'stranger';

/** Of a hundred requests. */
const STRANGERS = 5;
const BROKEN = 45;

const BEGINNING: readonly OperationId[] = [
  ...Array<OperationId>(8).fill('createSubmission'),
  ...(['listSubmissions', 'listLists', 'listCases'] as const),
  ...Array<OperationId>(6).fill('decideCases'),
  ...(['publishVersion', 'listVersions', 'listEntries', 'createAppeal', 'listAppeals', 'getKeySet'] as const),
];

export interface Fault {
  operation: OperationId;
  what: string;
  /** Of the answer, to find it in the log. */
  requestId: string;
  /** The request as a shell would send it, and what generates it. */
  curl: string;
  times: number;
}

interface Planned {
  draft: Draft;
  wire: WireRequest;
  /** Whoever needs to be admitted for this must be refused. */
  isStranger: boolean;
}

export class Fuzzer {
  readonly coverage = new Coverage();
  readonly faults = new Map<string, Fault>();
  /** Operations that wrote with success, by request id. */
  readonly written = new Map<string, OperationId>();
  readonly pools = new Pools();
  readonly #url: string;
  readonly #seed: number;
  readonly #callers: readonly Caller[];
  readonly #sources: OperationSource[];
  readonly #values: Values;
  readonly #verdicts: Verdicts;
  readonly #wire: Wire;
  readonly #drafts = new Map<string, Arbitrary<Draft>>();

  constructor(options: {
    url: string;
    seed: number;
    contract: Contract;
    callers: readonly Caller[];
    pools: Pools;
  }) {
    const { url, seed, contract, callers, pools } = options;
    this.#url = url;
    this.#seed = seed;
    this.#callers = callers;
    this.pools = pools;
    this.#sources = readSources(contract);
    this.#values = new Values(contract.document, pools);
    this.#verdicts = new Verdicts(contract);
    this.#wire = new Wire(url);
    pools.put(
      'client credentials',
      callers.flatMap(({ credentials }) => (credentials ? [credentials] : [])),
    );
  }

  close(): void {
    this.#wire.close();
  }

  /** A few valid requests in an order in which each finds what it needs: there are cases, versions, entries then. */
  async begin(): Promise<void> {
    for (const [at, id] of BEGINNING.entries()) {
      const source = this.#sources.find(({ operation }) => operation.id === id);
      if (!source) throw new Error(`the contract has no ${id}`);
      await this.#send(source, -1 - at, 'valid');
    }
  }

  /** The request with this number: made, sent, judged. */
  async step(number: number): Promise<void> {
    const source = this.#sources[number % this.#sources.length];
    if (!source) throw new Error('the contract has no operations');
    await this.#send(source, number, undefined);
  }

  async #send(source: OperationSource, number: number, kind: Kind | undefined): Promise<void> {
    const { operation } = source;
    const random = new Random(this.#seed * 1_000_003 + number);
    const caller = this.#callerFor(operation, random);
    const planned = this.#plan(source, caller, random, kind ?? kindOf(random.below(100)));
    const { wire, isStranger } = planned;
    wire.headers = { ...(await this.#admission(planned, operation, caller, random)), ...wire.headers };
    let answer: WireAnswer | undefined;
    let fault: string | undefined;
    try {
      answer = await this.#wire.send(wire);
      fault = this.#judge(operation, planned, answer);
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
    this.coverage.count(this.#verdicts.operationOf(wire)?.id ?? 'none', answer?.status ?? 0);
    if (fault) this.#note(operation, fault, number, planned, answer, caller);
    if (answer?.status === 401 && !isStranger && operation.security.length > 0) caller.forget();
    if (answer) this.#learn(operation, planned, answer, caller);
  }

  async #admission({ isStranger }: Planned, { security }: Operation, caller: Caller, random: Random) {
    if (isStranger) return draw(BAD_ADMISSION, random);
    return security.length > 0 ? caller.headers() : {};
  }

  /** One of those who may, or, now and then, anyone. */
  #callerFor({ security }: Operation, random: Random): Caller {
    const able = this.#callers.filter(({ scheme, scopes }) =>
      security.some((one) => one.scheme === scheme && one.scopes.every((scope) => scopes.includes(scope))),
    );
    const among = random.below(15) === 0 || able.length === 0 ? this.#callers : able;
    const caller = among[random.below(among.length)];
    if (!caller) throw new Error('nobody calls');
    return caller;
  }

  #plan(source: OperationSource, caller: Caller, random: Random, kind: Kind): Planned {
    const { operation } = source;
    const drafts = this.#drafts.get(operation.id) ?? draftOf(source, this.#values);
    this.#drafts.set(operation.id, drafts);
    const draft = structuredClone(draw(drafts, random));
    const around = { pools: this.pools, chance: random.below(1_000_003), caller };
    if (random.below(8) > 0) agree(operation.id, draft, around);
    const damage = kind === 'broken' ? draw(DAMAGE, random) : [];
    for (const one of damage) one.draft?.(draft);
    const wire = write(operation, draft);
    for (const one of damage) one.wire?.(wire);
    return { draft, wire, isStranger: kind === 'stranger' };
  }

  #judge(operation: Operation, planned: Planned, answer: WireAnswer | undefined): string | undefined {
    const { wire, isStranger } = planned;
    if (!answer)
      return wire.cutAfter !== undefined || wire.raw || wire.body
        ? undefined
        : 'the connection ended without an answer';
    const fault = this.#verdicts.faultOf(wire, answer);
    if (fault) return fault;
    const mustRefuse = isStranger && operation.security.length > 0;
    return mustRefuse && answer.status !== 401 ? `${answer.status} for who is not admitted` : undefined;
  }

  #note(
    operation: Operation,
    what: string,
    number: number,
    planned: Planned,
    answer: WireAnswer | undefined,
    caller: Caller,
  ): void {
    const key = `${operation.id}: ${what}`;
    const known = this.faults.get(key);
    if (known) known.times++;
    else {
      const curl = `${asCurl(this.#url, planned.wire, caller.name)}  # seed ${this.#seed}, request ${number}`;
      const requestId = answer?.headers['x-request-id'] ?? '';
      this.faults.set(key, { operation: operation.id, what, requestId, curl, times: 1 });
    }
  }

  /** Takes up what the answer tells, and who is not admitted any more. */
  #learn(operation: Operation, { draft, wire }: Planned, answer: WireAnswer, caller: Caller): void {
    const { status, headers, body } = answer;
    const target = this.#verdicts.operationOf(wire);
    const wrote = status === 201 || status === 204;
    if (wrote && target && target.method !== 'get' && target.unaudited === undefined)
      this.written.set(headers['x-request-id'] ?? '', target.id);
    if (target !== operation || wire.method === 'HEAD' || status >= 300) return;
    if (headers['etag']) this.pools.put('If-None-Match', headers['etag']);
    if (operation.id === 'getKeySet') this.pools.put('key set', body.toString());
    if (caller.person) this.pools.put('person', caller.person);
    if (headers['content-type'] !== 'application/json') return;
    const told = JSON.parse(body.toString()) as Record<string, unknown>;
    this.pools.harvest(operation.path, draft.path, told);
    this.#learnOwn(operation.id, draft, told, caller.name);
  }

  /** What is only of use to who was told. */
  #learnOwn(operation: OperationId, draft: Draft, told: Record<string, unknown>, name: string): void {
    const items = (told['items'] ?? []) as Record<string, unknown>[];
    if (operation === 'openInvitation') this.pools.put('opened', { ...(draft.body as object), ...told });
    if (operation === 'createAppeal') this.pools.put(`appealed by ${name}`, told['id']);
    if (operation === 'claimCases') for (const one of items) this.pools.put(`claimed by ${name}`, one);
    if (operation === 'listCandidates')
      for (const { id, status } of items)
        if (status === 'info_requested')
          this.pools.put(`asked of ${name}`, { ...draft.path, candidateId: id });
  }
}

function kindOf(ofHundred: number): Kind {
  if (ofHundred < STRANGERS) return 'stranger';
  return ofHundred < STRANGERS + BROKEN ? 'broken' : 'valid';
}

function draw<T>(arbitrary: Arbitrary<T>, random: Random): T {
  const [drawn] = fc.sample(arbitrary, { numRuns: 1, seed: random.below(0x7fff_ffff) });
  return drawn as T;
}
