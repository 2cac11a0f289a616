// Serves the console at `/`: the files that its build made, and its one page for every address of the console.
// Whatever looks like a call of the API is left to the contract.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';

/** Where `npm run build` puts it: as far from src as from dist. */
const BUILT = fileURLToPath(new URL('../dist/console/', import.meta.url));

/** Nothing from elsewhere, in no frame; the components set styles on elements. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT = 'The console is not built: run `npm run build`. The API is served; see /docs.\n';

/** @param directory of the build; a server without one says so at `/` */
export function serveConsole(directory: string = BUILT): Router {
  const router = Router({ caseSensitive: true, strict: true });
  // Names of assets hold the hash of their content.
  router.use(
    '/assets',
    express.static(`${directory}/assets`, { immutable: true, maxAge: '1y', index: false }),
  );
  router.get(/^\/(?!v1\/|oauth\/|\.well-known\/|assets\/)[^.]*$/, sendPage(directory));
  return router;
}

function sendPage(directory: string): RequestHandler {
  return (request: Request, response: Response, next) => {
    // A program at a wrong address is told so, and gets no page.
    if (request.path !== '/' && request.accepts(['json', 'html']) !== 'html') return next();
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache', Vary: 'Accept' });
    if (!existsSync(`${directory}/index.html`)) {
      response.status(503).type('text/plain').send(NOT_BUILT);
      return;
    }
    response.sendFile('index.html', { root: directory });
  };
}
