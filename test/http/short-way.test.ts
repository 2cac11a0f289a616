// Pulls by the short way are answered as by the long one, which a header that changes nothing makes them take.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST, stateOf } from '../publish/published.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

const LONG_WAY = { 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' };

let exchange: TestExchange;
let relay: Party;
let paths: string[];
beforeAll(async () => {
  exchange = await startExchange();
  relay = await exchange.party('relay');
  await submitAndVerify(exchange, mobileNumbers(20, 701));
  const { version } = await publish(exchange);
  const { epoch } = await stateOf(exchange);
  paths = [
    `${LIST}/manifest`,
    `${LIST}/versions/${version}/diff?from=0&epoch=${epoch}`,
    `${LIST}/diff?from=0&epoch=${epoch}`,
    // Refusals
    `${LIST}/diff?from=${version + 1}&epoch=${epoch}`,
    `${LIST}/diff?from=0`,
    `${LIST}/diff?from=0&epoch=${epoch}&other=1`,
    `${LIST}/versions/x/diff?from=0&epoch=${epoch}`,
    '/v1/lists/no-list/manifest',
  ];
});
afterAll(() => exchange.stop());

async function answer(path: string, headers: Record<string, string>) {
  const response = await relay.get(path).set(headers).buffer(true);
  const { date: _, 'x-request-id': id, ...rest } = response.headers;
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const { requestId: __, ...body } = (response.body ?? {}) as Record<string, unknown>;
  const text = response.status === 200 ? response.text : undefined;
  if (response.status >= 400) delete rest['content-length'];
  return { status: response.status, headers: rest, body: response.status >= 400 ? body : undefined, text };
}

test.each([
  {},
  { Accept: 'application/json' },
  { 'Accept-Encoding': 'gzip' },
  { 'If-None-Match': '"other"' },
])('status, headers and body are the same with %o', async (headers: Record<string, string>) => {
  for (const path of paths) {
    const short = await answer(path, headers);
    const long = await answer(path, { ...headers, ...LONG_WAY });
    expect(short, path).toEqual(long);
  }
});

test('who holds the manifest is told so, and nobody is told anything without a token', async () => {
  const { etag } = (await answer(paths[0] ?? '', {})).headers;
  expect((await answer(paths[0] ?? '', { 'If-None-Match': String(etag) })).status).toBe(304);
  for (const path of paths.slice(0, 3)) {
    expect((await exchange.anonymous.get(path)).status).toBe(401);
    expect((await exchange.anonymous.get(path).set('Authorization', 'Bearer nothing')).status).toBe(401);
  }
  const carrier = await exchange.party('carrier');
  expect((await carrier.get(paths[0] ?? '')).status).toBe(403);
});
