// Traces of a real server, sent to a real receiver of OTLP over HTTP.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerParty, type ServerProcess, startServerProcess } from '../../scripts/server-process.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Attribute[];
}
interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[];
}

const received: { path: string; headers: Record<string, unknown>; body: Export }[] = [];
let receiver: Server;
let directory: string;
let database: TestDatabase;
let server: ServerProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-traces-'));
  database = await createTestDatabase();
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Export;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  server = await startServerProcess(directory, {
    DATABASE_URL: database.url,
    CHADAN_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=agency',
    OTEL_SERVICE_NAME: 'exchange-under-test',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
});
afterAll(async () => {
  await server.stop();
  receiver.close();
  await database.drop();
  await rm(directory, { recursive: true });
});

const spans = () =>
  received.flatMap(({ body }) =>
    body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
const attribute = (span: Span, key: string) => span.attributes.find((one) => one.key === key)?.value;

test('an operation goes on with the trace of its caller, and its statements are under it, without a value', async () => {
  const relay = await registerParty(server, 'relay', 'traced relay');
  const answer = await fetch(`${server.url}/v1/lists/sender-numbers/entries?q=hunter2`, {
    headers: {
      Authorization: `Bearer ${await relay.accessToken()}`,
      traceparent: `00-${TRACE}-${PARENT}-01`,
    },
  });
  const requestId = answer.headers.get('x-request-id');
  const find = () => spans().find((span) => attribute(span, 'chadan.request_id')?.stringValue === requestId);
  await expect.poll(find, { timeout: 30_000 }).toBeDefined();
  const span = find() as Span;
  expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, name: 'GET /v1/lists/{list}/entries' });
  expect(attribute(span, 'chadan.operation')?.stringValue).toBe('listEntries');
  expect(Number(attribute(span, 'http.response.status_code')?.intValue)).toBe(answer.status);
  const statements = () => spans().filter((one) => one.parentSpanId === span.spanId);
  await expect.poll(() => statements().length, { timeout: 30_000 }).toBeGreaterThan(0);
  for (const statement of statements()) {
    expect(statement.traceId).toBe(TRACE);
    expect(attribute(statement, 'db.query.text')?.stringValue).toMatch(/select/i);
  }
  expect(JSON.stringify(received)).not.toContain('hunter2');
  expect(JSON.stringify(received)).not.toContain(await relay.accessToken());
});

test('the standard variables say where to, with which headers, and as which service', () => {
  const [first] = received;
  expect(first?.path).toBe('/v1/traces');
  expect(first?.headers['x-tenant']).toBe('agency');
  expect(first?.body.resourceSpans[0]?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'exchange-under-test' },
  });
});

test('a publication has a trace of its own, with its statements', async () => {
  // Each server looks for urgent releases at its start.
  await expect
    .poll(() => spans().some(({ name }) => name === 'job publication'), { timeout: 30_000 })
    .toBe(true);
});
