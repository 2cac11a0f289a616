// What every request leaves behind: a line in the log, and its time in the metrics.
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { isSafe } from '../http/caller.ts';
import type { Operation } from '../http/contract.ts';

interface Locals {
  requestId?: string;
  traceId?: string;
  operation?: Operation;
  clientId?: string;
}

// W3C Trace Context §3.2; an id of zeros is none.
const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * One line a request: who, what, how long; never a token, a body, a query, or a path with a value in it. What changes
 * something is logged at `info`, what only reads at `debug`, a fault of ours at `error`.
 */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const locals = response.locals as Locals;
    const given = TRACEPARENT.exec(String(request.headers['traceparent'] ?? ''))?.[1];
    if (given !== undefined) locals.traceId ??= given;
    const begun = performance.now();
    response.once('close', () => {
      const { requestId, traceId, operation, clientId } = locals;
      const level = response.statusCode >= 500 ? 'error' : isSafe(request) ? 'debug' : 'info';
      const outcome = response.writableFinished ? response.statusCode : 'aborted';
      const ms = Math.round(performance.now() - begun);
      const { method } = request;
      const line = { requestId, traceId, clientId, operation: operation?.id, method, status: outcome, ms };
      log[level](line, 'request');
    });
    next();
  };
}

export class RequestMetrics {
  readonly #duration: Histogram<'operation' | 'status'>;
  readonly #inFlight: Gauge;
  readonly #limited: Counter<'limit'>;

  constructor(metrics: Registry) {
    const registers = [metrics];
    this.#duration = new Histogram({
      name: 'chadan_http_request_duration_seconds',
      help: 'Time to answer a request; status `aborted`: the caller went away before the end',
      labelNames: ['operation', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    this.#inFlight = new Gauge({
      name: 'chadan_http_requests_in_flight',
      help: 'Requests that are being answered, long ones (events, waiting for outcomes) among them',
      registers,
    });
    this.#limited = new Counter({
      name: 'chadan_requests_limited_total',
      help: 'Requests that were refused for a limit was reached',
      labelNames: ['limit'],
      registers,
    });
  }

  /** Times a request that took the short way. */
  readonly answered = (operation: string, status: number, seconds: number): void =>
    this.#duration.observe({ operation, status }, seconds);

  /** Counts a refusal. */
  readonly limited = (limit: string): void => this.#limited.inc({ limit });

  /** Times a request that takes the long way. */
  readonly middleware: RequestHandler = (_request, response, next) => {
    const begun = performance.now();
    this.#inFlight.inc();
    response.once('close', () => {
      this.#inFlight.dec();
      const operation = (response.locals as Locals).operation?.id ?? 'none';
      const status = response.writableFinished ? response.statusCode : 'aborted';
      this.#duration.observe({ operation, status }, (performance.now() - begun) / 1000);
    });
    next();
  };
}
