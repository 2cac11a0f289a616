import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/list/digest.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submitAndVerify } from '../setup/walk.ts';

describe('publishing', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await startExchange();
  });
  afterAll(() => exchange.stop());

  it('makes a version of what the agency verified, and none when nothing changed', async () => {
    const agency = await exchange.party('agency');
    const [first = '', second = ''] = mobileNumbers(2, 1);
    await submitAndVerify(exchange, [first, second]);
    const published = await agency.post('/v1/lists/sender-numbers/versions', { note: 'first' }).expect(201);
    expect(published.body).toMatchObject({ version: 1, added: 2, removed: 0, count: 2, note: 'first' });
    const again = await agency.post('/v1/lists/sender-numbers/versions').expect(200);
    expect(again.body.version).toBe(1);
    const relay = await exchange.party('relay');
    const { body: list } = await relay.get('/v1/lists/sender-numbers').expect(200);
    const snapshot = await relay
      .get(`/v1/lists/sender-numbers/versions/1/snapshot?epoch=${list.epoch}`)
      .expect(200);
    const lines = snapshot.text.trimEnd().split('\n').slice(1);
    expect(digestOf(lines)).toBe(list.digest);
    expect(lines).toHaveLength(2);
  });
});
