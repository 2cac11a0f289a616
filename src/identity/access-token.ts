// Access tokens, RFC 9068: signed for a client that proved who it is, verified on every request.
// Only ES256 with a token key of ours counts; a token is good until it expires, its key is removed, or its client is
// revoked.
import { type KeyObject, randomUUID } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type Authenticate, type Caller, invalidToken } from '../http/caller.ts';
import { type Jwk, publicKeyOf, type SigningKey } from '../list/jwk.ts';
import { createClientStates } from './client-state.ts';
import { parseJwt } from './jwt.ts';

/** The keys that sign access tokens, as of a moment ago. */
export interface TokenKeys {
  signingKey(): Promise<SigningKey>;
  /** The public key of this name, if what it signed is accepted. */
  find(kid: string): Promise<Jwk | undefined>;
}

export interface TokenSettings {
  issuer: string;
  tokenKeys: TokenKeys;
  tokenLifeSeconds: number;
}

export interface Grant {
  clientId: string;
  organizationId: string;
  scopes: readonly string[];
}

export interface Authenticator {
  /** The caller that a token stands for; Problem `invalid_token` when it is not good. */
  authenticate: Authenticate['token'];
  /** Makes this instance notice at once that a client was revoked; the others do within 5 seconds. */
  forget(clientId: string): void;
}

interface VerifiedToken extends Caller {
  kid: string;
  issuedAtSeconds: number;
}

/** Verifying a signature takes longer than many an answer: what was verified is known again by its text. */
const MAX_KNOWN_TOKENS = 10_000;
const TYPE = 'at+jwt';

/** Signs an access token, RFC 9068 §2. */
export async function signAccessToken(
  { issuer, tokenKeys, tokenLifeSeconds }: TokenSettings,
  grant: Grant,
  now: Date,
): Promise<string> {
  const tokenKey = await tokenKeys.signingKey();
  const iat = Math.floor(now.getTime() / 1000);
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: grant.clientId,
    client_id: grant.clientId,
    org: grant.organizationId,
    scope: grant.scopes.join(' '),
    iat,
    exp: iat + lifeSeconds(tokenLifeSeconds),
    jti: randomUUID(),
  };
  const header = { alg: 'ES256', typ: TYPE };
  return jsonwebtoken.sign(claims, tokenKey.privateKey, { algorithm: 'ES256', keyid: tokenKey.kid, header });
}

/** The life of a token as it is stated and kept: whole seconds. */
export function lifeSeconds(tokenLifeSeconds: number): number {
  return Math.floor(tokenLifeSeconds);
}

/** Checks access tokens, and that their clients are not revoked. */
export function createAuthenticator(
  settings: Pick<TokenSettings, 'issuer' | 'tokenKeys'> & { db: Kysely<DB>; now: () => Date },
): Authenticator {
  const { now } = settings;
  const states = createClientStates(settings);
  const verifier = createVerifier(settings);
  return {
    async authenticate(accessToken) {
      const token = await verifier(accessToken, now());
      const state = await states.read(token.clientId);
      if (!state || state.revoked) throw invalidToken('The client of this token is revoked.');
      // A token of the same second is refused too: nobody can tell which of its client's keys bought it.
      if (state.tokensFrom && token.issuedAtSeconds * 1000 <= state.tokensFrom.getTime())
        throw invalidToken('A key of this client was removed since: get a new token.');
      return token;
    },
    forget: states.forget,
  };
}

type Verify = (accessToken: string, now: Date) => Promise<VerifiedToken>;

function createVerifier({ issuer, tokenKeys }: Pick<TokenSettings, 'issuer' | 'tokenKeys'>): Verify {
  const known = new Map<string, VerifiedToken>();
  return async (accessToken, now) => {
    const before = known.get(accessToken);
    const kid = before?.kid ?? readKid(accessToken);
    const key = await tokenKeys.find(kid);
    if (!key) {
      known.delete(accessToken);
      throw notOurs();
    }
    const token = before ?? verifyAccessToken(accessToken, { issuer, kid, key });
    if (token.expiresAt <= now) {
      known.delete(accessToken);
      throw invalidToken('The access token has expired: get a new one.');
    }
    if (!before) {
      known.set(accessToken, token);
      if (known.size > MAX_KNOWN_TOKENS) known.delete(known.keys().next().value ?? accessToken);
    }
    return token;
  };
}

/** Before the signature: a manifest's or a receipt's may be right, and still says nothing about a caller. */
function readKid(accessToken: string): string {
  const header = parseJwt(accessToken)?.header;
  const kid = header?.['kid'];
  if (header?.['typ'] !== TYPE || typeof kid !== 'string') throw notOurs();
  return kid;
}

// RFC 9068 §4, but for the time: that is looked at on each use.
function verifyAccessToken(
  accessToken: string,
  { issuer, kid, key }: { issuer: string; kid: string; key: Jwk },
): VerifiedToken {
  const claims = verifySigned(accessToken, publicKeyOf(key), issuer);
  const { sub, client_id: clientId, org, scope, iat, exp } = claims;
  const texts = [sub, clientId, org, scope].every((claim) => typeof claim === 'string');
  if (!texts || sub !== clientId || typeof exp !== 'number' || typeof iat !== 'number') throw notOurs();
  return {
    kind: 'client',
    clientId: String(sub),
    organizationId: String(org),
    scopes: new Set(String(scope).split(' ')),
    kid,
    issuedAtSeconds: iat,
    expiresAt: new Date(exp * 1000),
  };
}

function verifySigned(accessToken: string, publicKey: KeyObject, issuer: string): Record<string, unknown> {
  const options = { algorithms: ['ES256' as const], issuer, audience: issuer, ignoreExpiration: true };
  try {
    return jsonwebtoken.verify(accessToken, publicKey, options) as Record<string, unknown>;
  } catch (error) {
    throw notOurs(error); // arithmetic on the token: whatever is thrown is about the token
  }
}

function notOurs(cause?: unknown): Error {
  const problem = invalidToken('The access token is not one of this exchange.');
  if (cause !== undefined) problem.cause = cause;
  return problem;
}
