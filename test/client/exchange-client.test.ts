// Talking to the exchange: tokens, retries, refusals.
import { createPublicKey } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/client/credentials.ts';
import {
  ExchangeClient,
  type ExchangeClientOptions,
  ExchangeError,
} from '../../src/client/exchange-client.ts';
import { exportPrivateJwk, generateKey } from '../../src/list/key-set.ts';

const clientKey = generateKey();

let server: Server;
let credentials: Credentials;
let requests: { method: string; path: string; authorization: string | undefined; body: string }[];
let tokens: number;
let now: number;
let waits: number[];
let answer: (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

beforeEach(async () => {
  requests = [];
  waits = [];
  tokens = 0;
  now = Date.now();
  answer = (_request, response) => response.end('{"fine":true}');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '' } = request;
      const { authorization } = request.headers;
      requests.push({ method, path, authorization, body: Buffer.concat(chunks).toString() });
      if (path !== '/oauth/token') return void answer(request, response, named(path).length);
      tokens++;
      response.end(
        JSON.stringify({ access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 600, scope: 'pull' }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const privateKey = exportPrivateJwk(clientKey);
  credentials = { issuer, clientId: 'c-1', privateKey, rootKey: generateKey().publicJwk };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const named = (path: string) => requests.filter((request) => request.path === path);

function createClient(options: ExchangeClientOptions = {}): ExchangeClient {
  const sleep = async (ms: number) => void waits.push(ms);
  return new ExchangeClient(credentials, {
    now: () => now,
    random: () => 0.5,
    sleep,
    timeoutMs: 500,
    ...options,
  });
}

const refuse =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify(body));
  };

describe('an access token', () => {
  test('is bought with an assertion of this client, once for many requests', async () => {
    const client = createClient();
    await Promise.all([client.requestJson('/a'), client.requestJson('/b')]);
    expect(await client.requestJson('/c')).toEqual({ fine: true });
    expect(tokens).toBe(1);
    expect(requests.at(-1)?.authorization).toBe('Bearer t1');
    const form = new URLSearchParams(named('/oauth/token')[0]?.body);
    expect(form.get('grant_type')).toBe('client_credentials');
    const publicKey = createPublicKey({ key: { ...clientKey.publicJwk }, format: 'jwk' });
    const assertion = jwt.verify(form.get('client_assertion') ?? '', publicKey, {
      algorithms: ['ES256'],
      complete: true,
    });
    expect(assertion.header.kid).toBe(clientKey.kid);
    const { issuer: aud } = credentials;
    expect(assertion.payload).toMatchObject({ iss: 'c-1', sub: 'c-1', aud, jti: expect.any(String) });
  });

  test('is renewed before it ends', async () => {
    const client = createClient();
    await client.request('/a');
    now += 560_000;
    await client.request('/a');
    expect(tokens).toBe(1);
    now += 20_000;
    await client.request('/a');
    expect(tokens).toBe(2);
  });

  test('that is refused is renewed once', async () => {
    answer = (request, response) => {
      if (request.headers.authorization === 'Bearer t1')
        refuse(401, { code: 'invalid_token' })(request, response);
      else response.end('{}');
    };
    await createClient().request('/a');
    expect(tokens).toBe(2);
    answer = refuse(401, { code: 'invalid_token', detail: 'revoked' });
    await expect(createClient().request('/a')).rejects.toMatchObject({
      code: 'invalid_token',
      status: 401,
      retryable: false,
    });
    expect(tokens).toBe(4);
  });

  test('that is not given is told in the words of OAuth, without the assertion', async () => {
    server.removeAllListeners('request');
    server.on('request', refuse(401, { error: 'invalid_client', error_description: 'no such client' }));
    const error = await createClient()
      .request('/a')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'invalid_client',
      status: 401,
      message: 'no such client (invalid_client)',
    });
    expect(JSON.stringify(error)).not.toContain('eyJ');
  });
});

