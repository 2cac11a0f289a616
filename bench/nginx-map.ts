// P7's third peer: an nginx `map` of the same senders, asked over HTTP on one connection, 64 requests in flight.
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, findProgram, freePorts } from './programs.ts';

const PIPELINE = 64;
/** nginx builds the hash of a map by trying sizes: what it does with more was not tried. */
export const MOST_ENTRIES = 1_000_000;
const READY_WITHIN_MS = 5 * 60_000;
const END = '\r\n\r\n';

/**
 * Look-ups a second, of texts half of which are listed; undefined where nginx is not installed.
 * @param listed the senders on the map, at most MOST_ENTRIES
 */
export async function rateOfNginxMap(
  listed: Iterable<string>,
  asked: readonly string[],
): Promise<number | undefined> {
  const program = await findProgram('nginx');
  if (program === undefined) return undefined;
  const prefix = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(prefix, 0o711); // as root, nginx reads as another user
  try {
    const [port = 0] = await freePorts(1);
    await writeFile(join(prefix, 'nginx.conf'), configure(prefix, port));
    await writeFile(join(prefix, 'senders.map'), [...listed].map((sender) => `${sender} 1;\n`).join(''));
    const nginx = new Daemon(program, ['-p', prefix, '-c', join(prefix, 'nginx.conf')]);
    try {
      const socket = await nginx.until(() => open(port), READY_WITHIN_MS);
      return await measure(socket, asked).finally(() => socket.destroy());
    } finally {
      await nginx.stop();
    }
  } finally {
    await rm(prefix, { recursive: true, force: true });
  }
}

function configure(prefix: string, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${prefix};`,
  );
  return `daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr error;
    events { worker_connections 64; }
    http { access_log off; keepalive_requests 1000000000; ${paths.join(' ')}
      map_hash_max_size ${4 * MOST_ENTRIES}; map_hash_bucket_size 128;
      map $arg_from $listed { default 0; include ${prefix}/senders.map; }
      server { listen 127.0.0.1:${port}; location / { add_header Listed $listed always; return 204; } } }`;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

/** Throws where not exactly those are found that should be: every other one. */
async function measure(socket: Socket, asked: readonly string[]): Promise<number> {
  let found = 0;
  const begun = performance.now();
  for (let at = 0; at < asked.length; at += PIPELINE) {
    const senders = asked.slice(at, at + PIPELINE);
    socket.write(senders.map((sender) => `GET /?from=${sender} HTTP/1.1\r\nHost: x${END}`).join(''));
    let answers = '';
    while (answers.split(END).length <= senders.length) answers += (await once(socket, 'data'))[0];
    found += answers.split('Listed: 1').length - 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  if (found !== asked.length / 2) throw new Error(`nginx found ${found} of ${asked.length}`);
  return asked.length / seconds;
}
