// Snapshots and diffs as answers of a mirror: the form and coding that the reader weighs highest, validators, ranges
// (RFC 9110), by the very packages that the exchange answers with.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import accepts from 'accepts';
import sendFile from 'send';
import { CODINGS, type Coding } from '../list/coding.ts';
import { Refusal } from './http-answer.ts';
import type { FormType } from './mirror-forms.ts';

/** Answers with a file whose name says its content; headers that are set on the response before are kept. */
export async function sendArtifact<Type extends FormType>(
  request: IncomingMessage,
  response: ServerResponse,
  types: readonly [Type, ...Type[]],
  make: (type: Type, coding: Coding) => Promise<string>,
): Promise<void> {
  const accept = accepts(request);
  const type = (accept.types([...types]) || types[0]) as Type;
  const coding = (accept.encodings([...CODINGS]) || 'identity') as Coding;
  const file = await make(type, coding);
  response.setHeader('Content-Type', type === 'text/csv' ? `${type}; charset=utf-8` : type);
  response.setHeader('ETag', etagOf(basename(file)));
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (coding !== 'identity') response.setHeader('Content-Encoding', coding);
  // `fetch` adds `no-cache` to each conditional request of its own: it speaks to caches on the way.
  delete request.headers['cache-control'];
  // Nothing here has a date of its last change: then it is to be ignored (RFC 9110 §13.1.4).
  delete request.headers['if-unmodified-since'];
  const options = { root: dirname(file), etag: false, lastModified: false, cacheControl: false };
  await new Promise<void>((done, fail) => {
    sendFile(request, basename(file), options)
      .on('error', (error: Error & { status?: number }) => fail(refusalOf(error, response)))
      .pipe(response);
    // A reader that went away is nobody to tell.
    finished(response).then(done, () => done());
  });
}

function refusalOf(error: Error & { status?: number }, response: ServerResponse): Error {
  for (const name of ['Content-Type', 'Content-Encoding', 'ETag', 'Cache-Control', 'Content-Location'])
    response.removeHeader(name);
  if (error.status === 416)
    return new Refusal(416, 'range_not_satisfiable', 'the range is outside the content');
  // Swept between its making and its sending.
  if (error.status === 404)
    return new Refusal(503, 'database_unavailable', 'ask again', { 'Retry-After': '1' });
  return error;
}

/** A strong validator of what a text says. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}

/** Whether the reader holds what has this validator. */
export function isFresh(request: IncomingMessage, etag: string): boolean {
  const tags = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
