// Assembles the Express application from the features; never listens.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { Histogram, type Registry } from 'prom-client';
import { serveConsole } from './console-pages.ts';
import { translateDatabaseError } from './database/database-problem.ts';
import type { Authenticate } from './http/caller.ts';
import type { Contract, Operation } from './http/contract.ts';
import { refuseUnknownPath, renderErrors } from './http/errors.ts';
import type { Handlers } from './http/handler.ts';
import { mountOperations } from './http/mount.ts';
import { shortWay } from './http/short-way.ts';

export interface AppDeps {
  contract: Contract;
  handlers: Handlers;
  authenticate: Authenticate;
  /** Origin of the exchange's own pages. */
  origin: string;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  log: Logger;
  metrics: Registry;
}

const SECURITY = helmet({
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
});
const DURATION = 'chadan_http_request_duration_seconds';

export function createApp(deps: AppDeps): Express {
  const { contract, handlers, authenticate, origin, log, metrics } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies ?? false);
  app.use(SECURITY);
  app.use((_request, response, next) => {
    // Our own id, never the caller's: it is what the log is searched by.
    response.locals['requestId'] = randomUUID();
    response.setHeader('X-Request-Id', response.locals['requestId'] as string);
    next();
  });
  app.use(requestLog(log));
  app.use(requestTimer(metrics));
  app.use(mountOperations(contract, handlers, authenticate, origin));
  app.use(serveConsole());
  app.use(refuseUnknownPath);
  app.use(renderErrors(log, [translateDatabaseError]));
  return app;
}

/** The pulls that every relay repeats go the short way; where each request is logged, they go the long one. */
export function createListener(app: Express, deps: AppDeps): RequestListener {
  const { contract, handlers, authenticate, log, metrics } = deps;
  if (log.isLevelEnabled('debug')) return app;
  const duration = metrics.getSingleMetric(DURATION) as Histogram<'operation' | 'status'>;
  const onAnswer = (operation: string, status: number, seconds: number) =>
    duration.observe({ operation, status }, seconds);
  const headers = securityHeaders();
  return shortWay({ app, contract, handlers, authenticate, headers, onAnswer }, [
    'getManifest',
    'getDiff',
    'getDiffToCurrent',
    'authorizePull',
  ]);
}

/** What helmet sets on every response. */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string) => {
    headers[name] = value;
  };
  SECURITY(
    {} as IncomingMessage,
    { setHeader, removeHeader: () => undefined } as unknown as ServerResponse,
    (error) => {
      if (error) throw error;
    },
  );
  return headers;
}

/** One line a request: never a token, a body, or a query. */
function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: (_request, response) => String(response.getHeader('X-Request-Id')),
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
    customAttributeKeys: { reqId: 'requestId', responseTime: 'ms' },
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: request.url.split('?', 1)[0],
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
    customProps: (_request, response) => {
      const { operation, clientId } = (response as express.Response).locals as {
        operation?: Operation;
        clientId?: string;
      };
      return { operation: operation?.id, clientId };
    },
  });
}

function requestTimer(metrics: Registry): express.RequestHandler {
  const duration = new Histogram({
    name: DURATION,
    help: 'Time to answer a request',
    labelNames: ['operation', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [metrics],
  });
  return (_request, response, next) => {
    const begun = process.hrtime.bigint();
    response.once('finish', () => {
      const operation = (response.locals['operation'] as Operation | undefined)?.id ?? 'none';
      duration.observe(
        { operation, status: response.statusCode },
        Number(process.hrtime.bigint() - begun) / 1e9,
      );
    });
    next();
  };
}
