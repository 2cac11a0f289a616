// What a relay does beside a hostile or broken exchange: the old list stays in force, the reason is said, and
// nothing is downloaded again and again.
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { extendChain } from '../../src/list/digest.ts';
import { generateKey } from '../../src/list/key-set.ts';
import type { SyncErrorCode } from '../../src/sync/sync-error.ts';
import { type Answer, type Lie, problem, someLines, text } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

const OLD = someLines(100);
const NEW = someLines(105, 3);

let bench: RelayBench;
beforeEach(async () => {
  bench = await RelayBench.start(OLD);
  await bench.sync();
  bench.exchange.publish(NEW);
  bench.exchange.hits.diff = 0;
  bench.exchange.hits.snapshot = 0;
});
afterEach(() => bench.stop());

/** Syncs, and expects the old list to be in force afterwards: in memory, and for whoever opens the directory. */
async function expectRefusal(code: SyncErrorCode, downloads: number): Promise<void> {
  const report = await bench.sync();
  expect(report).toMatchObject({
    outcome: 'failed',
    version: 1,
    count: 100,
    error: { code, list: 'sender-numbers' },
  });
  expect(bench.exchange.downloads).toBeLessThanOrEqual(downloads);
  expect(bench.lines).toEqual(OLD);
  await bench.reopen();
  expect(bench.lines).toEqual(OLD);
  expect((await bench.relay.status())[0]?.notes.failure?.code).toBe(code);
}

/** Honest again, the exchange is followed as if nothing had been. */
async function expectRecovery(): Promise<void> {
  for (const route of Object.keys(bench.exchange.lies)) delete bench.exchange.lies[route as 'diff'];
  bench.exchange.forge = {};
  expect(await bench.sync()).toMatchObject({ outcome: 'updated' });
  expect(bench.lines).toEqual(bench.exchange.lines);
}

const flipped: Lie = (honest) => {
  const body = Buffer.from(honest.body);
  const at = body.lastIndexOf('gambling');
  body.write('drugs,,,', at);
  return { ...honest, body };
};

/** A well-formed body that says something else: one digit changed. */
const digitChanged: Lie = (honest) => ({
  ...honest,
  body: Buffer.from(
    honest.body
      .toString()
      .replace(/0,gambling,permanent\n$/, '5,gambling,permanent\n')
      .replace(/([1-9]),gambling,permanent\n$/, '0,gambling,permanent\n'),
  ),
});

const cut: Lie = (honest, response) => {
  response.writeHead(200, { ...honest.headers, 'content-length': honest.body.length });
  response.write(honest.body.subarray(0, honest.body.length / 2), () => response.destroy());
  return undefined;
};

describe('a body', () => {
  test('that is cut off is noticed', async () => {
    bench.exchange.lies.diff = cut;
    await expectRefusal('incomplete', 1);
    await expectRecovery();
  });

  test('that ends early but cleanly, in the middle of a line or after one, is noticed', async () => {
    for (const end of [-7, -'+,+821022375699,gambling,permanent\n'.length]) {
      const short: Lie = (honest) => ({ ...honest, body: honest.body.subarray(0, end) });
      bench.exchange.lies.diff = short;
      bench.exchange.hits.diff = 0;
      bench.exchange.hits.snapshot = 0;
      await expectRefusal('digest_mismatch', 2);
    }
    await expectRecovery();
  });

  test.each([
    ['that is no list', flipped],
    ['with another number', digitChanged],
  ])('%s is noticed, and a snapshot of that kind too', async (_name, lie) => {
    bench.exchange.snapshotVersion = 2;
    bench.exchange.lies.diff = lie;
    bench.exchange.lies.snapshot = lie;
    await expectRefusal('digest_mismatch', 2);
    await expectRefusal('digest_mismatch', 4);
    await expectRecovery();
  });

  test('of a diff that is wrong is mended by one snapshot', async () => {
    bench.exchange.snapshotVersion = 2;
    bench.exchange.lies.diff = digitChanged;
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 2 });
    expect(bench.exchange.hits).toMatchObject({ diff: 1, snapshot: 1 });
    expect(bench.named('diff_refused')).toHaveLength(1);
    expect(bench.lines).toEqual(bench.exchange.lines);
  });

  test('that unpacks to more than is signed is a bomb, and is cut', async () => {
    const body = gzipSync(Buffer.concat([bench.exchange.snapshotOf(2), Buffer.alloc(50_000_000, 'x')]));
    const bomb: Lie = ({ status, headers }) => ({
      status,
      headers: { ...headers, 'content-encoding': 'gzip' },
      body,
    });
    bench.exchange.lies.diff = bomb;
    bench.exchange.lies.snapshot = bomb;
    bench.exchange.snapshotVersion = 2;
    await expectRefusal('too_large', 2);
    expect(body.length).toBeLessThan(100_000);
    await expectRecovery();
  });

  test('that says beforehand that it is too long is not read', async () => {
    bench.exchange.snapshotVersion = 2;
    const long: Lie = (honest) => ({
      ...honest,
      body: Buffer.concat([honest.body, Buffer.alloc(100_000, 'x')]),
    });
    bench.exchange.lies.diff = long;
    bench.exchange.lies.snapshot = long;
    await expectRefusal('too_large', 2);
  });

  test('that drips or stalls is given up', async () => {
    bench.exchange.lies.diff = (honest, response) => {
      response.writeHead(200, honest.headers);
      response.write(honest.body.subarray(0, 40));
      return undefined;
    };
    await expectRefusal('incomplete', 1);
    await expectRecovery();
  });

  test('that drips just fast enough is given up when its time is over', async () => {
    await bench.reopen({ limits: { idleTimeoutMs: 300, totalTimeoutMs: 500 } });
    const timers: NodeJS.Timeout[] = [];
    bench.exchange.lies.diff = (honest, response) => {
      response.writeHead(200, honest.headers);
      timers.push(setInterval(() => response.write('+'), 50));
      return undefined;
    };
    await expectRefusal('incomplete', 1);
    for (const timer of timers) clearInterval(timer);
  });

  test('in a coding that does not decode is noticed', async () => {
    bench.exchange.lies.diff = (honest) => ({
      ...honest,
      headers: { ...honest.headers, 'content-encoding': 'gzip' },
    });
    await expectRefusal('incomplete', 1);
  });
});

