// Random histories of orders, days and publications by two servers, against an oracle of plain sets: what stands in
// every version, the diff between any two, the digest, the chain, the signed state. FC_RUNS=10000 is the long form.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '../../src/http/problem.ts';
import { addDays } from '../../src/list/day.ts';
import { generateKey } from '../../src/list/jwk.ts';
import { EMPTY_SNAPSHOT } from '../../src/publish/founding.ts';
import { HighWater } from '../../src/publish/high-water.ts';
import { readAddedLines, readLines, readRemovedLines } from '../../src/publish/line-queries.ts';
import { ListMemory } from '../../src/publish/list-memory.ts';
import { ManifestSigner } from '../../src/publish/manifest-signer.ts';
import { type PublisherDeps, publishVersion } from '../../src/publish/publisher.ts';
import { composeDiffs, digestOf, extendChain, startChain } from '../independent/list-reader.ts';
import { runs } from '../list/series.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

const VALUES = Array.from({ length: 9 }, (_, i) => `+821020000${100 + i}`);
const FIRST_DAY = '2026-11-24';
const BRAKE = { share: 0.25, minimum: 4 };

let database: TestDatabase;
let decisions: { single: number; confirmed: number };
beforeAll(async () => {
  database = await createTestDatabase();
  decisions = await seedDecisions();
});
afterAll(() => database.drop());

type Order =
  | { action: 'list'; value: string; category: string; days: number | null; confirmed: boolean }
  | { action: 'release'; value: string; urgent: boolean }
  | { action: 'protect' | 'unprotect'; value: string };

interface Round {
  orders: Order[];
  daysLater: number;
  server: 0 | 1;
  urgentOnly: boolean;
  confirm: boolean;
}

const value = fc.constantFrom(...VALUES);
const order: fc.Arbitrary<Order> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      action: fc.constant('list' as const),
      value,
      category: fc.constantFrom('gambling', 'job'),
      days: fc.constantFrom(null, 0, 3, 30),
      confirmed: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ action: fc.constant('release' as const), value, urgent: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ action: fc.constantFrom('protect' as const, 'unprotect' as const), value }),
  },
);
const round: fc.Arbitrary<Round> = fc.record({
  orders: fc.array(order, { maxLength: 7 }),
  daysLater: fc.constantFrom(0, 0, 1, 5),
  server: fc.constantFrom(0 as const, 1 as const),
  urgentOnly: fc.constantFrom(false, false, false, true),
  confirm: fc.boolean(),
});
const histories = fc.array(round, { minLength: 1, maxLength: 6 });

test('every history comes to what plain sets come to', { timeout: 3 * 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (rounds) => {
      const history = await History.begin();
      for (const one of rounds) await history.play(one);
      await history.verify();
    }),
    { ...runs(60), interruptAfterTimeLimit: 3 * 3_600_000, markInterruptAsFailure: true },
  );
});

interface Line {
  category: string;
  until: string | null;
  confirmed: boolean;
}

/** The list as a map, worked out order by order. */
class Oracle {
  lines = new Map<string, Line>();
  pending: (Order & { until?: string | null })[] = [];
  readonly guarded = new Set<string>();

  /** What the next version would hold, or undefined when the brake holds it. */
  next(today: string, urgentOnly: boolean, confirm: boolean): Map<string, Line> | undefined {
    const urgent = new Set(
      this.pending.filter((one) => 'urgent' in one && one.urgent).map((one) => one.value),
    );
    const taken = this.pending.filter((one) => !urgentOnly || urgent.has(one.value));
    const after = new Map(this.lines);
    for (const [one, line] of this.lines) {
      const isLooked = !urgentOnly || urgent.has(one);
      if (isLooked && isOver(line, today)) after.delete(one);
    }
    for (const one of taken) {
      if (one.action === 'release') after.delete(one.value);
      else if (one.action === 'list')
        after.set(one.value, { category: one.category, until: one.until ?? null, confirmed: one.confirmed });
    }
    for (const one of new Set(taken.map((each) => each.value))) {
      const line = after.get(one);
      if (line && ((this.guarded.has(one) && !line.confirmed) || isOver(line, today))) after.delete(one);
    }
    const [before, then] = [textsOf(this.lines), textsOf(after)];
    const allowed = Math.max(BRAKE.minimum, Math.floor(BRAKE.share * before.size));
    const isMass = minus(then, before).length > allowed || minus(before, then).length > allowed;
    if (isMass && !urgentOnly && !confirm) return undefined;
    this.pending = this.pending.filter((one) => !taken.includes(one));
    // A line that stays as it was keeps the decision it rests on.
    for (const [one, line] of after) {
      const was = this.lines.get(one);
      if (was && textOf(one, was) === textOf(one, line)) after.set(one, was);
    }
    return after;
  }
}

