// Whether a request that may change something comes from our own pages. Browsers say where a request began; other
// programs say nothing, and have no cookie that a foreign page could use.
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/**
 * Refuses what another site's page sends.
 * @param origin of the exchange, as the issuer says; a browser may also know it by the Host it was asked for
 * @throws Problem cross_site_request
 */
export function requireSameSite(request: IncomingMessage, origin: string): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw crossSite();
  const from = request.headers.origin;
  if (from === undefined || from === origin) return;
  if (!URL.canParse(from) || new URL(from).host !== request.headers.host) throw crossSite();
}

function crossSite(): Problem {
  return new Problem('cross_site_request', 'The request comes from a page of another site.');
}
