// What is wrong with a broken request: each kind of damage that a hostile or a careless sender does, applied to one that was
// as the contract says.
import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import type { Draft } from './drafts.ts';
import type { WireRequest } from './wire.ts';

export interface Damage {
  name: string;
  /** Changes the values before they are written down. */
  draft?: (draft: Draft) => void;
  /** Changes what is written. */
  wire?: (wire: WireRequest) => void;
}

/** Texts that programs stumble over. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  'NaN',
  'true',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '9007199254740993',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999',
  '1e400',
  '0x10',
  '١٢٣',
  "'; drop table candidate; --",
  '%',
  '%%',
  '_',
  '\\',
  '"',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e',
  '가'.repeat(3000),
  'x'.repeat(10_000),
  'é',
  '\u{1f600}',
  '<script>',
  '{{7*7}}',
  '1;2',
  '0000-00-00',
  '2026-02-30',
  '9999-12-31',
  '+10000-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '2026-11-24T23:59:60Z',
  '2026-11-24T00:00:00+99:99',
  '275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  '------------------------------------',
  'WyIrODIxMCJd',
  'WzEsMiwzLDRd',
  'bnVsbA',
  'W251bGwsbnVsbF0',
  'eyJhIjoxfQ',
  'WyIyMDI2LTExLTI0VDAwOjAwOjAwWiIsIjk5OTk5OTk5OTk5OTk5OTk5OTk5Il0',
  'WyJcdTAwMDAiLCIxIl0',
  'WzFlNDAwLDFd',
  'WyIyMDAwMDAtMDEtMDFUMDA6MDA6MDBaIiwxXQ',
];
const JSON_VALUES: unknown[] = [
  ...TEXTS,
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  1e21,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  { __proto__: null, toString: 1 },
  Array.from({ length: 1001 }, () => 'x'),
  { length: 1 },
  ['x', 'x'],
];
const RANGES = [
  'bytes=0-',
  'bytes=-1',
  'bytes=-0',
  'bytes=5-2',
  'bytes=0-0,2-3',
  'bytes=999999999999-',
  'bytes=0-99999999999999999999',
  'bytes=',
  'bytes=a-b',
  'items=0-1',
  'bytes=0-0,'.repeat(15),
  '-',
  'bytes 0-1',
];
const TAGS = ['*', '""', '"', 'W/"x"', 'W/', '"a", "b"', ',', '"a"'.repeat(300), 'x', '"\u00e9"'];
const TYPES = [
  '',
  'application/json; charset=utf-16',
  'application/json; charset=',
  'APPLICATION/JSON',
  'text/html',
  'application',
  '/',
  'application/json, text/csv',
  'multipart/form-data',
  'application/json;;;=',
  'text/csv; header=absent',
  'application/x-ndjson',
  'application/jwt',
];
const CODINGS = ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'GZIP', 'x', ''];
const METHODS = [
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'GET',
  'PROPFIND',
  'QUERY',
  'PURGE',
  'LINK',
];
const PATH_BYTES = [
  '%00',
  '%',
  '%zz',
  '%ff',
  '%c0%af',
  '%ed%a0%80',
  '..%2f..%2f',
  '%2e%2e',
  '.',
  '//',
  ';a=b',
  '%0d%0aX:1',
  '\u00e9',
  '*',
  '%F0%9F%98%80',
  '+',
  '%25',
  'x'.repeat(9000),
];
const QUERIES = [
  'x=1',
  'limit=1&limit=2',
  'cursor=&cursor=',
  'a[]=1',
  '__proto__=1',
  '%00=%00',
  '&&&',
  '=',
  '=x',
  'limit=%ff',
  'q=%ed%a0%80',
  'q=%00',
  'limit=1e2',
  'limit=+5',
  'limit=0005',
  'constructor=1',
  `x=${'y'.repeat(6000)}`,
  `${'a=1&'.repeat(1500)}`,
];
const BOMB = gzipSync(Buffer.alloc(40 * 1024 * 1024, '1'));
const BODIES = [
  Buffer.from(''),
  Buffer.from('{'),
  Buffer.from('null'),
  Buffer.from('[]'),
  Buffer.from('"x"'),
  Buffer.from('1e999'),
  Buffer.from('{"a":1}{"b":2}'),
  Buffer.from('\ufeff{}'),
  Buffer.from('['.repeat(200_000)),
  Buffer.from(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`),
  Buffer.from('{"a":1,"a":2}'),
  Buffer.from('{"__proto__":{"x":1}}'),
  Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]),
  Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.alloc(1000),
  Buffer.alloc(1_100_000, ' '),
  Buffer.from('type,value,category,reports\n'),
  Buffer.from('value,value\n1,2\n'),
  Buffer.from('type,value,category,reports\n"sender_number,1,gambling,1\n'),
  Buffer.from(`type,value,category,reports\n${'"'.repeat(70_001)}`),
  Buffer.from('type\tvalue\n'),
  Buffer.from('\n\n\n'),
  Buffer.from('type,value,category,reports\r\rsender_number,1,other,2'),
  Buffer.from('{"type":1}\n[1]\nnull\n{'),
  Buffer.from('list,value,kind\nx,y,z\n'),
  Buffer.from('list,value,kind\nsender-numbers,"\u0000",bank\n'),
  Buffer.from('a.b.c'),
  Buffer.from('..'),
  Buffer.from('eyJhbGciOiJub25lIn0.e30.'),
  Buffer.from('grant_type=a&grant_type=b'),
  Buffer.from('%=%&%zz=1'),
];

const BAD_TOKENS = [
  'Bearer',
  'Bearer x.y.z',
  'Bearer ',
  'Basic YTpi',
  `Bearer ${'x'.repeat(9000)}`,
  'Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.',
  'bearer \u00e9',
  'Bearer a, Bearer b',
];
const RAW = [
  'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  'GET /healthz HTTP/1.1\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n',
  'get /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
  'NONSENSE\r\n\r\n',
  '\0\0\0\0',
  '\r\n\r\n\r\n',
  'GET http://elsewhere.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /oauth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n',
  `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(3000)}\r\n`,
  'GET /healthz HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\nConnection: close\r\n\r\n',
  `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\n Folded: y\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00',
];

/** A place in a value, by chance: its holder and its key. */
function placeIn(
  value: unknown,
  chance: number,
): { holder: Record<string, unknown>; key: string } | undefined {
  let at: { holder: Record<string, unknown>; key: string } | undefined;
  for (
    let node = value, rest = chance;
    typeof node === 'object' && node !== null;
    rest = Math.floor(rest / 3)
  ) {
    const holder = node as Record<string, unknown>;
    const keys = Object.keys(holder);
    const key = keys[rest % Math.max(1, keys.length)];
    if (key === undefined) break;
    at = { holder, key };
    node = holder[key];
    if (rest % 4 === 0) break;
  }
  return at;
}

