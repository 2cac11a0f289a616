// A client's public key, as it is stored and shown: ES256 alone, without a private part, named by its thumbprint.
import { FormatError } from '../list/format-error.ts';
import { readJwk, thumbprint } from '../list/jwk.ts';

export interface ClientKey {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  /** RFC 7638. */
  kid: string;
  use: 'sig';
  alg: 'ES256';
}

/**
 * The key as it is to be stored, or undefined when it is no P-256 public key.
 * A `kid` of the giver's is replaced: by its thumbprint a key has one name, whoever registers it.
 */
export function readPublicKey(jwk: object): ClientKey | undefined {
  if ('d' in jwk) return undefined;
  try {
    const { kty, crv, x, y } = readJwk({ ...jwk, kid: undefined });
    return { kty, crv, x, y, kid: thumbprint({ kty, crv, x, y }), use: 'sig', alg: 'ES256' };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
