// What relays fetch over the life of a list: manifests, snapshots, diffs and keys as time passes.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../src/list/digest.ts';
import type { Jwk } from '../../src/list/key-set.ts';
import { verifyKeySet } from '../../src/list/key-set.ts';
import { type Manifest, verifyManifest } from '../../src/list/manifest.ts';
import { startSecond } from '../server/second-server.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { expectOneHistory, LIST, linesOf, stateOf } from './published.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let exchange: TestExchange;
let relay: Party;
beforeAll(async () => {
  exchange = await startExchange();
  relay = await exchange.party('relay');
});
afterAll(() => exchange.stop());

async function keySet(at: string, now: Date) {
  const { text } = await exchange.anonymous.get('/v1/keys').expect(200);
  const root = relay.credentials.rootKey as Jwk;
  return verifyKeySet(text, root, {
    issuer: at,
    minimumSequence: 0,
    nowSeconds: Math.floor(now.getTime() / 1000),
  });
}

async function manifest(): Promise<Manifest> {
  const { text } = await relay.get(`${LIST}/manifest`).expect(200);
  const { keys } = await keySet(exchange.url, exchange.now());
  return verifyManifest(text, { keys, issuer: exchange.url, list: 'sender-numbers' });
}

function inHours(hours: number, from: Date): Date {
  return new Date(from.getTime() + hours * HOUR);
}

describe('the manifest', () => {
  test('says the state of the list, signed by a key that the root key vouches for', async () => {
    await submitAndVerify(exchange, mobileNumbers(3, 91));
    await publish(exchange);
    const state = await stateOf(exchange);
    const { epoch, version, count, digest, chain } = state;
    expect(await manifest()).toMatchObject({ epoch, version, count, digest, chain, oldestDiff: 0, poll: 1 });
    expect((await manifest()).publishedAt).toBe(Math.floor(Date.parse(state.publishedAt) / 1000));
  });

  test('is answered with 304 to who holds it', async () => {
    const first = await relay.get(`${LIST}/manifest`).expect(200);
    const etag = first.get('ETag') ?? '';
    expect(first.get('Cache-Control')).toBe('private, no-cache');
    const again = await relay.get(`${LIST}/manifest`).set('If-None-Match', etag).expect(304);
    expect(again.get('ETag')).toBe(etag);
    await relay.get(`${LIST}/manifest`).set('If-None-Match', '"another"').expect(200);
  });

  test('is the same for all readers until half of its life is over, then it is signed anew with the same content', async () => {
    const start = exchange.now();
    const text = async () => (await relay.get(`${LIST}/manifest`).expect(200)).text;
    const second = await startSecond(exchange); // signs anew at its start
    try {
      const before = await text();
      const held = await manifest();
      expect((await second.get(relay, `${LIST}/manifest`)).text).toBe(before);
      exchange.setTime(inHours(11.9, start));
      expect(await text()).toBe(before);
      exchange.setTime(inHours(12.1, start));
      const readers = await Promise.all(Array.from({ length: 12 }, text));
      expect(new Set(readers).size).toBe(1);
      expect(readers[0]).not.toBe(before);
      expect((await second.get(relay, `${LIST}/manifest`)).text).toBe(readers[0]);
      const { iat, exp, ...content } = await manifest();
      const { iat: oldIat, exp: oldExp, ...oldContent } = held;
      expect(content).toEqual(oldContent);
      expect(iat - oldIat).toBeGreaterThan(12 * 3600);
      expect([exp - iat, oldExp - oldIat]).toEqual([86_400, 86_400]);
    } finally {
      await second.stop();
      exchange.setTime(start);
    }
  });
});

describe('the key set', () => {
  test('is renewed when half of its life is over, with a higher sequence, and never before', async () => {
    const start = exchange.now();
    const before = await keySet(exchange.url, start);
    exchange.setTime(inHours(44 * 24, start));
    expect(await keySet(exchange.url, exchange.now())).toEqual(before);
    exchange.setTime(inHours(46 * 24, start));
    const sets = await Promise.all(Array.from({ length: 8 }, () => keySet(exchange.url, exchange.now())));
    for (const set of sets) expect(set).toEqual(sets[0]);
    expect(sets[0]).toMatchObject({ keys: before.keys });
    expect(sets[0]?.sequence).toBeGreaterThan(before.sequence);
    exchange.setTime(start);
  });

  test("has the manifest key and no other: neither the root's nor the tokens'", async () => {
    const { keys } = await keySet(exchange.url, exchange.now());
    const { body } = await exchange.anonymous.get('/.well-known/jwks.json').expect(200);
    expect(keys).toHaveLength(1);
    expect(body.keys).toHaveLength(1);
    const ids = [keys[0]?.x, body.keys[0].x, (relay.credentials.rootKey as Jwk).x];
    expect(new Set(ids).size).toBe(3);
    expect(JSON.stringify([keys, body])).not.toContain('"d"');
  });
});

