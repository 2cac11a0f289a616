// How a client proves who it is: a JWT of its own making, RFC 7523 §3, good for one token.
// Until its signature is verified nothing in it is believed; and no refusal tells whether a client exists.
import { generateKeyPairSync } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { publicKeyOf } from '../list/jwk.ts';
import { parseId } from './id.ts';
import { isSignedBy, parseJwt, type UnverifiedJwt } from './jwt.ts';
import { OAuthError } from './oauth-error.ts';
import { admitAssertion, type ClientState, selectKeysToTry } from './queries.ts';

export interface Assertion {
  clientId: string;
  jti: string;
  /** From then on it is refused for its age. */
  expiresAt: Date;
  /** The key it names; undefined too for a name that is no thumbprint, such as one of the client's own. */
  kid: string | undefined;
}

export interface AuthenticatedClient extends ClientState {
  id: string;
}

const MAX_AHEAD_SECONDS = 5 * 60;
const SKEW_SECONDS = 30;
/** An instance whose clock is behind must still find what another one would have purged. */
const KEEP_MS = 10 * 60_000;
/** A client in the middle of a rotation has two or three. */
const MAX_KEYS_TO_TRY = 8;
const MAX_AUDIENCES = 10;
/** As the JWT types that clients send; receipts and other signatures by the same key have types of their own. */
const TYPES = new Set(['jwt', 'client-authentication+jwt']);
const JTI = /^[\x20-\x7e]{1,255}$/;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

// Verified against when there is no such client, so that the answer takes as long.
const decoyKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

/**
 * Verifies an assertion and admits it, once.
 * @param audiences what names us: the issuer and the token endpoint
 * @throws OAuthError `invalid_client`
 */
export async function authenticateClient(
  db: Kysely<DB>,
  token: string,
  options: { audiences: readonly string[]; now: Date },
): Promise<AuthenticatedClient> {
  const assertion = readAssertion(token, options);
  if (!(await isSignedByClient(db, token, assertion))) {
    throw refused('The assertion is not signed with a registered key of this client.');
  }
  const state = await admitAssertion(db, {
    clientId: assertion.clientId,
    jti: assertion.jti,
    expiresAt: assertion.expiresAt,
    purgeBefore: new Date(options.now.getTime() - KEEP_MS),
  });
  // Who gets here has the client's key: it may be told more. But not which of the two, that needs no second statement.
  if (!state) throw refused('The assertion was used before, or the client is revoked.');
  return { id: assertion.clientId, ...state };
}

/**
 * The claims of an assertion, checked as RFC 7523 §3 says; its signature is not.
 * @throws OAuthError `invalid_client`
 */
export function readAssertion(
  token: string,
  { audiences, now }: { audiences: readonly string[]; now: Date },
): Assertion {
  const jwt = parseJwt(token);
  if (!jwt) throw refused('The assertion must be a compact JWT signed with ES256.');
  const { payload } = jwt;
  requireType(jwt);
  const { iss, sub, jti } = payload;
  // §3 (1), (2) and OpenID Connect Core §9: a client speaks for itself alone.
  if (typeof sub !== 'string' || iss !== sub) throw refused('iss and sub must both be the client id.');
  if (!isAudience(payload['aud'], audiences)) throw refused(`aud must be ${audiences.join(' or ')}.`);
  const expiresAt = requireTimes(payload, now.getTime() / 1000);
  if (typeof jti !== 'string' || !JTI.test(jti))
    throw refused('jti must be 1 to 255 printable ASCII characters.');
  const { kid } = jwt.header;
  return {
    clientId: sub,
    jti,
    expiresAt,
    kid: typeof kid === 'string' && THUMBPRINT.test(kid) ? kid : undefined,
  };
}

function requireType({ header }: UnverifiedJwt): void {
  const { typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) {
    throw refused('typ must be JWT or client-authentication+jwt, or left out.');
  }
}

// §3 (3)
function isAudience(aud: unknown, audiences: readonly string[]): boolean {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  return (
    named.length <= MAX_AUDIENCES && named.some((one) => typeof one === 'string' && audiences.includes(one))
  );
}

// §3 (4), (5), (6): NumericDates may have fractions (RFC 7519 §2).
function requireTimes({ exp, nbf, iat }: Record<string, unknown>, nowSeconds: number): Date {
  if (typeof exp !== 'number') throw refused('exp is required, in seconds.');
  if (exp + SKEW_SECONDS <= nowSeconds) throw refused('The assertion has expired: is your clock right?');
  if (exp - SKEW_SECONDS > nowSeconds + MAX_AHEAD_SECONDS)
    throw refused('exp must be at most 5 minutes ahead: is your clock right?');
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (value === undefined) continue;
    if (typeof value !== 'number' || value > exp)
      throw refused(`${name} must be a time before exp, in seconds.`);
    if (value - SKEW_SECONDS > nowSeconds) throw refused(`${name} lies in the future: is your clock right?`);
  }
  return new Date((exp + SKEW_SECONDS) * 1000);
}

async function isSignedByClient(
  db: Kysely<DB>,
  token: string,
  { clientId, kid }: Assertion,
): Promise<boolean> {
  const isId = parseId(clientId) === clientId; // one spelling: what tokens and caches go by
  const keys = isId ? await selectKeysToTry(db, clientId, kid ?? '', MAX_KEYS_TO_TRY) : [];
  if (keys.length === 0) {
    isSignedBy(token, decoyKey);
    return false;
  }
  return keys.some((key) => isSignedBy(token, publicKeyOf(key)));
}

function refused(description: string): OAuthError {
  return new OAuthError('invalid_client', description);
}
