// The whole format from outside: the published vectors, then everything that a real exchange serves, read by a reader
// that shares no code with the publisher.
import { createHash, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, publish, submit } from '../setup/walk.ts';
import {
  applyDiff,
  type Claims,
  type Credentials,
  checkProof,
  composeDiffs,
  DIFF_HEADER,
  type Diff,
  digestOf,
  extendChain,
  hashValue,
  inOrder,
  type JsonDiff,
  type KeySet,
  ListReader,
  lineValue,
  openJws,
  openKeySet,
  openManifest,
  type Proof,
  parseDiff,
  parseJsonDiff,
  parseSnapshot,
  Refusal,
  SNAPSHOT_HEADER,
  signJws,
  startChain,
} from './list-reader.ts';

interface Named {
  name: string;
}
type Text = { text: string; hex?: never } | { text?: never; hex: string };
type Bad = Named & { reason: string };
interface Vectors {
  hashes: { value: string; hash: string }[];
  digests: (Named & { lines?: string[]; series?: number; digest: string })[];
  splits: (Named & { series: number; sides: { lines: number; digest: string }[]; digest: string })[];
  chains: { epoch: string; digests: string[]; chains: string[] }[];
  snapshots: {
    valid: (Named & { text: string; sha256: string; bytes: number; count: number; digest: string })[];
    invalid: (Bad & Text)[];
  };
  diffs: {
    valid: (Named & {
      fromLines: string[];
      csv: string;
      json: JsonDiff;
      toLines: string[];
      digest: string;
    })[];
    invalid: (Bad & { text: string })[];
    unfit: (Bad & { fromLines: string[]; csv: string })[];
    composed: (Named & { first: string; second: string; both: string })[];
  };
  proofs: {
    valid: (Named & { list: string; digest: string; value: string; proof: Proof; line: string | null })[];
    invalid: (Bad & { digest: string; value: string; proof: Proof })[];
  };
  jws: {
    issuer: string;
    time: number;
    rootKey: JsonWebKey;
    clientKey: JsonWebKey;
    keySet: { jws: string; claims: Claims };
    manifest: { jws: string; claims: Claims };
    receipt: { jws: string; claims: Claims };
    invalidManifests: (Bad & { jws: string })[];
    invalidKeySets: (Bad & { jws: string })[];
  };
}

const docs = new URL('../../docs/', import.meta.url);
const vectorText = readFileSync(new URL('vectors/list-format.json', docs), 'utf8');
const vectors = JSON.parse(vectorText) as Vectors;

const bytesOf = ({ text, hex }: Text): Buffer =>
  text === undefined ? Buffer.from(hex, 'hex') : Buffer.from(text, 'ascii');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const formatSnapshot = (lines: readonly string[]): string =>
  [SNAPSHOT_HEADER, ...lines].map((line) => `${line}\n`).join('');
const formatDiff = ({ removed, added }: Diff): string =>
  [DIFF_HEADER, ...removed.map((line) => `-,${line}`), ...added.map((line) => `+,${line}`)]
    .map((row) => `${row}\n`)
    .join('');

/** The code of the refusal; any other error is an error of the reader. */
function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

function series(length: number): string[] {
  const categories = ['gambling', 'illegal_loan', 'drugs', 'adult'];
  return Array.from({ length }, (_, i) => {
    const digits = String((20_000_000 + 7919 * i) % 10 ** 8).padStart(8, '0');
    return `+8210${digits},${categories[i % 4]},${i % 10 === 0 ? 'permanent' : '2027-02-21'}`;
  });
}

