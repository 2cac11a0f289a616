// What every operation refuses alike, whatever it is about.
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { sendRaw } from './raw-request.ts';

let exchange: TestExchange;
let agency: Party;
let relay: Party;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
  relay = await exchange.party('relay');
});
afterAll(() => exchange.stop());

const CLAIMS = '/v1/cases/claims';
const MEBIBYTE = 1024 * 1024;

function expectProblem(response: Response, status: number, code: string): void {
  expect(response.status, JSON.stringify(response.body)).toBe(status);
  expect(response.type).toBe('application/problem+json');
  expect(response.body).toMatchObject({ type: 'about:blank', status, code });
  expect(response.body.requestId).toBe(response.get('X-Request-Id'));
}

/** Asserts 400 and the one fault that is told. */
function expectFault(response: Response, pointer: string, code: string): void {
  expectProblem(response, 400, 'invalid_request');
  expect(response.body.errors).toMatchObject([{ pointer, code }]);
}

/** A POST of these bytes, with the type and nothing else that a client would add. */
async function postBytes(party: Party, path: string, body: string | Buffer, headers: Record<string, string>) {
  const response = await fetch(exchange.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await party.token()}`, ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a query', () => {
  test('with a parameter that the contract does not know is refused, also where no token is needed', async () => {
    expectFault(await agency.get('/v1/cases?statuss=open'), '?statuss', 'unknown');
    expectFault(await exchange.anonymous.get('/healthz?verbose'), '?verbose', 'unknown');
    expectFault(await agency.get('/v1/cases?__proto__=x'), '?__proto__', 'unknown');
    expectFault(await agency.post(`${CLAIMS}?limit=1`, { limit: 1 }), '?limit', 'unknown');
  });

  test('with a parameter given twice is refused', async () => {
    expectFault(await agency.get('/v1/cases?limit=1&limit=2'), '?limit', 'type');
    expectProblem(await agency.get('/v1/cases?status=open&status=open'), 400, 'invalid_request');
  });

  test('with all its faults is told all of them', async () => {
    const response = await agency.get('/v1/cases?limit=0&status=opened&claimed=perhaps&nothing=1');
    expectProblem(response, 400, 'invalid_request');
    const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted();
    expect([...new Set(pointers)]).toEqual(['?claimed', '?limit', '?nothing', '?status']);
  });

  test.each(['0', '1001', '-1', '1.5', 'ten', '', '1e9', '99999999999999999999'])(
    'with the limit %j is refused',
    async (limit) => {
      expectProblem(await agency.get(`/v1/cases?limit=${limit}`), 400, 'invalid_request');
    },
  );

  test.each(['1', '1000'])('with the limit %s is served', async (limit) => {
    await agency.get(`/v1/cases?limit=${limit}`).expect(200);
  });

  test('without what is required is told what is missing', async () => {
    const path = '/v1/lists/sender-numbers/diff';
    expectFault(await relay.get(`${path}?from=0`), '?epoch', 'required');
    expectFault(await relay.get(`${path}?epoch=${randomUUID()}`), '?from', 'required');
  });

  test('that no text of the database can hold is refused, not an error of ours', async () => {
    expectProblem(await agency.get('/v1/cases?q=%00'), 400, 'invalid_request');
    expectProblem(await agency.get('/v1/lists/sender-numbers/entries?q=010%00'), 400, 'invalid_request');
    expectFault(await agency.get('/v1/lists/sender-numbers/entries/010%00'), '{value}', 'pattern');
    await agency.get('/v1/cases?q=%ED%A0%80').expect(200);
  });
});

describe('a cursor', () => {
  const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
  const paths = ['/v1/cases', '/v1/lists/sender-numbers/versions', '/v1/lists/sender-numbers/entries'];

  test.each(paths)('that %s did not give out is refused', async (path) => {
    for (const bad of [
      'AAAA',
      cursor([]),
      cursor({}),
      cursor([null]),
      cursor([1, 2, 3]),
      cursor([{ a: 1 }]),
    ]) {
      expectProblem(await agency.get(`${path}?cursor=${bad}`), 400, 'invalid_cursor');
    }
    expectFault(await agency.get(`${path}?cursor=not%20a%20cursor`), '?cursor', 'pattern');
  });

  test('that is forged never makes an error of ours', async () => {
    const part = fc.oneof(
      fc.maxSafeInteger(),
      fc.double(),
      fc.string({ maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\0', '\ud800', 2 ** 31, -1, Number.MAX_SAFE_INTEGER),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.array(part, { maxLength: 2 }), async (path, key) => {
        const { status } = await agency.get(`${path}?cursor=${cursor(key)}`);
        expect([200, 400]).toContain(status);
      }),
      {
        numRuns: 60,
        examples: [
          [paths[1] as string, [Number.MAX_SAFE_INTEGER]],
          [paths[2] as string, ['\0']],
          [paths[2] as string, ['\ud800']],
          [paths[0] as string, [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]],
        ],
      },
    );
  });
});

describe('a path', () => {
  test('that the contract does not have is not found, with or without a token', async () => {
    for (const path of ['/v2', '/v1/secrets', '/v1/cases/', '/V1/cases', '/v1/lists/x/y', '/wp-login.php']) {
      expectProblem(await agency.get(path), 404, 'not_found');
      expectProblem(await exchange.anonymous.post(path), 404, 'not_found');
    }
  });

  test('that is malformed percent-encoding is refused', async () => {
    for (const path of ['/v1/cases/%', '/v1/cases/%E0%A4%A', '/v1/lists/%ff/entries/%00%'])
      expectProblem(await agency.get(path), 400, 'invalid_request');
  });

  test('with a part that is no id is refused by the name of the parameter', async () => {
    expectFault(await agency.get('/v1/cases/a%2Fb'), '{caseId}', 'pattern');
    expectFault(await relay.get('/v1/lists/sender-numbers/versions/latest'), '{version}', 'type');
    expectFault(await relay.get('/v1/lists/sender-numbers/versions/2147483648'), '{version}', 'maximum');
    expectProblem(await exchange.admin.delete('/v1/clients/nobody'), 400, 'invalid_request');
  });

  test('to a case that is none is not found, whatever the id looks like', async () => {
    for (const id of ['0', '1', '01', 'claims', '-1', '9007199254740993', '99999999999999999999'])
      expectProblem(await agency.get(`/v1/cases/${id}`), 404, 'not_found');
  });

  test('to a list that is none is not found', async () => {
    const epoch = randomUUID();
    for (const path of [
      '',
      '/manifest',
      '/versions',
      '/versions/1',
      `/diff?from=0&epoch=${epoch}`,
      '/events',
    ])
      expectProblem(await agency.get(`/v1/lists/everything${path}`), 404, 'not_found');
    for (const path of ['/entries', '/entries/1', '/entries/1/proof'])
      expectProblem(await agency.get(`/v1/lists/everything${path}`), 404, 'not_found');
    expectProblem(await agency.post('/v1/lists/everything/versions'), 404, 'not_found');
    expectProblem(await agency.get('/v1/protected/everything/1'), 404, 'not_found');
  });

  test('to a value that is none of its list is refused', async () => {
    for (const path of ['entries/0000', 'entries/010-12', 'entries/a', 'entries/%2B0'])
      expectProblem(await agency.get(`/v1/lists/sender-numbers/${path}`), 400, 'invalid_value');
    expectProblem(await agency.get('/v1/protected/originator-codes/12'), 400, 'invalid_value');
  });
});

describe('a method', () => {
  test('that a path does not have is refused with those that it has', async () => {
    const refused = async (
      method: 'put' | 'post' | 'delete' | 'patch' | 'options',
      path: string,
      allow: string,
    ) => {
      const response = await exchange.anonymous[method](path);
      expectProblem(response, 405, 'method_not_allowed');
      expect(response.get('Allow')).toBe(allow);
    };
    await refused('delete', '/v1/cases', 'HEAD, GET');
    await refused('put', CLAIMS, 'POST');
    await refused('patch', '/v1/organizations', 'HEAD, GET, POST');
    await refused('options', '/v1/lists/sender-numbers/versions', 'HEAD, GET, POST');
    await refused('post', '/v1/protected/sender-numbers/112', 'HEAD, GET, PUT, DELETE');
    await refused('post', '/healthz', 'HEAD, GET');
  });

  test('HEAD answers what GET would, without a body', async () => {
    const token = await agency.token();
    for (const path of [
      '/healthz',
      '/v1/keys',
      '/v1/cases',
      '/v1/lists/sender-numbers/manifest',
      '/docs',
      '/openapi.json',
    ]) {
      const headers = { Authorization: `Bearer ${token}` };
      const get = await fetch(exchange.url + path, { headers });
      const head = await fetch(exchange.url + path, { method: 'HEAD', headers });
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        expect(head.headers.get(name), `${path} ${name}`).toBe(get.headers.get(name));
      await get.arrayBuffer();
    }
    expect((await fetch(`${exchange.url}/v1/cases`, { method: 'HEAD' })).status).toBe(401);
  });

  test('HEAD on a stream of events is answered and over: the connection takes the next request', async () => {
    const authorization = `Authorization: Bearer ${await relay.token()}`;
    const answer = await sendRaw(exchange.url, [
      `HEAD /v1/lists/sender-numbers/events HTTP/1.1\r\nHost: x\r\n${authorization}\r\n\r\n`,
      'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ]);
    expect(answer?.status).toBe(200);
    expect(answer?.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(answer?.body).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\{"status":"ok"\}$/);
  });
});

describe('a body', () => {
  test('with a field that the contract does not know is refused', async () => {
    expectFault(await agency.post(CLAIMS, { limit: 1, all: true }), '/all', 'unknown');
    expectFault(await agency.post(CLAIMS, { limit: 1, 'a/b~c': 1 }), '/a~1b~0c', 'unknown');
    expectFault(
      await agency.post(CLAIMS, '{"limit":1,"__proto__":{}}').type('json'),
      '/__proto__',
      'unknown',
    );
    const cases = [
      { id: '1', revision: 1 },
      { id: '2', revision: 1, note: 'x' },
    ];
    expectFault(await agency.post('/v1/decisions', { cases, verdict: 'verify' }), '/cases/1/note', 'unknown');
  });

  test('with a field of the wrong kind is refused with the place of the fault', async () => {
    expectFault(await agency.post(CLAIMS, { limit: '1' }), '/limit', 'type');
    expectFault(await agency.post(CLAIMS, { limit: 1.5 }), '/limit', 'type');
    expectFault(await agency.post(CLAIMS, { limit: 0 }), '/limit', 'minimum');
    expectFault(await agency.post(CLAIMS, { limit: null }), '/limit', 'type');
    expectFault(await agency.post(CLAIMS, { limit: 1, list: 'everything' }), '/list', 'enum');
    expectFault(await agency.post(CLAIMS, {}), '/limit', 'required');
    expectFault(await agency.post(CLAIMS, '[]').type('json'), '', 'type');
    expectFault(await agency.post(CLAIMS, 'null').type('json'), '', 'type');
    const cases = [{ id: '1', revision: 1 }, { id: '2' }];
    expectFault(
      await agency.post('/v1/decisions', { cases, verdict: 'verify' }),
      '/cases/1/revision',
      'required',
    );
    const publicKey = { kty: 'EC', crv: 'P-384', x: 'x', y: 'y' };
    const client = { organizationId: randomUUID(), name: 'x', role: 'carrier', publicKey };
    expectFault(await exchange.admin.post('/v1/clients', client), '/publicKey/crv', 'enum');
  });

  test('with a text that cannot be stored is refused, not an error of ours', async () => {
    const note = { reason: 'agency_correction', note: 'a\0b' };
    const path = '/v1/lists/sender-numbers/entries/01022223333/release';
    expectFault(await agency.post(path, note), '/note', 'pattern');
    const half = '{"reason":"agency_correction","note":"\\ud800"}';
    expectFault(await agency.post(path, half).type('json'), '/note', 'pattern');
  });

  test('that is no JSON is refused, and nothing of it comes back', async () => {
    for (const text of [
      '{"limit":1',
      'limit=1',
      '{"limit":1}{}',
      "{'limit':1}",
      '01012345678',
      '{"limit":NaN}',
    ]) {
      const response = await agency.post(CLAIMS, text).type('json');
      expect(response.status).toBe(400);
      expect(response.text).not.toContain('01012345678');
    }
    expectProblem(await agency.post(CLAIMS, '{"limit":').type('json'), 400, 'invalid_json');
  });

  test('with half of a surrogate pair, which no database takes, is refused', async () => {
    const half = '{"name":"\\udfff\\ud800","kind":"carrier"}';
    expectProblem(await exchange.admin.post('/v1/organizations', half).type('json'), 400, 'invalid_json');
    const whole = '{"name":"KT \\ud83d\\ude00","kind":"carrier"}';
    await exchange.admin.post('/v1/organizations', whole).type('json').expect(201);
  });

  test('that is missing where one is required is refused', async () => {
    expectProblem(await agency.post(CLAIMS), 415, 'unsupported_media_type');
    expectProblem(await agency.post(CLAIMS, '').type('json'), 400, 'invalid_json');
  });

  test('may be left out where it is optional', async () => {
    await agency.post('/v1/lists/sender-numbers/versions').expect(200);
    await agency.post('/v1/lists/sender-numbers/versions', {}).expect(200);
  });

  test('that is no UTF-8 is refused', async () => {
    const bytes = Buffer.from('{"limit":1,"list":"\xff"}', 'latin1');
    const { status, body } = await postBytes(agency, CLAIMS, bytes, { 'Content-Type': 'application/json' });
    expect([status, body['code']]).toEqual([400, 'invalid_encoding']);
  });

  test('may begin with a byte order mark', async () => {
    const bytes = Buffer.from('\ufeff{"limit":1}');
    expect((await postBytes(agency, CLAIMS, bytes, { 'Content-Type': 'application/json' })).status).toBe(201);
  });

  test.each([
    ['text/plain', 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'unsupported_media_type'],
    ['application/jsonp', 'unsupported_media_type'],
    ['application/json; charset=euc-kr', 'unsupported_encoding'],
    ['application/json;charset="iso-8859-1"', 'unsupported_encoding'],
  ])('of the type %s is refused', async (type, code) => {
    const { status, body } = await postBytes(agency, CLAIMS, '{"limit":1}', { 'Content-Type': type });
    expect([status, body['code']]).toEqual([415, code]);
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json; charset="UTF-8"'])(
    'of the type %s is taken',
    async (type) => {
      expect((await postBytes(agency, CLAIMS, '{"limit":1}', { 'Content-Type': type })).status).toBe(201);
    },
  );

  test('that is compressed is refused', async () => {
    for (const coding of ['gzip', 'br', 'GZIP, identity']) {
      const headers = { 'Content-Type': 'application/json', 'Content-Encoding': coding };
      const { status, body } = await postBytes(agency, CLAIMS, gzipSync('{"limit":1}'), headers);
      expect([status, body['code']]).toEqual([415, 'unsupported_encoding']);
    }
  });

  test('over the limit is refused before it is sent, when its length is told', async () => {
    const head = `POST ${CLAIMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await agency.token()}\r\n`;
    const length = `Content-Type: application/json\r\nContent-Length: ${MEBIBYTE + 1}\r\n\r\n`;
    const answer = await sendRaw(exchange.url, [head + length]);
    expect(answer?.status).toBe(413);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'payload_too_large' });
  });

  test('over the limit is refused as soon as it is, when its length is not told', async () => {
    const head = `POST ${CLAIMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await agency.token()}\r\n`;
    const types = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
    const answer = await sendRaw(exchange.url, [head + types, ...Array<Buffer>(17).fill(chunk)]);
    expect(answer?.status).toBe(413);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'payload_too_large' });
  });

  test('over the limit is heard of by an ordinary client, however it sends', async () => {
    const large = Buffer.alloc(3 * MEBIBYTE, ' ');
    const headers = { 'Content-Type': 'application/json' };
    expect((await postBytes(agency, CLAIMS, large, headers)).status).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(large.subarray(0, MEBIBYTE / 4));
        if (controller.desiredSize === null) controller.close();
      },
    });
    const response = await fetch(exchange.url + CLAIMS, {
      method: 'POST',
      headers: { ...headers, Authorization: `Bearer ${await agency.token()}` },
      body: stream,
      duplex: 'half',
    } as RequestInit).catch((error: Error) => error);
    // An endless body is cut; whether the refusal was read before depends on the client.
    if (response instanceof globalThis.Response) expect(response.status).toBe(413);
  });

  test('of exactly the limit is read', async () => {
    const text = '{"limit":1}'.padEnd(MEBIBYTE);
    expect((await postBytes(agency, CLAIMS, text, { 'Content-Type': 'application/json' })).status).toBe(201);
  });

  test('that is cut off does nothing', async () => {
    const before = await exchange.db.selectFrom('organization').select('name').execute();
    const token = await exchange.admin.token();
    const body = JSON.stringify({ name: 'cut off', kind: 'carrier' });
    const head = `POST /v1/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    await sendRaw(exchange.url, [`${head}Content-Length: ${body.length + 1}\r\n\r\n${body}`], true);
    await sendRaw(
      exchange.url,
      [`${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}`],
      true,
    );
    await exchange.anonymous.get('/healthz').expect(200);
    expect(await exchange.db.selectFrom('organization').select('name').execute()).toEqual(before);
  });
});

