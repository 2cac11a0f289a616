// The key set (format §8): which keys may sign manifests, said by the root key. A reader pins the root alone;
// how it keeps the last sequence that it accepted is its own affair, but it must.
import { type Claims, claimThat, integerClaim, secondsClaim, textClaim } from './claims.ts';
import { FormatError } from './format-error.ts';
import { type Jwk, readJwk, type SigningKey, thumbprint } from './jwk.ts';
import { signJws, verifyJws } from './jws.ts';

export {
  exportPrivateJwk,
  generateKey,
  importPrivateJwk,
  type Jwk,
  readJwk,
  type SigningKey,
  thumbprint,
} from './jwk.ts';

export const KEY_SET_TYPE = 'keyset+jwt';

/** Times in seconds since 1970. */
export interface KeySet {
  iss: string;
  iat: number;
  exp: number;
  /** Only ever rises. */
  sequence: number;
  /** Each with its thumbprint as `kid`. */
  keys: Jwk[];
}

const MAX_LENGTH = 65_536;
const MAX_KEYS = 64;

/** The key set as a compact JWS, signed by the root key. */
export function signKeySet(keySet: KeySet, rootKey: SigningKey): string {
  return signJws(keySet, KEY_SET_TYPE, rootKey);
}

/**
 * Reads a key set that the root key signed. Throws FormatError: those of `verifyJws`, `bad_claims`, `bad_key`,
 * `wrong_issuer`, `key_set_rollback` under `minimumSequence`, `key_set_expired` from `exp` on.
 */
export function verifyKeySet(
  jws: string,
  rootJwk: Jwk,
  expected: { issuer: string; minimumSequence: number; nowSeconds: number },
): KeySet {
  // The root key is pinned: its name adds nothing.
  const claims = verifyJws(jws, {
    typ: KEY_SET_TYPE,
    keys: [rootJwk],
    kidOptional: true,
    maxLength: MAX_LENGTH,
  });
  const keySet = readKeySet(claims);
  if (keySet.iss !== expected.issuer) throw new FormatError('wrong_issuer', `issued by ${keySet.iss}`);
  // format §8: a reader refuses a sequence lower than the last it accepted.
  if (keySet.sequence < expected.minimumSequence) {
    throw new FormatError(
      'key_set_rollback',
      `sequence ${keySet.sequence} after ${expected.minimumSequence}`,
    );
  }
  if (expected.nowSeconds >= keySet.exp) throw new FormatError('key_set_expired', 'the key set has expired');
  return keySet;
}

function readKeySet(claims: Claims): KeySet {
  const { keys } = claims;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
    throw new FormatError('bad_claims', `keys is not an array of 1 to ${MAX_KEYS}`);
  }
  const keySet: KeySet = {
    iss: textClaim(claims, 'iss', 512),
    iat: secondsClaim(claims, 'iat'),
    exp: secondsClaim(claims, 'exp'),
    sequence: integerClaim(claims, 'sequence'),
    keys: keys.map(readManifestKey),
  };
  claimThat(keySet.exp > keySet.iat, 'exp is not after iat');
  return keySet;
}

// format §8: the kid of a manifest key is its thumbprint, so that no two keys can share one.
function readManifestKey(jwk: unknown): Jwk {
  const key = readJwk(jwk);
  if (key.kid !== thumbprint(key)) throw new FormatError('bad_key', 'a kid is not the thumbprint of its key');
  return key;
}
