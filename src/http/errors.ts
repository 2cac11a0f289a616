// Every failure leaves as problem+json with the request's id: refusals as they are, anything else as a bare 500.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { Operation } from './contract.ts';
import { Problem } from './problem.ts';

const MAX_DRAINED_BYTES = 16 * 1024 * 1024;
const MAX_DRAIN_MS = 2000;

/** Translates an error that some feature knows into a Problem; undefined leaves it to the next. */
export type Translate = (error: unknown) => Problem | undefined;

/** An error in the form of RFC 6749 §5.2. */
export interface OAuthRefusal extends Error {
  status: number;
  error: string;
  description: string;
  headers: Record<string, string>;
}

/** Answers a path that the contract does not have. */
export const refuseUnknownPath: RequestHandler = () => {
  throw new Problem(
    'not_found',
    'There is nothing here; the contract is at /openapi.json, readable at /docs.',
  );
};

/** Renders errors. A response that has begun is cut: its reader must see that it failed. */
export function renderErrors(log: Logger, translate: readonly Translate[]): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const requestId = String(response.locals['requestId']);
    const problem = toProblem(error, translate);
    const operation = response.locals['operation'] as Operation | undefined;
    if (problem.status >= 500) {
      const { clientId, traceId } = response.locals;
      log.error({ requestId, operation: operation?.id, clientId, traceId, err: error }, 'request failed');
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const name of ['ETag', 'Cache-Control', 'Content-Encoding', 'Content-Location'])
      response.removeHeader(name);
    if (!request.complete) drain(request);
    const body = operation?.oauthErrors
      ? renderOAuth(response, isOAuthRefusal(error) ? error : problem)
      : renderProblem(response, problem, requestId);
    const text = JSON.stringify(body);
    response.setHeader('Content-Length', Buffer.byteLength(text)).end(text);
  };
}

/** Reads a refused body on for a while: a connection that is closed under its sender takes the answer along. */
function drain(request: Request): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) request.destroy();
  });
  request.resume();
  const end = setTimeout(() => request.destroy(), MAX_DRAIN_MS);
  request.once('close', () => clearTimeout(end));
}

function renderProblem(response: Response, problem: Problem, requestId: string): unknown {
  setHeaders(response, problem.headers);
  response.status(problem.status).setHeader('Content-Type', 'application/problem+json');
  return problem.body(requestId);
}

function renderOAuth(response: Response, refusal: OAuthRefusal | Problem): unknown {
  setHeaders(response, refusal.headers);
  response.setHeader('Cache-Control', 'no-store').setHeader('Content-Type', 'application/json');
  response.status(refusal.status);
  if (!(refusal instanceof Problem)) {
    return { error: refusal.error, error_description: refusal.description };
  }
  const error =
    refusal.status === 503 || refusal.status === 429
      ? 'temporarily_unavailable'
      : refusal.status < 500
        ? 'invalid_request'
        : 'server_error';
  const faults = refusal.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  return { error, error_description: faults ?? refusal.message };
}

function setHeaders(response: Response, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function isOAuthRefusal(error: unknown): error is OAuthRefusal {
  return error instanceof Error && 'error' in error && 'description' in error;
}

function toProblem(error: unknown, translate: readonly Translate[]): Problem {
  if (error instanceof Problem) return error;
  for (const known of translate) {
    const problem = known(error);
    if (problem) return problem;
  }
  // Express refuses a path whose percent-encoding is broken.
  if (error instanceof URIError)
    return new Problem('invalid_request', 'The path is not valid percent-encoded UTF-8.');
  return new Problem(
    'internal_error',
    'This is a fault of the exchange; it is logged under the request id.',
    { cause: error },
  );
}
