// A reader of verified lists, written from docs/list-format.md alone: nothing of src/ is used here, so that an error
// which publisher and client share cannot hide. It throws a Refusal on anything that does not fit the format.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';

export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string = code) {
    super(message);
    this.code = code;
  }
}

function demand(holds: boolean, code: string, message?: string): asserts holds {
  if (!holds) throw new Refusal(code, message);
}

// Lines, snapshots, diffs (§2, §3, §4)

export const SNAPSHOT_HEADER = 'value,category,until';
export const DIFF_HEADER = 'op,value,category,until';
const LINE = /^[A-Za-z0-9+._-]{1,64},[a-z_]{1,32},(permanent|[0-9]{4}-[0-9]{2}-[0-9]{2})$/;

export interface Diff {
  removed: string[];
  added: string[];
}

export const lineValue = (line: string): string => line.slice(0, line.indexOf(','));
export const inOrder = (lines: Iterable<string>): string[] =>
  [...lines].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function checkLines(lines: readonly string[]): void {
  const values = new Set<string>();
  for (const [i, line] of lines.entries()) {
    demand(LINE.test(line), 'line', `not an entry line: ${JSON.stringify(line)}`);
    demand(!values.has(lineValue(line)), 'duplicate', `${lineValue(line)} stands there twice`);
    demand(i === 0 || (lines[i - 1] ?? '') < line, 'order', `${line} is not in its place`);
    values.add(lineValue(line));
  }
}

function rowsOf(bytes: Uint8Array, header: string): string[] {
  const text = Buffer.from(bytes).toString('latin1'); // byte for byte; what is not ASCII fits no line
  demand(text.startsWith(`${header}\n`), 'header', 'the header is not as it must be');
  demand(text.endsWith('\n'), 'unfinished', 'the last line is not ended');
  return text.split('\n').slice(1, -1);
}

export function parseSnapshot(bytes: Uint8Array): string[] {
  const lines = rowsOf(bytes, SNAPSHOT_HEADER);
  checkLines(lines);
  return lines;
}

export function parseDiff(bytes: Uint8Array): Diff {
  const rows = rowsOf(bytes, DIFF_HEADER);
  const additions = rows.findIndex((row) => row.startsWith('+,'));
  const cut = additions < 0 ? rows.length : additions;
  const rest = (part: string[], op: string) =>
    part.map((row) => {
      demand(/^[-+],/.test(row), 'line', `neither removal nor addition: ${JSON.stringify(row)}`);
      demand(row[0] === op, 'order', 'a removal stands behind an addition');
      return row.slice(2);
    });
  return checkDiff({ removed: rest(rows.slice(0, cut), '-'), added: rest(rows.slice(cut), '+') });
}

export interface JsonDiff {
  list: string;
  epoch: string;
  from: number;
  to: number;
  removed: { value: string; category: string; until: string }[];
  added: { value: string; category: string; until: string }[];
}

export function parseJsonDiff(text: string, asked: Pick<JsonDiff, 'list' | 'epoch' | 'from' | 'to'>): Diff {
  const diff = JSON.parse(text) as JsonDiff;
  for (const name of ['list', 'epoch', 'from', 'to'] as const)
    demand(diff[name] === asked[name], 'other_diff', `${name} is ${diff[name]}`);
  const lines = (entries: JsonDiff['added']) =>
    entries.map((entry) => `${entry.value},${entry.category},${entry.until}`);
  return checkDiff({ removed: lines(diff.removed), added: lines(diff.added) });
}

function checkDiff(diff: Diff): Diff {
  checkLines(diff.removed);
  checkLines(diff.added);
  const removed = new Set(diff.removed);
  demand(!diff.added.some((line) => removed.has(line)), 'not_net', 'a line is removed and added');
  return diff;
}

export function applyDiff(lines: readonly string[], diff: Diff): string[] {
  const byValue = new Map(lines.map((line) => [lineValue(line), line]));
  for (const line of diff.removed) {
    demand(byValue.get(lineValue(line)) === line, 'not_there', `cannot remove ${line}`);
    byValue.delete(lineValue(line));
  }
  for (const line of diff.added) {
    demand(!byValue.has(lineValue(line)), 'already_there', `cannot add ${line}`);
    byValue.set(lineValue(line), line);
  }
  return inOrder(byValue.values());
}

