// Codes of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, 30 seconds, one step of drift to either side.
import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;

/** A new secret in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The secret as a URI for a QR code. */
export function totpUri(secret: string, email: string): string {
  return totp(secret, email).toString();
}

/**
 * The step that a code belongs to, undefined where it is not the authenticator's of this moment.
 * @param lastStep the last step that was used: RFC 6238 §5.2 takes each code once
 */
export function stepOfCode(secret: string, code: string, lastStep: number, now: Date): number | undefined {
  const delta = totp(secret, '').validate({ token: code, timestamp: now.getTime(), window: 1 });
  if (delta === null) return undefined;
  const step = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta;
  return step > lastStep ? step : undefined;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'chadan', label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });
}
