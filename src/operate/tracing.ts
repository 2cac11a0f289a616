// OpenTelemetry traces by its standard variables. Its packages are loaded only where OTEL_EXPORTER_OTLP_ENDPOINT (or
// …_TRACES_ENDPOINT) names a receiver; spans are made by hand around operations, statements and jobs: they carry
// operationIds, templates of paths and SQL with placeholders, never a value.
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import type { Operation } from '../http/contract.ts';

export interface Tracing {
  /** Around each request; continues the caller's trace (W3C traceparent). */
  middleware: RequestHandler;
  /** Notes a statement that has ended. */
  statement: (sql: string, ms: number, error?: unknown) => void;
  /** Runs a job in a trace of its own. */
  job: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

type Environment = Record<string, string | undefined>;

/** Tracing where the environment asks for it, else undefined. @param version of this program */
export async function startTracing(environment: Environment, version: string): Promise<Tracing | undefined> {
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const isOff = environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none';
  if (!endpoint || isOff) return undefined;
  const [api, { AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }, exporter, resources, sdk] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
    ]);
  // Sampler, limits, batches, headers and time limits are read from OTEL_ variables by the packages themselves.
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'chadan', 'service.version': version }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracer = provider.getTracer('chadan', version);
  return {
    middleware: traceRequests(api, tracer),
    statement: (sql, ms, error) => noteStatement(api, tracer, { sql, ms, error }),
    job: (name, work) => traceJob(api, tracer, name, work),
    async stop() {
      await provider.shutdown();
      api.context.disable();
      api.propagation.disable();
    },
  };
}

type Api = typeof import('@opentelemetry/api');

function traceRequests(api: Api, tracer: Tracer): RequestHandler {
  return (request, response, next) => {
    const parent: Context = api.propagation.extract(api.ROOT_CONTEXT, request.headers);
    const attributes = {
      'http.request.method': request.method,
      'chadan.request_id': response.locals['requestId'],
    };
    const span = tracer.startSpan(request.method, { kind: api.SpanKind.SERVER, attributes }, parent);
    response.locals['traceId'] = span.spanContext().traceId;
    response.once('close', () => endRequest(api, span, request.method, response));
    api.context.with(api.trace.setSpan(parent, span), next);
  };
}

function endRequest(
  api: Api,
  span: Span,
  method: string,
  response: { statusCode: number; writableFinished: boolean; locals: Record<string, unknown> },
): void {
  const { operation, clientId } = response.locals as { operation?: Operation; clientId?: string };
  if (operation) {
    span.updateName(`${method} ${operation.path}`);
    span.setAttributes({ 'http.route': operation.path, 'chadan.operation': operation.id });
  }
  if (clientId) span.setAttribute('chadan.client_id', clientId);
  if (response.writableFinished) span.setAttribute('http.response.status_code', response.statusCode);
  if (response.statusCode >= 500 || !response.writableFinished)
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  span.end();
}

function noteStatement(
  api: Api,
  tracer: Tracer,
  { sql, ms, error }: { sql: string; ms: number; error: unknown },
): void {
  if (!api.trace.getActiveSpan()) return; // nobody's: the loops ask a small question every second
  const end = Date.now();
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': sql };
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
  const span = tracer.startSpan(word, { kind: api.SpanKind.CLIENT, startTime: end - ms, attributes });
  if (error !== undefined) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string') span.setAttribute('db.response.status_code', code);
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  }
  span.end(end);
}

function traceJob<T>(api: Api, tracer: Tracer, name: string, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(`job ${name}`, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
