// Mounts every operation of the contract on a router: admit → validate → handle → reply.
// Refuses to start when a handler is missing or surplus.
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { BodyBudget, BodyShare } from './body-budget.ts';
import { type Authenticate, type Author, admit, type Caller, isSafe } from './caller.ts';
import { type Contract, type Operation, requireValid } from './contract.ts';
import type { Handlers, OperationId, OperationRequest } from './handler.ts';
import { preferredType } from './negotiation.ts';
import { Problem } from './problem.ts';
import type { RateLimits } from './rate-limits.ts';
import { sendReply } from './reply.ts';
import { mediaType, readBody } from './request-body.ts';
import { requireSameSite } from './same-site.ts';

type AnyHandler = (request: OperationRequest<OperationId>) => Promise<{ status: number }>;

/**
 * A router that serves exactly the contract.
 * @param origin of the exchange's own pages
 */
export function mountOperations(
  contract: Contract,
  handlers: Handlers,
  authenticate: Authenticate,
  origin: string,
  limits: Pick<RateLimits, 'count'>,
  bodies: BodyBudget,
): Router {
  const surplus = Object.keys(handlers).filter(
    (id) => !contract.operations.some((operation) => operation.id === id),
  );
  if (surplus.length > 0)
    throw new Error(`handlers without an operation in openapi.yaml: ${surplus.join(', ')}`);
  const router = Router({ caseSensitive: true, strict: true });
  // Literal paths go before those with parameters: /v1/cases/claims before /v1/cases/{caseId}.
  const byLiteral = [...contract.operations].sort((a, b) => parameterCount(a.path) - parameterCount(b.path));
  for (const operation of byLiteral) {
    const handler = handlers[operation.id] as AnyHandler | undefined;
    if (!handler) throw new Error(`openapi.yaml has ${operation.id}, which nothing handles`);
    const route = router.route(expressPath(operation.path));
    route[operation.method as 'get'](serve(operation, handler, authenticate, origin, limits, bodies));
  }
  for (const [path, methods] of methodsByPath(byLiteral)) {
    router.all(expressPath(path), refuseMethod(methods));
  }
  return router;
}

function parameterCount(path: string): number {
  return path.split('{').length - 1;
}

function expressPath(path: string): string {
  return path.replaceAll(/\{([A-Za-z]+)\}/g, ':$1');
}

function methodsByPath(operations: readonly Operation[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { path, method } of operations)
    paths.set(path, [...(paths.get(path) ?? []), method.toUpperCase()]);
  return paths;
}

function refuseMethod(methods: string[]): RequestHandler {
  const allow = methods.includes('GET') ? ['HEAD', ...methods] : methods;
  return () => {
    throw new Problem('method_not_allowed', `Only ${allow.join(', ')} here.`, {
      headers: { Allow: allow.join(', ') },
    });
  };
}

function serve(
  operation: Operation,
  handler: AnyHandler,
  authenticate: Authenticate,
  origin: string,
  limits: Pick<RateLimits, 'count'>,
  bodies: BodyBudget,
): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    response.locals['operation'] = operation;
    try {
      // A page of another site can send a cookie, and cannot send a token.
      const mayCarryCookie = request.headers.authorization === undefined && !operation.oauthErrors;
      if (mayCarryCookie && !isSafe(request)) requireSameSite(request, origin);
      const caller = await admit(request, operation.security, authenticate);
      response.locals['clientId'] = caller?.clientId;
      await limits.count(request, operation, caller, () => request.ip);
      const share = bodies.shareOf(caller?.organizationId ?? '');
      const given = readRequest(operation, request, response, caller, share);
      const reply = await given.then(handler).finally(() => share.release());
      await sendReply(request, response, reply);
    } catch (error) {
      next(error);
    }
  };
}

async function readRequest(
  operation: Operation,
  request: Request,
  response: Response,
  caller: Caller | undefined,
  share: BodyShare,
): Promise<OperationRequest<OperationId>> {
  const { path, query, header } = operation.parameters;
  const input = {
    path: { ...request.params },
    query: { ...request.query },
    headers: pick(request, header.names),
  };
  requireValid(path.validate, input.path, (error) => `{${error.instancePath.slice(1)}}`);
  requireValid(query.validate, input.query, (error) => {
    const name =
      error.params['additionalProperty'] ?? error.params['missingProperty'] ?? error.instancePath.slice(1);
    return `?${String(name).slice(0, 100)}`;
  });
  requireValid(header.validate, input.headers, (error) => error.instancePath.slice(1));
  requireStorable(input.path, (name) => `{${name}}`);
  requireStorable(input.query, (name) => `?${name}`);
  return {
    ...input,
    body: await readBody(request, operation, share),
    caller,
    author: authorOf(operation, request, caller, String(response.locals['requestId'])),
    contentType: mediaType(request),
    accept: preferredType(request, operation.offers),
    requestId: String(response.locals['requestId']),
    raw: request,
  } as unknown as OperationRequest<OperationId>;
}

function authorOf(
  operation: Operation,
  request: Request,
  caller: Caller | undefined,
  requestId: string,
): Author {
  return {
    operation: operation.id,
    kind: caller?.kind ?? 'anonymous',
    id: caller?.clientId ?? null,
    organizationId: caller?.organizationId ?? null,
    address: request.ip ?? null,
    requestId,
  };
}

/** PostgreSQL has no text with U+0000: such a value is nothing that could be found. */
function requireStorable(values: Record<string, unknown>, pointer: (name: string) => string): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || !value.includes('\0')) continue;
    const error = { pointer: pointer(name), code: 'pattern', detail: 'must not contain U+0000' };
    throw new Problem('invalid_request', 'The request is not as the contract says; see errors.', {
      errors: [error],
    });
  }
}

/** The named headers as the contract spells them; on the wire their case is nobody's. */
function pick(request: Request, names: string[]): Record<string, unknown> {
  const held = names.map((name) => [name, request.headers[name.toLowerCase()]] as const);
  return Object.fromEntries(held.filter(([, value]) => value !== undefined));
}