const isOver = ({ until }: Line, today: string) => until !== null && until < today;
const textOf = (one: string, { category, until }: Line) => `${one},${category},${until ?? 'permanent'}`;
const textsOf = (lines: Map<string, Line>) => new Set([...lines].map(([one, line]) => textOf(one, line)));
const minus = (these: Set<string>, those: Set<string>) =>
  [...these].filter((text) => !those.has(text)).toSorted();

class History {
  readonly #list: string;
  /** As the rows of entries go by it. */
  readonly #rows: { list: string; serialBase: number };
  readonly #epoch: string;
  readonly #oracle = new Oracle();
  readonly #versions: Set<string>[] = [new Set()];
  readonly #servers: PublisherDeps[];
  #today = FIRST_DAY;

  private constructor(list: string, epoch: string) {
    this.#list = list;
    this.#rows = { list, serialBase: 0 };
    this.#epoch = epoch;
    const now = () => new Date(`${this.#today}T03:00:00Z`);
    const { db } = database;
    const key = generateKey();
    const signer = new ManifestSigner({
      issuer: 'http://x.example',
      signingKey: async () => key,
      highWater: new HighWater(undefined, () => undefined),
      now,
      lifeSeconds: 60,
      pollSeconds: 5,
    });
    this.#servers = [0, 1].map(() => ({
      db,
      now,
      timeZone: 'Asia/Seoul',
      retentionDays: 14,
      brake: BRAKE,
      memory: new ListMemory(db),
      signer,
    }));
  }

  /** A list of its own, empty. */
  static async begin(): Promise<History> {
    const [list, epoch] = [randomUUID(), randomUUID()];
    const digest = Buffer.from(digestOf([]), 'hex');
    const chain = Buffer.from(startChain(epoch), 'hex');
    const { db } = database;
    await sql`insert into list (id, epoch, version, count, digest, chain, published_at)
              values (${list}, ${epoch}, 0, 0, ${digest}, ${chain}, now())`.execute(db);
    await sql`insert into version (list_id, epoch, version, serial, published_at, added, removed, count, digest, chain)
              values (${list}, ${epoch}, 0, 0, now(), 0, 0, 0, ${digest}, ${chain})`.execute(db);
    const { sha256, bytes, count } = EMPTY_SNAPSHOT;
    await sql`insert into snapshot (list_id, epoch, version, sha256, bytes, count, created_at)
              values (${list}, ${epoch}, 0, ${sha256}, ${bytes}, ${count}, now())`.execute(db);
    return new History(list, epoch);
  }

  async play({ orders, daysLater, server, urgentOnly, confirm }: Round): Promise<void> {
    for (const one of orders) await this.#give(one);
    this.#today = addDays(this.#today, daysLater);
    const options = { urgentOnly, confirmMassChange: confirm, publishedBy: 'someone' };
    const deps = this.#servers[server] as PublisherDeps;
    const published = await publishVersion(deps, this.#list, options).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'mass_change_held') return undefined;
      throw error;
    });
    const before = this.#versions.at(-1) as Set<string>;
    const next = this.#oracle.next(this.#today, urgentOnly, confirm);
    if (!next) {
      expect(published).toBeUndefined();
      return;
    }
    this.#oracle.lines = next;
    const lines = textsOf(next);
    const isChanged = minus(lines, before).length + minus(before, lines).length > 0;
    if (isChanged) this.#versions.push(lines);
    const current = this.#versions.length - 1;
    expect([published?.created, published?.version.version]).toEqual([isChanged, current]);
    if (isChanged) {
      const { added, removed, count } = published?.version ?? {};
      const owed = [minus(lines, before).length, minus(before, lines).length, lines.size];
      expect([added, removed, count]).toEqual(owed);
    }
  }

  /** Every version and the way from each to each, as the database tells it; and what is signed. */
  async verify(): Promise<void> {
    const { db } = database;
    let chain = startChain(this.#epoch);
    const rows = await db
      .selectFrom('version')
      .selectAll()
      .where('list_id', '=', this.#list)
      .orderBy('version')
      .execute();
    expect(rows.map((row) => row.version)).toEqual(this.#versions.map((_, i) => i));
    for (const [i, lines] of this.#versions.entries()) {
      const sorted = [...lines].toSorted();
      expect(await linesOf(readLines(db, this.#rows, i))).toEqual(sorted);
      if (i > 0) chain = extendChain(chain, digestOf(sorted));
      const { digest, chain: stored } = rows[i] ?? {};
      expect([digest?.toString('hex'), stored?.toString('hex')]).toEqual([digestOf(sorted), chain]);
    }
    const last = this.#versions.length - 1;
    await this.#expectDiff(0, last);
    // One diff over two is what the two make together.
    if (last >= 2) {
      const middle = Math.ceil(last / 2);
      const [first, second] = [await this.#expectDiff(0, middle), await this.#expectDiff(middle, last)];
      expect(composeDiffs(first, second)).toEqual(await this.#expectDiff(0, last));
    }
    if (last > 0) await this.#expectSigned(last, chain);
  }

  async #expectDiff(from: number, to: number) {
    const [a, b] = [this.#versions[from] as Set<string>, this.#versions[to] as Set<string>];
    const removed = await collect(readRemovedLines(database.db, this.#rows, from, to));
    const added = await collect(readAddedLines(database.db, this.#rows, from, to));
    expect([removed, added]).toEqual([minus(a, b), minus(b, a)]);
    return { removed, added };
  }

  async #expectSigned(version: number, chain: string): Promise<void> {
    const { manifest } = await database.db
      .selectFrom('list')
      .select('manifest')
      .where('id', '=', this.#list)
      .executeTakeFirstOrThrow();
    const claims = JSON.parse(Buffer.from(manifest?.split('.')[1] ?? '', 'base64url').toString());
    const lines = [...(this.#versions[version] as Set<string>)];
    const owed = { epoch: this.#epoch, version, count: lines.length, digest: digestOf(lines), chain };
    expect(claims).toMatchObject(owed);
  }

  async #give(one: Order): Promise<void> {
    const { db } = database;
    const list = this.#list;
    if (one.action === 'unprotect') {
      this.#oracle.guarded.delete(one.value);
      await sql`delete from protected_value where list_id = ${list} and value = ${one.value}`.execute(db);
      return;
    }
    const isList = one.action === 'list';
    const until = isList && one.days !== null ? addDays(this.#today, one.days) : null;
    this.#oracle.pending.push({ ...one, until });
    if (one.action === 'protect') {
      this.#oracle.guarded.add(one.value);
      await sql`insert into protected_value (list_id, value, kind, protected_by, protected_at)
                values (${list}, ${one.value}, 'other', 'someone', now()) on conflict do nothing`.execute(db);
    }
    const decision =
      one.action === 'protect' ? null : isList && one.confirmed ? decisions.confirmed : decisions.single;
    await sql`
      insert into listing_order (list_id, value, action, category, until, decision_id, urgent, ordered_at)
      values (${list}, ${one.value}, ${one.action}, ${isList ? one.category : null}, ${until}::date, ${decision}::bigint,
              ${one.action === 'release' && one.urgent}, now())`.execute(db);
  }
}

async function linesOf(texts: AsyncGenerator<string>): Promise<string[]> {
  let whole = '';
  for await (const text of texts) whole += text;
  return whole.split('\n').slice(0, -1);
}

async function collect(batches: AsyncGenerator<string[]>): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of batches) lines.push(...batch);
  return lines;
}

/** One decision of one person, and one that a second person confirmed. */
async function seedDecisions(): Promise<{ single: number; confirmed: number }> {
  const { rows } = await sql<{ single: number; confirmed: number }>`
    with party as (insert into organization (name, kind) values ('agency', 'agency') returning id),
    subject as (
      insert into review_case (list_id, value, category, status, opened_at, updated_at)
      values ('sender-numbers', '+821012345678', 'other', 'verified', now(), now()) returning id
    ),
    single as (
      insert into decision (case_id, case_revision, verdict, effect, category, organization_id, decided_by, decided_at)
      select subject.id, 1, 'verify', 'verified', 'gambling', party.id, 'one', now() from party, subject
      returning id, case_id, organization_id
    ),
    confirmed as (
      insert into decision (case_id, case_revision, verdict, effect, category, organization_id, decided_by, decided_at, confirms)
      select case_id, 2, 'verify', 'verified', 'gambling', organization_id, 'two', now(), id from single
      returning id
    )
    select single.id as single, confirmed.id as confirmed from single, confirmed`.execute(database.db);
  const [row] = rows;
  if (!row) throw new Error('no decisions');
  return { single: Number(row.single), confirmed: Number(row.confirmed) };
}