describe('snapshots and diffs', () => {
  test('are whole in every coding, validated each by its own tag, and never change', async () => {
    await submitAndVerify(exchange, mobileNumbers(40, 92));
    const { version } = await publish(exchange);
    const { epoch } = await stateOf(exchange);
    const token = await relay.token();
    const fetchAs = (coding: string, more: Record<string, string> = {}) =>
      fetch(`${exchange.url}${LIST}/versions/${version}/snapshot?epoch=${epoch}`, {
        headers: { Authorization: `Bearer ${token}`, 'Accept-Encoding': coding, ...more },
      });
    const texts = new Set<string>();
    const tags = new Set<string>();
    for (const coding of ['identity', 'gzip', 'br', 'gzip', 'identity']) {
      const response = await fetchAs(coding);
      expect(response.headers.get('content-encoding')).toBe(coding === 'identity' ? null : coding);
      expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      texts.add(await response.text());
      const tag = response.headers.get('etag') ?? '';
      expect((await fetchAs(coding, { 'If-None-Match': tag })).status).toBe(304);
      tags.add(tag);
    }
    expect([texts.size, tags.size]).toEqual([1, 3]);
  });

  test('are cut to the range that is asked for, and put together again', async () => {
    const { epoch, version } = await stateOf(exchange);
    const path = `${LIST}/versions/${version}/snapshot?epoch=${epoch}`;
    const plain = () => relay.get(path).set('Accept-Encoding', 'identity');
    const whole = (await plain().expect(200)).text;
    const first = await plain().set('Range', 'bytes=0-99').expect(206);
    const rest = await plain()
      .set('Range', 'bytes=100-')
      .set('If-Range', first.get('ETag') ?? '')
      .expect(206);
    expect(first.get('Content-Range')).toBe(`bytes 0-99/${whole.length}`);
    expect(first.text + rest.text).toBe(whole);
    expect((await plain().set('Range', 'bytes=0-9').set('If-Range', '"another"').expect(200)).text).toBe(
      whole,
    );
    const { body } = await plain().set('Range', `bytes=${whole.length}-`).expect(416);
    expect(body.code).toBe('range_not_satisfiable');
  });

  test('are made once for many readers who come at once', async () => {
    await submitAndVerify(exchange, mobileNumbers(5, 93));
    const { version } = await publish(exchange);
    const { epoch } = await stateOf(exchange);
    const path = `${LIST}/versions/${version}/diff?from=0&epoch=${epoch}`;
    const codings = ['gzip', 'br', 'identity'];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        relay
          .get(path)
          .set('Accept-Encoding', codings[i % 3] ?? '')
          .expect(200),
      ),
    );
    const texts = new Set(answers.map(({ text }) => text));
    expect(texts.size).toBe(1);
    expect([...texts][0]?.split('\n')).toHaveLength((await stateOf(exchange)).count + 2);
  });

  test('as JSON say the same as in CSV', async () => {
    const { epoch, version } = await stateOf(exchange);
    const path = `${LIST}/diff?from=1&epoch=${epoch}`;
    const csv = await relay.get(path).expect(200);
    const json = await relay.get(path).accept('application/json').expect(200);
    expect(csv.type).toBe('text/csv');
    expect(json.body).toMatchObject({ list: 'sender-numbers', epoch, from: 1, to: version });
    const line = ({ value, category, until }: Record<string, string>) => `${value},${category},${until}`;
    const lines = [
      ...json.body.removed.map(line).map((one: string) => `-,${one}`),
      ...json.body.added.map(line).map((one: string) => `+,${one}`),
    ];
    expect(csv.text).toBe(`op,value,category,until\n${lines.join('\n')}\n`);
    const fixed = `${LIST}/versions/${version}/diff?from=1&epoch=${epoch}`;
    expect(csv.get('Content-Location')).toBe(fixed);
    expect((await relay.get(fixed).expect(200)).text).toBe(csv.text);
    expect((await relay.get(`${LIST}/diff?from=${version}&epoch=${epoch}`).expect(200)).text).toBe(
      'op,value,category,until\n',
    );
  });

  test('of what never was, of another epoch or backwards are refused, each by its own code', async () => {
    const { epoch, version } = await stateOf(exchange);
    const other = '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44';
    const refused = async (path: string) => {
      const { status, body } = await relay.get(`${LIST}${path}`);
      return [status, body.code];
    };
    expect(await refused(`/versions/${version}/snapshot?epoch=${other}`)).toEqual([410, 'epoch_gone']);
    expect(await refused(`/versions/${version}/diff?from=0&epoch=${other}`)).toEqual([410, 'epoch_gone']);
    expect(await refused(`/diff?from=0&epoch=${other}`)).toEqual([410, 'epoch_gone']);
    expect(await refused(`/versions/${version + 1}/snapshot?epoch=${epoch}`)).toEqual([404, 'not_found']);
    expect(await refused(`/versions/${version + 1}/diff?from=0&epoch=${epoch}`)).toEqual([404, 'not_found']);
    expect(await refused(`/versions/${version + 1}`)).toEqual([404, 'not_found']);
    expect(await refused(`/diff?from=${version + 1}&epoch=${epoch}`)).toEqual([400, 'version_above_current']);
    expect(await refused(`/versions/1/diff?from=2&epoch=${epoch}`)).toEqual([400, 'version_above_current']);
    await relay.get(`${LIST}/diff?from=0&epoch=${epoch.toUpperCase()}`).expect(200);
  });

  test('a value that went and came back unchanged is in no diff over both', async () => {
    const agency = await exchange.party('agency');
    const [number = ''] = mobileNumbers(1, 94);
    await submitAndVerify(exchange, [number]);
    const { version: from } = await publish(exchange);
    await agency.post(`${LIST}/entries/${number}/release`, { reason: 'agency_correction' }).expect(201);
    await publish(exchange);
    await submitAndVerify(exchange, [number]);
    await publish(exchange);
    const { epoch } = await stateOf(exchange);
    const { text } = await relay.get(`${LIST}/diff?from=${from}&epoch=${epoch}`).expect(200);
    expect(text).toBe('op,value,category,until\n');
    await expectOneHistory(exchange);
  });
});

