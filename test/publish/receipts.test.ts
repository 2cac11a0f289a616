import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateKey, importPrivateJwk, type SigningKey } from '../../src/list/key-set.ts';
import { type Receipt, signReceipt } from '../../src/list/receipt.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, type ListState, stateOf } from './published.ts';

let exchange: TestExchange;
let state: ListState;
beforeAll(async () => {
  exchange = await startExchange();
  await submitAndVerify(exchange, mobileNumbers(3, 81));
  await publish(exchange);
  state = await stateOf(exchange);
});
afterAll(() => exchange.stop());

/** The receipt that a relay owes for the version in force, but for the changes. */
function receiptOf(relay: Party, changes: Partial<Receipt> = {}, key?: SigningKey): string {
  const { epoch, version, digest, count } = state;
  const claims: Receipt = {
    iss: relay.clientId,
    aud: exchange.url,
    sub: 'sender-numbers',
    epoch,
    version,
    digest,
    count,
    iat: Math.floor(exchange.now().getTime() / 1000),
    ...changes,
  };
  return signReceipt(claims, key ?? importPrivateJwk(relay.credentials.privateKey));
}

const acknowledge = (relay: Party, jws: string, list = LIST) =>
  relay.post(`${list}/receipts`, jws).type('application/jwt');

/** What the agency sees of a relay. */
async function seen(relay: Party, list = 'sender-numbers') {
  const agency = await exchange.party('agency');
  const { body } = await agency.get('/v1/relays').expect(200);
  return body.items.find(
    (item: { clientId: string; list: string }) => item.clientId === relay.clientId && item.list === list,
  );
}

async function refused(relay: Party, jws: string, list?: string): Promise<[number, string]> {
  const { status, body } = await acknowledge(relay, jws, list);
  return [status, body.code];
}

test('a relay that never acknowledged anything is seen as such', async () => {
  const relay = await exchange.party('relay', 'silent');
  expect(await seen(relay)).toEqual({
    clientId: relay.clientId,
    organization: 'silent',
    name: 'system',
    list: 'sender-numbers',
    state: 'silent',
    epoch: null,
    version: null,
    lagVersions: null,
    lagSeconds: null,
    digestMatches: null,
    receiptAt: null,
    wrongAt: null,
    lastPullAt: null,
    connected: false,
  });
});

test('a good receipt is recorded, and the relay is seen as current', async () => {
  const relay = await exchange.party('relay', 'current');
  await acknowledge(relay, receiptOf(relay)).expect(204);
  expect(await seen(relay)).toMatchObject({ version: 1, lagVersions: 0, lagSeconds: 0, digestMatches: true });
  expect(await seen(relay, 'originator-codes')).toMatchObject({ version: null });
  await acknowledge(relay, receiptOf(relay)).expect(204); // again is fine
});

test("a digest or a count that is not the version's is refused, recorded, and seen by the agency", async () => {
  for (const wrong of [{ digest: 'a'.repeat(64) }, { count: 4 }, { count: 0xffff_ffff }, { version: 0 }]) {
    const relay = await exchange.party('relay', `wrong ${JSON.stringify(wrong)}`);
    expect(await refused(relay, receiptOf(relay, wrong))).toEqual([409, 'digest_mismatch']);
    const recorded = { version: wrong.version ?? 1, digestMatches: false, state: 'wrong' };
    expect(await seen(relay)).toMatchObject(recorded);
    await acknowledge(relay, receiptOf(relay)).expect(204);
    // It is right again, and was wrong all the same.
    const right = { version: 1, digestMatches: true, state: 'current', wrongAt: expect.any(String) };
    expect(await seen(relay)).toMatchObject(right);
  }
});

test('a receipt of another client is refused, though its signature holds', async () => {
  const relay = await exchange.party('relay', 'honest');
  const other = await exchange.party('relay', 'other');
  expect(await refused(relay, receiptOf(other))).toEqual([400, 'invalid_receipt']);
  expect(await refused(relay, receiptOf(relay, { iss: other.clientId }))).toEqual([400, 'invalid_receipt']);
  expect(await seen(other)).toMatchObject({ version: null });
  expect(await seen(relay)).toMatchObject({ version: null });
});

test('a receipt that is of another list, issuer or of no version is refused', async () => {
  const relay = await exchange.party('relay', 'confused');
  const invalid = [400, 'invalid_receipt'];
  expect(await refused(relay, receiptOf(relay), '/v1/lists/originator-codes')).toEqual(invalid);
  expect(await refused(relay, receiptOf(relay, { aud: 'https://elsewhere.example.org' }))).toEqual(invalid);
  expect(await refused(relay, receiptOf(relay, { version: 2 }))).toEqual(invalid);
  expect(await refused(relay, receiptOf(relay, { version: 2 ** 31 }))).toEqual(invalid);
  expect(await refused(relay, receiptOf(relay, { version: Number.MAX_SAFE_INTEGER }))).toEqual(invalid);
  expect(await refused(relay, receiptOf(relay), '/v1/lists/everything')).toEqual([404, 'not_found']);
  expect(await seen(relay)).toMatchObject({ version: null });
});

