import { createHash } from 'node:crypto';
import { connect as connectSocket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers } from '../setup/walk.ts';

let exchange: TestExchange;
let carrier: Party;
beforeAll(async () => {
  exchange = await startExchange();
  carrier = await exchange.party('carrier');
});
afterAll(() => exchange.stop());

const HEADER = 'type,value,category,reports';

function csv(numbers: readonly string[], header = HEADER): string {
  return `${header}\n${numbers.map((number) => `sender_number,${number},gambling,60`).join('\n')}\n`;
}

function postCsv(body: string | Buffer, party = carrier) {
  return party.post('/v1/submissions', body as string).set('Content-Type', 'text/csv');
}

function postNdjson(rows: readonly unknown[], party = carrier) {
  const body = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
  return party.post('/v1/submissions', body).set('Content-Type', 'application/x-ndjson');
}

async function countSubmissions(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from submission) + (select count(*) from candidate) + (select count(*) from submission_error)
           as count`.execute(exchange.db);
  return rows[0]?.count ?? -1;
}

test('a CSV with a byte order mark and CRLF is read, with quoted line breaks and columns in any order', async () => {
  const [one = '', two = ''] = mobileNumbers(2, 11);
  const body =
    '\uFEFFcategory,sample,value,type,chain,score\r\n' +
    `gambling,"first, ""quoted""\r\nsecond",${one},sender_number,a;b;;c ,0.5\r\n\r\n` +
    `drugs,,${two},sender_number,,.25`;
  const { body: receipt, headers } = await postCsv(body).expect(201);
  expect(receipt).toMatchObject({ received: 2, accepted: 2, invalid: 0, newCases: 2, duplicates: 0 });
  expect(headers['location']).toBe(`/v1/submissions/${receipt.id}`);
  const rows = await exchange.db
    .selectFrom('candidate')
    .selectAll()
    .where('submission_id', '=', receipt.id)
    .orderBy('row_number')
    .execute();
  expect(rows[0]?.evidence).toMatchObject({ sample: 'first, "quoted"\nsecond', chain: ['a', 'b', 'c'] });
  expect(rows[1]).toMatchObject({ category: 'drugs', score: 0.25, reports: null, evidence: {} });
});

test('bad rows never fail the good ones, and each is told with its number and first fault', async () => {
  const [good = '', again = ''] = mobileNumbers(2, 12);
  const body = [
    HEADER,
    `sender_number,${good},gambling,1`,
    'sender_number,0000,gambling,1',
    `sender_number,${good.slice(0, 3)}-${good.slice(3)},casino,1`,
    `phone,${good},gambling,1`,
    `sender_number,+82${good.slice(1)},gambling,5`,
    `sender_number,${again},gambling`,
    `sender_number,${again},gambling,`,
    'originator_code,012345678,gambling,3',
    'originator_code,12345678,gambling,3',
    `sender_number,=${again},gambling,3`,
  ].join('\n');
  const { body: receipt } = await postCsv(body).expect(201);
  expect(receipt).toMatchObject({ received: 10, accepted: 2, invalid: 7, duplicates: 1, newCases: 2 });
  const errors = `/v1/submissions/${receipt.id}/errors`;
  const { body: page } = await carrier.get(`${errors}?limit=4`).expect(200);
  expect(page.items.map((item: { row: number; code: string }) => [item.row, item.code])).toEqual([
    [2, 'anonymous'],
    [3, 'unknown_category'],
    [4, 'unknown_type'],
    [6, 'wrong_column_count'],
  ]);
  const { body: rest } = await carrier.get(`${errors}?limit=4&cursor=${page.next}`).expect(200);
  expect(rest.items.map((item: { row: number; code: string }) => [item.row, item.code])).toEqual([
    [7, 'missing_evidence'],
    [9, 'wrong_length'],
    [10, 'invalid_characters'],
  ]);
  expect(rest.next).toBeNull();
  const { text } = await carrier.get(errors).set('Accept', 'text/csv').expect(200);
  expect(text.split('\n')).toHaveLength(9);
  expect(text).toMatch(/^row,value,code,detail\n2,0000,anonymous,/);
  expect(text).toContain(`\n10,=${again},invalid_characters,`);
  const { body: candidates } = await carrier.get(`/v1/submissions/${receipt.id}/candidates`).expect(200);
  expect(candidates.items).toMatchObject([
    { row: 1, type: 'sender_number', value: `+82${good.slice(1)}`, rawValue: good, status: 'pending' },
    { row: 8, type: 'originator_code', value: '012345678', status: 'pending' },
  ]);
});

test('JSON and NDJSON rows are read as the CSV ones are', async () => {
  const [one = '', two = '', three = ''] = mobileNumbers(3, 13);
  const row = { type: 'sender_number', category: 'stock', reports: 3, reporters: 5, source: 'report' };
  const candidates = [
    { ...row, value: one, originatorCode: '123456789', callbackNumber: '02-123-4567', reportIds: ['a', 'b'] },
    { ...row, value: two, reports: '12', callbackNumber: ['1588-1234'] },
    { ...row, value: 1012345678 },
    { ...row, value: three, reports: 1.5 },
    { ...row, value: three, chain: 'x', firstSeen: '2026-02-30T00:00:00Z' },
  ];
  const { body: json } = await carrier.post('/v1/submissions', { candidates }).expect(201);
  expect(json).toMatchObject({ received: 5, accepted: 2, invalid: 3, newCases: 2 });
  const { body: ndjson } = await postNdjson([...candidates, '', '[1]', '{"type":']).expect(201);
  expect(ndjson).toMatchObject({ received: 7, accepted: 2, invalid: 5, newCases: 0, joinedCases: 2 });
  const codes = await carrier.get(`/v1/submissions/${ndjson.id}/errors`).expect(200);
  expect(codes.body.items.map((item: { code: string }) => item.code)).toEqual([
    'invalid_text',
    'invalid_reports',
    'invalid_first_seen',
    'invalid_json',
    'invalid_json',
  ]);
});

test('a header without rows is a submission of nothing', async () => {
  const { body } = await postCsv(`${HEADER}\n`).expect(201);
  expect(body).toMatchObject({ received: 0, accepted: 0, invalid: 0, duplicates: 0, newCases: 0 });
});

const [VALUE = ''] = mobileNumbers(1, 14);
const REFUSED: [string, string | Buffer, string, number, string][] = [
  ['a column that is not in the contract', `${HEADER},color\n`, 'text/csv', 400, 'unknown_column'],
  ['a column that stands twice', `${HEADER},reports\n`, 'text/csv', 400, 'unknown_column'],
  ['a column that is needed and missing', 'type,value,reports\n', 'text/csv', 400, 'unknown_column'],
  ['an empty body', '', 'text/csv', 400, 'invalid_csv'],
  ['a quote that is never closed', `${csv([VALUE])}sender_number,"010`, 'text/csv', 400, 'invalid_csv'],
  ['text after a closing quote', `${csv([VALUE])}sender_number,"010"2,a,1`, 'text/csv', 400, 'invalid_csv'],
  [
    'a row without end',
    `${csv([VALUE])}sender_number,"${'x'.repeat(70_000)}`,
    'text/csv',
    400,
    'invalid_csv',
  ],
  ['what is no UTF-8', Buffer.from(`${csv([VALUE])}\xff\xfe`, 'latin1'), 'text/csv', 400, 'invalid_encoding'],
  [
    'EUC-KR',
    Buffer.from([...Buffer.from(`${csv([VALUE])}`), 0xb5, 0xb5, 0xb9, 0xda]),
    'text/csv',
    400,
    'invalid_encoding',
  ],
  ['another charset', csv([VALUE]), 'text/csv; charset=euc-kr', 415, 'unsupported_encoding'],
  [
    'an unknown NDJSON field',
    '{"type":"sender_number","colour":1}',
    'application/x-ndjson',
    400,
    'invalid_request',
  ],
  ['an endless NDJSON line', `{"a":"${'x'.repeat(70_000)}`, 'application/x-ndjson', 400, 'invalid_ndjson'],
  ['an unknown JSON field', '{"candidates":[{"colour":1}]}', 'application/json', 400, 'invalid_request'],
  ['JSON that is none', '{"candidates":[', 'application/json', 400, 'invalid_json'],
];

