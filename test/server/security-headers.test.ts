import { afterEach, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

let exchange: TestExchange;
afterEach(() => exchange.stop());

const MANIFEST = '/v1/lists/sender-numbers/manifest';

test('every answer forbids frames, sniffing, referrers and what comes from elsewhere', async () => {
  exchange = await startExchange();
  const relay = await exchange.party('relay');
  for (const answer of [
    await exchange.anonymous.get('/healthz'),
    await exchange.anonymous.get('/docs'),
    await exchange.anonymous.get('/nothing'),
    await relay.get(MANIFEST), // the short way
    await relay.get(MANIFEST).set('Range', 'bytes=0-'),
  ]) {
    expect(answer.get('Content-Security-Policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(answer.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.get('Referrer-Policy')).toBe('no-referrer');
    expect(answer.get('X-Powered-By')).toBeUndefined();
    // It is reached without TLS: a browser that were told so could never come again.
    expect(answer.get('Strict-Transport-Security')).toBeUndefined();
  }
});

test('with an https issuer every answer tells browsers to come by https alone, for a year', async () => {
  exchange = await startExchange({ CHADAN_ISSUER: 'https://exchange.example' });
  const relay = await exchange.party('relay');
  const manifest = await relay.get(MANIFEST); // the short way
  const ETag = String(manifest.get('ETag'));
  const answers = [
    [manifest, 200],
    [await relay.get(MANIFEST).set('If-None-Match', ETag), 304],
    [await relay.get(MANIFEST).set('Range', 'bytes=0-'), 200],
    [await exchange.anonymous.get(MANIFEST), 401],
    [await exchange.anonymous.get('/docs'), 200],
    [await exchange.anonymous.get('/nothing'), 404],
    [await exchange.anonymous.get('/healthz').set('X-Forwarded-Proto', 'http'), 200], // it is the issuer that counts
  ] as const;
  for (const [answer, status] of answers) {
    expect(answer.status).toBe(status);
    expect(answer.get('Strict-Transport-Security')).toBe('max-age=31536000');
  }
});

test('no page of another origin may read an answer', async () => {
  exchange = await startExchange();
  const relay = await exchange.party('relay');
  const origin = { Origin: 'https://elsewhere.example' };
  const asked = await exchange.anonymous.options(MANIFEST).set({
    ...origin,
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'authorization',
  });
  for (const answer of [
    asked,
    await relay.get(MANIFEST).set(origin),
    await exchange.anonymous.get('/docs').set(origin),
  ]) {
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
  expect(asked.status).toBe(405);
});
