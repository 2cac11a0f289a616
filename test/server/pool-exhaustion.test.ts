import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

const POOL = 2;

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange({ CHADAN_DATABASE_POOL: String(POOL), CHADAN_DATABASE_WAIT: '3' });
});
afterAll(() => exchange.stop());

interface Ready {
  status: string;
  checks: { name: string; verdict: string; detail: string }[];
}

test('while every connection to the database is busy, requests are answered 503 with Retry-After, and it says why', async () => {
  await exchange.admin.get('/v1/organizations').expect(200);
  let busy: Promise<number>[] = [];
  await exchange.db.transaction().execute(async (trx) => {
    await sql`lock table organization in access exclusive mode`.execute(trx);
    busy = Array.from({ length: POOL }, () =>
      exchange.admin.get('/v1/organizations').then(({ status }) => status),
    );
    await expect
      .poll(async () => (await exchange.anonymous.get('/metrics')).text, { timeout: 30_000 })
      .toMatch(/^chadan_database_pool_connections\{state="busy"\} 2$/m);
    const refused = await exchange.admin.get('/v1/organizations');
    expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable']);
    expect(Number(refused.get('Retry-After'))).toBeGreaterThan(0);
    await expect
      .poll(async () => ((await exchange.anonymous.get('/readyz')).body as Ready).checks, { timeout: 30_000 })
      .toContainEqual(expect.objectContaining({ name: 'pool', verdict: 'fail' }));
  });
  // What waited for the lock alone goes through, or gave up waiting for it.
  for (const status of await Promise.all(busy)) expect([200, 503]).toContain(status);
  await expect
    .poll(async () => ((await exchange.anonymous.get('/readyz')).body as Ready).status, { timeout: 30_000 })
    .toBe('ready');
  await exchange.admin.get('/v1/organizations').expect(200);
});
