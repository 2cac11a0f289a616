// Reading the claims of a signed payload, one by one. A signature says who wrote them, not that they make
// sense: each has a shape and bounds, and one that has not ends the reading.
import { isDigest, isEpoch } from './digest.ts';
import { FormatError } from './format-error.ts';

export type Claims = Record<string, unknown>;

/** A list has no more entries, and so no more versions between two restores. */
export const MAX_COUNT = 0xffff_ffff;

/** Claims `name` as text of 1 to `maxLength` printable ASCII characters. Throws FormatError `bad_claims`. */
export function textClaim(claims: Claims, name: string, maxLength: number): string {
  const value = claims[name];
  if (typeof value === 'string' && value.length <= maxLength && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new FormatError('bad_claims', `${name} is not a text of 1 to ${maxLength} characters`);
}

/** Claim `name` as an integer from `least` to `most`, both included. Throws FormatError `bad_claims`. */
export function integerClaim(
  claims: Claims,
  name: string,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = claims[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new FormatError('bad_claims', `${name} is not an integer from ${least} to ${most}`);
}

/** Claim `name` as a moment in seconds, before the year 10000. Throws FormatError `bad_claims`. */
export function secondsClaim(claims: Claims, name: string): number {
  return integerClaim(claims, name, 0, 253_402_300_799);
}

/** Claim `name` as a SHA-256 in lower-case hex. Throws FormatError `bad_claims`. */
export function digestClaim(claims: Claims, name: string): string {
  const value = claims[name];
  if (isDigest(value)) return value;
  throw new FormatError('bad_claims', `${name} is not 64 lower-case hex digits`);
}

/** Claim `name` as a UUID in lower case. Throws FormatError `bad_claims`. */
export function epochClaim(claims: Claims, name: string): string {
  const value = claims[name];
  if (isEpoch(value)) return value;
  throw new FormatError('bad_claims', `${name} is not a UUID in lower case`);
}

/** Claim `name` as an object. Throws FormatError `bad_claims`. */
export function objectClaim(claims: Claims, name: string): Claims {
  const value = claims[name];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims;
  throw new FormatError('bad_claims', `${name} is not an object`);
}

/** Throws FormatError `bad_claims` with the reason unless the condition holds. */
export function claimThat(condition: boolean, reason: string): void {
  if (!condition) throw new FormatError('bad_claims', reason);
}
