// Receipts are dropped after their time; what each relay holds, and whether it was ever wrong, stays known.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importPrivateJwk } from '../../src/list/key-set.ts';
import { signReceipt } from '../../src/list/receipt.ts';
import { dropOldReceipts } from '../../src/publish/receipt-retention.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, stateOf } from './published.ts';

const DAY_MS = 86_400_000;

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
  await submitAndVerify(exchange, mobileNumbers(3, 83));
  await publish(exchange);
});
afterAll(() => exchange.stop());

async function acknowledge(relay: Party, changes: { digest?: string } = {}): Promise<number> {
  const { epoch, version, digest, count } = await stateOf(exchange);
  const claims = {
    iss: relay.clientId,
    aud: exchange.url,
    sub: 'sender-numbers' as const,
    epoch,
    version,
    digest,
    count,
  };
  const iat = Math.floor(exchange.now().getTime() / 1000);
  const jws = signReceipt({ ...claims, ...changes, iat }, importPrivateJwk(relay.credentials.privateKey));
  return (await relay.post(`${LIST}/receipts`, jws).type('application/jwt')).status;
}

async function fleet(): Promise<unknown> {
  const { body } = await (await exchange.party('agency')).get('/v1/relays').expect(200);
  return body.items.map(({ clientId, list, version, receiptAt, wrongAt }: Record<string, unknown>) => ({
    clientId,
    list,
    version,
    receiptAt,
    wrongAt,
  }));
}

const count = async () => (await exchange.db.selectFrom('receipt').select('id').execute()).length;
const passDays = (days: number) => exchange.setTime(new Date(exchange.now().getTime() + days * DAY_MS));
const drop = () => dropOldReceipts({ db: exchange.db, now: () => exchange.now() }, 400);

test('old receipts go, but for the newest of each relay, and the newest that was wrong', async () => {
  const [busy, quiet] = [await exchange.party('relay', 'busy'), await exchange.party('relay', 'quiet')];
  expect(await acknowledge(busy)).toBe(204);
  expect(await acknowledge(busy, { digest: '0'.repeat(64) })).toBe(409);
  expect(await acknowledge(busy, { digest: '1'.repeat(64) })).toBe(409);
  expect(await acknowledge(busy)).toBe(204);
  expect(await acknowledge(quiet)).toBe(204);
  passDays(399);
  expect(await acknowledge(busy)).toBe(204);
  await drop();
  expect(await count()).toBe(6);

  const before = await fleet();
  passDays(2);
  await drop();
  // Of the busy one the last, and the last wrong one; of the quiet one its only one.
  expect(await count()).toBe(3);
  expect(await fleet()).toEqual(before);
  passDays(1000);
  await drop();
  expect(await count()).toBe(3);
  expect(await fleet()).toEqual(before);

  const auditor = await exchange.party('auditor');
  const { body } = await auditor.get('/v1/audit-events?operation=dropReceipts').expect(200);
  expect(body.items).toMatchObject([
    {
      actor: { kind: 'exchange' },
      target: 'receipts',
      changes: expect.arrayContaining([{ field: 'receipts', before: '3', after: null }]),
    },
  ]);
});

test('the database lets nobody change a receipt, or delete the newest of a relay', async () => {
  await expect(sql`update receipt set count = 0`.execute(exchange.db)).rejects.toThrow('append-only');
  await expect(sql`delete from receipt`.execute(exchange.db)).rejects.toThrow('newest');
});
