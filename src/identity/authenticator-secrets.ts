// Authenticator secrets as they rest in the database: AES-256-GCM, bound to their person, so that whoever can write
// there cannot give one person the authenticator of another. `nonce.ciphertext`, base64url; the key is a file.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D §8.2.2: random nonces of 96 bits, far fewer than 2^32 of them under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class AuthenticatorSecrets {
  readonly #key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A secret in base32, encrypted for a person. */
  seal(personId: string, secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(personId));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** The secret; undefined where it is another key's, another person's, or was changed. */
  open(personId: string, text: string): string | undefined {
    const [nonce, sealed] = text.split('.').map((part) => Buffer.from(part, 'base64url'));
    if (nonce?.length !== NONCE_BYTES || !sealed || sealed.length < TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(personId));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const opened = [decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      return undefined; // node says no more than that it did not authenticate
    }
  }
}
