// An exchange whose snapshots and diffs live in object storage, as relays and the cache in front see it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { startObjectStorage, type TestStorage } from '../setup/object-storage.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, stateOf } from './published.ts';

let s3: TestStorage;
let exchange: TestExchange;
let relay: Party;
let path: string;
let name: string;
beforeAll(async () => {
  s3 = await startObjectStorage();
  const { endpoint, bucket, accessKeyId, secretAccessKey } = s3.settings;
  exchange = await startExchange({
    CHADAN_ARTIFACTS_S3_ENDPOINT: endpoint,
    CHADAN_ARTIFACTS_S3_BUCKET: bucket,
    CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: accessKeyId,
    CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: secretAccessKey,
    CHADAN_ARTIFACTS_FRONT: '/artifacts',
  });
  relay = await exchange.party('relay');
  await submitAndVerify(exchange, mobileNumbers(50, 81));
  await publish(exchange);
  const { epoch } = await stateOf(exchange);
  path = `${LIST}/versions/1/snapshot?epoch=${epoch}`;
  name = `sender-numbers/${epoch}/snapshot-1.csv`;
});
afterAll(async () => {
  await exchange.stop();
  await s3.stop();
});

const metric = async (which: string) => {
  const { text } = await exchange.anonymous.get('/metrics').expect(200);
  return Number(new RegExp(`^${which} (\\d+)$`, 'm').exec(text)?.[1]);
};
const snapshot = (coding = 'identity') => relay.get(path).set('Accept-Encoding', coding);

test('the first reader is served from here, the next by the front from the storage, and both get the same', async () => {
  const first = await snapshot().expect(200);
  expect(first.get('X-Accel-Redirect')).toBeUndefined();
  await vi.waitFor(async () => expect(await metric('chadan_artifacts_stored_total')).toBe(1));
  expect(s3.requests).toContain(`PUT /artifacts/${name}`);
  const second = await snapshot().expect(200);
  const location = second.get('X-Accel-Redirect') ?? '';
  expect(location.startsWith(`/artifacts/artifacts/${name}?`)).toBe(true);
  expect(second.get('Cache-Control')).toBe('private, max-age=31536000, immutable');
  const stored = await fetch(s3.settings.endpoint + location.slice('/artifacts'.length));
  expect(await stored.text()).toBe(first.text);
});

test('an answer for the front is no list, should a reader get it, and has no coding of its own', async () => {
  await snapshot('gzip').expect(200);
  await vi.waitFor(async () => expect(await metric('chadan_artifacts_stored_total')).toBe(2));
  const answer = await snapshot('gzip').expect(200);
  expect(answer.get('X-Accel-Redirect')).toContain(`${name}.gz?`);
  expect(answer.get('Content-Encoding')).toBeUndefined();
  expect(answer.text).toMatch(/^This is for the cache in front/);
});

test('nobody is sent to the storage who may not pull', async () => {
  const asked = s3.requests.length;
  await exchange.anonymous.get(path).expect(401);
  const carrier = await exchange.party('carrier');
  const { body } = await carrier.get(path).expect(403);
  expect(body.code).toBe('insufficient_scope');
  expect(s3.requests).toHaveLength(asked);
});

test('with the storage away every reader is served from here, and the failure is counted', async () => {
  const { epoch } = await stateOf(exchange);
  s3.fault = (_request, response) => {
    response.writeHead(500).end();
    return true;
  };
  const diff = await relay.get(`${LIST}/versions/1/diff?from=0&epoch=${epoch}`).expect(200);
  expect(diff.text.split('\n')).toHaveLength(52);
  expect(await metric('chadan_artifact_storage_failures_total')).toBeGreaterThan(0);
  s3.fault = undefined;
});
