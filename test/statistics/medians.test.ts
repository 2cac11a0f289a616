// How long it takes, in the middle: from a submission to its decision, from a decision until the last relay holds it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importPrivateJwk } from '../../src/list/key-set.ts';
import { signReceipt } from '../../src/list/receipt.ts';
import { LIST, stateOf } from '../publish/published.ts';
import { decideNumber, firstReviewer } from '../review/desk-steps.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';

let exchange: TestExchange;
const BEGIN = new Date('2026-12-01T01:00:00Z').getTime();
const RELAYS = ['fast', 'slow'];

beforeAll(async () => {
  exchange = await startExchange();
  await firstReviewer(exchange);
  for (const name of RELAYS) await exchange.party('relay', name);
});
afterAll(() => exchange.stop());

/** Minutes after the beginning; what is done then is done well before the next. */
const at = (minutes: number) => exchange.setTime(new Date(BEGIN + minutes * 60_000));
const isAbout = (minutes: number) => expect.toSatisfy((seconds) => Math.abs(seconds - minutes * 60) < 120);

async function acknowledge(name: string, changes: { digest?: string } = {}) {
  const relay = await exchange.party('relay', name);
  const { epoch, version, digest, count } = await stateOf(exchange);
  const iat = Math.floor(exchange.now().getTime() / 1000);
  const claims = {
    iss: relay.clientId,
    aud: exchange.url,
    sub: 'sender-numbers',
    epoch,
    version,
    digest,
    count,
    iat,
  };
  const jws = signReceipt({ ...claims, ...changes }, importPrivateJwk(relay.credentials.privateKey));
  return relay.post(`${LIST}/receipts`, jws).type('application/jwt');
}

async function medians() {
  const reviewer = await firstReviewer(exchange);
  const { body } = await reviewer.get('/v1/statistics?from=2026-12-01&to=2026-12-02').expect(200);
  return { decision: body.medianDecisionSeconds, receipt: body.medianReceiptSeconds };
}

test('there is none without decisions and receipts', async () => {
  at(0);
  expect(await medians()).toEqual({ decision: null, receipt: null });
});

test('the last relay counts, by its first receipt of a version that holds the value', async () => {
  const [one = '', two = '', three = ''] = mobileNumbers(3, 981);
  at(0);
  await submit(exchange, [one, two, three]);
  at(100);
  await decideNumber(exchange, one, { verdict: 'verify' });
  await publish(exchange);
  at(110);
  await acknowledge('fast').then(({ status }) => expect(status).toBe(204));
  at(120);
  // A wrong digest is no receipt that it is held.
  await acknowledge('slow', { digest: '0'.repeat(64) }).then(({ status }) => expect(status).toBe(409));
  at(140);
  await acknowledge('slow').then(({ status }) => expect(status).toBe(204));
  at(160);
  await acknowledge('fast').then(({ status }) => expect(status).toBe(204)); // again: it held it before
  expect(await medians()).toEqual({ decision: isAbout(100), receipt: isAbout(40) });

  // Two more, which the slow relay acknowledges after 400 and 300 minutes by one receipt of a later version.
  at(1000);
  await decideNumber(exchange, two, { verdict: 'verify' });
  await publish(exchange);
  at(1100);
  await decideNumber(exchange, three, { verdict: 'verify' });
  await publish(exchange);
  at(1110);
  await acknowledge('fast');
  at(1400);
  await acknowledge('slow');
  expect((await medians()).receipt).toEqual(isAbout(300));
});