export function composeDiffs(first: Diff, second: Diff): Diff {
  const without = (lines: string[], others: string[]) => {
    const gone = new Set(others);
    return lines.filter((line) => !gone.has(line));
  };
  const removed = [...without(first.removed, second.added), ...without(second.removed, first.added)];
  const added = [...without(first.added, second.removed), ...without(second.added, first.removed)];
  return { removed: inOrder(removed), added: inOrder(added) };
}

// Digest, chain, proofs (§5, §6)

export function hashValue(value: string): number {
  let h = 2166136261;
  for (const byte of Buffer.from(value, 'latin1')) h = Math.imul(h ^ byte, 16777619);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const bit = (hash: number, depth: number): number => (hash >>> (31 - depth)) & 1;
const leaf = (lines: readonly string[]): Buffer =>
  sha256(Uint8Array.of(0), ...lines.map((line) => `${line}\n`));

export const digestOf = (lines: readonly string[]): string => tree(inOrder(lines), 0).toString('hex');

function tree(lines: readonly string[], depth: number): Buffer {
  if (lines.length <= 64 || depth === 32) return leaf(lines);
  const side = (want: number) => lines.filter((line) => bit(hashValue(lineValue(line)), depth) === want);
  return sha256(Uint8Array.of(1), tree(side(0), depth + 1), tree(side(1), depth + 1));
}

export const startChain = (epoch: string): string => sha256(epoch).toString('hex');
export const extendChain = (chain: string, digest: string): string =>
  sha256(Buffer.from(chain, 'hex'), Buffer.from(digest, 'hex')).toString('hex');

export interface Proof {
  lines: string[];
  siblings: string[];
}

/** The line of a value in the list with this digest; undefined: proved not to be there. */
export function checkProof(proof: Proof, value: string, digest: string): string | undefined {
  const depth = proof.siblings.length;
  const hash = hashValue(value);
  demand(depth <= 32 && proof.siblings.every((s) => /^[0-9a-f]{64}$/.test(s)), 'proof', 'no path');
  demand(depth === 32 || proof.lines.length <= 64, 'proof', 'more lines than a leaf holds');
  checkLines(proof.lines); // each exactly one line: two glued together would hide the second
  for (const line of proof.lines)
    for (let d = 0; d < depth; d++)
      demand(bit(hashValue(lineValue(line)), d) === bit(hash, d), 'proof', `${line} is of another leaf`);
  let node = leaf(proof.lines);
  for (const [i, text] of proof.siblings.entries()) {
    const sibling = Buffer.from(text, 'hex');
    const [left, right] = bit(hash, depth - 1 - i) ? [sibling, node] : [node, sibling];
    node = sha256(Uint8Array.of(1), left, right);
  }
  demand(node.toString('hex') === digest, 'proof', 'it does not lead to the digest');
  return proof.lines.find((line) => lineValue(line) === value);
}

// Signed things (§7, §8, §9)

export type Claims = Record<string, unknown>;
const parts = (jws: string): [string, string, string] => {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  const exact = [header, payload, signature].every(
    (part) => Buffer.from(part, 'base64url').toString('base64url') === part,
  );
  demand(exact && signature !== '' && more.length === 0, 'jws', 'not a compact JWS');
  return [header, payload, signature];
};
const json = (part: string): Claims => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Claims;

export function openJws(jws: string, typ: string, keyOf: (kid: unknown) => JsonWebKey | undefined): Claims {
  const [head, payload, signature] = parts(jws);
  const header = json(head);
  demand(header['alg'] === 'ES256' && header['typ'] === typ && !('crit' in header), 'header', head);
  const jwk = keyOf(header['kid']);
  demand(jwk !== undefined, 'unknown_key', `no key ${header['kid']}`);
  demand(jwk['kty'] === 'EC' && jwk['crv'] === 'P-256', 'key', 'not an ES256 key');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${head}.${payload}`);
  const good = verify(
    'sha256',
    signed,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  demand(good, 'signature', 'the signature is not of this key');
  return json(payload);
}

export function signJws(header: object, claims: object, jwk: JsonWebKey): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'ES256', ...header })}.${encode(claims)}`;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** RFC 7638 for an EC key. */
export const thumbprint = ({ crv, kty, x, y }: JsonWebKey): string =>
  sha256(JSON.stringify({ crv, kty, x, y })).toString('base64url');

export interface KeySet {
  sequence: number;
  exp: number;
  keys: (JsonWebKey & { kid: string })[];
}

export interface Manifest {
  [claim: string]: unknown;
  iat: number;
  exp: number;
  epoch: string;
  version: number;
  count: number;
  digest: string;
  chain: string;
  publishedAt: number;
  snapshot: { version: number; sha256: string; bytes: number; count: number };
  oldestDiff: number;
  poll: number;
}

export interface Pinned {
  issuer: string;
  rootKey: JsonWebKey;
}

export function openKeySet(jws: string, { issuer, rootKey }: Pinned, now: Date, lowest = 0): KeySet {
  const claims = openJws(jws, 'keyset+jwt', () => rootKey);
  const set = claims as unknown as KeySet;
  demand(claims['iss'] === issuer, 'issuer', `of ${claims['iss']}`);
  demand(set.exp > now.getTime() / 1000, 'expired', 'the key set has expired');
  demand(Number.isSafeInteger(set.sequence) && set.sequence >= lowest, 'sequence', 'an older key set');
  demand(Array.isArray(set.keys) && set.keys.length > 0, 'keys', 'no keys');
  for (const key of set.keys) demand(key.kid === thumbprint(key), 'kid', 'the kid is not the thumbprint');
  return set;
}

export function openManifest(jws: string, keySet: KeySet, { issuer }: Pinned, list: string): Manifest {
  const claims = openJws(jws, 'manifest+jwt', (kid) => keySet.keys.find((key) => key.kid === kid));
  demand(claims['iss'] === issuer && claims['sub'] === list, 'claims', 'of another issuer or list');
  const manifest = claims as Manifest;
  const whole = (...numbers: unknown[]) => numbers.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
  const { iat, exp, version, count, publishedAt, oldestDiff, poll, snapshot } = manifest;
  demand(whole(iat, exp, version, count, publishedAt, oldestDiff, poll), 'claims', 'not numbers');
  demand(whole(snapshot.version, snapshot.bytes, snapshot.count), 'claims', 'not numbers');
  demand(/^[0-9a-f-]{36}$/.test(manifest.epoch), 'claims', 'no epoch');
  for (const hex of [manifest.digest, manifest.chain, snapshot.sha256])
    demand(/^[0-9a-f]{64}$/.test(hex), 'claims', 'not a hash');
  demand(snapshot.version <= version && oldestDiff <= version, 'claims', 'ahead of the version');
  return manifest;
}

// What a relay does (§9)

export interface Held {
  epoch: string;
  version: number;
  digest: string;
  chain: string;
  lines: string[];
}

export interface Credentials extends Pinned {
  clientId: string;
  privateKey: JsonWebKey;
}

export class ListReader {
  readonly list: string;
  held: Held | undefined;
  keySet: KeySet | undefined;
  /** How each list came to be what it is: 'snapshot' or 'diff', newest last. */
  readonly ways: string[] = [];
  readonly #who: Credentials;
  readonly #now: () => Date;
  #token = { value: '', until: 0 };

  constructor(list: string, who: Credentials, now: () => Date) {
    this.list = list;
    this.#who = who;
    this.#now = now;
  }

  /** RFC 7523: a client assertion for an access token. */
  async token(): Promise<string> {
    const { issuer, clientId, privateKey } = this.#who;
    const iat = Math.floor(this.#now().getTime() / 1000);
    if (this.#token.until > iat + 30) return this.#token.value;
    const claims = { iss: clientId, sub: clientId, aud: issuer, iat, exp: iat + 60, jti: randomUUID() };
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signJws({ typ: 'JWT' }, claims, privateKey),
    });
    const answer = await fetch(`${issuer}/oauth/token`, { method: 'POST', body });
    demand(answer.status === 200, 'token', `${answer.status} ${await answer.clone().text()}`);
    const granted = (await answer.json()) as { access_token: string; expires_in: number };
    this.#token = { value: granted.access_token, until: iat + granted.expires_in };
    return granted.access_token;
  }

  async get(path: string): Promise<Buffer> {
    const headers = { Authorization: `Bearer ${await this.token()}` };
    const answer = await fetch(`${this.#who.issuer}${path}`, { headers, redirect: 'error' });
    const body = Buffer.from(await answer.arrayBuffer());
    demand(answer.status === 200, 'http', `${path}: ${answer.status} ${body.toString('utf8')}`);
    return body;
  }

  async manifest(): Promise<Manifest> {
    const fetchKeys = async () => {
      const jws = (await this.get('/v1/keys')).toString('utf8');
      this.keySet = openKeySet(jws, this.#who, this.#now(), this.keySet?.sequence);
      return this.keySet;
    };
    const fresh = this.keySet && this.keySet.exp > this.#now().getTime() / 1000 ? this.keySet : undefined;
    const keys = fresh ?? (await fetchKeys());
    const jws = (await this.get(`/v1/lists/${this.list}/manifest`)).toString('utf8');
    let manifest: Manifest;
    try {
      manifest = openManifest(jws, keys, this.#who, this.list);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'unknown_key') throw error;
      manifest = openManifest(jws, await fetchKeys(), this.#who, this.list);
    }
    demand(manifest.exp > this.#now().getTime() / 1000, 'stale', 'the manifest has expired');
    return manifest;
  }

  async update(): Promise<Held> {
    const to = await this.manifest();
    const from = this.held?.epoch === to.epoch ? this.held : undefined;
    demand(!from || to.version >= from.version, 'rollback', `back from ${from?.version} to ${to.version}`);
    if (from?.version === to.version) {
      demand(from.digest === to.digest && from.chain === to.chain, 'split_view', 'another list');
      return from;
    }
    if (from?.version === to.version - 1)
      demand(extendChain(from.chain, to.digest) === to.chain, 'split_view', 'another history');
    const base =
      from && from.version >= to.oldestDiff
        ? { lines: from.lines, version: from.version, way: 'diff' }
        : { lines: await this.#snapshot(to), version: to.snapshot.version, way: 'snapshot' };
    const query = `from=${base.version}&epoch=${to.epoch}`;
    const path = `/v1/lists/${this.list}/versions/${to.version}/diff?${query}`;
    const lines =
      base.version === to.version
        ? base.lines
        : applyDiff(base.lines, parseDiff(Buffer.from(await this.get(path))));
    demand(lines.length === to.count, 'count', `${lines.length} entries, ${to.count} signed`);
    demand(digestOf(lines) === to.digest, 'digest', 'not what was verified');
    this.ways.push(base.way);
    this.held = { epoch: to.epoch, version: to.version, digest: to.digest, chain: to.chain, lines };
    return this.held;
  }

  async #snapshot({ epoch, snapshot }: Manifest): Promise<string[]> {
    const path = `/v1/lists/${this.list}/versions/${snapshot.version}/snapshot?epoch=${epoch}`;
    const bytes = await this.get(path);
    demand(bytes.length === snapshot.bytes, 'bytes', 'another size than signed');
    demand(sha256(bytes).toString('hex') === snapshot.sha256, 'sha256', 'another snapshot than signed');
    const lines = parseSnapshot(bytes);
    demand(lines.length === snapshot.count, 'count', 'another count than signed');
    return lines;
  }

  /** The receipt for what is held, or with `wrong` for something else. */
  receipt(wrong: object = {}, kid: string | undefined = thumbprint(this.#who.privateKey)): string {
    const { issuer, clientId, privateKey } = this.#who;
    demand(this.held !== undefined, 'nothing_held');
    const { epoch, version, digest, lines } = this.held;
    const iat = Math.floor(this.#now().getTime() / 1000);
    const state = { sub: this.list, epoch, version, digest, count: lines.length };
    const claims = { iss: clientId, aud: issuer, iat, ...state, ...wrong };
    return signJws({ typ: 'receipt+jwt', ...(kid && { kid }) }, claims, privateKey);
  }
}
