// Sends what a handler gave back. A reply that fails halfway is cut, never ended: the reader must see it.

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { Problem } from './problem.ts';

interface AnyReply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  type?: string;
  text?: string;
  file?: string;
  stream?: Readable;
  take?: (request: Request, response: Response) => Promise<void>;
}

/** Writes the reply; conditional and range requests are answered for texts with an ETag and for files. */
export async function sendReply(request: Request, response: Response, reply: AnyReply): Promise<void> {
  response.status(reply.status);
  // `fetch` adds `no-cache` to each conditional request of its own; it speaks to caches on the way, and would here
  // turn every 304 into the whole answer (RFC 9111 §5.2.1.4).
  delete request.headers['cache-control'];
  // Nothing here has a date of its last change: then it is to be ignored (RFC 9110 §13.1.4).
  delete request.headers['if-unmodified-since'];
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.take && request.method !== 'HEAD') return reply.take(request, response);
  if (reply.type) response.setHeader('Content-Type', contentType(reply.type));
  if (reply.file) return sendFile(response, reply.file);
  if (reply.stream) return pipeline(reply.stream, response);
  if (reply.text !== undefined) return sendText(request, response, reply.text);
  if (reply.body === undefined) response.end();
  else sendText(request, response, JSON.stringify(reply.body), 'application/json');
}

/** A media type as a header says it. */
export function contentType(type: string): string {
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

function sendText(request: Request, response: Response, text: string, type?: string): void {
  if (type) response.setHeader('Content-Type', type);
  if (response.getHeader('ETag') !== undefined && request.fresh) {
    response.removeHeader('Content-Type');
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

function sendFile(response: Response, file: string): Promise<void> {
  return new Promise((done, fail) => {
    // The handler has set ETag and Cache-Control: these are about the content, not about the file.
    response.sendFile(
      file,
      { etag: false, lastModified: false, cacheControl: false, dotfiles: 'allow' },
      (error) => {
        if (!error) return done();
        const status = (error as { status?: number }).status;
        if (status === 416)
          return fail(new Problem('range_not_satisfiable', 'The range is outside the content.'));
        if ((error as NodeJS.ErrnoException).code === 'ECONNABORTED') return done();
        fail(error);
      },
    );
  });
}
