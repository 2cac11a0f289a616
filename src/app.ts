// Assembles the Express application from the features; never listens.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { serveConsole } from './console-pages.ts';
import { translateDatabaseError } from './database/database-problem.ts';
import type { BodyBudget } from './http/body-budget.ts';
import type { Authenticate } from './http/caller.ts';
import type { Contract } from './http/contract.ts';
import { refuseUnknownPath, renderErrors } from './http/errors.ts';
import type { Handlers } from './http/handler.ts';
import { mountOperations } from './http/mount.ts';
import type { RateLimits } from './http/rate-limits.ts';
import { shortWay } from './http/short-way.ts';
import { cutSlowBodies } from './http/slow-bodies.ts';
import { logRequests, type RequestMetrics } from './operate/request-watch.ts';
import type { Tracing } from './operate/tracing.ts';

export interface AppDeps {
  contract: Contract;
  handlers: Handlers;
  authenticate: Authenticate;
  /** Origin of the exchange's own pages. */
  origin: string;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  log: Logger;
  watch: RequestMetrics;
  limits: Pick<RateLimits, 'count'>;
  bodies: BodyBudget;
  tracing?: Tracing | undefined;
}

const HSTS = { maxAge: 365 * 86_400, includeSubDomains: false };

/** What browsers may do with our answers; nothing of ours stands in a frame. CORS headers there are none. */
function securityOf(origin: string) {
  return helmet({
    strictTransportSecurity: origin.startsWith('https:') ? HSTS : false,
    contentSecurityPolicy: {
      directives: { 'upgrade-insecure-requests': null, 'frame-ancestors': ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
  });
}

/** The listener of all requests. The pulls that every relay repeats go the short way, unless each is logged or traced. */
export function createListener(deps: AppDeps): RequestListener {
  const { contract, handlers, authenticate, limits, log, watch, tracing } = deps;
  const app = createApp(deps);
  if (log.isLevelEnabled('debug') || tracing) return app;
  const headers = securityHeaders(deps.origin);
  const onAnswer = watch.answered;
  return shortWay({ app, contract, handlers, authenticate, limits, headers, onAnswer }, [
    'getManifest',
    'getDiff',
    'getDiffToCurrent',
    'authorizePull',
  ]);
}

/** The long way. */
export function createApp(deps: AppDeps): Express {
  const { contract, handlers, authenticate, origin, limits, log, watch, tracing } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies ?? false);
  app.use(securityOf(origin));
  app.use((_request, response, next) => {
    // Our own id, never the caller's: it is what the log is searched by.
    response.locals['requestId'] = randomUUID();
    response.setHeader('X-Request-Id', response.locals['requestId'] as string);
    next();
  });
  if (tracing) app.use(tracing.middleware);
  app.use(logRequests(log));
  app.use(watch.middleware);
  app.use(cutSlowBodies(deps.bodies.patienceMs));
  app.use(mountOperations(contract, handlers, authenticate, origin, limits, deps.bodies));
  app.use(serveConsole());
  app.use(refuseUnknownPath);
  app.use(renderErrors(log, [translateDatabaseError]));
  return app;
}

/** What helmet sets on every response. */
function securityHeaders(origin: string): Record<string, string> {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string) => {
    headers[name] = value;
  };
  securityOf(origin)(
    {} as IncomingMessage,
    { setHeader, removeHeader: () => undefined } as unknown as ServerResponse,
    (error) => {
      if (error) throw error;
    },
  );
  return headers;
}