test.each(REFUSED)(
  '%s refuses the whole body, and nothing is stored',
  async (_, body, type, status, code) => {
    const before = await countSubmissions();
    const response = await carrier.post('/v1/submissions', body as string).set('Content-Type', type);
    expect([response.status, response.body.code]).toEqual([status, code]);
    expect(JSON.stringify(response.body)).not.toContain(VALUE);
    expect(await countSubmissions()).toBe(before);
  },
);

test('a body that is cut off stores nothing, however much of it had arrived', async () => {
  const before = await countSubmissions();
  const body = csv(mobileNumbers(30_000, 15));
  const endings = [`Content-Length: ${body.length + 1000}`, 'Transfer-Encoding: chunked'];
  for (const ending of endings) {
    const socket = connectSocket(Number(new URL(exchange.url).port), '127.0.0.1');
    const head = `POST /v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nAuthorization: Bearer ${await carrier.token()}\r\n${ending}\r\n\r\n`;
    const sent = ending.startsWith('Transfer') ? `${body.length.toString(16)}\r\n${body}\r\n` : body;
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.write(head + sent, () => resolve());
    });
    // Everything was handed over; the end of it never comes.
    socket.resetAndDestroy();
  }
  await expect.poll(openTransactions).toBe(0);
  expect(await countSubmissions()).toBe(before);
});