describe('the vectors of the list format', () => {
  it.each(vectors.hashes)('hash of $value is $hash', ({ value, hash }) => {
    expect(hashValue(value).toString(16).padStart(8, '0')).toBe(hash);
  });

  it.each(vectors.digests)('digest of $name', ({ lines, series: length, digest }) => {
    expect(digestOf(lines ?? series(length ?? 0))).toBe(digest);
  });

  it.each(vectors.splits)('the two sides of $name', ({ series: length, sides, digest }) => {
    const side = (want: number) =>
      inOrder(series(length)).filter((line) => hashValue(lineValue(line)) >>> 31 === want);
    expect([side(0), side(1)].map((lines) => ({ lines: lines.length, digest: digestOf(lines) }))).toEqual(
      sides,
    );
    const halves = sides.map((one) => Buffer.from(one.digest, 'hex'));
    expect(sha256(Buffer.concat([Uint8Array.of(1), ...halves]))).toBe(digest);
  });

  it.each(vectors.chains)('chain of the epoch $epoch', ({ epoch, digests, chains }) => {
    const seen = [startChain(epoch)];
    for (const digest of digests) seen.push(extendChain(seen.at(-1) ?? '', digest));
    expect(seen).toEqual(chains);
  });

  it.each(vectors.snapshots.valid)('a snapshot: $name', ({ text, count, digest, ...expected }) => {
    const bytes = Buffer.from(text);
    const lines = parseSnapshot(bytes);
    expect(formatSnapshot(lines)).toBe(text);
    expect({ count: lines.length, digest: digestOf(lines) }).toEqual({ count, digest });
    expect({ sha256: sha256(bytes), bytes: bytes.length }).toMatchObject({
      sha256: expected.sha256,
      bytes: expected.bytes,
    });
  });

  it.each(vectors.snapshots.invalid)('no snapshot ($reason): $name', ({ reason, ...text }) => {
    expect(refusalOf(() => parseSnapshot(bytesOf(text as Text)))).toBe(reason);
  });

  it.each(vectors.diffs.valid)('a diff: $name', ({ fromLines, csv, json, toLines, digest }) => {
    const diff = parseDiff(Buffer.from(csv));
    expect(formatDiff(diff)).toBe(csv);
    expect(parseJsonDiff(JSON.stringify(json), json)).toEqual(diff);
    const lines = applyDiff(fromLines, diff);
    expect(lines).toEqual(toLines);
    expect(digestOf(lines)).toBe(digest);
  });

  it.each(vectors.diffs.invalid)('no diff ($reason): $name', ({ text, reason }) => {
    expect(refusalOf(() => parseDiff(Buffer.from(text)))).toBe(reason);
  });

  it.each(vectors.diffs.unfit)('a diff that does not fit ($reason): $name', ({ fromLines, csv, reason }) => {
    const before = [...fromLines];
    expect(refusalOf(() => applyDiff(fromLines, parseDiff(Buffer.from(csv))))).toBe(reason);
    expect(fromLines).toEqual(before);
  });

  it.each(vectors.diffs.composed)('two diffs in one: $name', ({ first, second, both }) => {
    const parse = (csv: string) => parseDiff(Buffer.from(csv));
    expect(formatDiff(composeDiffs(parse(first), parse(second)))).toBe(both);
  });

  it.each(vectors.proofs.valid)('a proof: $name', ({ proof, value, digest, line }) => {
    expect(checkProof(proof, value, digest) ?? null).toBe(line);
  });

  it.each(vectors.proofs.invalid)('no proof ($reason): $name', ({ proof, value, digest, reason }) => {
    expect(refusalOf(() => checkProof(proof, value, digest))).toBe(reason);
  });

  const { jws } = vectors;
  const pinned = { issuer: jws.issuer, rootKey: jws.rootKey };
  const time = new Date(jws.time * 1000);

  it('a key set, a manifest and a receipt with good signatures', () => {
    const keySet = openKeySet(jws.keySet.jws, pinned, time);
    expect(keySet).toEqual(jws.keySet.claims);
    expect(openManifest(jws.manifest.jws, keySet, pinned, 'sender-numbers')).toEqual(jws.manifest.claims);
    expect(openJws(jws.receipt.jws, 'receipt+jwt', () => jws.clientKey)).toEqual(jws.receipt.claims);
  });

  it.each(jws.invalidManifests)('no manifest ($reason): $name', ({ jws: text, reason }) => {
    const keySet = openKeySet(jws.keySet.jws, pinned, time);
    expect(refusalOf(() => openManifest(text, keySet, pinned, 'sender-numbers'))).toBe(reason);
  });

  it.each(jws.invalidKeySets)('no key set ($reason): $name', ({ jws: text, reason }) => {
    expect(refusalOf(() => openKeySet(text, pinned, time, 3))).toBe(reason);
  });
});