describe('a manifest', () => {
  test('signed with a key that no key set has is refused; the key set is asked for once', async () => {
    bench.exchange.lies.manifest = () => text('application/jwt', bench.exchange.manifest(generateKey()));
    bench.exchange.hits.keys = 0;
    await expectRefusal('manifest_refused', 0);
    expect(bench.exchange.hits.keys).toBe(1);
    await expectRecovery();
  });

  test('whose signature does not hold is refused', async () => {
    bench.exchange.lies.manifest = () => {
      const [header, , signature] = bench.exchange.manifest().split('.');
      const payload = Buffer.from(JSON.stringify({ version: 9 })).toString('base64url');
      return text('application/jwt', `${header}.${payload}.${signature}`);
    };
    await expectRefusal('manifest_refused', 0);
  });

  test.each([
    ['of another list', { sub: 'originator-codes' }, 'manifest_refused'],
    ['of another issuer', { iss: 'http://elsewhere.example' }, 'wrong_issuer'],
    ['without sense', { count: -1 }, 'manifest_refused'],
  ] as const)('%s is refused', async (_name, forge, code) => {
    bench.exchange.forge = forge;
    await expectRefusal(code, 0);
    await expectRecovery();
  });

  test('that is no JWS, or endless, is refused', async () => {
    bench.exchange.lies.manifest = () => text('application/jwt', '<html>');
    await expectRefusal('manifest_refused', 0);
    bench.exchange.lies.manifest = () => text('application/jwt', 'x'.repeat(1_000_000));
    await expectRefusal('too_large', 0);
  });

  test('with an older version is a rollback', async () => {
    const older = bench.exchange.versions.pop();
    const first = bench.exchange.versions.pop();
    await expectRefusal('rollback', 0);
    expect(bench.named('alarm')).toHaveLength(1);
    if (first && older) bench.exchange.versions.push(first, older);
    await expectRecovery();
  });

  test('with the same version and another digest is a split view', async () => {
    const { epoch } = bench.exchange;
    bench.exchange.restart(NEW, epoch);
    await expectRefusal('split_view', 0);
  });

  test('with the same version and another chain is a split view', async () => {
    bench.exchange.versions.pop();
    bench.exchange.forge = { chain: 'ab'.repeat(32) };
    await expectRefusal('split_view', 0);
  });

  test('one version on, whose chain does not follow, is a split view', async () => {
    bench.exchange.forge = { chain: extendChain('cd'.repeat(32), 'ef'.repeat(32)) };
    await expectRefusal('split_view', 0);
    await expectRecovery();
  });

  test('that has expired is told, and the list is stale', async () => {
    const { now } = bench.exchange;
    bench.exchange.forge = { iat: now - 200_000, exp: now - 100_000 };
    await expectRefusal('manifest_expired', 0);
    expect(bench.relay.check('010-2000-0000')).toMatchObject({ blocked: true, stale: false });
    bench.exchange.now += 90_000;
    bench.exchange.forge = { iat: now, exp: now + 86_400 };
    expect(await bench.sync()).toMatchObject({
      outcome: 'failed',
      stale: true,
      error: { code: 'manifest_expired' },
    });
    expect(bench.relay.check('010-2000-0000')).toMatchObject({ blocked: true, stale: true });
    await expectRecovery();
  });

  test('whose signed digest its own snapshot does not have is refused', async () => {
    const digest = 'ab'.repeat(32);
    const chain = extendChain(bench.exchange.versions[1]?.chain ?? '', digest);
    bench.exchange.forge = { digest, chain };
    await expectRefusal('digest_mismatch', 3);
    await expectRecovery();
  });

  test('of a new epoch is followed by its snapshot, and said so', async () => {
    const before = bench.exchange.epoch;
    bench.exchange.restart(NEW);
    bench.exchange.snapshotVersion = 1;
    expect(await bench.sync()).toMatchObject({
      outcome: 'updated',
      how: 'snapshot',
      version: 1,
      epochChanged: true,
    });
    expect(bench.named('epoch_changed')).toEqual([
      { list: 'sender-numbers', from: before, to: bench.exchange.epoch },
    ]);
    expect(bench.lines).toEqual(bench.exchange.lines);
    expect(bench.exchange.receipts.at(-1)).toMatchObject({ epoch: bench.exchange.epoch, version: 1 });
  });

  test('of an epoch that was left is a rollback, in another process too', async () => {
    const { exchange } = bench;
    const old = { epoch: exchange.epoch, versions: [...exchange.versions] };
    exchange.restart(NEW);
    exchange.snapshotVersion = 1;
    await bench.sync();
    const renewed = { epoch: exchange.epoch, versions: [...exchange.versions] };
    for (const each of ['the same process', 'another one']) {
      Object.assign(exchange, old);
      expect(await bench.sync(), each).toMatchObject({ outcome: 'failed', error: { code: 'rollback' } });
      expect(bench.lines).toEqual(renewed.versions[1]?.lines);
      // What is on disk is the new one's too, and its later versions are taken.
      Object.assign(exchange, renewed);
      await bench.reopen();
      expect(await bench.sync(), each).toMatchObject({ outcome: 'current', version: 1 });
    }
    expect(bench.named('alarm')).toHaveLength(2);
    exchange.publish(OLD);
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 2 });
    Object.assign(exchange, old);
    expect(await bench.sync()).toMatchObject({ outcome: 'failed', error: { code: 'rollback' } });
  });

  test('whose version is outrun while it is read leads to the next one', async () => {
    let once = true;
    bench.exchange.lies.diff = (honest) => (once ? problem(410, 'version_gone') : honest);
    bench.exchange.lies.snapshot = () => problem(410, 'version_gone');
    const servedManifest = bench.exchange.hits.manifest;
    bench.exchange.snapshotVersion = 1;
    bench.exchange.lies.manifest = (honest) => {
      if (bench.exchange.hits.manifest > servedManifest + 1) once = false;
      return honest;
    };
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 2 });
    expect(bench.exchange.downloads).toBeLessThanOrEqual(3);
  });

  test('whose snapshot and diff are gone for good is given up', async () => {
    bench.exchange.lies.diff = () => problem(410, 'diff_gone');
    bench.exchange.lies.snapshot = () => problem(404, 'not_found');
    bench.exchange.snapshotVersion = 2;
    await expectRefusal('bad_response', 4);
  });
});

