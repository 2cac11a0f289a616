// Reads a response's body within bounds: bytes after decompression, time between two chunks.
// Whoever reads a body from outside reads it here; a body is never taken whole on the server's word.
import { ExchangeError } from './exchange-error.ts';

export interface BodyBounds {
  /** The most bytes, counted after any content coding is taken off: a bomb is cut at this size. */
  maxBytes: number;
  /** The longest wait for the next chunk. */
  idleTimeoutMs?: number;
  /** The longest for the whole body. */
  totalTimeoutMs?: number;
  signal?: AbortSignal | undefined;
}

const IDLE_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 30 * 60_000;

/**
 * The body's chunks as they arrive. A consumer that stops early cancels the download.
 * @throws ExchangeError `body_too_large`, `body_stalled`, `body_cut`; the signal's reason when it aborts
 */
export async function* readBody(response: Response, bounds: BodyBounds): AsyncGenerator<Uint8Array> {
  const { maxBytes, signal } = bounds;
  const announced = Number(response.headers.get('content-length') ?? 0);
  // Before any content coding, so it can only be too large by itself, never prove that the body fits.
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw tooLarge(maxBytes);
  }
  if (response.body === null) return;
  const reader = response.body.getReader();
  const deadline = Date.now() + (bounds.totalTimeoutMs ?? TOTAL_TIMEOUT_MS);
  let received = 0;
  try {
    for (;;) {
      const waitMs = Math.min(bounds.idleTimeoutMs ?? IDLE_TIMEOUT_MS, deadline - Date.now());
      const { done, value } = await nextChunk(reader, waitMs, signal);
      if (done) return;
      received += value.length;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
  } finally {
    // After the end this does nothing; before it, it closes the connection. Its own failure changes nothing.
    reader.cancel().catch(() => {});
  }
}

/** The whole body as bytes. Throws as `readBody`. */
export async function readBytes(response: Response, bounds: BodyBounds): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(response, bounds)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The whole body as text. Throws as `readBody`. */
export async function readText(response: Response, bounds: BodyBounds): Promise<string> {
  return (await readBytes(response, bounds)).toString('utf8');
}

type Chunk = { done: true; value?: undefined } | { done: false; value: Uint8Array };

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<Chunk> {
  signal?.throwIfAborted();
  const { promise, reject } = rejection();
  const timer = setTimeout(
    () => {
      reject(
        new ExchangeError('body_stalled', 'the exchange stopped sending in the middle', { retryable: true }),
      );
    },
    Math.max(0, waitMs),
  );
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return (await Promise.race([reader.read(), promise])) as Chunk;
  } catch (error) {
    if (error instanceof ExchangeError || signal?.aborted) throw error;
    // Covers a connection that broke, a length that was not reached and a content coding that does not decode.
    throw new ExchangeError('body_cut', 'the answer broke off in the middle', {
      retryable: true,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function rejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
}

function tooLarge(maxBytes: number): ExchangeError {
  return new ExchangeError('body_too_large', `the answer is larger than ${maxBytes} bytes`, {
    retryable: false,
  });
}
