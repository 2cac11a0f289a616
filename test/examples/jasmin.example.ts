// The Jasmin interceptor of examples/, run as interceptord runs it: text executed with `routable` among its locals.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort, programPath, run } from '../setup/programs.ts';

const SCRIPT = new URL('../../examples/jasmin/interceptor.py', import.meta.url);

/** What interceptord does, as of version 0.9 and before; `as one` puts all names into one dictionary. */
const INTERCEPTORD = `
import json, sys
class Routable: pass
asked = json.load(sys.stdin)
routable = Routable()
routable.pdu = Routable()
routable.pdu.params = {} if asked['sender'] is None else {'source_addr': asked['sender'].encode('latin-1')}
names = {'routable': routable, 'smpp_status': None, 'http_status': None, 'extra': {}}
code = compile(asked['script'], '<interceptor>', 'exec')
exec(code, names) if asked['asOne'] else exec(code, {}, names)
print(json.dumps([names['smpp_status'], names['http_status']]))
`;

const LISTED = new Set(['01023456789', '010-2345-6789', '821023456789', '+821023456789', '+14155550123']);
const PASSES = [null, null];
const REFUSED = [10, 403];
const AGAIN = [88, 503];

let python: string;
let sidecar: Server;
let url: string;
let answer: (from: string) => { status: number; body: string };

/** As the sidecar's `GET /check`. */
function honest(from: string): { status: number; body: string } {
  const blocked = LISTED.has(from);
  const matches = blocked
    ? [{ list: 'sender-numbers', value: from, category: 'gambling', until: null, listedBy: 'exchange' }]
    : [];
  const lists = [{ list: 'sender-numbers', version: 3, stale: true }];
  return { status: 200, body: JSON.stringify({ blocked, matches, lists }) };
}

beforeAll(async () => {
  python = await programPath('python3', 'python3');
  sidecar = createServer((request, response) => {
    const [path, query = ''] = (request.url ?? '').split('?');
    const from = /^from=([^&]*)$/.exec(query)?.[1];
    const { status, body } =
      path === '/check' && from !== undefined
        ? answer(decodeURIComponent(from))
        : { status: 404, body: '{"code":"not_found"}' };
    if (status !== 0) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(sidecar, 'listening');
  url = `http://127.0.0.1:${(sidecar.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = honest;
});
afterAll(() => {
  sidecar?.closeAllConnections();
  sidecar?.close();
});

async function intercept(sender: string | null, change = (text: string) => text, asOne = false) {
  const text = await readFile(SCRIPT, 'utf8');
  const script = change(text.replace('http://127.0.0.1:8090', url));
  const input = JSON.stringify({ script, sender, asOne });
  const { code, out, err } = await run(python, ['-c', INTERCEPTORD], { input });
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  return { statuses: JSON.parse(out) as unknown, err };
}

describe('the Jasmin interceptor', () => {
  test('refuses a listed sender with 10, in any spelling, and lets others pass without a status', async () => {
    for (const sender of [...LISTED, '14155550123'])
      expect([sender, (await intercept(sender)).statuses]).toEqual([sender, REFUSED]);
    for (const sender of ['01099998888', '15881234', 'KISA', 'a&code=1'])
      expect([sender, (await intercept(sender)).statuses]).toEqual([sender, PASSES]);
    expect((await intercept('01023456789', undefined, true)).statuses).toEqual(REFUSED);
    expect((await intercept('01099998888', undefined, true)).statuses).toEqual(PASSES);
  });

  test('refuses a message without a sender', async () => {
    expect((await intercept(null)).statuses).toEqual(REFUSED);
    expect((await intercept('')).statuses).toEqual(REFUSED);
  });

  test('lets nothing pass while the sidecar gives no answer, and says so', async () => {
    const failures: [string, typeof answer][] = [
      ['holds no list', () => ({ status: 503, body: '{"code":"nothing_held"}' })],
      ['answers something else', () => ({ status: 200, body: '<html>' })],
      ['answers another shape', () => ({ status: 200, body: '{"blocked":"no"}' })],
      ['never answers', () => ({ status: 0, body: '' })],
    ];
    for (const [failure, lie] of failures) {
      answer = lie;
      const { statuses, err } = await intercept('01099998888');
      expect([failure, statuses]).toEqual([failure, AGAIN]);
      expect(err).toContain('chadan: no answer for a sender');
    }
    answer = honest;
    const away = `http://127.0.0.1:${await freePort()}`;
    expect((await intercept('01099998888', (text) => text.replace(url, away))).statuses).toEqual(AGAIN);
  });

  test('follows another policy where the operator set one', async () => {
    answer = () => ({ status: 503, body: '{}' });
    const policy = (value: string) => (text: string) =>
      text.replace('STATUS_WITHOUT_ANSWER = 88', `STATUS_WITHOUT_ANSWER = ${value}`);
    expect((await intercept('01099998888', policy('None'))).statuses).toEqual(PASSES);
    expect((await intercept('01099998888', policy('10'))).statuses).toEqual(REFUSED);
  });
});
