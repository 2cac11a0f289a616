// Many values protected by one CSV file: all of it, or nothing and the faults.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import type { Person } from '../setup/person.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';
import { canonical, caseOf, firstReviewer } from './desk-steps.ts';

let exchange: TestExchange;
let reviewer: Person;
beforeAll(async () => {
  exchange = await startExchange();
  reviewer = await firstReviewer(exchange);
});
afterAll(() => exchange.stop());

const load = (csv: string | Buffer, type = 'text/csv') =>
  reviewer
    .post('/v1/protected')
    .type(type)
    .send(csv as string);

const [one = '', two = '', three = '', four = ''] = mobileNumbers(4, 961);
const get = (number: string) => reviewer.get(`/v1/protected/sender-numbers/${number}`);

test('protects every value, in any spelling, with a BOM, CRLF and columns in any order', async () => {
  await submit(exchange, [one]);
  const spelled = `+82 ${two.slice(1, 3)}-${two.slice(3, 7)}-${two.slice(7)}`;
  const csv = [
    'kind,note,value,list',
    `bank,"main line, and fax",${one},sender-numbers`,
    `government,,${spelled},sender-numbers`,
    'default_code,,123456789,originator-codes',
    '',
  ].join('\r\n');
  expect((await load(`\uFEFF${csv}`).expect(200)).body).toEqual({ protected: 3 });
  expect((await get(one).expect(200)).body).toMatchObject({
    value: canonical(one),
    kind: 'bank',
    note: 'main line, and fax',
    protectedBy: reviewer.id,
  });
  expect((await get(two).expect(200)).body).toMatchObject({ kind: 'government', note: null });
  expect((await caseOf(exchange, one)).flags).toEqual(['protected']);
  const { body } = await reviewer.get('/v1/protected?kind=default_code').expect(200);
  expect(body.items).toMatchObject([{ list: 'originator-codes', value: '123456789' }]);
});

test('takes the last row of a value that stands there twice', async () => {
  const csv = `list,value,kind\nsender-numbers,${three},bank\nsender-numbers,+82${three.slice(1)},opt_out\n`;
  expect((await load(csv).expect(200)).body).toEqual({ protected: 1 });
  expect((await get(three).expect(200)).body.kind).toBe('opt_out');
});

test('protects nothing of a file with faults, and names each with its row', async () => {
  const csv = [
    'list,value,kind,note',
    `sender-numbers,${four},bank,`,
    `numbers,${four},bank,`,
    'sender-numbers,02-1588-1234,bank,',
    'sender-numbers,112,bank,',
    `sender-numbers,${four},special,`,
    `sender-numbers,${four},bank,${'x'.repeat(2001)}`,
  ].join('\n');
  const { body } = await load(csv).expect(400);
  expect(body.code).toBe('invalid_request');
  expect(body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
    ['/1/list', 'enum'],
    ['/2/value', 'invalid_value'],
    ['/3/value', 'always_protected'],
    ['/4/kind', 'enum'],
    ['/5/note', 'maxLength'],
  ]);
  await get(four).expect(404);
});

describe('refuses', () => {
  test.each([
    ['an unknown column', 'list,value,kind,colour\n', 400, 'unknown_column'],
    ['what is no CSV', 'list,value,kind\n"sender-numbers', 400, 'invalid_csv'],
    ['rows of another length', 'list,value,kind\nsender-numbers,1\n', 400, 'invalid_csv'],
    ['what is not UTF-8', Buffer.from([0x6c, 0xff, 0xfe]), 400, 'invalid_encoding'],
    [
      'more than 10,000 rows',
      `list,value,kind\n${'sender-numbers,112,bank\n'.repeat(10_001)}`,
      413,
      'too_many_rows',
    ],
    ['more than 4 MiB', Buffer.alloc(4 * 1024 * 1024 + 1, 'a'), 413, 'payload_too_large'],
  ])('%s', async (_, csv, status, code) => {
    const response = await load(csv);
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  test('another media type, and who may not review', async () => {
    await load('{}', 'application/json').expect(415);
    const auditor = await exchange.person('auditor');
    await auditor.post('/v1/protected').type('text/csv').send('list,value,kind\n').expect(403);
  });
});

test('leaves an event for each value', async () => {
  const rows = await exchange.db
    .selectFrom('audit_event')
    .select('target')
    .where('operation', '=', 'protectValues')
    .orderBy('id')
    .execute();
  expect(rows.map(({ target }) => target)).toContain(`protected/sender-numbers/${canonical(one)}`);
  expect(rows).toHaveLength(4);
});
