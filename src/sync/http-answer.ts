// How the sidecar answers over node:http: JSON, text, problems (RFC 9457). It knows no route.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is refused; `detail` says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): void {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length, ...headers });
  response.end(body);
}

export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const { status, code, message: detail, headers } = refusal;
  const body = JSON.stringify({ type: 'about:blank', title: code, status, code, detail });
  send(response, status, 'application/problem+json', body, headers);
}

/** The body of a request as text, at most so many bytes. Throws Refusal 413, 400. */
export async function readRequestText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = () => new Refusal(413, 'payload_too_large', `the body is over ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
