// How a server ends: what is under way is finished, nothing is left open.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { registerParty } from '../../scripts/server-process.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { startSecond } from './second-server.ts';

/** A server is long in starting where many do at once. */
const WAIT = { timeout: 180_000 };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a server that stops', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await startExchange();
  });
  afterAll(() => exchange.stop());

  test('finishes what is under way, and takes nothing new', async () => {
    const second = await startSecond(exchange);
    const agency = await exchange.party('agency');
    const relay = await exchange.party('relay');
    await second.get(relay, '/v1/lists'); // its token is known before anything waits
    const { publishing, stopping } = await exchange.db.transaction().execute(async (trx) => {
      await sql`select 1 from list where id = 'sender-numbers' for update`.execute(trx);
      const publishing = second.post(agency, '/v1/lists/sender-numbers/versions');
      await vi.waitFor(async () => {
        const { rows } = await sql`select 1 from pg_locks where not granted`.execute(exchange.db);
        expect(rows.length).toBeGreaterThan(0);
      });
      const stopping = second.stop();
      await vi.waitFor(() => expect(fetch(`${second.url}/healthz`)).rejects.toThrow('fetch failed'));
      return { publishing, stopping };
    });
    expect((await publishing).status).toBe(200);
    await stopping;
  });

  test('ends the streams of events, and does not wait for who keeps a connection open', async () => {
    const second = await startSecond(exchange);
    const relay = await exchange.party('relay');
    const headers = { Authorization: `Bearer ${await relay.token()}` };
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${second.url}/v1/lists/sender-numbers/events`, { headers })),
    );
    const readers = streams.map(({ body }) => (body as ReadableStream<Uint8Array>).getReader());
    for (const reader of readers) await readUntil(reader, /^event: ?version$/m);
    expect(await (await fetch(`${second.url}/metrics`)).text()).toMatch(/^chadan_event_connections 5$/m);
    const begun = performance.now();
    await second.stop();
    expect(performance.now() - begun).toBeLessThan(15_000);
    for (const reader of readers) expect(await readToEnd(reader)).toMatch(/retry: \d+\n\n$/);
  });

  test('can be stopped twice', async () => {
    const second = await startSecond(exchange);
    await Promise.all([second.stop(), second.stop()]);
  });
});

async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, pattern: RegExp): Promise<void> {
  let text = '';
  while (!pattern.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after: ${text}`);
    text += Buffer.from(value).toString('utf8');
  }
}

async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += Buffer.from(value).toString('utf8');
  }
}

/** A submission whose body has begun, and ends when told. */
function beginUpload(url: string, token: string) {
  const upload = request(`${url}/v1/submissions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
  });
  const status = new Promise<number | string | undefined>((resolve) => {
    upload.on('response', (response) => resolve(response.resume().statusCode));
    upload.on('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`));
  });
  const begun = new Promise<void>((done) => {
    upload.write('type,value,category,reports\nsender_number,010-2345-6789,gambling,60\n', () => done());
  });
  return { status, begun, finish: () => upload.end('sender_number,010-2345-6790,gambling,60\n') };
}

describe('chadan serve', { timeout: 400_000 }, () => {
  let directory: string;
  let database: TestDatabase;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chadan-serve-'));
    database = await createTestDatabase({ empty: true });
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  function serve(environment: Record<string, string> = {}): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'serve'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.url,
        CHADAN_DATA: directory,
        CHADAN_PORT: '0',
        CHADAN_LOG_LEVEL: 'warn',
        ...environment,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    return { child, output: () => output };
  }

  async function serving(environment: Record<string, string>) {
    const { child, output } = serve(environment);
    await vi.waitFor(() => expect(output()).toContain('chadan is running at'), WAIT);
    const url = /running at (\S+)/.exec(output())?.[1] ?? '';
    return { child, output, url };
  }

  async function countOf(table: 'submission'): Promise<number> {
    return (await database.db.selectFrom(table).select('id').execute()).length;
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly on %s, also while a relay follows a list',
    async (signal) => {
      const { child, output } = serve();
      const exited = once(child, 'exit');
      await vi.waitFor(() => expect(output()).toContain('chadan is running at'), WAIT);
      const url = /running at (\S+)/.exec(output())?.[1] ?? '';
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      expect(output()).toContain(join(directory, 'admin.json'));
      child.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(output()).not.toMatch(/error|"level":[56]0/i);
    },
  );

  test('on SIGTERM says so first, and serves on until the balancer has seen it', async () => {
    const { child, url } = await serving({ CHADAN_STOP_DELAY: '600' });
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await vi.waitFor(async () => {
      const answer = await fetch(`${url}/readyz`);
      expect([answer.status, await answer.json()]).toMatchObject([503, { status: 'stopping' }]);
    }, WAIT);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM'); // who is in a hurry
    expect(await exited).toEqual([null, 'SIGTERM']);
  });

  test('finishes the submission under way, and sends the readers of events on', async () => {
    const { child, url } = await serving({ CHADAN_STOP_TIMEOUT: '600' });
    const exited = once(child, 'exit');
    const server = { adminFile: join(directory, 'admin.json'), url };
    const carrier = await registerParty(server, 'carrier', 'Carrier of the long upload');
    const upload = beginUpload(url, await carrier.accessToken());
    await upload.begun;
    const relay = await registerParty(server, 'relay', 'Relay that follows');
    const headers = { Authorization: `Bearer ${await relay.accessToken()}` };
    const stream = await fetch(`${url}/v1/lists/sender-numbers/events`, { headers });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    await readUntil(reader, /^event: ?version$/m);
    child.kill('SIGTERM');
    expect(await readToEnd(reader)).toMatch(/retry: \d+\n\n$/);
    await vi.waitFor(() => expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed'), WAIT);
    expect(child.exitCode).toBe(null);
    upload.finish();
    expect(await upload.status).toBe(201);
    expect(await exited).toEqual([0, null]);
    expect(await countOf('submission')).toBe(1);
  });

  test('cuts what takes longer than CHADAN_STOP_TIMEOUT, and keeps nothing of it', async () => {
    const { child, url } = await serving({ CHADAN_STOP_TIMEOUT: '1' });
    const exited = once(child, 'exit');
    const server = { adminFile: join(directory, 'admin.json'), url };
    const carrier = await registerParty(server, 'carrier', 'Carrier that never ends');
    const before = await countOf('submission');
    const upload = beginUpload(url, await carrier.accessToken());
    await upload.begun;
    child.kill('SIGTERM');
    expect(await upload.status).toMatch(/ECONNRESET|socket hang up/);
    expect(await exited).toEqual([0, null]);
    expect(await countOf('submission')).toBe(before);
  });

  test('with wrong settings says all that is wrong, and ends with 1', async () => {
    const { child, output } = serve({ CHADAN_PORT: 'hunter2', CHADAN_COLOUR: 'blue' });
    expect(await once(child, 'exit')).toEqual([1, null]);
    await vi.waitFor(() => {
      expect(output()).toMatch(/^chadan: settings are wrong:$/m);
      expect(output()).toContain('CHADAN_COLOUR: there is no such setting');
      expect(output()).toContain('CHADAN_PORT: ');
    });
    expect(output()).not.toContain('hunter2');
  });
});
