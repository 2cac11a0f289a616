// Reading a JWT that anyone may have made: its form first, its ES256 signature by itself.
// Nothing in the token chooses the algorithm or the key (RFC 8725 §3.1).
import type { KeyObject } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

export interface UnverifiedJwt {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

const MAX_LENGTH = 8192;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

/** Header and claims of a compact ES256 JWT, unverified; undefined for everything that is not one. */
export function parseJwt(token: string): UnverifiedJwt | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = COMPACT.exec(token);
  const header = parseObject(parts?.[1]);
  const payload = parseObject(parts?.[2]);
  if (!header || !payload || header['alg'] !== 'ES256') return undefined;
  // RFC 7515 §4.1.11: an extension that must be understood, and none is.
  if ('crit' in header) return undefined;
  return { header, payload };
}

/** Whether this key made the signature. The claims are not looked at. */
export function isSignedBy(token: string, publicKey: KeyObject): boolean {
  try {
    jsonwebtoken.verify(token, publicKey, {
      algorithms: ['ES256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
    return true;
  } catch {
    // All it does is arithmetic on the token: whatever it throws (a signature of 63 bytes gives a TypeError) is about the token.
    return false;
  }
}

function parseObject(part: string | undefined): Record<string, unknown> | undefined {
  if (part === undefined) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // not UTF-8 or not JSON: not a JWT
  }
}
