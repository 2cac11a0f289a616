// Who calls: a client, as its access token says, or a person, as the session's cookie does. http knows no feature:
// identity hands in how both are checked.
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

export interface Caller {
  kind: 'client' | 'person';
  /** Who acts: the client's id, or the person's. Both are random UUIDs: one is never the other. */
  clientId: string;
  organizationId: string;
  scopes: ReadonlySet<string>;
  /** Until when what it was admitted with is good; a connection that stays open ends then. */
  expiresAt: Date;
}

/** Who answers for a change and where it came from, as the audit record says. */
export interface Author {
  /** operationId, or the name of what the exchange does by itself. */
  operation: string;
  kind: 'client' | 'person' | 'exchange' | 'anonymous';
  id: string | null;
  organizationId: string | null;
  /** Network address. */
  address: string | null;
  requestId: string | null;
}

/** A caller in the course of one request. */
export interface Actor extends Author {
  kind: 'client' | 'person';
  id: string;
  organizationId: string;
}

export interface Authenticate {
  /** Checks an access token; throws Problem `invalid_token` when it is not good. */
  token: (accessToken: string) => Promise<Caller>;
  /**
   * Checks a session's secret; throws Problem `invalid_token` when the session is over.
   * @param csrfToken what the header X-CSRF-Token says, of a request that may change something; undefined otherwise
   */
  session: (secret: string, csrfToken: string | undefined) => Promise<Caller>;
}

/** Each alternative suffices; none: open to everyone. A session without scopes: whoever is signed in. */
export type Security = readonly { scheme: 'oauth' | 'session'; scopes: readonly string[] }[];

export const SESSION_COOKIE = 'chadan_session';
const MAX_TOKEN_LENGTH = 8192;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** Authenticates and authorises a request, RFC 6750: 401 without a good token or session, 403 with the wrong scope. */
export async function admit(
  request: IncomingMessage,
  security: Security,
  authenticate: Authenticate,
): Promise<Caller | undefined> {
  if (security.length === 0) return undefined;
  const caller = await authenticateRequest(request, authenticate);
  const scheme = caller.kind === 'person' ? 'session' : 'oauth';
  const suffices = security.some(
    (one) => one.scheme === scheme && one.scopes.every((scope) => caller.scopes.has(scope)),
  );
  if (suffices) return caller;
  throw insufficient(security);
}

/** The value of a cookie; undefined when it is not sent. */
export function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Whether a request only reads. */
export function isSafe(request: IncomingMessage): boolean {
  return SAFE_METHODS.has(request.method ?? '');
}

/** The refusal of a token. RFC 6750 §3.1: no error attribute when no token was sent. */
export function invalidToken(detail: string, sent = true): Problem {
  return new Problem('invalid_token', detail, {
    headers: { 'WWW-Authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
}

/** A token where one is sent, else the session: a browser sends its cookie by itself, a token never. */
async function authenticateRequest(request: IncomingMessage, authenticate: Authenticate): Promise<Caller> {
  if (request.headers.authorization !== undefined) return authenticate.token(bearerToken(request));
  const secret = readCookie(request, SESSION_COOKIE);
  if (secret === undefined)
    throw invalidToken('Sign in, or send an access token: Authorization: Bearer …', false);
  const header = request.headers['x-csrf-token'];
  return authenticate.session(secret, isSafe(request) ? undefined : String(header ?? ''));
}

function insufficient(security: Security): Problem {
  const scopes = [...new Set(security.map((one) => one.scopes.join(' ')))];
  const needed = scopes.filter((scope) => scope !== '');
  const detail =
    needed.length === 0
      ? 'This is for people who signed in.'
      : `This needs the scope ${needed.join(' or ')}.`;
  return new Problem('insufficient_scope', detail, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${needed[0] ?? ''}"` },
  });
}

function bearerToken(request: IncomingMessage): string {
  const header = request.headers.authorization ?? '';
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (!match?.[1] || header.length > MAX_TOKEN_LENGTH)
    throw invalidToken('The Authorization header is no bearer token.');
  return match[1];
}
