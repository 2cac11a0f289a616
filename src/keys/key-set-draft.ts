// What is to be signed as the next key set: made from the one in force where the server is, signed where the root key
// is. Pure; the draft holds public keys alone and may travel by any way.
import { FormatError } from '../list/format-error.ts';
import { type Jwk, type KeySet, readJwk, type SigningKey, signKeySet, thumbprint } from '../list/key-set.ts';

/** An unsigned key set. */
export interface KeySetDraft {
  iss: string;
  sequence: number;
  /** The first signs, the others are accepted. */
  keys: Jwk[];
}

const MAX_KEYS = 64;

/**
 * The sequence of a new key set: one more than the last, and at least the minutes since 1970. So one that is signed
 * after a restore is higher than any that was signed before the loss, known or not.
 */
export function nextSequence(last: number, nowSeconds: number): number {
  return Math.max(last + 1, Math.floor(nowSeconds / 60));
}

/** The draft as a key set that is good for so many seconds from now, signed by the root key. */
export function signDraft(
  draft: KeySetDraft,
  rootKey: SigningKey,
  nowSeconds: number,
  lifeSeconds: number,
): string {
  const { iss, sequence, keys } = draft;
  const keySet: KeySet = { iss, iat: nowSeconds, exp: nowSeconds + lifeSeconds, sequence, keys };
  return signKeySet(keySet, rootKey);
}

/** Reads a draft that came from another machine. Throws FormatError `bad_claims`, `bad_key`. */
export function readDraft(parsed: unknown): KeySetDraft {
  const { iss, sequence, keys } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof iss !== 'string' || !/^https?:\/\/[!-~]{1,500}$/.test(iss))
    throw new FormatError('bad_claims', 'iss is no URL');
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1)
    throw new FormatError('bad_claims', 'sequence is no whole number');
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw new FormatError('bad_claims', `keys is not an array of 1 to ${MAX_KEYS}`);
  return { iss, sequence, keys: keys.map(readPublic) };
}

function readPublic(jwk: unknown): Jwk {
  if (typeof jwk === 'object' && jwk !== null && 'd' in jwk)
    throw new FormatError('bad_key', 'a private key in place of a public one');
  const key = readJwk(jwk);
  if (key.kid !== thumbprint(key)) throw new FormatError('bad_key', 'a kid is not the thumbprint of its key');
  return key;
}
