// Who sent first, through whom, and who else: what the desk shows of the evidence behind a case.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish } from '../setup/walk.ts';
import { canonical, caseOf, decideNumber, entryPath, handIn } from './desk-steps.ts';

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

const row = (value: string, more: object = {}) => ({
  type: 'sender_number',
  value,
  category: 'gambling',
  reports: 10,
  ...more,
});

async function detailOf(number: string) {
  const { id } = await caseOf(exchange, number);
  return (await agency.get(`/v1/cases/${id}`).expect(200)).body;
}

async function codeCase(code: string) {
  const { body } = await agency.get(`/v1/cases?list=originator-codes&q=${code}`).expect(200);
  return (await agency.get(`/v1/cases/${body.items[0].id}`).expect(200)).body;
}

test('evidence keeps the first sender, the chain in its order and the relay, and masks what names a person', async () => {
  const [number = ''] = mobileNumbers(1, 701);
  await handIn(exchange, [
    row(number, {
      originatorCode: '701000001',
      chain: ['first sender', 'reseller two', 'reseller three'],
      relay: 'relay one',
      sample: '[Web발신] 연락 010-1234-5678 mail@example.com https://spam.example/a?id=77',
      url: 'https://spam.example/a?id=77#x',
      callbackNumber: ['02-345-6789'],
      note: 'seen twice',
    }),
  ]);
  const { evidence, codes } = await detailOf(number);
  expect(evidence).toMatchObject([
    {
      originatorCode: '701000001',
      chain: ['first sender', 'reseller two', 'reseller three'],
      relay: 'relay one',
      sample: '[Web발신] 연락 ***-****-**** [e-mail] https://spam.example/a?[…]',
      url: 'https://spam.example/a',
      note: 'seen twice',
    },
  ]);
  expect(evidence[0].sampleHash).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(evidence)).not.toMatch(/1234-5678|mail@|id=77/);
  expect(codes).toEqual([
    {
      code: '701000001',
      numbers: 1,
      verified: 0,
      strikes: 0,
      caseId: null,
      status: null,
      chains: [['first sender', 'reseller two', 'reseller three']],
      relays: [{ relay: 'relay one', count: 1 }],
    },
  ]);
});

test('evidence from CSV says the same', async () => {
  const [number = ''] = mobileNumbers(1, 702);
  const carrier = await exchange.party('carrier');
  await carrier
    .post(
      '/v1/submissions',
      `type,value,category,reports,originatorCode,chain,relay\nsender_number,${number},gambling,3,702000001,first;second,relay two\n`,
    )
    .set('Content-Type', 'text/csv')
    .expect(201);
  expect((await detailOf(number)).codes).toMatchObject([
    { code: '702000001', chains: [['first', 'second']], relays: [{ relay: 'relay two', count: 1 }] },
  ]);
});

test('a code shows all numbers seen with it, which are verified, and its strikes', async () => {
  const numbers = mobileNumbers(6, 703);
  const [first = '', second = '', third = '', fourth = '', rejected = '', withdrawn = ''] = numbers;
  const named = { originatorCode: '703000001' };
  const candidates = [first, second, third, fourth, rejected].map((number) => row(number, named));
  await handIn(exchange, candidates);
  await handIn(exchange, candidates.slice(0, 2), 'carrier two'); // a number counts once
  const { id } = await handIn(exchange, [row(withdrawn, named)]);
  const carrier = await exchange.party('carrier');
  await carrier.post(`/v1/submissions/${id}/withdrawal`).expect(200);
  for (const number of [first, second]) await decideNumber(exchange, number, { verdict: 'verify' });
  await decideNumber(exchange, third, { verdict: 'verify', category: 'job' });
  await decideNumber(exchange, rejected, { verdict: 'reject', reason: 'not_spam' });
  const [trace] = (await detailOf(fourth)).codes;
  expect(trace).toMatchObject({ code: '703000001', numbers: 5, verified: 3, strikes: 2, status: 'open' });
});

