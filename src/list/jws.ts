// Signed documents: compact JWS (RFC 7515), ES256 alone, told apart by `typ`. Nothing of a payload is given
// out before its signature holds, and the header never chooses how it is verified.
import jsonwebtoken from 'jsonwebtoken';
import { FormatError } from './format-error.ts';
import { type Jwk, publicKeyOf, type SigningKey, thumbprint } from './jwk.ts';

export interface JwsExpectation {
  typ: string;
  /** The keys that may have signed, told apart by `kid`. */
  keys: readonly Jwk[];
  /** A header without `kid` may be of any of the keys; otherwise it is refused. */
  kidOptional?: boolean;
  /** The longest text that is looked at, in characters. */
  maxLength: number;
}

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Signs a payload as it is. It states its own `iat`: without one, jsonwebtoken would add the machine's time. */
export function signJws(payload: { iat: number }, typ: string, key: SigningKey): string {
  return jsonwebtoken.sign(payload, key.privateKey, {
    algorithm: 'ES256',
    keyid: key.kid,
    header: { alg: 'ES256', typ },
  });
}

/**
 * The payload of a document with a good signature; what it claims is for the caller to check, expiry too.
 * Throws FormatError `too_large`, `bad_token`, `wrong_algorithm`, `wrong_type`, `unknown_kid`, `bad_key`,
 * `bad_signature`.
 */
export function verifyJws(jws: string, expected: JwsExpectation): Record<string, unknown> {
  if (typeof jws !== 'string') throw new FormatError('bad_token', 'not a text');
  if (jws.length > expected.maxLength)
    throw new FormatError('too_large', `over ${expected.maxLength} characters`);
  const header = readHeader(jws);
  if (header['alg'] !== 'ES256')
    throw new FormatError('wrong_algorithm', 'signed with another algorithm than ES256');
  if (header['typ'] !== expected.typ) throw new FormatError('wrong_type', `not a ${expected.typ}`);
  // RFC 7515 §4.1.11: an extension that must be understood is not.
  if (header['crit'] !== undefined || header['b64'] !== undefined) {
    throw new FormatError('bad_token', 'an extension that is not known here');
  }
  const { kid } = header;
  if (kid === undefined && expected.kidOptional) return verifyWithAny(jws, expected.keys);
  const key = expected.keys.find((candidate) => (candidate.kid ?? thumbprint(candidate)) === kid);
  if (key === undefined) throw new FormatError('unknown_kid', 'signed with a key that is not known');
  return verifySignature(jws, key);
}

function verifyWithAny(jws: string, keys: readonly Jwk[]): Record<string, unknown> {
  for (const key of keys) {
    try {
      return verifySignature(jws, key);
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== 'bad_signature') throw error;
    }
  }
  throw new FormatError('bad_signature', 'signed with none of the keys that are known');
}

function readHeader(jws: string): Record<string, unknown> {
  if (!COMPACT.test(jws)) throw new FormatError('bad_token', 'not a compact JWS');
  try {
    const text = Buffer.from(jws.slice(0, jws.indexOf('.')), 'base64url').toString('utf8');
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return header;
  } catch (cause) {
    throw new FormatError('bad_token', 'its header is not JSON', { cause });
  }
  throw new FormatError('bad_token', 'its header is not an object');
}

function verifySignature(jws: string, key: Jwk): Record<string, unknown> {
  const publicKey = publicKeyOf(key);
  let payload: unknown;
  try {
    payload = jsonwebtoken.verify(jws, publicKey, {
      algorithms: ['ES256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch (cause) {
    throw new FormatError('bad_signature', 'the signature does not hold', { cause });
  }
  if (!isRecord(payload)) throw new FormatError('bad_claims', 'the payload is not an object');
  return payload;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
