// A streamed body as pieces of valid UTF-8, unpacked, hashed and counted on the way. A body that is cut off, too
// long, too slow or no UTF-8 throws, so that nothing of it is stored.
import { isUtf8 } from 'node:buffer';
import type { Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { unpackBody } from '../http/content-coding.ts';
import { Problem } from '../http/problem.ts';

/** The longest body of a submission; the contract says the same. */
export const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Small chunks are gathered: a reader scans its unfinished row again with each piece. */
const PIECE_BYTES = 64 * 1024;
const SILENCE_MS = 30_000;
const BOM = Buffer.from('\uFEFF');

/**
 * The body's UTF-8, piece by piece in whole characters, without a byte order mark.
 * @param hash is fed every byte, unpacked
 * @throws Problem incomplete_body, payload_too_large, invalid_encoding
 */
export async function* readPieces(
  request: IncomingMessage,
  hash: Hash,
  maxBytes = MAX_BODY_BYTES,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let total = 0;
  let first = true;
  const decode = (last: boolean): Buffer => {
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    const end = last ? bytes.length : endOfCharacters(bytes);
    const piece = bytes.subarray(0, end);
    if (!isUtf8(piece))
      throw new Problem('invalid_encoding', 'The body is not valid UTF-8; nothing was stored.');
    held = [bytes.subarray(end)];
    heldBytes = bytes.length - end;
    const marked = first && piece.subarray(0, BOM.length).equals(BOM);
    first = false;
    return marked ? piece.subarray(BOM.length) : piece;
  };
  for await (const chunk of unpackBody(request, readChunks(request))) {
    total += chunk.length;
    if (total > maxBytes)
      throw new Problem('payload_too_large', `The body is over ${maxBytes} bytes; nothing was stored.`);
    hash.update(chunk);
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= PIECE_BYTES) yield decode(false);
  }
  if (heldBytes > 0) yield decode(true);
}

/** How many bytes make whole characters: a piece may end within one. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

async function* readChunks(request: IncomingMessage): AsyncGenerator<Buffer> {
  // Leaving the loop early must not destroy the request: its socket still has to carry the refusal.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    for (;;) {
      const next = await within(SILENCE_MS, chunks.next());
      if (next.done) break;
      yield next.value;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw incomplete(error);
  }
  // `complete` is false when the connection ended before the last chunk or the stated length.
  if (!request.complete) throw incomplete();
}

function incomplete(cause?: unknown): Problem {
  return new Problem('incomplete_body', 'The body ended early; nothing was stored.', { cause });
}

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(incomplete(new Error(`no byte for ${timeoutMs} ms`))), timeoutMs);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
