// The port: taken first, kept until the last answer is out.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createHttpTerminator, type HttpTerminator } from 'http-terminator';
import { limitConnections } from './http/connection-limits.ts';
import { answerMalformed } from './http/malformed.ts';
import { Problem } from './http/problem.ts';
import type { Settings } from './settings.ts';

/** Whether the server was asked to stop: `/readyz` says so a while before it takes nothing new. */
export interface Life {
  isStopping: boolean;
}

/** Says that it stops, and serves on until whoever sends requests here has seen it. */
export async function announceStop(life: Life, { delaySeconds }: Settings['stop']): Promise<void> {
  life.isStopping = true;
  await pause(delaySeconds * 1000);
}

/** Nothing new comes in; what is under way ends while the database and the loops are still there. */
export async function endRequests(
  server: Server,
  terminator: HttpTerminator,
  waiting: { close(): void }[],
): Promise<void> {
  const ended = terminator.terminate();
  for (const readers of waiting) readers.close(); // they have no end of their own, or a late one
  // A connection that was kept alive is idle once its answer is out, and would be waited for.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  await ended.finally(() => clearInterval(sweep));
}

export interface Listening {
  server: Server;
  terminator: HttpTerminator;
  url: string;
  /** What was closed without an answer. */
  refused: { connections: number };
}

/**
 * Takes the port; until the application is there, every request is answered 503.
 * @throws Error saying what is wrong with the port
 */
export async function listen(
  settings: Pick<Settings, 'host' | 'port' | 'stop' | 'headersTimeoutMs' | 'connections' | 'trustedProxies'>,
  stops: (() => Promise<void>)[],
): Promise<Listening> {
  const { headersTimeoutMs, connections, trustedProxies } = settings;
  const server = createServer({
    requestTimeout: 15 * 60_000,
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16 * 1024,
    // So often it is looked for who is late.
    connectionsCheckingInterval: Math.min(5000, headersTimeoutMs / 2),
  });
  const refused = { connections: 0 };
  limitConnections(server, { ...connections, trusted: trustedProxies }, () => refused.connections++);
  server.on('clientError', answerMalformed);
  server.on('request', (_request, response) => {
    const requestId = randomUUID();
    const problem = new Problem('database_unavailable', 'The exchange is starting.').body(requestId);
    response.writeHead(503, {
      'Retry-After': '1',
      'Content-Type': 'application/problem+json',
      'X-Request-Id': requestId,
    });
    response.end(JSON.stringify(problem));
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, settings)));
    server.listen(settings.port, settings.host, done);
  });
  const terminator = createHttpTerminator({
    server,
    gracefulTerminationTimeout: settings.stop.timeoutSeconds * 1000,
  });
  stops.push(() => terminator.terminate());
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { server, terminator, url: `http://${host}:${port}`, refused };
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Pick<Settings, 'host' | 'port'>): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `port ${port} on ${host} is in use: set CHADAN_PORT to another one (0 takes a free one)`,
    );
  }
  if (error.code === 'EACCES')
    return new Error(`port ${port} needs rights that this user lacks: set CHADAN_PORT above 1023`);
  return new Error(`cannot listen on ${host}:${port} (${error.code ?? error.message})`);
}