test('a number released upon appeal is no strike any more; one whose time was over stays one', async () => {
  const [cleared = '', ended = ''] = mobileNumbers(2, 704);
  const named = { originatorCode: '704000001' };
  await handIn(exchange, [row(cleared, named), row(ended, named)]);
  for (const number of [cleared, ended]) await decideNumber(exchange, number, { verdict: 'verify' });
  await publish(exchange);
  const strikes = async () => (await detailOf(ended)).codes[0].strikes;
  expect(await strikes()).toBe(2);
  await agency.post(entryPath(cleared, '/release'), { reason: 'appeal_accepted' }).expect(201);
  await agency.post(entryPath(ended, '/release'), { reason: 'number_terminated' }).expect(201);
  await publish(exchange);
  expect(await strikes()).toBe(1);
});

test('the case of a code shows the ways of its messages, the most frequent first', async () => {
  const numbers = mobileNumbers(6, 705);
  const ways = ['a', 'b', 'b', 'b', 'c', 'c'];
  await handIn(
    exchange,
    numbers.map((number, i) =>
      row(number, {
        originatorCode: '705000001',
        chain: ['sender', `reseller ${ways[i]}`],
        relay: `relay ${i % 2}`,
      }),
    ),
  );
  await handIn(exchange, [
    {
      type: 'originator_code',
      value: '705000001',
      category: 'drugs',
      reports: 5,
      relay: 'relay 1',
      chain: ['sender', 'reseller a'],
    },
  ]);
  const detail = await codeCase('705000001');
  const expected = {
    code: '705000001',
    numbers: 6,
    caseId: detail.id,
    status: 'open',
    chains: [
      ['sender', 'reseller b'],
      ['sender', 'reseller a'],
      ['sender', 'reseller c'],
    ],
    relays: [
      { relay: 'relay 1', count: 4 },
      { relay: 'relay 0', count: 3 },
    ],
  };
  expect(detail.codes).toMatchObject([expected]);
  expect((await detailOf(numbers[0] ?? '')).codes).toMatchObject([expected]);
  expect(detail.related.map(({ value }: { value: string }) => value).toSorted()).toEqual(
    numbers.map(canonical).toSorted(),
  );
});

test('a case whose evidence names several codes shows each, and at most twenty ways of one', async () => {
  const [number = ''] = mobileNumbers(1, 706);
  const others = mobileNumbers(25, 707);
  await handIn(exchange, [row(number, { originatorCode: '706000001' })]);
  await handIn(exchange, [row(number, { originatorCode: '706000002' })], 'carrier two');
  await handIn(exchange, [row(number, { originatorCode: '706000002' })], 'carrier three');
  await handIn(
    exchange,
    others.map((other, i) =>
      row(other, { originatorCode: '706000001', chain: [`r${i}`], relay: `relay ${i}` }),
    ),
  );
  const { codes } = await detailOf(number);
  expect(codes).toMatchObject([
    { code: '706000002', numbers: 1, chains: [], relays: [] },
    { code: '706000001', numbers: 26 },
  ]);
  expect([codes[1].chains.length, codes[1].relays.length]).toEqual([20, 20]);
});

test('equal messages of different cases are found together, before and in spite of masking', async () => {
  const [one = '', two = '', three = '', other = ''] = mobileNumbers(4, 708);
  const sample = '무료 거부 010-2222-3333';
  await handIn(exchange, [
    row(one, { sample }),
    row(two, { sample }),
    row(other, { sample: '무료 거부 010-4444-5555' }),
  ]);
  await handIn(exchange, [row(three, { sample, reports: 7 })], 'carrier two');
  const { samples, evidence } = await detailOf(one);
  expect(samples).toEqual([
    { sampleHash: evidence[0].sampleHash, sample: '무료 거부 ***-****-****', numbers: 2, reports: 17 },
  ]);
  // The same once masked, and another message all the same.
  expect((await detailOf(other)).samples).toMatchObject([{ sample: '무료 거부 ***-****-****', numbers: 0 }]);
});

test('a case without codes and samples shows none', async () => {
  const [number = ''] = mobileNumbers(1, 709);
  await handIn(exchange, [row(number)]);
  expect(await detailOf(number)).toMatchObject({ codes: [], samples: [], related: [] });
});
