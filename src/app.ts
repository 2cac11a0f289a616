// Assembles the Express application from the features; never listens.
import { randomUUID } from 'node:crypto';
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

export interface AppDeps {
  contract: Contract;
  handlers: Handlers;
  authenticate: Authenticate;
  log: Logger;
  metrics: Registry;
}

export function createApp({ contract, handlers, authenticate, log, metrics }: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(
    helmet({
      strictTransportSecurity: false,
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
    }),
  );
  app.use((_request, response, next) => {
    // Our own id, never the caller's: it is what the log is searched by.
    response.locals['requestId'] = randomUUID();
    response.setHeader('X-Request-Id', response.locals['requestId'] as string);
    next();
  });
  app.use(requestLog(log));
  app.use(requestTimer(metrics));
  app.use(mountOperations(contract, handlers, authenticate));
  app.use(serveConsole());
  app.use(refuseUnknownPath);
  app.use(renderErrors(log, [translateDatabaseError]));
  return app;
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
    name: 'chadan_http_request_duration_seconds',
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
