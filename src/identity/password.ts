// Passwords of people, kept as scrypt (RFC 7914) with the parameters that OWASP names for 32 MiB.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const LOG_N = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 3;
const KEY_BYTES = 32;
const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** The text to keep. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, LOG_N, BLOCK_SIZE, PARALLEL);
  return ['scrypt', LOG_N, BLOCK_SIZE, PARALLEL, salt.toString('base64url'), key.toString('base64url')].join(
    '$',
  );
}

/**
 * Whether the password is the one that was kept.
 * @param kept null where there is none: it takes as long, and is false
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, logN, r, p, salt, key] = FORM.exec(kept ?? (await standIn())) ?? [];
  if (salt === undefined || key === undefined)
    throw new Error('a password is kept in a form that is not known');
  const expected = Buffer.from(key, 'base64url');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(logN), Number(r), Number(p));
  return timingSafeEqual(derived, expected) && kept !== null;
}

let standInHash: Promise<string> | undefined;

function standIn(): Promise<string> {
  standInHash ??= hashPassword(randomBytes(16).toString('hex'));
  return standInHash;
}

/** NFKC: the same password typed on another keyboard is the same (RFC 8265). */
function derive(password: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> {
  const options = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  return new Promise((done, fail) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? fail(error) : done(key),
    );
  });
}
