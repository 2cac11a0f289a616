// Takes the content coding off a request's body while it streams: never more is unpacked than is read. What is
// damaged, ends early or goes on after its end is refused, and so is what unpacks to far more than honest data.
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { Problem } from './problem.ts';

const UNPACKERS: Record<string, () => Transform & { bytesWritten: number }> = {
  gzip: createGunzip,
  br: createBrotliDecompress,
};

/** Rows of text pack to a twentieth at best; only what was made to burst goes beyond. */
const MAX_RATIO = 250;
/** So much may come out of nothing. */
const FREE_BYTES = 4 * 1024 * 1024;

/**
 * Refuses a coding that is not taken here.
 * @param codings those that the operation takes, besides none
 * @throws Problem unsupported_encoding
 */
export function requireCoding(request: IncomingMessage, codings: readonly string[]): void {
  const coding = codingOf(request);
  if (coding === 'identity' || (codings.includes(coding) && coding in UNPACKERS)) return;
  const taken = codings.length > 0 ? `${codings.join(' or ')}, or none` : 'none';
  throw new Problem('unsupported_encoding', `The content coding is not taken here: send ${taken}.`, {
    headers: { 'Accept-Encoding': codings.length > 0 ? codings.join(', ') : 'identity' },
  });
}

function codingOf(request: IncomingMessage): string {
  return request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
}

/**
 * The body's bytes as they were before the coding that the request states. The caller bounds their number.
 * @param chunks the body as it came; it is read no faster than the result
 * @throws Problem incomplete_body, invalid_encoding, payload_too_large
 */
export async function* unpackBody(
  request: IncomingMessage,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const unpacker = UNPACKERS[codingOf(request)]?.();
  if (!unpacker) {
    yield* chunks;
    return;
  }
  const reader = new UnpackReader(unpacker);
  let packed = 0;
  let unpacked = 0;
  try {
    for await (const chunk of chunks) {
      packed += chunk.length;
      for await (const piece of reader.unpack(chunk)) {
        unpacked += piece.length;
        if (unpacked > FREE_BYTES && unpacked > packed * MAX_RATIO) throw bomb();
        yield piece;
      }
    }
    yield* reader.unpack(undefined);
    if (unpacker.bytesWritten < packed) throw damaged();
  } catch (error) {
    throw error instanceof Problem ? error : refusalOf(error);
  } finally {
    unpacker.destroy();
  }
}

/** Gives what comes out for each chunk that goes in; one chunk at a time. */
class UnpackReader {
  readonly #unpacker: Transform;
  #error: unknown;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(unpacker: Transform) {
    this.#unpacker = unpacker;
    unpacker.on('readable', () => this.#wake());
    unpacker.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    unpacker.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  /** Undefined: no more comes. Throws the error of zlib. */
  async *unpack(chunk: Buffer | undefined): AsyncGenerator<Buffer> {
    // Whole, and more comes all the same.
    if (chunk && this.#ended) throw damaged();
    let taken = false;
    const done = () => {
      taken = true;
      this.#wake();
    };
    if (chunk) this.#unpacker.write(chunk, done);
    else this.#unpacker.end();
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const piece = this.#unpacker.read() as Buffer | null;
      if (this.#error) throw this.#error;
      if (piece) yield piece;
      else if (this.#ended || taken) return;
      else await woken;
    }
  }
}

function refusalOf(error: unknown): Error {
  const { code } = error as { code?: unknown };
  if (code === 'Z_BUF_ERROR')
    return new Problem('incomplete_body', 'The packed body ended early; nothing was stored.', {
      cause: error,
    });
  const isZlib = typeof code === 'string' && /^(?:Z_|ERR_)/.test(code);
  if (isZlib) return damaged(error);
  return error instanceof Error ? error : new Error('unpacking failed', { cause: error });
}

function damaged(cause?: unknown): Problem {
  return new Problem(
    'invalid_encoding',
    'The body is not what its Content-Encoding says; nothing was stored.',
    {
      cause,
    },
  );
}

function bomb(): Problem {
  return new Problem('payload_too_large', `The body unpacks to over ${MAX_RATIO} times its size.`);
}