test('a receipt of a history that is no more is refused, recorded, and seen as such', async () => {
  const relay = await exchange.party('relay', 'of the past');
  const epoch = '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44';
  const jws = receiptOf(relay, { epoch, version: 2 ** 40 });
  expect(await refused(relay, jws)).toEqual([410, 'epoch_gone']);
  const past = { state: 'old_epoch', epoch, lagVersions: null, lagSeconds: null, digestMatches: null };
  expect(await seen(relay)).toMatchObject({ ...past, wrongAt: null, receiptAt: expect.any(String) });
  const rows = await exchange.db.selectFrom('receipt').select('jws').where('epoch', '=', epoch).execute();
  expect(rows).toEqual([{ jws }]);
  await acknowledge(relay, receiptOf(relay)).expect(204);
  expect(await seen(relay)).toMatchObject({ state: 'current', epoch: state.epoch, lagVersions: 0 });
});

test('a forged receipt is refused', async () => {
  const relay = await exchange.party('relay', 'forged');
  const good = receiptOf(relay);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const own = importPrivateJwk(relay.credentials.privateKey);
  for (const jws of [
    receiptOf(relay, {}, generateKey()),
    receiptOf(relay, {}, { ...generateKey(), kid: own.kid }),
    `${header}.${encode({ ...claims, version: 0 })}.${signature}`,
    `${encode({ alg: 'none', typ: 'receipt+jwt', kid: own.kid })}.${payload}.`,
    `${encode({ alg: 'HS256', typ: 'receipt+jwt', kid: own.kid })}.${payload}.${signature}`,
    `${encode({ alg: 'ES256', typ: 'JWT', kid: own.kid })}.${payload}.${signature}`,
    good.slice(0, -4),
    await relay.token(),
    'x'.repeat(5000),
    'nonsense',
  ]) {
    const [status, code] = await refused(relay, jws);
    expect([status, code]).toEqual([400, 'invalid_receipt']);
  }
  expect(await seen(relay)).toMatchObject({ version: null });
});

test('the key of a rotation signs receipts too', async () => {
  const relay = await exchange.party('relay', 'rotating');
  const further = generateKey();
  await exchange.admin
    .post(`/v1/clients/${relay.clientId}/keys`, { publicKey: further.publicJwk })
    .expect(201);
  await acknowledge(relay, receiptOf(relay, {}, further)).expect(204);
});

test('how far a relay lags behind is seen in versions and in seconds', async () => {
  const late = await startExchange();
  try {
    const relay = await late.party('relay');
    const agency = await late.party('agency');
    const start = late.now().getTime();
    const row = async () =>
      (await agency.get('/v1/relays').expect(200)).body.items.find(
        (item: { list: string }) => item.list === 'sender-numbers',
      );
    await submitAndVerify(late, mobileNumbers(1, 82));
    await publish(late);
    const { epoch, version, digest, count } = await stateOf(late);
    const claims = {
      iss: relay.clientId,
      aud: late.url,
      sub: 'sender-numbers',
      epoch,
      version,
      digest,
      count,
    };
    const iat = Math.floor(late.now().getTime() / 1000);
    await acknowledgeAt(
      relay,
      signReceipt({ ...claims, iat }, importPrivateJwk(relay.credentials.privateKey)),
    );
    late.setTime(new Date(start + 3_600_000));
    expect(await row()).toMatchObject({ lagVersions: 0, lagSeconds: 0 });
    await submitAndVerify(late, mobileNumbers(1, 83));
    await publish(late);
    late.setTime(new Date(start + 3_600_000 + 90_000));
    await submitAndVerify(late, mobileNumbers(1, 84));
    await publish(late);
    const seenLate = await row();
    expect(seenLate).toMatchObject({ version: 1, lagVersions: 2, digestMatches: true });
    expect(seenLate.lagSeconds).toBeGreaterThanOrEqual(80);
    expect(seenLate.lagSeconds).toBeLessThanOrEqual(120);
    await late.admin.delete(`/v1/clients/${relay.clientId}`).expect(204);
    expect(await row()).toBeUndefined();
  } finally {
    await late.stop();
  }
});

async function acknowledgeAt(relay: Party, jws: string): Promise<void> {
  await relay.post(`${LIST}/receipts`, jws).type('application/jwt').expect(204);
}

test('receipts are never changed, not even in the database', async () => {
  const relay = await exchange.party('relay', 'recorded');
  const jws = receiptOf(relay);
  await acknowledge(relay, jws).expect(204);
  const row = await exchange.db
    .selectFrom('receipt')
    .selectAll()
    .where('client_id', '=', relay.clientId)
    .executeTakeFirst();
  expect(row?.jws).toBe(jws);
  await expect(exchange.db.deleteFrom('receipt').execute()).rejects.toThrow('are kept');
  await expect(exchange.db.updateTable('receipt').set({ matches: true }).execute()).rejects.toThrow(
    'append-only',
  );
});
