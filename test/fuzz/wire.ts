// One request on the wire, as it is and not as a client would have it, and its answer; and the request as a line for a shell.
import { Agent, type IncomingMessage, request } from 'node:http';
import { sendRaw } from '../http/raw-request.ts';

export interface WireRequest {
  method: string;
  /** With the query, percent-encoded. */
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | undefined;
  /** Sent instead of all that: bytes that need be no HTTP. */
  raw?: Buffer;
  /** The connection is cut when this much of the body was sent. */
  cutAfter?: number;
}

export interface WireAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

const PATIENCE_MS = 60_000;

export class Wire {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** The answer; undefined where the connection ended without one. Throws Error after a minute. */
  async send(wire: WireRequest): Promise<WireAnswer | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    });
    try {
      return await Promise.race([wire.raw ? this.#sendBytes(wire.raw) : this.#ask(wire), patience]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #sendBytes(bytes: Buffer): Promise<WireAnswer | undefined> {
    const answer = await sendRaw(this.#url.href, [bytes], true);
    return answer && { ...answer, body: Buffer.from(answer.body) };
  }

  #ask(wire: WireRequest): Promise<WireAnswer | undefined> {
    const { method, path, headers, body, cutAfter } = wire;
    const { hostname, port } = this.#url;
    return new Promise((resolve) => {
      const call = request({ hostname, port, method, path, headers, agent: this.#agent }, (response) => {
        void readAnswer(response).then(resolve, () => resolve(undefined));
      });
      // A connection that was kept may be closed by the server while a request is on its way: any client asks again.
      call.on('error', () =>
        resolve(call.reusedSocket && cutAfter === undefined ? this.#ask(wire) : undefined),
      );
      if (body === undefined) call.end();
      else if (cutAfter === undefined) call.end(body);
      else call.write(body.subarray(0, cutAfter), () => call.destroy());
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<WireAnswer> {
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
  const parts: Buffer[] = [];
  for await (const part of response) {
    parts.push(part as Buffer);
    if (isStream) break; // it has no end of its own
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
  );
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(parts) };
}

/** The same request by curl; what admits a caller is left to a variable that says whose it is. */
export function asCurl(
  url: string,
  { method, path, headers, body, raw, cutAfter }: WireRequest,
  who: string,
): string {
  if (raw)
    return `printf %s ${raw.toString('base64')} | base64 -d | nc ${new URL(url).host.replace(':', ' ')}`;
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `-H ${quoted(`${name}: ${isSecret(name) ? `[of ${who}]` : value}`)}`),
  );
  const shown =
    body && body.length > 20_000
      ? `[${body.length} bytes, beginning ${body.subarray(0, 200).toString('base64')}]`
      : body?.toString('base64');
  const before = shown === undefined ? '' : `echo ${shown} | base64 -d | `;
  const data = body === undefined ? '' : ' --data-binary @-';
  const cut = cutAfter === undefined ? '' : ` # cut after ${cutAfter} bytes`;
  return `${before}curl --path-as-is -X ${method} ${lines.join(' ')}${data} ${quoted(url + path)}${cut}`;
}

function isSecret(name: string): boolean {
  return ['authorization', 'cookie', 'x-csrf-token'].includes(name.toLowerCase());
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