const inBody = (
  name: string,
  change: (holder: Record<string, unknown>, key: string, chance: number) => void,
) =>
  fc.nat({ max: 1_000_000 }).map(
    (chance): Damage => ({
      name,
      draft: ({ body }) => {
        const place = placeIn(body, chance);
        if (place) change(place.holder, place.key, chance);
      },
    }),
  );

/** One of these things in the place of what belongs there. */
const oneOf = <T>(name: string, things: readonly T[], apply: (wire: WireRequest, thing: T) => void) =>
  fc.constantFrom(...things).map((thing): Damage => ({ name, wire: (wire) => apply(wire, thing) }));

const header = (name: string, values: readonly string[]) =>
  oneOf(`odd ${name}`, values, (wire, value) => {
    wire.headers[name] = value;
  });

function appendQuery(wire: WireRequest, query: string): void {
  wire.path += `${wire.path.includes('?') ? '&' : '?'}${query}`;
}

const VALUE_DAMAGE: Arbitrary<Damage>[] = [
  inBody('another value in the body', (holder, key, chance) => {
    holder[key] = structuredClone(JSON_VALUES[Math.floor(chance / 7) % JSON_VALUES.length]);
  }),
  inBody('a field missing', (holder, key) => {
    delete holder[key];
  }),
  inBody('a field too many', (holder, key, chance) => {
    holder[['extra', '__proto_', 'constructor', `${key}2`, '\u0000'][chance % 5] ?? ''] = 1;
  }),
  fc.tuple(fc.constantFrom(...TEXTS), fc.nat({ max: 20 })).map(
    ([text, at]): Damage => ({
      name: 'another value in the query or the path',
      draft: ({ query, path }) => {
        const places = [
          ...Object.keys(query).map((key) => [query, key] as const),
          ...Object.keys(path).map((key) => [path, key] as const),
        ];
        const [holder, key] = places[at % Math.max(1, places.length)] ?? [];
        if (holder && key) holder[key] = text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
      },
    }),
  ),
];