test('a long life: a snapshot is made when the diffs outweigh it, and what is too old is let go after two weeks', async () => {
  const start = exchange.now();
  const agency = await exchange.party('agency');
  const before = await stateOf(exchange);
  const numbers = mobileNumbers(1001, 95);
  await submitAndVerify(exchange, numbers);
  const large = await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  expect(large).toMatchObject({ added: 1001 });
  // The snapshot is made in the background.
  await vi.waitFor(async () => expect((await manifest()).snapshot.version).toBe(large.version), {
    timeout: 20_000,
  });
  const { snapshot } = await manifest();
  const path = `${LIST}/versions/${large.version}/snapshot?epoch=${before.epoch}`;
  const { text } = await relay.get(path).expect(200);
  expect(snapshot).toEqual({
    version: large.version,
    count: before.count + 1001,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  expect(digestOf(text.trimEnd().split('\n').slice(1))).toBe(large.digest);
  // A change or two, so that the diffs cost more than the list: but nothing is old yet.
  for (const number of numbers.slice(0, 2))
    await agency.post(`${LIST}/entries/${number}/release`, { reason: 'agency_correction' }).expect(201);
  await publish(exchange);
  expect((await manifest()).oldestDiff).toBe(0);
  await relay.get(`${LIST}/diff?from=0&epoch=${before.epoch}`).expect(200);
  exchange.setTime(new Date(start.getTime() + 13.9 * DAY));
  await submitAndVerify(exchange, mobileNumbers(1, 96));
  await publish(exchange);
  expect((await manifest()).oldestDiff).toBe(0);
  exchange.setTime(new Date(start.getTime() + 14.1 * DAY));
  await submitAndVerify(exchange, mobileNumbers(1, 97));
  await publish(exchange);
  const { oldestDiff, version, digest } = await manifest();
  expect(oldestDiff).toBeGreaterThan(0);
  expect(oldestDiff).toBeLessThanOrEqual(large.version);
  const url = `${LIST}/versions/${large.version}/snapshot?epoch=${before.epoch}`;
  const tooOld = await relay.get(`${LIST}/diff?from=${oldestDiff - 1}&epoch=${before.epoch}`).expect(410);
  expect(tooOld.body).toMatchObject({ code: 'diff_gone', snapshot: url });
  const gone = await relay
    .get(`${LIST}/versions/${oldestDiff - 1}/snapshot?epoch=${before.epoch}`)
    .expect(410);
  expect(gone.body).toMatchObject({ code: 'version_gone', snapshot: url });
  await relay.get(`${LIST}/versions/${oldestDiff - 1}`).expect(200); // the record stays
  // From the snapshot that is named, and from the oldest version held, the diff leads to the version in force.
  for (const from of [large.version, oldestDiff]) {
    const lines = new Set(await linesOf(relay, from, before.epoch));
    const diff = (await relay.get(`${LIST}/diff?from=${from}&epoch=${before.epoch}`).expect(200)).text;
    for (const line of diff.trimEnd().split('\n').slice(1)) {
      if (line.startsWith('-')) lines.delete(line.slice(2));
      else lines.add(line.slice(2));
    }
    expect(digestOf(lines)).toBe(digest);
  }
  expect(version).toBeGreaterThan(large.version);
  exchange.setTime(start);
});
