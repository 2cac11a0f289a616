// What operators and the curious ask of the server itself: health, readiness, metrics, the contract.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Registry } from 'prom-client';
import type { Contract } from './http/contract.ts';
import type { Handlers } from './http/handler.ts';
import type { Check, Readiness } from './operate/readiness.ts';

export interface OperateDeps {
  contract: Contract;
  metrics: Registry;
  /** The server was asked to stop. */
  isStopping: () => boolean;
  readiness: Readiness;
}

type OperateOperation =
  | 'getHealth'
  | 'getReadiness'
  | 'getMetrics'
  | 'getContract'
  | 'getDocs'
  | 'getDocsScript';

const DOCS = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>chadan · API</title>
<link rel="icon" href="data:,">
</head>
<body style="margin: 0">
<noscript>This page needs JavaScript; the contract itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<redoc spec-url="/openapi.json" disable-search="false" hide-download-button="false"></redoc>
<script src="/docs/redoc.js"></script>
</body>
</html>
`;

// Redoc styles itself with inline styles and works in a blob worker; nothing comes from elsewhere.
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'";

export function operateHandlers(deps: OperateDeps): Pick<Handlers, OperateOperation> {
  let script: Promise<string> | undefined;
  return {
    async getHealth() {
      return { status: 200, body: { status: 'ok' } };
    },

    async getReadiness({ query: { strict = false } }) {
      const checks = await deps.readiness.look();
      const parts = { ...partsOf(checks), checks };
      if (deps.isStopping()) return { status: 503, body: { status: 'stopping', ...parts } };
      if (checks.some(({ verdict }) => verdict === 'fail'))
        return { status: 503, body: { status: 'not_ready', ...parts } };
      const warned = checks.some(({ verdict }) => verdict === 'warn');
      const body = { status: warned ? ('degraded' as const) : ('ready' as const), ...parts };
      return warned && strict ? { status: 503, body } : { status: 200, body };
    },

    async getMetrics() {
      return { status: 200, type: 'text/plain', text: await deps.metrics.metrics() };
    },

    async getContract() {
      return { status: 200, body: deps.contract.document };
    },

    async getDocs() {
      return {
        status: 200,
        type: 'text/html',
        text: DOCS,
        headers: { 'Content-Security-Policy': DOCS_POLICY },
      };
    },

    async getDocsScript() {
      script ??= readFile(redocFile(), 'utf8');
      const headers = { 'Cache-Control': 'public, max-age=86400' };
      return { status: 200, type: 'text/javascript', text: await script, headers };
    },
  };
}

/** The script as the build copied it; in development, where nothing is built, as its package has it. */
function redocFile(): string | URL {
  const built = new URL('./redoc.standalone.js', import.meta.url);
  return existsSync(built)
    ? built
    : createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
}

/** The three that must be up before anything else can be said. */
function partsOf(checks: readonly Check[]): { database: boolean; migrated: boolean; keys: boolean } {
  const good = (name: Check['name']) => checks.some((one) => one.name === name && one.verdict !== 'fail');
  return { database: good('database'), migrated: good('schema'), keys: good('keys') };
}
