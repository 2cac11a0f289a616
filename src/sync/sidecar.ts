// The sidecar: a small HTTP server beside a message gateway. It answers from the lists in memory, says how they are,
// and, where it mirrors them, serves them on. Without a list in force it answers 503: the gateway decides then.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListId } from '../list/entry.ts';
import { answer, listStates, QuestionError, readQuery, readQuestions } from './check-answers.ts';
import { Refusal, readRequestText, send, sendJson, sendRefusal } from './http-answer.ts';
import type { Mirror } from './mirror.ts';
import type { Relay } from './relay.ts';
import type { SidecarMetrics } from './sidecar-metrics.ts';
import { SyncError } from './sync-error.ts';

export interface SidecarOptions {
  relay: Relay;
  /** Loopback unless the operator says otherwise. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  metrics: SidecarMetrics;
  /** Told of each message that the signed list blocked. */
  onBlocked: (list: ListId, value: string) => void;
  mirror?: Mirror;
}

export interface Sidecar {
  url: string;
  /** What is under way is answered, then everything is closed. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const STOP_MS = 5000;

/** Starts to listen. Throws the system's error where it cannot. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 10_000, keepAliveTimeout: 65_000, maxHeaderSize: 8192 },
    (request, response) => void serve(options, request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, stop: () => stop(server, options.mirror) };
}

async function stop(server: Server, mirror: Mirror | undefined): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  mirror?.endStreams(); // they have no end of their own
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const last = setTimeout(() => server.closeAllConnections(), STOP_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(last);
}

async function serve(
  options: SidecarOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    const path = at < 0 ? url : url.slice(0, at);
    const query = at < 0 ? '' : url.slice(at + 1);
    if (path === '/check') await serveCheck(options, request, response, query);
    else if (options.mirror && path.startsWith('/v1/'))
      await options.mirror.serve(request, response, path, query);
    else await serveState(options, request, response, path);
  } catch (error) {
    if (response.headersSent)
      response.destroy(); // half an answer must not look whole
    else sendRefusal(response, refusalOf(error));
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof QuestionError) return new Refusal(400, 'invalid_request', error.message);
  if (error instanceof SyncError) return new Refusal(503, error.code, error.message, { 'Retry-After': '5' });
  process.stderr.write(`chadan: internal error: ${error instanceof Error ? error.message : 'unknown'}\n`);
  return new Refusal(500, 'internal_error', 'an internal error');
}

async function serveCheck(
  { relay, metrics, onBlocked }: SidecarOptions,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): Promise<void> {
  const lists = listStates(relay);
  const ask = (question: ReturnType<typeof readQuery>) => {
    try {
      const answered = answer(relay, question, onBlocked);
      metrics.countCheck(answered.blocked ? 'blocked' : answered.refusals ? 'invalid' : 'clear');
      return answered;
    } catch (error) {
      if (error instanceof SyncError) metrics.countCheck('unavailable');
      throw error;
    }
  };
  if (request.method === 'GET') {
    if (query === '') throw new QuestionError('ask with ?from= or ?code=');
    sendJson(response, 200, { ...ask(readQuery(query)), lists });
  } else if (request.method === 'POST' && query === '') {
    const questions = readQuestions(await readRequestText(request, MAX_BODY_BYTES));
    sendJson(response, 200, { results: questions.map(ask), lists });
  } else {
    throw new Refusal(405, 'method_not_allowed', 'GET with a query, or POST', { Allow: 'GET, POST' });
  }
}

async function serveState(
  { relay, metrics }: SidecarOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (!['/healthz', '/readyz', '/metrics'].includes(path))
    throw new Refusal(404, 'not_found', 'there is /check, /healthz, /readyz and /metrics');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal(405, 'method_not_allowed', 'GET', { Allow: 'GET' });
  if (path === '/healthz') sendJson(response, 200, { status: 'ok' });
  else if (path === '/metrics') send(response, 200, metrics.contentType, await metrics.text());
  else {
    const lists = listStates(relay);
    const isReady = lists.every(({ version }) => version !== null);
    // Stale still protects: it is said, and takes no gateway out of service.
    const status = !isReady ? 'unavailable' : lists.some(({ stale }) => stale) ? 'stale' : 'ready';
    sendJson(response, isReady ? 200 : 503, { status, lists });
  }
}