describe('a key set', () => {
  const newKey = () => {
    bench.exchange.manifestKey = generateKey();
  };

  test('with a new key is taken when a manifest is signed with it', async () => {
    newKey();
    bench.exchange.keySet = { sequence: 2 };
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 2 });
    await bench.reopen();
    expect(bench.lines).toEqual(bench.exchange.lines);
  });

  test('that the root key did not sign is refused', async () => {
    newKey();
    bench.exchange.lies.keys = () => text('application/jwt', bench.exchange.signedKeySet(generateKey()));
    await expectRefusal('key_set_refused', 0);
    await expectRecovery();
  });

  test('older than one that was accepted is refused, in another process too', async () => {
    bench.exchange.keySet = { sequence: 5 };
    newKey();
    await bench.sync();
    await bench.reopen();
    bench.exchange.publish(OLD);
    bench.exchange.keySet = { sequence: 4 };
    newKey();
    expect(await bench.sync()).toMatchObject({
      outcome: 'failed',
      version: 2,
      error: { code: 'key_set_rollback' },
    });
    bench.exchange.keySet = { sequence: 6 };
    await expectRecovery();
  });

  test('that has expired is refused', async () => {
    bench.exchange.now += 40 * 86_400;
    const { now } = bench.exchange;
    bench.exchange.keySet = { iat: now - 100, exp: now - 1 };
    await expectRefusal('key_set_expired', 0);
    bench.exchange.keySet = {};
    await expectRecovery();
  });

  test('of another root than the pinned one is refused', async () => {
    const other = await RelayBench.start(NEW);
    const { credentials } = other.exchange;
    await other.stop();
    const { openRelay } = await import('../../src/sync/relay.ts');
    await expect(openRelay({ dir: bench.directory, credentials })).rejects.toMatchObject({
      code: 'root_changed',
    });
    expect(bench.lines).toEqual(OLD);
  });

  test('that dropped the key of the manifest in force ends the 304s', async () => {
    await bench.sync();
    newKey();
    bench.exchange.keySet = { sequence: 2 };
    bench.exchange.now += 29 * 86_400;
    let conditional = 0;
    bench.exchange.lies.manifest = (honest, _response, request): Answer => {
      if (request.headers['if-none-match'] === undefined) return honest;
      conditional++;
      return { status: 304, headers: {}, body: Buffer.alloc(0) };
    };
    expect(await bench.sync()).toMatchObject({ outcome: 'current', version: 2, stale: false });
    expect(conditional).toBe(1);
  });
});

