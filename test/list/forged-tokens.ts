// What an attacker sends instead of a signed document: each is wrong in one way, and named by it.
import { createHmac, sign } from 'node:crypto';
import type { SigningKey } from '../../src/list/key-set.ts';

export interface Forgery {
  name: string;
  token: string;
  code: string;
}

/** Signs any header and payload, however wrong, with ES256. */
export function signRaw(header: object, payload: unknown, key: SigningKey): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Forgeries of a document of this type with a payload that would be good. */
export function forgeries(typ: string, payload: object, key: SigningKey, stranger: SigningKey): Forgery[] {
  const header = { alg: 'ES256', typ, kid: key.kid };
  const good = signRaw(header, payload, key);
  const [head, body, signature] = good.split('.') as [string, string, string];
  const changed = encoded({ ...payload, iss: 'https://elsewhere.example' });
  const forged = (name: string, token: string, code: string): Forgery => ({ name, token, code });
  return [
    forged(
      'signed with another algorithm',
      signRaw({ ...header, alg: 'ES384' }, payload, key),
      'wrong_algorithm',
    ),
    forged('unsigned', `${encoded({ ...header, alg: 'none' })}.${body}.`, 'bad_token'),
    forged(
      'unsigned with a signature',
      `${encoded({ ...header, alg: 'none' })}.${body}.${signature}`,
      'wrong_algorithm',
    ),
    forged('HS256 with the public key as PEM', hs256(header, payload, publicPem(key)), 'wrong_algorithm'),
    forged(
      'HS256 with the public key as JWK',
      hs256(header, payload, JSON.stringify(key.publicJwk)),
      'wrong_algorithm',
    ),
    forged('without an algorithm', signRaw({ typ, kid: key.kid }, payload, key), 'wrong_algorithm'),
    forged('of another type', signRaw({ ...header, typ: 'at+jwt' }, payload, key), 'wrong_type'),
    forged('of no type', signRaw({ alg: 'ES256', kid: key.kid }, payload, key), 'wrong_type'),
    forged(
      'by a key that is not known',
      signRaw({ ...header, kid: stranger.kid }, payload, stranger),
      'unknown_kid',
    ),
    forged('in the name of another key', signRaw(header, payload, stranger), 'bad_signature'),
    forged(
      'with its own key in the header',
      signRaw({ ...header, jwk: stranger.publicJwk }, payload, stranger),
      'bad_signature',
    ),
    forged('with another payload', `${head}.${changed}.${signature}`, 'bad_signature'),
    forged('with another header', `${encoded({ ...header, x: 1 })}.${body}.${signature}`, 'bad_signature'),
    forged('with an empty signature', `${head}.${body}.`, 'bad_token'),
    forged('with a cut signature', `${head}.${body}.${signature.slice(0, -4)}`, 'bad_signature'),
    forged(
      'with a signature of zeros',
      `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      'bad_signature',
    ),
    forged('that demands an extension', signRaw({ ...header, crit: ['exp'] }, payload, key), 'bad_token'),
    forged('of two parts', `${head}.${body}`, 'bad_token'),
    forged('of four parts', `${good}.${signature}`, 'bad_token'),
    forged('of blanks about it', ` ${good}\n`, 'bad_token'),
    forged('of nothing', '', 'bad_token'),
    forged('with a header that is no JSON', `e30x.${body}.${signature}`, 'bad_token'),
    forged('with a header that is a list', `${encoded([header])}.${body}.${signature}`, 'bad_token'),
    forged('that is a mountain', `${head}.${'A'.repeat(200_000)}.${signature}`, 'too_large'),
    forged('whose payload is a list', signRaw(header, [payload], key), 'bad_claims'),
    forged('whose payload is a text', signRaw(header, 'good', key), 'bad_claims'),
    forged('whose payload is null', signRaw(header, null, key), 'bad_claims'),
  ];
}

function hs256(header: object, payload: object, secret: string): string {
  const text = `${encoded({ ...header, alg: 'HS256' })}.${encoded(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function publicPem(key: SigningKey): string {
  const der = Buffer.concat([
    Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
    Buffer.from(key.publicJwk.x, 'base64url'),
    Buffer.from(key.publicJwk.y, 'base64url'),
  ]);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