const WIRE_DAMAGE: Arbitrary<Damage>[] = [
  oneOf('odd query', QUERIES, appendQuery),
  oneOf('odd path', PATH_BYTES, (wire, bytes) => {
    const [path = '', query] = wire.path.split('?');
    wire.path = `${path.slice(0, path.lastIndexOf('/') + 1)}${bytes}${query === undefined ? '' : `?${query}`}`;
  }),
  oneOf('another method', METHODS, (wire, method) => {
    wire.method = method;
  }),
  oneOf('another body', BODIES, (wire, body) => {
    wire.body = body;
  }),
  oneOf('a body where none belongs', BODIES.slice(0, 8), (wire, body) => {
    wire.body ??= body;
  }),
  oneOf('bytes of the body changed', [0, 7, 31, 100], (wire, at) => {
    if (wire.body && wire.body.length > 0)
      wire.body = Buffer.from(wire.body.map((byte, i) => (i % 101 === at ? byte ^ 0xc0 : byte)));
  }),
  oneOf('the body cut off', [0, 1, 10, 100], (wire, bytes) => {
    if (wire.body && wire.body.length > bytes) wire.cutAfter = bytes;
  }),
  header('Content-Type', TYPES),
  header('Content-Encoding', CODINGS),
  header('Range', RANGES),
  header('If-None-Match', TAGS),
  header('If-Range', TAGS),
  header('Last-Event-ID', [
    '',
    '-1',
    'x'.repeat(128),
    'x'.repeat(200),
    '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44:99999999999',
    ':',
    '0',
  ]),
  header('Accept', [
    '',
    '*',
    '*/*;q=0',
    'text/html',
    'application/json;q=x',
    ','.repeat(500),
    'application/vnd.chadan.compact',
    '\u00e9',
  ]),
  header('Accept-Encoding', ['gzip', 'br', 'zstd', 'gzip;q=0', '*;q=0', 'identity;q=0', 'x', 'gzip;q=9']),
  header('Idempotency-Key', ['', ' ', 'x'.repeat(129), 'same', 'same', '\u00e9']),
  header('Origin', ['null', 'https://elsewhere.example', 'x', 'http://[', '']),
  header('Sec-Fetch-Site', ['cross-site', 'same-site', 'none', '']),
  header('Cookie', [
    '',
    '=',
    ';;;',
    'chadan_session',
    'chadan_session=',
    `chadan_session=${'x'.repeat(5000)}`,
    'chadan_session=\u00e9',
    '__proto__=1',
  ]),
  header('X-Forwarded-For', ['x', '1.2.3.4, 5.6.7.8', '::', "'"]),
  header('Expect', ['100-continue']),
  oneOf('packed to burst', [BOMB], (wire, bomb) => {
    wire.body = bomb;
    wire.headers['Content-Encoding'] = 'gzip';
  }),
  oneOf('packed and damaged', [10, 20, 3], (wire, at) => {
    const packed = gzipSync(wire.body ?? Buffer.from('x'));
    packed.writeUInt8(packed.readUInt8(packed.length - at) ^ 0xff, packed.length - at);
    wire.body = packed;
    wire.headers['Content-Encoding'] = 'gzip';
  }),
  oneOf('no HTTP', RAW, (wire, bytes) => {
    wire.raw = Buffer.from(bytes, 'latin1');
  }),
];

/** A token or a session that is none; whatever needs one must answer 401. */
export const BAD_ADMISSION: Arbitrary<Record<string, string>> = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...BAD_TOKENS).map((Authorization): Record<string, string> => ({ Authorization })),
  fc.constant({ Cookie: `chadan_session=${'A'.repeat(43)}`, 'X-CSRF-Token': 'x' }),
);

/** One damage, or two. */
export const DAMAGE: Arbitrary<Damage[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.oneof(...VALUE_DAMAGE) },
    { weight: 14, arbitrary: fc.oneof(...WIRE_DAMAGE) },
  ),
  { minLength: 1, maxLength: 2 },
);