describe('the token endpoint', () => {
  const ask = (form: string) =>
    exchange.anonymous.post('/oauth/token').type('application/x-www-form-urlencoded').send(form);

  function expectOAuth(response: Response, status: number, error: string): void {
    expect(response.status).toBe(status);
    expect(response.type).toBe('application/json');
    expect(response.get('Cache-Control')).toBe('no-store');
    expect(response.body).toMatchObject({ error, error_description: expect.any(String) });
    expect(response.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  }

  test('refuses a field given twice, in the form of RFC 6749', async () => {
    expectOAuth(
      await ask('grant_type=client_credentials&grant_type=client_credentials'),
      400,
      'invalid_request',
    );
    expectOAuth(await ask('scope=pull&scope='), 400, 'invalid_request');
  });

  test('refuses what is missing and what it does not know, in the form of RFC 6749', async () => {
    const response = await ask('grant_type=client_credentials');
    expectOAuth(response, 400, 'invalid_request');
    expect(response.body.error_description).toContain('client_assertion');
    expectOAuth(await ask('grant_type=password&username=x&password=hunter2'), 400, 'invalid_request');
    expectOAuth(await ask('__proto__=x'), 400, 'invalid_request');
  });

  test('refuses another type, coding or size in the form of RFC 6749', async () => {
    expectOAuth(
      await exchange.anonymous.post('/oauth/token').send({ grant_type: 'x' }),
      415,
      'invalid_request',
    );
    expectOAuth(await exchange.anonymous.post('/oauth/token'), 415, 'invalid_request');
    expectOAuth(await ask(`grant_type=${'x'.repeat(MEBIBYTE)}`), 413, 'invalid_request');
  });

  test('never gives back an assertion or a secret that it was sent', async () => {
    const secret = 'hunter2hunter2';
    for (const form of [
      `grant_type=client_credentials&client_assertion_type=x&client_assertion=${secret}`,
      `grant_type=${secret}&client_assertion_type=${secret}&client_assertion=${secret}&client_id=${secret}`,
      `client_secret=${secret}`,
      `grant_type=client_credentials&client_assertion=${secret}&client_assertion=${secret}`,
    ]) {
      const response = await ask(form);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.text).not.toContain(secret);
    }
  });
});

