import { tmpdir } from 'node:os';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeySet } from '../../src/list/key-set.ts';
import { type Check, Readiness, type ReadinessDeps } from '../../src/operate/readiness.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

interface Ready {
  status: string;
  checks: Check[];
}

describe('a running server', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await startExchange();
  });
  afterAll(() => exchange.stop());

  const ask = async (query = '') => {
    const { status, body } = await exchange.anonymous.get(`/readyz${query}`);
    return { code: status, ...(body as Ready) };
  };

  test('is ready with its first answer, and says what was looked at', async () => {
    const { checks, ...state } = await ask();
    expect(state).toEqual({ code: 200, status: 'ready', database: true, migrated: true, keys: true });
    const names = ['clock', 'database', 'disk', 'keys', 'lists', 'pool', 'publication', 'schema'];
    expect(checks.map(({ name }) => name).toSorted()).toEqual(names);
    expect(checks.every(({ verdict }) => verdict === 'pass')).toBe(true);
  });

  test('whose clock is a little wrong warns, which is a fault to who asks for it; far off it fails', async () => {
    exchange.setTime(new Date(Date.now() - 12_000));
    expect(await ask()).toMatchObject({ status: 'degraded' });
    expect((await exchange.anonymous.get('/readyz')).status).toBe(200);
    expect((await exchange.anonymous.get('/readyz?strict=true')).status).toBe(503);
    exchange.setTime(new Date(Date.now() + 60_000));
    const { status, checks } = await ask();
    expect(status).toBe('not_ready');
    const clock = checks.find(({ name }) => name === 'clock');
    expect(clock).toMatchObject({
      verdict: 'fail',
      detail: expect.stringMatching(/^\d+\.\d s ahead of the database/),
    });
    exchange.setTime(new Date());
    expect((await ask()).status).toBe('ready');
  });

  test('tells each check to Prometheus too', async () => {
    const { text } = await exchange.anonymous.get('/metrics').expect(200);
    expect(text).toMatch(/^chadan_readiness\{check="disk"\} 2$/m);
  });
});

test('a server whose disk is nearly full is not ready, and says how much there is', async () => {
  const full = await startExchange({ CHADAN_DISK_MINIMUM: '1000000000' });
  const { status, body } = await full.anonymous.get('/readyz');
  expect([status, body.status]).toEqual([503, 'not_ready']);
  expect(body.checks).toContainEqual({
    name: 'disk',
    verdict: 'fail',
    detail: expect.stringMatching(/^\d+ MiB free for CHADAN_DATA, under 1000000000: make room$/),
  });
  await full.stop();
});

describe('a look', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const DAY = 86_400;
  const keySet = (leftSeconds: number): KeySet => {
    const exp = Math.floor(Date.now() / 1000) + leftSeconds;
    return { iat: exp - 180 * DAY, exp } as KeySet;
  };
  const look = async (deps: Partial<ReadinessDeps>) => {
    const readiness = new Readiness({
      db: database.db,
      pool: database.pool,
      now: () => new Date(),
      metrics: new Registry(),
      dataDirectory: tmpdir(),
      diskMinimumBytes: 0,
      publishIntervalSeconds: 5,
      keySet: async () => keySet(100 * DAY),
      holdsSigningKey: () => true,
      loading: async () => undefined,
      missingLists: () => [],
      heldLists: () => new Set(),
      ...deps,
    });
    return Object.fromEntries((await readiness.look()).map((check) => [check.name, check]));
  };

  test('passes where all is well', async () => {
    const checks = await look({});
    expect(new Set(Object.values(checks).map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
  });

  test('warns of a key set that nears its end, before relays ask for the next one', async () => {
    expect((await look({ keySet: async () => keySet(50 * DAY) }))['keys']).toMatchObject({
      verdict: 'warn',
      detail: expect.stringContaining('sign and import a new one'),
    });
  });

  test('warns where the file of the signing key is missing', async () => {
    expect((await look({ holdsSigningKey: () => false }))['keys']).toMatchObject({ verdict: 'warn' });
  });

  test('fails without a key set', async () => {
    expect((await look({ keySet: async () => undefined }))['keys']).toMatchObject({ verdict: 'fail' });
  });

  test('waits for lists that are being loaded, and fails for those that are not in memory after it', async () => {
    const missing = new Set(['sender-numbers']);
    const loading = async () => void missing.clear();
    expect((await look({ loading, missingLists: () => [...missing] }))['lists']).toMatchObject({
      verdict: 'pass',
    });
    expect((await look({ missingLists: () => ['sender-numbers'] }))['lists']).toMatchObject({
      verdict: 'fail',
    });
  });

  test('warns of what is decided and not published, and of what the brake holds', async () => {
    const { db } = database;
    const { foundLists } = await import('../../src/publish/founding.ts');
    await foundLists(db, new Date());
    const orderedAt = new Date(Date.now() - 600_000);
    const order = {
      list_id: 'sender-numbers',
      value: '01000000000',
      action: 'protect',
      ordered_at: orderedAt,
    };
    await db.insertInto('listing_order').values(order).execute();
    expect((await look({}))['publication']).toMatchObject({
      verdict: 'warn',
      detail: expect.stringMatching(/^sender-numbers: decided 60\d s ago and not published/),
    });
    // As slow as that is what the interval asks for.
    expect((await look({ publishIntervalSeconds: 300 }))['publication']).toMatchObject({ verdict: 'pass' });
    expect((await look({ heldLists: () => new Set(['sender-numbers']) }))['publication']).toMatchObject({
      verdict: 'warn',
      detail: expect.stringContaining('confirmMassChange'),
    });
    await db.deleteFrom('listing_order').execute();
  });

  test('says of a database that cannot be asked its code alone, not where it is', async () => {
    const away = await createTestDatabase();
    await away.drop();
    const { database: check } = await look({ db: away.db, pool: away.pool });
    expect(check).toMatchObject({ verdict: 'fail', detail: expect.stringMatching(/^cannot be asked/) });
    expect(check?.detail).not.toMatch(/postgres|127\.0\.0\.1|chadan_test/);
  });
});
