// What a client signs with its own key: the assertions that buy access tokens (RFC 7523).
// The private key stays in here as a KeyObject; it is never part of an error.
import { type KeyObject, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { importPrivateJwk, thumbprint } from '../list/jwk.ts';
import type { Credentials } from './credentials.ts';

const ASSERTION_LIFE_SECONDS = 120;

export class ClientKey {
  readonly kid: string;
  readonly #credentials: Credentials;
  readonly #key: KeyObject;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    this.#key = importPrivateJwk(credentials.privateKey).privateKey;
    // Whatever name the file gives it: the exchange knows keys by their thumbprints.
    this.kid = thumbprint(credentials.privateKey);
  }

  /** A `private_key_jwt` assertion (RFC 7523 §2.2); each has a `jti` of its own and is good once. */
  signAssertion(nowMs: number): string {
    const { clientId, issuer } = this.#credentials;
    const iat = Math.floor(nowMs / 1000);
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: issuer,
      iat,
      exp: iat + ASSERTION_LIFE_SECONDS,
      jti: randomUUID(),
    };
    return jwt.sign(claims, this.#key, { algorithm: 'ES256', keyid: this.kid });
  }
}