async function openTransactions(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`.execute(
    exchange.db,
  );
  return rows[0]?.count ?? -1;
}

test('a body over its limit is refused before it is read', async () => {
  const answer = await sendHead(`Content-Length: ${256 * 1024 * 1024 + 1}`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('payload_too_large');
});

/** The beginning of the answer to a request whose body never comes. */
async function sendHead(header: string): Promise<string> {
  const socket = connectSocket(Number(new URL(exchange.url).port), '127.0.0.1');
  socket.write(
    `POST /v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nAuthorization: Bearer ${await carrier.token()}\r\n${header}\r\n\r\n`,
  );
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    answer += chunk;
    if (answer.includes('requestId')) break;
  }
  return answer;
}

test('the same key with the same body gives the first answer again', async () => {
  const body = csv(mobileNumbers(3, 16));
  const first = await postCsv(body).set('Idempotency-Key', 'k-16').expect(201);
  const before = await countSubmissions();
  const again = await postCsv(body).set('Idempotency-Key', 'k-16').expect(200);
  expect(again.body).toEqual(first.body);
  expect(again.headers['location']).toBe(first.headers['location']);
  expect(await countSubmissions()).toBe(before);
  const other = await postCsv(`${body}sender_number,0000,gambling,1\n`).set('Idempotency-Key', 'k-16');
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  // The same bytes under another type are another body.
  const type = await carrier
    .post('/v1/submissions', body)
    .set('Content-Type', 'application/x-ndjson')
    .set('Idempotency-Key', 'k-16');
  expect([type.status, type.body.code]).toEqual([422, 'idempotency_key_reused']);
  // A key is the organisation's own.
  const stranger = await exchange.party('carrier', 'carrier two');
  await postCsv(body, stranger).set('Idempotency-Key', 'k-16').expect(201);
});

test('a long body is stored once under its key, and found again', async () => {
  const body = csv(mobileNumbers(12_000, 17));
  const first = await postCsv(body).set('Idempotency-Key', 'k-17').expect(201);
  expect(first.body).toMatchObject({ received: 12_000, accepted: 12_000 });
  const again = await postCsv(body).set('Idempotency-Key', 'k-17').expect(200);
  expect(again.body).toEqual(first.body);
});

test('of many requests at once with one key, one stores', async () => {
  const body = csv(mobileNumbers(50, 18));
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => postCsv(body).set('Idempotency-Key', 'k-18')),
  );
  const stored = answers.filter(({ status }) => status === 201);
  expect(stored).toHaveLength(1);
  for (const { status, body: answer } of answers) {
    if (status === 409) expect(answer.code).toBe('submission_in_progress');
    else expect(answer.id).toBe(stored[0]?.body.id);
  }
});

test('the evidence is masked on the way in, and the hash is of the sample as it was', async () => {
  const [value = ''] = mobileNumbers(1, 19);
  const sample = '문의 010-2345-6789 kim@example.com https://me:pw@ex.com/a?name=kim \u0000끝';
  const row = {
    type: 'sender_number',
    value,
    category: 'adult',
    score: 1,
    sample,
    url: 'https://u:p@ex.com/a?b=c#d',
  };
  const { body } = await carrier.post('/v1/submissions', { candidates: [row] }).expect(201);
  const stored = await exchange.db
    .selectFrom('candidate')
    .select('evidence')
    .where('submission_id', '=', body.id)
    .executeTakeFirstOrThrow();
  expect(stored.evidence).toEqual({
    sample: '문의 ***-****-**** [e-mail] https://ex.com/a?[…] 끝',
    sampleHash: createHash('sha256').update(sample).digest('hex'),
    url: 'https://ex.com/a',
  });
});

test('a carrier sees its own submissions only, an auditor all', async () => {
  const { body: receipt } = await postCsv(csv(mobileNumbers(2, 20))).expect(201);
  const path = `/v1/submissions/${receipt.id}`;
  const stranger = await exchange.party('carrier', 'carrier two');
  for (const part of ['', '/errors', '/candidates']) {
    await stranger.get(path + part).expect(404);
    await (await exchange.party('auditor')).get(path + part).expect(200);
    await (await exchange.party('relay')).get(path + part).expect(403);
  }
  await stranger.post(`${path}/withdrawal`).expect(404);
  await carrier.get('/v1/submissions/nonsense').expect(404);
  const { body: own } = await stranger.get('/v1/submissions?limit=1000').expect(200);
  expect(own.items.map((item: { id: string }) => item.id)).not.toContain(receipt.id);
  const { body: all } = await (await exchange.party('auditor')).get('/v1/submissions?limit=1000').expect(200);
  expect(all.items.map((item: { id: string }) => item.id)).toContain(receipt.id);
});

test('submissions are listed newest first, page by page, none twice', async () => {
  const party = await exchange.party('carrier', 'carrier of pages');
  const ids: string[] = [];
  for (let seed = 30; seed < 35; seed++)
    ids.push((await postCsv(csv(mobileNumbers(1, seed)), party)).body.id);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await party.get(`/v1/submissions?limit=2${cursor}`).expect(200);
    seen.push(...body.items.map((item: { id: string }) => item.id));
    if (body.next === null) break;
    cursor = `&cursor=${body.next}`;
  }
  expect([...seen].sort()).toEqual([...ids].sort());
  expect(new Set(seen).size).toBe(5);
});

test('a cursor that was never given out is refused', async () => {
  const { body: receipt } = await postCsv(csv(mobileNumbers(1, 40))).expect(201);
  const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const paths = [
    `/v1/submissions?cursor=${cursorOf([9e15, receipt.id])}`,
    `/v1/submissions?cursor=${cursorOf([1, 'x'])}`,
    `/v1/submissions/${receipt.id}/errors?cursor=${cursorOf([9e15])}`,
    `/v1/submissions/${receipt.id}/candidates?cursor=${cursorOf([-1])}`,
    '/v1/outcomes?after=NDI',
    '/v1/outcomes?after=AAAA',
  ];
  for (const path of paths) expect((await carrier.get(path).expect(400)).body.code).toBe('invalid_cursor');
});
