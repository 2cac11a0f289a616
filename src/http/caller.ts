// Who calls, as the access token says it. http knows no feature: identity hands in how tokens are checked.
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

export interface Caller {
  clientId: string;
  organizationId: string;
  scopes: ReadonlySet<string>;
  /** Until when what it was admitted with is good; a connection that stays open ends then. */
  expiresAt: Date;
}

/** Checks an access token; throws Problem `invalid_token` when it is not good. */
export type Authenticate = (accessToken: string) => Promise<Caller>;

/** Each inner array is a set of scopes that suffices; no alternatives: open to everyone. */
export type Security = readonly (readonly string[])[];

const MAX_TOKEN_LENGTH = 8192;

/** Authenticates and authorises a request, RFC 6750: 401 without a good token, 403 with the wrong scope. */
export async function admit(
  request: IncomingMessage,
  security: Security,
  authenticate: Authenticate,
): Promise<Caller | undefined> {
  if (security.length === 0) return undefined;
  const caller = await authenticate(bearerToken(request));
  if (security.some((scopes) => scopes.every((scope) => caller.scopes.has(scope)))) return caller;
  const needed = security.map((scopes) => scopes.join(' ')).join(' or ');
  throw new Problem('insufficient_scope', `This needs the scope ${needed}.`, {
    headers: {
      'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${security[0]?.join(' ') ?? ''}"`,
    },
  });
}

/** The refusal of a token. RFC 6750 §3.1: no error attribute when no token was sent. */
export function invalidToken(detail: string, sent = true): Problem {
  return new Problem('invalid_token', detail, {
    headers: { 'WWW-Authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' },
  });
}

function bearerToken(request: IncomingMessage): string {
  const header = request.headers.authorization;
  if (header === undefined) throw invalidToken('Send an access token: Authorization: Bearer …', false);
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (!match?.[1] || header.length > MAX_TOKEN_LENGTH)
    throw invalidToken('The Authorization header is no bearer token.');
  return match[1];
}
