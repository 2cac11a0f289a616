// The receipt (format §9.7): a relay's signed word that it put a version in force.
import {
  type Claims,
  digestClaim,
  epochClaim,
  integerClaim,
  MAX_COUNT,
  secondsClaim,
  textClaim,
} from './claims.ts';
import { FormatError } from './format-error.ts';
import type { Jwk, SigningKey } from './jwk.ts';
import { signJws, verifyJws } from './jws.ts';

export const RECEIPT_TYPE = 'receipt+jwt';

export interface Receipt {
  /** The relay's client id. */
  iss: string;
  /** The issuer of the manifest. */
  aud: string;
  /** The list. */
  sub: string;
  epoch: string;
  version: number;
  digest: string;
  count: number;
  /** Seconds since 1970. */
  iat: number;
}

const MAX_LENGTH = 4096;

/** The receipt as a compact JWS, signed with the relay's own client key. */
export function signReceipt(receipt: Receipt, key: SigningKey): string {
  return signJws(receipt, RECEIPT_TYPE, key);
}

/**
 * Reads a receipt that one of the client's keys signed for this issuer. That `iss` is the client whose keys
 * these are is for the caller to check. Throws FormatError: those of `verifyJws`, `bad_claims`, `wrong_issuer`.
 */
export function verifyReceipt(jws: string, keys: readonly Jwk[], expected: { issuer: string }): Receipt {
  const claims = verifyJws(jws, { typ: RECEIPT_TYPE, keys, kidOptional: true, maxLength: MAX_LENGTH });
  const receipt = readReceipt(claims);
  if (receipt.aud !== expected.issuer) throw new FormatError('wrong_issuer', `addressed to ${receipt.aud}`);
  return receipt;
}

function readReceipt(claims: Claims): Receipt {
  return {
    iss: textClaim(claims, 'iss', 256),
    aud: textClaim(claims, 'aud', 512),
    sub: textClaim(claims, 'sub', 64),
    epoch: epochClaim(claims, 'epoch'),
    version: integerClaim(claims, 'version'),
    digest: digestClaim(claims, 'digest'),
    count: integerClaim(claims, 'count', 0, MAX_COUNT),
    iat: secondsClaim(claims, 'iat'),
  };
}