describe('an exchange', () => {
  test('that answers 500 is asked a bounded number of times', async () => {
    bench.exchange.lies.manifest = () => problem(500, 'internal_error');
    bench.exchange.hits.manifest = 0;
    await expectRefusal('unreachable', 0);
    expect(bench.exchange.hits.manifest).toBe(3);
    await expectRecovery();
  });

  test('that asks to wait is not asked before', async () => {
    bench.exchange.lies.manifest = () => problem(503, 'database_unavailable', { 'retry-after': '3600' });
    bench.exchange.hits.manifest = 0;
    const report = await bench.sync();
    expect(report.error).toMatchObject({ code: 'unreachable', retryable: true, retryAfterMs: 3_600_000 });
    expect(bench.exchange.hits.manifest).toBe(1);
  });

  test('that redirects elsewhere is not followed; within itself it is, with the token', async () => {
    bench.exchange.lies.diff = (honest) => ({
      ...honest,
      status: 302,
      headers: { location: 'http://127.0.0.1:9/' },
    });
    await expectRefusal('redirect_refused', 1);
    bench.exchange.lies.diff = (honest, _response, request) =>
      request.url?.includes('again')
        ? honest
        : { ...honest, status: 302, headers: { location: `${request.url}&again=1` } };
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'diff' });
  });

  test('that redirects in a circle is given up', async () => {
    bench.exchange.lies.diff = (honest, _response, request) => ({
      ...honest,
      status: 302,
      headers: { location: request.url ?? '' },
    });
    await expectRefusal('redirect_refused', 4);
  });

  test('that refuses the client is told from one that is away', async () => {
    bench.exchange.lies.manifest = () => problem(403, 'insufficient_scope');
    await expectRefusal('access_refused', 0);
  });

  test('that is away leaves the list as it is', async () => {
    await bench.exchange.stop();
    const report = await bench.sync();
    expect(report).toMatchObject({
      outcome: 'failed',
      version: 1,
      error: { code: 'unreachable', retryable: true },
    });
    expect(report.error?.message).toMatch(/cannot reach http:\/\/127.0.0.1:\d+: is the exchange running\?/);
    expect(bench.lines).toEqual(OLD);
  });

  test('that is away before the first sync leaves nothing half there', async () => {
    const fresh = await RelayBench.start(OLD);
    fresh.exchange.lies.diff = cut;
    expect(await fresh.sync()).toMatchObject({ outcome: 'failed', error: { code: 'incomplete' } });
    await fresh.reopen();
    expect(() => fresh.relay.check('010-2000-0000')).toThrow(/no list yet/);
    delete fresh.exchange.lies.diff;
    expect(await fresh.sync()).toMatchObject({ outcome: 'updated', version: 1 });
    await fresh.stop();
  });

  test('that does not take the receipt leaves the list in force, and is sent it again', async () => {
    bench.exchange.lies.receipt = () => problem(503, 'database_unavailable');
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 2 });
    expect(bench.named('receipt_failed')).toHaveLength(1);
    delete bench.exchange.lies.receipt;
    const before = bench.exchange.receipts.length;
    expect(await bench.sync()).toMatchObject({ outcome: 'current' });
    expect(bench.exchange.receipts).toHaveLength(before + 1);
    await bench.sync();
    expect(bench.exchange.receipts).toHaveLength(before + 1);
  });

  test('that contradicts the receipt raises an alarm once, and the list stays in force', async () => {
    bench.exchange.lies.receipt = () => problem(409, 'digest_mismatch');
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 2 });
    expect(bench.named('alarm')).toMatchObject([{ code: 'digest_mismatch' }]);
    expect(await bench.sync()).toMatchObject({ outcome: 'current' });
    expect(bench.named('alarm')).toHaveLength(1);
    expect(bench.lines).toEqual(bench.exchange.lines);
  });
});
