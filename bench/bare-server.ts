// The least that a node:http server can do: the same bytes and headers as the exchange's, from memory, with no token
// looked at. `node --import tsx bench/bare-server.ts FILE`, which holds the answers; prints its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BareAnswer {
  path: string;
  headers: Record<string, string>;
  /** base64 */
  body: string;
}

const answers = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BareAnswer[];
const byPath = new Map(answers.map((one) => [one.path, { ...one, bytes: Buffer.from(one.body, 'base64') }]));

const server = createServer((request, response) => {
  const answer = byPath.get(request.url ?? '');
  if (!answer) {
    response.writeHead(404).end();
  } else if (request.headers['if-none-match'] === answer.headers['etag']) {
    const { 'content-type': _, 'content-length': __, ...headers } = answer.headers;
    response.writeHead(304, headers).end();
  } else {
    response.writeHead(200, answer.headers).end(answer.bytes);
  }
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