describe('a request', () => {
  test('that may be repeated is, with growing waits, until it succeeds', async () => {
    answer = (request, response, attempt) => {
      if (attempt < 4) refuse(503, { code: 'database_unavailable' })(request, response);
      else response.end('{}');
    };
    await createClient().request('/a');
    expect(waits).toEqual([250, 500, 1000]);
  });

  test('is not repeated before Retry-After, and not at all when that is long', async () => {
    answer = (request, response, attempt) => {
      const headers = { 'retry-after': attempt === 1 ? '7' : '3600' };
      refuse(429, { code: 'slow_down' }, headers)(request, response);
    };
    await expect(createClient().request('/a')).rejects.toMatchObject({
      status: 429,
      retryAfterMs: 3_600_000,
    });
    expect(waits).toEqual([7000]);
  });

  test('that changes something is sent once, unless it has an idempotency key', async () => {
    answer = refuse(503, { code: 'database_unavailable' });
    await expect(createClient().request('/a', { method: 'POST', body: 'x' })).rejects.toThrow(ExchangeError);
    expect(named('/a')).toHaveLength(1);
    const headers = { 'Idempotency-Key': 'k' };
    await expect(
      createClient().request('/b', { method: 'POST', body: () => 'x', headers }),
    ).rejects.toThrow();
    expect(named('/b').map(({ body }) => body)).toEqual(['x', 'x', 'x', 'x']);
  });

  test('that is refused says why, in one bounded line', async () => {
    const errors = [{ pointer: '/name', code: 'too_long', detail: 'no' }];
    answer = refuse(400, {
      code: 'invalid_request',
      detail: 'the name\u001b[31m is wrong',
      requestId: 'r-1',
      errors,
    });
    await expect(createClient().request('/a')).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'the name [31m is wrong (invalid_request)',
      requestId: 'r-1',
      retryable: false,
      errors,
    });
  });

  test('answered by something else than the exchange says the status', async () => {
    answer = (_request, response) => response.writeHead(404).end('<html>'.repeat(100_000));
    await expect(createClient().request('/a')).rejects.toMatchObject({
      code: 'http_404',
      message: 'the exchange answered 404',
    });
  });

  test('that nobody answers ends in time', async () => {
    answer = () => {};
    await expect(createClient({ timeoutMs: 40, maxAttempts: 1 }).request('/a')).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  test('to nobody says who was not there', async () => {
    const client = createClient();
    await new Promise((resolve) => server.close(resolve));
    await expect(client.request('/a')).rejects.toMatchObject({
      code: 'unreachable',
      message: `cannot reach ${credentials.issuer}: is the exchange running?`,
    });
    expect(waits).toHaveLength(3);
    // fetch itself refuses some ports.
    const blocked = new ExchangeClient(
      { ...credentials, issuer: 'http://127.0.0.1:6000' },
      { maxAttempts: 1 },
    );
    await expect(blocked.request('/a')).rejects.toThrow('cannot reach http://127.0.0.1:6000 (bad port)');
  });

  test('ends when its signal aborts, with that reason', async () => {
    answer = () => {};
    const controller = new AbortController();
    const request = createClient().request('/a', { signal: controller.signal });
    while (named('/a').length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await expect(request).rejects.toThrow('enough');
  });

  test('never carries the token to another origin', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://localhost:1/' }).end();
    await expect(createClient().request('/a')).rejects.toMatchObject({ code: 'redirect_refused' });
    await expect(createClient().request('//evil.example/')).rejects.toThrow();
    await expect(createClient().request('@evil.example/')).rejects.toThrow('not a path');
  });

  test('with a body that is no JSON, too large or cut short fails as such', async () => {
    answer = (_request, response) => response.end('{"a":');
    await expect(createClient().requestJson('/a')).rejects.toMatchObject({ code: 'bad_response' });
    answer = (_request, response) => response.end('x'.repeat(5000));
    await expect(createClient().requestJson('/a', { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'body_too_large',
    });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    };
    await expect(createClient().requestJson('/a')).rejects.toMatchObject({ code: 'body_cut' });
  });
});
