// Keys as JWK (RFC 7517): P-256 for ES256 and nothing else. A private key leaves this file only by
// `exportPrivateJwk`; no error message ever holds key material.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { FormatError } from './format-error.ts';

/** A public P-256 key; `kid` is its RFC 7638 thumbprint unless its owner chose another. */
export interface Jwk {
  kty: 'EC';
  crv: 'P-256';
  /** Coordinates, 32 bytes each in base64url. */
  x: string;
  y: string;
  kid?: string;
  alg?: string;
  use?: string;
}

/** The same with its private part: to be kept secret. */
export interface PrivateJwk extends Jwk {
  d: string;
}

/** What signs: a private key and the name under which its public half is known. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: Jwk & { kid: string };
}

/** 32 bytes in base64url; the last character carries two bits of padding, which are zero. */
const COORDINATE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const KID = /^[\x21-\x7e]{1,128}$/;
const keyObjects = new WeakMap<Jwk, { of: string; key: KeyObject }>();

/** A new key under its thumbprint. */
export function generateKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signingKey(privateKey, undefined);
}

/** RFC 7638: SHA-256 over the required members in order, base64url. */
export function thumbprint(jwk: Pick<Jwk, 'crv' | 'kty' | 'x' | 'y'>): string {
  const { crv, kty, x, y } = jwk;
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** The key as JSON for its owner's safe. */
export function exportPrivateJwk(key: SigningKey): PrivateJwk {
  const { d } = key.privateKey.export({ format: 'jwk' });
  return { ...key.publicJwk, d: d as string };
}

/**
 * Reads a private key from its JWK. Throws FormatError `bad_key` where it is no P-256 key, or its halves do
 * not belong together.
 */
export function importPrivateJwk(jwk: unknown): SigningKey {
  const publicJwk = readJwk(jwk);
  const { d } = jwk as { d?: unknown };
  if (typeof d !== 'string' || !COORDINATE.test(d)) throw new FormatError('bad_key', 'no private part');
  const { kty, crv, x, y, kid } = publicJwk;
  const privateKey = orBadKey(() => createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' }));
  const probe = Buffer.from('probe');
  if (!orBadKey(() => verify('sha256', probe, publicKeyOf(publicJwk), sign('sha256', probe, privateKey)))) {
    throw new FormatError('bad_key', 'the private part belongs to another public key');
  }
  return signingKey(privateKey, kid);
}

function signingKey(privateKey: KeyObject, kid: string | undefined): SigningKey {
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const bare = { kty: 'EC', crv: 'P-256', x: x as string, y: y as string } as const;
  const name = kid ?? thumbprint(bare);
  return { kid: name, privateKey, publicJwk: { ...bare, kid: name, alg: 'ES256', use: 'sig' } };
}

/** Reads a public key; unknown members, and a private part, are left out. Throws FormatError `bad_key`. */
export function readJwk(jwk: unknown): Jwk {
  const { kty, crv, x, y, kid, alg, use } = (jwk ?? {}) as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256') throw new FormatError('bad_key', 'not a P-256 key');
  if (typeof x !== 'string' || typeof y !== 'string' || !COORDINATE.test(x) || !COORDINATE.test(y)) {
    throw new FormatError('bad_key', 'malformed coordinates');
  }
  if (kid !== undefined && (typeof kid !== 'string' || !KID.test(kid))) {
    throw new FormatError('bad_key', 'malformed kid');
  }
  if ((alg !== undefined && alg !== 'ES256') || (use !== undefined && use !== 'sig')) {
    throw new FormatError('bad_key', 'a key for another use');
  }
  const read: Jwk = { kty, crv, x, y };
  if (kid !== undefined) read.kid = kid;
  if (alg !== undefined) read.alg = alg;
  if (use !== undefined) read.use = use;
  publicKeyOf(read);
  return read;
}

/** The key to verify with, made once per JWK. Throws FormatError `bad_key` where it is not on the curve. */
export function publicKeyOf(jwk: Jwk): KeyObject {
  const of = `${jwk.x}.${jwk.y}`;
  const held = keyObjects.get(jwk);
  if (held?.of === of) return held.key;
  const { kty, crv, x, y } = jwk;
  const key = orBadKey(() => createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
  keyObjects.set(jwk, { of, key });
  return key;
}

function orBadKey<T>(make: () => T): T {
  try {
    return make();
  } catch {
    // Without the cause: what lies beneath may quote the key.
    throw new FormatError('bad_key', 'not a key on P-256');
  }
}