describe('an answer', () => {
  test("always has a request id of its own, never the caller's", async () => {
    const given = randomUUID();
    const seen = new Set<string>();
    const token = await agency.token();
    for (const [method, path] of [
      ['GET', '/healthz'],
      ['GET', '/v1/cases'],
      ['GET', '/v1/cases/1'],
      ['POST', CLAIMS],
      ['GET', '/nowhere'],
      ['DELETE', '/healthz'],
      ['GET', '/v1/cases/%'],
      ['POST', '/oauth/token'],
      ['HEAD', '/v1/keys'],
    ] as const) {
      const headers = { 'X-Request-Id': given, Authorization: `Bearer ${token}` };
      const response = await fetch(exchange.url + path, { method, headers });
      await response.arrayBuffer();
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      seen.add(response.headers.get('x-request-id') ?? '');
    }
    expect(seen.size).toBe(9);
    expect(seen).not.toContain(given);
  });

  test('has one even when the request is no HTTP that can be read', async () => {
    for (const bytes of [
      'NONSENSE\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    ]) {
      const answer = await sendRaw(exchange.url, [bytes]);
      expect(answer?.status).toBeGreaterThanOrEqual(400);
      expect(answer?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer?.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ type: 'about:blank', status: answer?.status });
    }
  });

  test('does not tell what it runs on', async () => {
    const { headers } = await exchange.anonymous.get('/healthz');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a token', () => {
  const withHeader = (value: string) => exchange.anonymous.get('/v1/cases').set('Authorization', value);

  test('that is missing is asked for, without an error', async () => {
    const response = await exchange.anonymous.get('/v1/cases');
    expectProblem(response, 401, 'invalid_token');
    expect(response.get('WWW-Authenticate')).toEqual(['Bearer'].join());
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Basic dXNlcjpodW50ZXIy',
    'Bearer a b',
    'Bearer "x"',
    'token',
    'Bearer ~한~'.slice(0, 8),
  ])('%j is no token', async (value) => {
    const response = await withHeader(value);
    expectProblem(response, 401, 'invalid_token');
    expect(response.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('that is forged, cut or too long is refused, and never repeated', async () => {
    const token = await agency.token();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const bad of [
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${none}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      'x'.repeat(9000),
      'x.y.z',
    ]) {
      const response = await withHeader(`Bearer ${bad}`);
      expectProblem(response, 401, 'invalid_token');
      expect(response.text).not.toContain(bad);
    }
  });

  test('in the query or the body is not looked at', async () => {
    const token = await agency.token();
    const response = await exchange.anonymous.get(`/v1/cases?access_token=${token}`);
    expectProblem(response, 401, 'invalid_token');
    expect(response.text).not.toContain(token);
  });

  test('is looked at before the request: who may not come in learns nothing about it', async () => {
    expectProblem(await exchange.anonymous.post(CLAIMS).send({ nonsense: 1 }), 401, 'invalid_token');
    expectProblem(await relay.post(CLAIMS, { nonsense: 1 }), 403, 'insufficient_scope');
    expectProblem(await relay.get('/v1/cases?nonsense=1'), 403, 'insufficient_scope');
  });

  test('with other scopes is told which it needs', async () => {
    const response = await relay.get('/v1/organizations');
    expectProblem(response, 403, 'insufficient_scope');
    expect(response.get('WWW-Authenticate')).toBe('Bearer error="insufficient_scope", scope="admin"');
  });
});
