import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  exportPrivateJwk,
  generateKey,
  importPrivateJwk,
  type Jwk,
  type KeySet,
  readJwk,
  signKeySet,
  thumbprint,
  verifyKeySet,
} from '../../src/list/key-set.ts';
import { forgeries, signRaw } from './forged-tokens.ts';
import { codeOf } from './series.ts';

const root = generateKey();
const stranger = generateKey();
const [first, second] = [generateKey(), generateKey()];
const keySet: KeySet = {
  iss: 'https://exchange.example',
  iat: 1_790_000_000,
  exp: 1_797_776_000,
  sequence: 4,
  keys: [first.publicJwk, second.publicJwk],
};
const expected = { issuer: 'https://exchange.example', minimumSequence: 4, nowSeconds: 1_790_000_100 };
const verify = (jws: string, changes: Partial<typeof expected> = {}): KeySet =>
  verifyKeySet(jws, root.publicJwk, { ...expected, ...changes });
const signed = (claims: object): string =>
  signRaw({ alg: 'ES256', typ: 'keyset+jwt', kid: root.kid }, { ...keySet, ...claims }, root);

describe('a key set', () => {
  it('is read as the root key signed it', () => {
    expect(verify(signKeySet(keySet, root))).toEqual(keySet);
  });

  it('is verified with a root key that was pinned without a kid', () => {
    const { kid: _, ...bare } = root.publicJwk;
    expect(verifyKeySet(signKeySet(keySet, root), bare, expected)).toEqual(keySet);
  });

  it('of a lower sequence is refused, of the same or a higher one is not', () => {
    expect(codeOf(() => verify(signKeySet(keySet, root), { minimumSequence: 5 }))).toBe('key_set_rollback');
    expect(verify(signKeySet(keySet, root), { minimumSequence: 3 }).sequence).toBe(4);
  });

  it('is refused from its expiry on', () => {
    expect(codeOf(() => verify(signKeySet(keySet, root), { nowSeconds: keySet.exp }))).toBe(
      'key_set_expired',
    );
    expect(verify(signKeySet(keySet, root), { nowSeconds: keySet.exp - 1 })).toEqual(keySet);
  });

  it('signed by a manifest key is refused', () => {
    expect(codeOf(() => verify(signKeySet(keySet, first)))).toBe('unknown_kid');
  });

  it('need not name the root key, which is pinned', () => {
    const unnamed = signRaw({ alg: 'ES256', typ: 'keyset+jwt' }, keySet, root);
    expect(verify(unnamed)).toEqual(keySet);
  });

  it.each(forgeries('keyset+jwt', keySet, root, stranger))(
    'is refused when it is one $name',
    ({ token, code }) => {
      expect(codeOf(() => verify(token))).toBe(code);
    },
  );

  it.each(Object.keys(keySet))('is refused without its claim %s', (claim) => {
    expect(codeOf(() => verify(signed({ [claim]: undefined })))).toBe('bad_claims');
  });

  it('of another exchange is refused', () => {
    expect(codeOf(() => verify(signed({ iss: 'https://other.example' })))).toBe('wrong_issuer');
  });

  it('leaves out what its keys have beyond a public key', () => {
    const [read] = verify(signed({ keys: [{ ...exportPrivateJwk(first), note: 'x' }] })).keys;
    expect(read).toEqual(first.publicJwk);
  });

  const jwk = first.publicJwk;
  it.each<[string, object | null]>([
    ['of another kind', { ...jwk, kty: 'RSA' }],
    ['on another curve', { ...jwk, crv: 'P-384' }],
    ['off the curve', withThumbprint({ ...jwk, x: jwk.y, y: jwk.x })],
    ['at zero', withThumbprint({ ...jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) })],
    ['with short coordinates', withThumbprint({ ...jwk, x: jwk.x.slice(1) })],
    ['with bits to spare', withThumbprint({ ...jwk, x: `${jwk.x.slice(0, 42)}B` })],
    ['whose kid is not its thumbprint', { ...jwk, kid: second.kid }],
    ['without a kid', { ...jwk, kid: undefined }],
    ['for encryption', { ...jwk, use: 'enc' }],
    ['for another algorithm', { ...jwk, alg: 'ES384' }],
    ['that is null', null],
  ])('is refused with a key %s', (_, key) => {
    expect(codeOf(() => verify(signed({ keys: [key] })))).toBe('bad_key');
  });

  it('of a hundred keys is refused', () => {
    expect(codeOf(() => verify(signed({ keys: new Array(100).fill(jwk) })))).toBe('bad_claims');
  });
});

describe('a signing key', () => {
  it('is known by its thumbprint, RFC 7638', () => {
    const { x, y } = first.publicJwk;
    const canonical = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`;
    expect(first.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
    expect(thumbprint(first.publicJwk)).toBe(first.kid);
  });

  it('comes back from its JWK, under its name', () => {
    const jwk = exportPrivateJwk(first);
    const again = importPrivateJwk(JSON.parse(JSON.stringify(jwk)));
    expect(again.publicJwk).toEqual(first.publicJwk);
    expect(verifyKeySet(signKeySet(keySet, again), first.publicJwk, expected)).toEqual(keySet);
    expect(importPrivateJwk({ ...jwk, kid: 'my-key' }).kid).toBe('my-key');
    expect(importPrivateJwk({ ...jwk, kid: undefined }).kid).toBe(first.kid);
  });

  it('is refused when it is none, or its halves do not belong together', () => {
    const jwk = exportPrivateJwk(first);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' });
    const wrong = [
      { ...jwk, d: exportPrivateJwk(second).d },
      { ...jwk, d: 'A'.repeat(43) },
      { ...jwk, d: undefined },
      { ...jwk, d: 7 },
      first.publicJwk,
      rsa,
      p384,
      null,
      'key',
    ];
    for (const one of wrong) expect(codeOf(() => importPrivateJwk(one))).toBe('bad_key');
  });

  it('never shows its private part in what is public, nor in an error', () => {
    const jwk = exportPrivateJwk(first);
    expect(JSON.stringify([first.publicJwk, readJwk(jwk)])).not.toContain(jwk.d);
    expect(createPrivateKey({ key: { ...jwk }, format: 'jwk' }).export({ format: 'jwk' }).d).toBe(jwk.d);
    try {
      importPrivateJwk({ ...jwk, x: second.publicJwk.x });
    } catch (error) {
      expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(jwk.d);
    }
  });
});

function withThumbprint(jwk: Jwk): Jwk {
  return { ...jwk, kid: thumbprint(jwk) };
}