describe('the document of the list format', () => {
  const document = readFileSync(new URL('list-format.md', docs), 'utf8');

  it('prints no digest that is not one of the vectors', () => {
    const printed = document.match(/\b[0-9a-f]{64}\b/g) ?? [];
    expect(printed.length).toBeGreaterThan(10);
    expect(printed.filter((hex) => !vectorText.includes(`"${hex}"`))).toEqual([]);
  });

  it('prints every known digest, hash and chain', () => {
    const known = [
      ...vectors.digests.map(({ digest }) => digest),
      ...vectors.hashes.map(({ hash }) => hash),
      ...vectors.chains.flatMap(({ epoch, chains }) => [epoch, ...chains]),
    ];
    expect(known.filter((text) => !document.includes(text))).toEqual([]);
  });

  it('shows as examples only what the vectors hold', () => {
    const blocks = (language: string) =>
      [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
        ([, text = '']) => text,
      );
    const { snapshots, diffs, proofs, jws } = vectors;
    const values: unknown[] = [
      ...diffs.valid.map(({ json }) => json),
      ...proofs.valid.map(({ proof }) => proof),
      ...[jws.keySet, jws.manifest, jws.receipt].map(({ claims }) => claims),
    ];
    expect(blocks('json')).toHaveLength(5);
    for (const text of blocks('json')) expect(values).toContainEqual(JSON.parse(text));
    const texts = [...snapshots.valid.map(({ text }) => text), ...diffs.valid.map(({ csv }) => csv)];
    expect(blocks('csv')).toHaveLength(2);
    for (const text of blocks('csv')) expect(texts).toContain(text);
  });

  it('names every reason of the vectors', () => {
    const reasons = [...vectorText.matchAll(/"reason": "([a-z_]+)"/g)].map(([, reason]) => reason);
    expect([...new Set(reasons)].filter((reason) => !document.includes(`\`${reason}\``))).toEqual([]);
  });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Row {
  version: number;
  publishedAt: string;
  added: number;
  removed: number;
  count: number;
  digest: string;
  chain: string;
}

describe('a real exchange, read from outside', () => {
  const LISTS = ['sender-numbers', 'originator-codes'] as const;
  type List = (typeof LISTS)[number];

  let exchange: TestExchange;
  let credentials: Credentials;
  const readers = new Map<List, ListReader>();
  /** What the test itself put on the lists: value → category. */
  const model = {
    'sender-numbers': new Map<string, string>(),
    'originator-codes': new Map<string, string>(),
  };
  /** Every snapshot seen, by version: none may ever change. */
  const seen = { 'sender-numbers': [] as string[][], 'originator-codes': [] as string[][] };

  const reader = (list: List): ListReader => {
    const one = readers.get(list) ?? new ListReader(list, credentials, exchange.now);
    readers.set(list, one);
    return one;
  };

  /** A GET whose answer is not touched: no decoding, no redirects. */
  async function raw(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const token = await reader('sender-numbers').token();
    return new Promise((resolve, reject) => {
      const all = { Authorization: `Bearer ${token}`, ...headers };
      const sent = request(`${exchange.url}${path}`, { headers: all }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  async function json<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const { status, body } = await raw(path, headers);
    expect(status, `${path}: ${body.toString('utf8').slice(0, 300)}`).toBe(200);
    return JSON.parse(body.toString('utf8')) as T;
  }

  async function problem(path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
    const answer = await raw(path, headers);
    const type = String(answer.headers['content-type']).split(';')[0];
    expect(type, `${path}: ${answer.status}`).toBe('application/problem+json');
    const { status, code } = JSON.parse(answer.body.toString('utf8')) as { status: number; code: string };
    expect(status).toBe(answer.status);
    return [answer.status, code];
  }

  const canonical = (value: string): string => (value.startsWith('0') ? `+82${value.slice(1)}` : value);

  async function verifyOpen(category: string): Promise<void> {
    const agency = await exchange.party('agency');
    const cases = (await allCases(exchange)).map(({ id, revision }) => ({ id, revision }));
    await agency.post('/v1/decisions', { cases, verdict: 'verify', category }).expect(201);
  }

  async function list(values: readonly string[], category = 'gambling'): Promise<void> {
    await submit(exchange, values);
    await verifyOpen(category);
    for (const value of values) model['sender-numbers'].set(canonical(value), category);
  }

  async function listCodes(values: readonly string[], category = 'gambling'): Promise<void> {
    await submit(exchange, values, 'carrier one', { type: 'originator_code', category });
    await verifyOpen(category);
    for (const value of values) model['originator-codes'].set(value, category);
  }

  async function release(of: List, values: readonly string[], more: object = {}): Promise<void> {
    const agency = await exchange.party('agency');
    for (const value of values.map((one) => (of === 'sender-numbers' ? canonical(one) : one))) {
      const path = `/v1/lists/${of}/entries/${encodeURIComponent(value)}/release`;
      await agency.post(path, { reason: 'agency_correction', ...more }).expect(201);
      model[of].delete(value);
    }
  }

  async function rowsOf(of: List): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor = ''; ; ) {
      const page = await json<{ items: Row[]; next: string | null }>(
        `/v1/lists/${of}/versions?limit=7${cursor}`,
      );
      rows.push(...page.items);
      if (page.next === null) return rows;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }

  const snapshotPath = (of: List, version: number, epoch: string) =>
    `/v1/lists/${of}/versions/${version}/snapshot?epoch=${epoch}`;
  const diffPath = (of: List, from: number, to: number, epoch: string) =>
    `/v1/lists/${of}/versions/${to}/diff?from=${from}&epoch=${epoch}`;

  /** One diff as CSV and as JSON: the same content, and it leads from one snapshot seen to the other. */
  async function readDiff(of: List, from: number, to: number, epoch: string): Promise<Diff> {
    const path = diffPath(of, from, to, epoch);
    const csv = await raw(path, { Accept: 'text/csv' });
    expect([csv.status, csv.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    const diff = parseDiff(csv.body);
    const asJson = await raw(path, { Accept: 'application/json' });
    expect(asJson.status).toBe(200);
    expect(String(asJson.headers['content-type'])).toMatch(/^application\/json(;|$)/);
    expect(parseJsonDiff(asJson.body.toString('utf8'), { list: of, epoch, from, to })).toEqual(diff);
    expect(asJson.headers.etag).not.toBe(csv.headers.etag);
    expect(applyDiff(seen[of][from] ?? [], diff)).toEqual(seen[of][to]);
    return diff;
  }

  /** Everything that is served about a list, against the format, against itself and against the model. */
  async function verifyAll(of: List, version: number): Promise<void> {
    const held = await reader(of).update();
    const cold = new ListReader(of, credentials, exchange.now);
    expect(await cold.update()).toEqual(held);
    expect(held.version).toBe(version);
    const categories = new Map(held.lines.map((line) => [lineValue(line), line.split(',')[1]]));
    expect(categories).toEqual(
      new Map(inOrder(model[of].keys()).map((value) => [value, model[of].get(value)])),
    );

    const manifest = await reader(of).manifest();
    const state = await json<Row & { id: string; epoch: string; pending: object }>(`/v1/lists/${of}`);
    const { epoch, count, digest, chain } = manifest;
    expect(state).toMatchObject({ id: of, epoch, version, count, digest, chain });
    expect(Math.floor(Date.parse(state.publishedAt) / 1000)).toBe(manifest.publishedAt);

    const rows = await rowsOf(of);
    const oldest = version - rows.length + 1;
    expect([0, 1]).toContain(oldest);
    expect(rows.map((row) => row.version)).toEqual(rows.map((_, i) => version - i));
    let link = startChain(epoch);
    for (let v = 0; v < manifest.oldestDiff; v++) {
      expect(await problem(snapshotPath(of, v, epoch))).toEqual([410, 'version_gone']);
      expect(await problem(diffPath(of, v, version, epoch))).toEqual([410, 'diff_gone']);
      if (v > 0) link = extendChain(link, digestOf(seen[of][v] ?? []));
    }
    for (let v = manifest.oldestDiff; v <= version; v++) {
      const { status, headers, body } = await raw(snapshotPath(of, v, epoch));
      expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
      const lines = parseSnapshot(body);
      seen[of][v] ??= lines;
      expect(lines, `${of} ${v} has changed`).toEqual(seen[of][v]);
      if (v === manifest.snapshot.version)
        expect([sha256(body), body.length, lines.length]).toEqual([
          manifest.snapshot.sha256,
          manifest.snapshot.bytes,
          manifest.snapshot.count,
        ]);
      if (v > 0) link = extendChain(link, digestOf(lines));
      const row = rows.find((one) => one.version === v);
      if (v === 0 && !row) continue;
      expect(row).toMatchObject({ count: lines.length, digest: digestOf(lines), chain: link });
      expect(await json<Row>(`/v1/lists/${of}/versions/${v}`)).toEqual(row);
    }
    expect(link).toBe(chain);
    for (let from = manifest.oldestDiff; from <= version; from++) {
      const diff = await readDiff(of, from, version, epoch);
      if (from === version - 1)
        expect(rows[0]).toMatchObject({ added: diff.added.length, removed: diff.removed.length });
      if (from === version) expect(diff).toEqual({ removed: [], added: [] });
    }
  }

  /** Publishes; there must be one version more, and all must fit. */
  async function nextVersion(of: List): Promise<void> {
    const before = (await reader(of).update()).version;
    const published = await publish(exchange, of, { confirmMassChange: true });
    expect(published.version).toBe(before + 1);
    await verifyAll(of, before + 1);
  }

  const small = mobileNumbers(65, 1);
  const many = mobileNumbers(1000, 2);
  const codes = Array.from({ length: 70 }, (_, i) => String(301_000_000 + i * 7919));

  beforeAll(async () => {
    exchange = await startExchange();
    const relay = await exchange.party('relay');
    credentials = relay.credentials as unknown as Credentials;
  });
  afterAll(() => exchange.stop());

  it.each(LISTS)('%s: version 0 is the empty list', async (of) => {
    await verifyAll(of, 0);
  });

  it('the first entries', async () => {
    await list(small.slice(0, 3));
    await nextVersion('sender-numbers');
    await listCodes(codes.slice(0, 1));
    await nextVersion('originator-codes');
  });

  it('64 entries are one leaf, 65 are two', async () => {
    await list(small.slice(3, 64), 'adult');
    await nextVersion('sender-numbers');
    await list(small.slice(64), 'stock');
    await nextVersion('sender-numbers');
    expect(reader('sender-numbers').held?.lines).toHaveLength(65);
  });

  it('releases, and a value that comes back with the same line', async () => {
    await release('sender-numbers', small.slice(0, 2));
    await nextVersion('sender-numbers');
    await list(small.slice(0, 1));
    await nextVersion('sender-numbers');
    await list(small.slice(1, 2), 'drugs');
    await nextVersion('sender-numbers');
  });

  it('a category that changes is a removal and an addition', async () => {
    const changed = small.slice(10, 13);
    await release('sender-numbers', changed);
    await list(changed, 'smishing');
    await nextVersion('sender-numbers');
    const { epoch, version } = await reader('sender-numbers').update();
    const diff = await readDiff('sender-numbers', version - 1, version, epoch);
    expect(diff.removed.map(lineValue)).toEqual(inOrder(changed.map(canonical)));
    expect(diff.added.map(lineValue)).toEqual(inOrder(changed.map(canonical)));
  });

  it('what is released and listed again before publication is no change and no version', async () => {
    const same = small.slice(20, 22);
    await release('sender-numbers', same);
    await list(same, 'adult');
    const before = await reader('sender-numbers').update();
    const published = await publish(exchange, 'sender-numbers');
    expect(published.version).toBe(before.version);
    await verifyAll('sender-numbers', before.version);
  });

  it('more than 1,000 entries', async () => {
    await list(many, 'illegal_loan');
    await nextVersion('sender-numbers');
    expect(reader('sender-numbers').held?.lines).toHaveLength(1065);
  });

  it('an urgent release is a version of its own', async () => {
    const before = (await reader('sender-numbers').update()).version;
    await release('sender-numbers', many.slice(500, 501), { urgent: true });
    await expect.poll(async () => (await reader('sender-numbers').update()).version).toBe(before + 1);
    await verifyAll('sender-numbers', before + 1);
  });

  it('other kinds of numbers, and a deeper tree', async () => {
    await list(['07024681357', '0212345678', '1588-2468'], 'other');
    model['sender-numbers'].delete('1588-2468');
    model['sender-numbers'].set('+8215882468', 'other');
    await nextVersion('sender-numbers');
    await list(mobileNumbers(3000, 3), 'finance');
    await nextVersion('sender-numbers');
    expect(reader('sender-numbers').held?.lines.length).toBeGreaterThan(4000);
  });

  it('much removed, and added elsewhere, in one version', async () => {
    await release('sender-numbers', many.slice(0, 40));
    await list(mobileNumbers(60, 5), 'game');
    await nextVersion('sender-numbers');
  });

  it('codes: more, fewer, another category, none at all, and over 64', async () => {
    const of = 'originator-codes';
    await listCodes(codes.slice(1, 6), 'stock');
    await nextVersion(of);
    await release(of, codes.slice(2, 4));
    await nextVersion(of);
    await release(of, codes.slice(0, 1));
    await listCodes(codes.slice(0, 1), 'drugs');
    await nextVersion(of);
    await release(of, [...model[of].keys()]);
    await nextVersion(of);
    expect(reader(of).held?.lines).toEqual([]);
    await listCodes(codes, 'game');
    await nextVersion(of);
    expect(reader(of).held?.lines).toHaveLength(70);
  });

  it('an idle list is signed anew, unchanged in content', async () => {
    const before = await reader('sender-numbers').manifest();
    exchange.setTime(new Date(exchange.now().getTime() + 25 * 3_600_000));
    const after = await reader('sender-numbers').manifest();
    expect(after.exp).toBeGreaterThan(before.exp);
    expect({ ...after, iat: 0, exp: 0 }).toEqual({ ...before, iat: 0, exp: 0 });
  });

  it('a following reader came all the way by diffs', () => {
    expect(reader('sender-numbers').ways.slice(1)).not.toContain('snapshot');
    expect(reader('sender-numbers').held?.version).toBeGreaterThanOrEqual(12);
  });

  it.each(LISTS)('%s: the diffs between all pairs of versions, and of all compositions', async (of) => {
    const { epoch, version } = await reader(of).update();
    const diffs = new Map<string, Diff>();
    for (let from = 0; from <= version; from++)
      for (let to = from; to <= version; to++)
        diffs.set(`${from} ${to}`, await readDiff(of, from, to, epoch));
    const diff = (from: number, to: number) => diffs.get(`${from} ${to}`) ?? { removed: [], added: [] };
    for (let a = 0; a <= version; a++)
      for (let b = a; b <= version; b++)
        for (let c = b; c <= version; c++)
          expect(composeDiffs(diff(a, b), diff(b, c)), `${a} ${b} ${c}`).toEqual(diff(a, c));
  });

  it('the key set is signed by the root key and lists what signs the manifests', async () => {
    const answer = await raw('/v1/keys', { Authorization: '' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/jwt');
    const keySet = openKeySet(answer.body.toString('utf8'), credentials, exchange.now());
    const tokenKeys = await json<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
    const kids = new Set(keySet.keys.map(({ kid }) => kid));
    expect(tokenKeys.keys.filter(({ kid }) => kids.has(kid))).toEqual([]);
    const secrets = [...keySet.keys, ...tokenKeys.keys].filter((key) => 'd' in key);
    expect(secrets).toEqual([]);
  });

  it('a key set or manifest that was touched is refused', async () => {
    const keyText = (await raw('/v1/keys')).body.toString('utf8');
    const keySet = openKeySet(keyText, credentials, exchange.now());
    const { status, headers, body } = await raw('/v1/lists/sender-numbers/manifest');
    expect([status, headers['content-type']]).toEqual([200, 'application/jwt']);
    const text = body.toString('utf8');
    const open = (jws: string, keys: KeySet = keySet, of = 'sender-numbers') =>
      refusalOf(() => openManifest(jws, keys, credentials, of));
    expect(open(text)).toBe('accepted');
    const [head = '', payload = '', signature = ''] = text.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
    const forged = Buffer.from(JSON.stringify({ ...claims, count: 0 })).toString('base64url');
    expect(open(`${head}.${forged}.${signature}`)).toBe('signature');
    expect(open(text, keySet, 'originator-codes')).toBe('claims');
    expect(open(signJws({ typ: 'manifest+jwt' }, claims, credentials.privateKey))).toBe('unknown_key');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { kid: string };
    const { kid } = header;
    expect(open(signJws({ typ: 'manifest+jwt', kid }, claims, credentials.privateKey))).toBe('signature');
    const { sequence } = keySet;
    const stranger = { ...credentials, rootKey: keySet.keys[0] as JsonWebKey };
    expect(refusalOf(() => openKeySet(keyText, stranger, exchange.now()))).toBe('signature');
    expect(refusalOf(() => openKeySet(keyText, credentials, exchange.now(), sequence + 1))).toBe('sequence');
  });

  it('the diff to the version in force names the immutable one', async () => {
    const { epoch, version } = await reader('sender-numbers').update();
    for (const from of [0, version - 1, version]) {
      const current = await raw(`/v1/lists/sender-numbers/diff?from=${from}&epoch=${epoch}`);
      expect(current.status).toBe(200);
      const location = String(current.headers['content-location']);
      const [path, query] = diffPath('sender-numbers', from, version, epoch).split('?');
      const url = new URL(location, exchange.url);
      expect(url.pathname).toBe(path);
      expect(inOrder([...url.searchParams].map(String))).toEqual(
        inOrder([...new URLSearchParams(query)].map(String)),
      );
      const fixed = await raw(location);
      expect(fixed.body.equals(current.body)).toBe(true);
      expect(fixed.headers['cache-control']).toMatch(/immutable/);
      expect(String(current.headers['cache-control'])).not.toMatch(/immutable/);
    }
  });

  const cacheable = async (): Promise<string[]> => {
    const { epoch, version } = await reader('sender-numbers').update();
    return [
      '/v1/lists/sender-numbers/manifest',
      snapshotPath('sender-numbers', 0, epoch),
      snapshotPath('sender-numbers', version, epoch),
      diffPath('sender-numbers', 1, version, epoch),
      diffPath('sender-numbers', version, version, epoch),
      `/v1/lists/sender-numbers/diff?from=3&epoch=${epoch}`,
    ];
  };

  it('an ETag stands for the bytes: 304 for the one that is held, 200 for another', async () => {
    for (const path of await cacheable()) {
      const first = await raw(path, { 'Accept-Encoding': 'identity' });
      const etag = String(first.headers.etag);
      expect(etag, path).toMatch(/^"[^"]+"$/);
      const match = (value: string) => raw(path, { 'Accept-Encoding': 'identity', 'If-None-Match': value });
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await match(held);
        expect([again.status, again.body.length, again.headers.etag], `${path} ${held}`).toEqual([
          304,
          0,
          etag,
        ]);
      }
      const other = await match('"other"');
      expect(other.status).toBe(200);
      expect(other.body.equals(first.body)).toBe(true);
    }
  });

  it('every content coding gives the same bytes, each with an ETag of its own', async () => {
    const decode = { gzip: gunzipSync, br: brotliDecompressSync, identity: (body: Buffer) => body };
    const { epoch, version } = await reader('sender-numbers').update();
    const paths = [
      snapshotPath('sender-numbers', 0, epoch),
      snapshotPath('sender-numbers', version, epoch),
      diffPath('sender-numbers', 1, version, epoch),
    ];
    for (const path of paths)
      for (const Accept of ['text/csv', 'application/json']) {
        if (path.includes('/snapshot') && Accept !== 'text/csv') continue;
        const plain = await raw(path, { Accept });
        expect(plain.headers['content-encoding']).toBeUndefined();
        const etags = new Map<string, string>();
        for (const coding of ['gzip', 'br', 'identity'] as const) {
          const answer = await raw(path, { Accept, 'Accept-Encoding': coding });
          const used = (answer.headers['content-encoding'] ?? 'identity') as keyof typeof decode;
          expect(['identity', coding]).toContain(used);
          if (plain.body.length > 10_000) expect(used).toBe(coding);
          expect(decode[used](answer.body).equals(plain.body), `${path} ${coding}`).toBe(true);
          expect(String(answer.headers.vary).toLowerCase()).toContain('accept-encoding');
          if (path.includes('/diff'))
            expect(String(answer.headers.vary).toLowerCase().split(/, */)).toContain('accept');
          etags.set(used, String(answer.headers.etag));
          const again = await raw(path, {
            Accept,
            'Accept-Encoding': coding,
            'If-None-Match': String(answer.headers.etag),
          });
          expect([again.status, again.headers.etag]).toEqual([304, answer.headers.etag]);
        }
        expect(new Set(etags.values()).size, `${path} ${[...etags.values()]}`).toBe(etags.size);
      }
    const refused = await raw(paths[1] ?? '', { 'Accept-Encoding': 'gzip;q=0, br;q=0' });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('ranges of a snapshot put together are the snapshot', async () => {
    const { epoch, version } = await reader('sender-numbers').update();
    const path = snapshotPath('sender-numbers', version, epoch);
    for (const coding of ['identity', 'gzip']) {
      const ask = (headers: Record<string, string> = {}) =>
        raw(path, { 'Accept-Encoding': coding, ...headers });
      const whole = await ask();
      const { length } = whole.body;
      const cuts = [0, 1, 1000, length - 7];
      const pieces: Buffer[] = [];
      for (const [i, start] of cuts.entries()) {
        const end = (cuts[i + 1] ?? length) - 1;
        const piece = await ask({ Range: `bytes=${start}-${i === cuts.length - 1 ? '' : end}` });
        expect([piece.status, piece.headers['content-range'], piece.headers.etag]).toEqual([
          206,
          `bytes ${start}-${end}/${length}`,
          whole.headers.etag,
        ]);
        pieces.push(piece.body);
      }
      expect(Buffer.concat(pieces).equals(whole.body)).toBe(true);
      const last = await ask({ Range: 'bytes=-50' });
      expect(last.body.equals(whole.body.subarray(-50))).toBe(true);
      const outside = await ask({ Range: `bytes=${length}-` });
      expect([outside.status, outside.headers['content-range']]).toEqual([416, `bytes */${length}`]);
      const etag = String(whole.headers.etag);
      expect((await ask({ Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
      const stale = await ask({ Range: 'bytes=0-9', 'If-Range': '"other"' });
      expect([stale.status, stale.body.length]).toEqual([200, length]);
    }
  });

  it('what is not there is refused with the right code', async () => {
    const { epoch, version } = await reader('sender-numbers').update();
    const other = '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44';
    const base = '/v1/lists/sender-numbers';
    const expected: [string, number, string][] = [
      [snapshotPath('sender-numbers', 1, other), 410, 'epoch_gone'],
      [diffPath('sender-numbers', 1, 2, other), 410, 'epoch_gone'],
      [`${base}/diff?from=1&epoch=${other}`, 410, 'epoch_gone'],
      [snapshotPath('sender-numbers', version + 1, epoch), 404, 'not_found'],
      [diffPath('sender-numbers', 1, version + 1, epoch), 404, 'not_found'],
      [`${base}/versions/${version + 1}`, 404, 'not_found'],
      [`${base}/diff?from=${version + 1}&epoch=${epoch}`, 400, 'version_above_current'],
      [`${base}/versions/1/snapshot`, 400, 'invalid_request'],
      [`${base}/versions/2/diff?from=1`, 400, 'invalid_request'],
      [`${base}/versions/2/diff?epoch=${epoch}`, 400, 'invalid_request'],
      [`${base}/diff?from=1`, 400, 'invalid_request'],
      [`${base}/diff?from=-1&epoch=${epoch}`, 400, 'invalid_request'],
      [`${base}/diff?from=one&epoch=${epoch}`, 400, 'invalid_request'],
      [`${base}/diff?from=1&epoch=one`, 400, 'invalid_request'],
      [`${base}/diff?from=1&epoch=${epoch}&more=1`, 400, 'invalid_request'],
      ['/v1/lists/no-such-list/manifest', 404, 'not_found'],
      [`/v1/lists/no-such-list/diff?from=0&epoch=${epoch}`, 404, 'not_found'],
      [`${base}/entries/nothing/proof`, 400, 'invalid_value'],
    ];
    const answers = [];
    for (const [path] of expected) answers.push([path, ...(await problem(path))]);
    expect(answers).toEqual(expected);
  });

  it('a diff backwards is refused', async () => {
    const { epoch } = await reader('sender-numbers').update();
    expect((await problem(diffPath('sender-numbers', 3, 2, epoch)))[0]).toBe(400);
  });

  it('nothing but the key set is given without a token or with one for something else', async () => {
    const carrier = await exchange.party('carrier');
    for (const path of await cacheable()) {
      const nobody = await raw(path, { Authorization: '' });
      expect([nobody.status, String(nobody.headers['www-authenticate']).split(' ')[0]]).toEqual([
        401,
        'Bearer',
      ]);
      expect(await problem(path, { Authorization: `Bearer ${await carrier.token()}` })).toEqual([
        403,
        'insufficient_scope',
      ]);
    }
  });

  it.each(LISTS)('%s: proofs of presence and absence hold against the signed digest', async (of) => {
    const { lines, digest, epoch, version } = await reader(of).update();
    const prove = (value: string) =>
      json<Proof & { list: string; epoch: string; version: number; value: string }>(
        `/v1/lists/${of}/entries/${encodeURIComponent(value)}/proof`,
      );
    for (const line of lines.filter((_, i) => i % (lines.length > 500 ? 23 : 1) === 0)) {
      const proof = await prove(lineValue(line));
      expect(proof).toMatchObject({ list: of, epoch, version, value: lineValue(line) });
      expect(checkProof(proof, lineValue(line), digest)).toBe(line);
      const left = { ...proof, lines: proof.lines.filter((one) => one !== line) };
      expect(refusalOf(() => checkProof(left, lineValue(line), digest))).toBe('proof');
    }
    const absent =
      of === 'sender-numbers'
        ? mobileNumbers(40, 9).map(canonical)
        : codes.map((code) => `9${code.slice(1)}`);
    for (const value of absent) {
      const proof = await prove(value);
      expect(proof.value).toBe(value);
      expect(checkProof(proof, value, digest)).toBeUndefined();
      const more = { ...proof, lines: inOrder([...proof.lines, `${value},gambling,permanent`]) };
      expect(refusalOf(() => checkProof(more, value, digest))).toBe('proof');
    }
  });

  it('proofs deep in a tree hold, in any accepted spelling, and touched ones do not', async () => {
    await list(mobileNumbers(2000, 4), 'fortune');
    await nextVersion('sender-numbers');
    const { lines, digest } = await reader('sender-numbers').update();
    const prove = (value: string) =>
      json<Proof & { value: string }>(`/v1/lists/sender-numbers/entries/${encodeURIComponent(value)}/proof`);
    for (const line of lines.filter((_, i) => i % 97 === 0)) {
      const value = lineValue(line);
      const proof = await prove(value);
      expect(proof.siblings.length).toBeGreaterThan(3);
      expect(checkProof(proof, value, digest)).toBe(line);
      const touched: Proof[] = [
        { ...proof, siblings: proof.siblings.slice(1) },
        { ...proof, siblings: [...proof.siblings].reverse() },
        { ...proof, siblings: [...proof.siblings, digest] },
        { ...proof, lines: proof.lines.slice(1) },
        { ...proof, lines: proof.lines.map((one) => one.replace(/,[a-z_]+,/, ',travel,')) },
        { ...proof, lines: [proof.lines.join('\n')] },
      ];
      for (const one of touched)
        expect(['proof', 'line']).toContain(refusalOf(() => checkProof(one, value, digest)));
      expect(refusalOf(() => checkProof(proof, value, startChain('other')))).toBe('proof');
      const spelled = `0${value.slice(3, 5)}-${value.slice(5, 9)}-${value.slice(9)}`;
      expect(await prove(spelled)).toEqual(proof);
    }
  });

  async function send(jws: string): Promise<[number, string?]> {
    const Authorization = `Bearer ${await reader('sender-numbers').token()}`;
    const headers = { Authorization, 'Content-Type': 'application/jwt' };
    const path = '/v1/lists/sender-numbers/receipts';
    const answer = await fetch(`${exchange.url}${path}`, { method: 'POST', headers, body: jws });
    const text = await answer.text();
    return text === '' ? [answer.status] : [answer.status, (JSON.parse(text) as { code: string }).code];
  }

  it('receipts: a right one is taken, a wrong one is told', async () => {
    const one = reader('sender-numbers');
    const held = await one.update();
    const fleet = async () => {
      const auditor = await exchange.party('auditor');
      const { body } = await auditor.get('/v1/relays').expect(200);
      const items = body.items as { clientId: string; list: string }[];
      return items.find((item) => item.clientId === credentials.clientId && item.list === 'sender-numbers');
    };
    expect(await send(one.receipt())).toEqual([204]);
    expect(await fleet()).toMatchObject({ version: held.version, lagVersions: 0, digestMatches: true });
    expect(await send(one.receipt({ digest: digestOf([]) }))).toEqual([409, 'digest_mismatch']);
    expect(await fleet()).toMatchObject({ version: held.version, digestMatches: false });
    expect(await send(one.receipt({ count: held.lines.length + 1 }))).toEqual([409, 'digest_mismatch']);
    const lines = seen['sender-numbers'][2] ?? [];
    const older = { version: 2, digest: digestOf(lines), count: lines.length };
    expect(await send(one.receipt(older))).toEqual([204]);
    expect(await send(one.receipt())).toEqual([204]);
    expect(await send(one.receipt({ sub: 'originator-codes' }))).toEqual([400, 'invalid_receipt']);
    expect(await send(one.receipt({ aud: 'https://other.example' }))).toEqual([400, 'invalid_receipt']);
    expect(await send(one.receipt({ iss: 'someone' }))).toEqual([400, 'invalid_receipt']);
    const [head, payload] = one.receipt().split('.');
    const forged = one.receipt({ count: 0 }).split('.')[2];
    expect(await send(`${head}.${payload}.${forged}`)).toEqual([400, 'invalid_receipt']);
    const otherEpoch = { epoch: '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44' };
    expect(await send(one.receipt(otherEpoch))).toEqual([410, 'epoch_gone']);
    expect((await send(one.receipt({ version: held.version + 1 })))[0]).toBe(400);
  });

  it('a receipt that names no key is tried with the keys of its signer, as an assertion is', async () => {
    await reader('sender-numbers').update();
    expect(await send(reader('sender-numbers').receipt({}, ''))).toEqual([204]);
  });

  it('the events give the version in force at once, then each new one', async () => {
    const of = 'originator-codes';
    const before = await reader(of).update();
    const abort = new AbortController();
    const answer = await fetch(`${exchange.url}/v1/lists/${of}/events`, {
      headers: { Authorization: `Bearer ${await reader(of).token()}` },
      signal: abort.signal,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    if (!answer.body) throw new Error('no stream');
    const chunks = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const nextEvent = async (): Promise<{ event: string; data: unknown }> => {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const fields = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const field = (name: string) =>
            fields
              .filter((line) => line.startsWith(`${name}:`))
              .map((line) => line.slice(name.length + 1).trim());
          const data = field('data').join('\n');
          if (data) return { event: field('event')[0] ?? 'message', data: JSON.parse(data) };
          continue;
        }
        const { value, done } = await chunks.read();
        if (done) throw new Error(`the stream has ended: ${text}`);
        text += value;
      }
    };
    const { epoch } = before;
    expect(await nextEvent()).toEqual({
      event: 'version',
      data: { list: of, epoch, version: before.version, digest: before.digest },
    });
    await release(of, codes.slice(0, 2));
    const published = await publish(exchange, of);
    expect(await nextEvent()).toEqual({
      event: 'version',
      data: { list: of, epoch, version: before.version + 1, digest: published.digest },
    });
    abort.abort();
    await verifyAll(of, before.version + 1);
  });

  it('entries leave by a version after their last day, and old versions are let go', async () => {
    const of = 'sender-numbers';
    const before = await reader(of).update();
    const stays = (value: string) => !value.startsWith('+8210'); // mobile numbers are listed for 90 days
    exchange.setTime(new Date(exchange.now().getTime() + 92 * 86_400_000));
    for (const value of [...model[of].keys()].filter((one) => !stays(one))) model[of].delete(value);
    await nextVersion(of);
    const { epoch, version, lines } = await reader(of).update();
    expect(lines).toEqual(before.lines.filter((line) => stays(lineValue(line))));
    const { oldestDiff, snapshot } = await reader(of).manifest();
    expect(oldestDiff).toBeGreaterThan(0);
    expect(snapshot.version).toBeGreaterThanOrEqual(oldestDiff);
    const gone = await raw(`/v1/lists/${of}/diff?from=${oldestDiff - 1}&epoch=${epoch}`);
    expect(gone.status).toBe(410);
    const told = JSON.parse(gone.body.toString('utf8')) as { code: string; snapshot: string };
    expect(told.code).toBe('diff_gone');
    expect(told.snapshot).toMatch(new RegExp(`^/v1/lists/${of}/versions/[0-9]+/snapshot\\?epoch=${epoch}$`));
    const offered = Number(told.snapshot.match(/versions\/([0-9]+)/)?.[1]);
    expect(parseSnapshot((await raw(told.snapshot)).body)).toEqual(seen[of][offered]);
    expect(await problem(snapshotPath(of, oldestDiff - 1, epoch))).toEqual([410, 'version_gone']);
    expect(await problem(diffPath(of, 0, oldestDiff - 1, epoch))).toEqual([
      410,
      expect.stringMatching(/^(version|diff)_gone$/),
    ]);
    expect(version).toBe(before.version + 1);
    await list(small.slice(0, 30), 'job');
    await nextVersion(of);
    await verifyAll('originator-codes', (await reader('originator-codes').update()).version);
  });
});
