// The short way for the few requests that every relay repeats all day: admitted and validated as all others, by the same
// code, then answered without the chain of middleware, which costs ten times the answer. Whatever is out of the
// ordinary, a refusal above all, goes the long way from its beginning: nothing is answered here but 200, 204 and 304.
import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { type Authenticate, admit } from './caller.ts';
import { type Contract, type Operation, requireValid } from './contract.ts';
import type { Handlers, OperationId, OperationRequest } from './handler.ts';
import { preferredType } from './negotiation.ts';
import type { RateLimits } from './rate-limits.ts';
import { contentType } from './reply.ts';

export interface ShortWayDeps {
  /** The long way. */
  app: Express;
  contract: Contract;
  handlers: Handlers;
  authenticate: Authenticate;
  limits: Pick<RateLimits, 'count'>;
  /** Headers of every answer. */
  headers: Record<string, string>;
  /** Told of every answer. */
  onAnswer: (operation: OperationId, status: number, seconds: number) => void;
}

interface Way {
  operation: Operation;
  names: string[];
  path: RegExp;
}

interface AnyReply {
  status: number;
  headers?: Record<string, string>;
  type?: string;
  text?: string;
  file?: string;
}

/** Larger files are streamed, the long way. */
const MAX_FILE_BYTES = 256 * 1024;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** What makes an answer another one than that to a plain request. */
const UNUSUAL_HEADERS = ['range', 'if-range', 'if-match', 'if-modified-since', 'if-unmodified-since'];

/** A listener that takes the short way for these operations where it can. They must be of method GET. */
export function shortWay(deps: ShortWayDeps, ids: readonly OperationId[]): RequestListener {
  const ways = deps.contract.operations.filter(({ id }) => ids.includes(id)).map(wayOf);
  const files = new FileMemory();
  return (request, response) => {
    const taken = isPlain(request) ? take(ways, request) : undefined;
    if (!taken) return void deps.app(request, response);
    const begun = performance.now();
    answer(deps, files, taken, request)
      .catch(() => undefined) // the long way meets it again, and says it
      .then((answered) => {
        if (!answered) return void deps.app(request, response);
        // As Express has it, for whoever looks at what was answered.
        Object.assign(response, { locals: { operation: taken.operation } });
        send(response, { ...deps.headers, 'X-Request-Id': randomUUID() }, answered);
        const seconds = (performance.now() - begun) / 1000;
        deps.onAnswer(taken.operation.id, answered.status, seconds);
      });
  };
}

function wayOf(operation: Operation): Way {
  const names: string[] = [];
  const pattern = operation.path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) => {
    names.push(name);
    return '([A-Za-z0-9-]+)';
  });
  return { operation, names, path: new RegExp(`^${pattern}$`) };
}

function isPlain({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.authorization !== undefined &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0' &&
    UNUSUAL_HEADERS.every((name) => headers[name] === undefined)
  );
}

interface Taken {
  operation: Operation;
  path: Record<string, string>;
  query: Record<string, string>;
}

function take(ways: readonly Way[], { url = '' }: IncomingMessage): Taken | undefined {
  const mark = url.indexOf('?');
  const plain = mark < 0 ? url : url.slice(0, mark);
  for (const { operation, names, path } of ways) {
    const found = path.exec(plain);
    if (!found) continue;
    const query = mark < 0 ? {} : readQuery(url.slice(mark + 1));
    return (
      query && {
        operation,
        path: Object.fromEntries(names.map((name, i) => [name, found[i + 1] ?? ''])),
        query,
      }
    );
  }
  return undefined;
}

/** Names and values without any escape, each once. */
function readQuery(text: string): Record<string, string> | undefined {
  const query: Record<string, string> = {};
  for (const pair of text.split('&')) {
    const found = /^([A-Za-z]+)=([A-Za-z0-9-]+)$/.exec(pair);
    if (!found?.[1] || found[2] === undefined || found[1] in query) return undefined;
    query[found[1]] = found[2];
  }
  return query;
}

interface Answer {
  status: 200 | 204 | 304;
  headers: Record<string, string>;
  bytes?: Buffer;
}

async function answer(
  deps: ShortWayDeps,
  files: FileMemory,
  { operation, path, query }: Taken,
  request: IncomingMessage,
): Promise<Answer | undefined> {
  const caller = await admit(request, operation.security, deps.authenticate);
  await deps.limits.count(request, operation, caller, () => undefined);
  requireValid(operation.parameters.path.validate, path, () => '');
  requireValid(operation.parameters.query.validate, query, () => '');
  const accept = preferredType(request, operation.offers);
  const handler = deps.handlers[operation.id] as (request: unknown) => Promise<AnyReply>;
  const given = {
    path,
    query,
    headers: {},
    body: undefined,
    caller,
    contentType: '',
    accept,
    requestId: '',
    raw: request,
  };
  const reply = await handler(given as unknown as OperationRequest<OperationId>);
  const headers = reply.headers ?? {};
  if (reply.status === 204) return { status: 204, headers };
  if (reply.status !== 200 || !reply.type) return undefined;
  const asked = request.headers['if-none-match'];
  if (asked !== undefined && asked === headers['ETag']) return { status: 304, headers };
  // Lists of tags, weak ones and `*` are the long way's.
  if (asked !== undefined && !/^"[^"]*"$/.test(asked)) return undefined;
  const bytes = reply.text === undefined ? await files.read(reply.file) : Buffer.from(reply.text);
  if (!bytes) return undefined;
  const about = {
    'Content-Type': contentType(reply.type),
    'Content-Length': String(bytes.length),
    ...(reply.file !== undefined && { 'Accept-Ranges': 'bytes' }),
  };
  return { status: 200, headers: { ...headers, ...about }, bytes };
}

function send(
  response: ServerResponse,
  always: Record<string, string>,
  { status, headers, bytes }: Answer,
): void {
  response.statusCode = status;
  for (const name in always) response.setHeader(name, always[name] as string);
  for (const name in headers) response.setHeader(name, headers[name] as string);
  response.end(bytes);
}

/** Small files in memory; their names say their content. Those read longest ago go first. */
class FileMemory {
  readonly #files = new Map<string, Buffer>();
  #bytes = 0;

  /** The file's bytes; undefined where it is large, or no file was named. */
  async read(path: string | undefined): Promise<Buffer | undefined> {
    if (path === undefined) return undefined;
    const known = this.#files.get(path);
    if (known) return known;
    if ((await stat(path)).size > MAX_FILE_BYTES) return undefined;
    const bytes = await readFile(path);
    if (!this.#files.has(path)) this.#keep(path, bytes);
    return bytes;
  }

  #keep(path: string, bytes: Buffer): void {
    this.#files.set(path, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#files) {
      if (this.#bytes <= MAX_MEMORY_BYTES) return;
      this.#files.delete(oldest);
      this.#bytes -= length;
    }
  }
}
