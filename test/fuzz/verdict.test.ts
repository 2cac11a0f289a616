import { expect, test } from 'vitest';
import { CONTRACT_FILE } from '../../src/assembly.ts';
import { loadContract } from '../../src/http/contract.ts';
import { Verdicts } from './verdict.ts';

const verdicts = new Verdicts(loadContract(CONTRACT_FILE));
const wire = { method: 'GET', path: '/healthz', headers: {}, body: undefined };
const id = { 'x-request-id': '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44' };
const json = { ...id, 'content-type': 'application/json' };

test('an answer that the contract declares is no fault', () => {
  const body = Buffer.from('{"status":"ok"}');
  expect(verdicts.faultOf(wire, { status: 200, headers: json, body })).toBeUndefined();
});

test.each([
  ['a fault of the exchange', 500, json, '{}', /^500$/],
  ['a refusal for want of a database, where none is declared', 503, json, '{}', /^503$/],
  ['a status that is not declared', 418, json, '{}', /418 is not declared/],
  ['another media type', 200, { ...id, 'content-type': 'text/html' }, '<p>', /text\/html/],
  ['a body against its schema', 200, json, '{"status":"ok","more":1}', /against its schema/],
  [
    'an answer that does not say which it is',
    200,
    { 'content-type': 'application/json' },
    '{}',
    /X-Request-Id/,
  ],
])('%s is a fault', (_, status, headers, body, fault) => {
  expect(verdicts.faultOf(wire, { status, headers, body: Buffer.from(body) })).toMatch(fault);
});

test('what is no operation may only be refused', () => {
  const nowhere = { ...wire, path: '/v1/nowhere' };
  const headers = { ...id, 'content-type': 'application/problem+json' };
  expect(verdicts.faultOf(nowhere, { status: 404, headers, body: Buffer.from('{}') })).toBeUndefined();
  expect(verdicts.faultOf(nowhere, { status: 200, headers: json, body: Buffer.from('{}') })).toMatch(
    /without/,
  );
});
