// Cuts a request whose body comes too slowly. A sender that is held back by us, for the database or another upload comes
// first, is not slow: then what it sent waits here unread.
import type { RequestHandler } from 'express';
import { answerMalformed } from './malformed.ts';

const BYTES_PER_SECOND = 1024;

/** @param patienceMs a stretch of time in which a body must come at 1 KiB/s, or end */
export function cutSlowBodies(patienceMs: number): RequestHandler {
  const least = (BYTES_PER_SECOND * patienceMs) / 1000;
  return (request, _response, next) => {
    const { socket } = request;
    const hasBody =
      request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
    if (!hasBody) return next();
    let before = socket.bytesRead;
    let lookedAt = performance.now();
    const watch = setInterval(() => {
      const came = socket.bytesRead - before;
      before = socket.bytesRead;
      const isLate = performance.now() - lookedAt > patienceMs * 1.5; // we did not read: what came waits
      lookedAt = performance.now();
      const isHeldBack = request.readableLength >= request.readableHighWaterMark;
      if (request.complete) clearInterval(watch);
      else if (came < least && !isHeldBack && !isLate) {
        clearInterval(watch);
        answerMalformed(Object.assign(new Error('slow body'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
        socket.destroySoon();
      }
    }, patienceMs);
    request.once('close', () => clearInterval(watch));
    next();
  };
}
