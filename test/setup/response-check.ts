// Checks every response of a server under test against the contract: status, media type, schema, request id.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import type { Operation, ResponseShape } from '../../src/http/contract.ts';

const ALWAYS = new Set([500]);

export interface ResponseCheck {
  wrap: (application: RequestListener) => RequestListener;
  /** Throws with all that went against the contract. */
  assertKept(): void;
  /** The operations that wrote with success, by request id; those that say `x-unaudited` are left out. */
  readonly written: Map<string, string>;
  /** How many responses were checked. */
  readonly checked: number;
}

export function checkResponses(): ResponseCheck {
  const faults: string[] = [];
  const written = new Map<string, string>();
  let checked = 0;
  return {
    written,
    wrap: (application) => (request, response) => {
      const chunks = record(response);
      response.once('finish', () => {
        checked++;
        if (isConsole(request, response)) return;
        noteWrite(request.method ?? '', response, written);
        const fault = faultOf(request.method ?? '', response, Buffer.concat(chunks));
        if (fault)
          faults.push(
            `${request.method} ${request.url?.split('?', 1)[0]} → ${response.statusCode}: ${fault}`,
          );
      });
      application(request, response);
    },
    assertKept() {
      if (faults.length > 0) throw new Error(`answers against the contract:\n${faults.join('\n')}`);
    },
    get checked() {
      return checked;
    },
  };
}

/** 200 is the answer to a repeat, or to what changed nothing. */
function noteWrite(method: string, response: ServerResponse, written: Map<string, string>): void {
  const operation = (response as { locals?: { operation?: Operation } }).locals?.operation;
  if (!operation || operation.unaudited !== undefined || method === 'GET' || method === 'HEAD') return;
  if (response.statusCode === 201 || response.statusCode === 204)
    written.set(String(response.getHeader('x-request-id')), operation.id);
}

/** Files of the console, and its page: no operations of the contract. */
function isConsole(request: IncomingMessage, response: ServerResponse): boolean {
  const { originalUrl = '' } = request as { originalUrl?: string };
  const isPage =
    response.statusCode === 304 || String(response.getHeader('content-type')).startsWith('text/html');
  const hasOperation = (response as { locals?: { operation?: Operation } }).locals?.operation !== undefined;
  return !hasOperation && response.statusCode < 400 && (isPage || originalUrl.startsWith('/assets/'));
}

function record(response: ServerResponse): Buffer[] {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.write = ((...args: unknown[]) => {
    keep(args[0]);
    return write(...args);
  }) as typeof response.write;
  response.end = ((...args: unknown[]) => {
    keep(args[0]);
    return end(...args);
  }) as typeof response.end;
  return chunks;
}

function faultOf(method: string, response: ServerResponse, body: Buffer): string | undefined {
  if (!response.getHeader('x-request-id')) return 'no X-Request-Id';
  const operation = (response as { locals?: { operation?: Operation } }).locals?.operation;
  // A path or a method that the contract does not have.
  if (!operation) return [400, 404, 405].includes(response.statusCode) ? undefined : 'no operation answered';
  if (ALWAYS.has(response.statusCode)) return 'an internal error';
  const shape = operation.responses.get(response.statusCode);
  if (!shape) return `${operation.id} does not declare this status`;
  if (method === 'HEAD' || response.statusCode === 206) return undefined;
  return bodyFault(operation, shape, response, body);
}

function bodyFault(
  operation: Operation,
  shape: ResponseShape,
  response: ServerResponse,
  body: Buffer,
): string | undefined {
  const type = String(response.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
  if (shape.types.size === 0) return body.length > 0 ? 'a body that is not declared' : undefined;
  const validate = shape.types.get(type);
  if (!validate) return `${operation.id} does not declare the media type '${type}'`;
  const text = decode(body, String(response.getHeader('content-encoding') ?? '')).toString('utf8');
  const value = /[/+]json$/.test(type) ? JSON.parse(text) : text;
  return validate(value) ? undefined : `${operation.id}: ${JSON.stringify(validate.errors?.slice(0, 3))}`;
}

function decode(body: Buffer, coding: string): Buffer {
  if (coding === 'gzip') return zlib.gunzipSync(body);
  if (coding === 'br') return zlib.brotliDecompressSync(body);
  if (coding === 'zstd')
    return (zlib as unknown as { zstdDecompressSync: (b: Buffer) => Buffer }).zstdDecompressSync(body);
  return body;
}
