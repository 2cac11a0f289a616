import { describe, expect, it } from 'vitest';
import { generateKey } from '../../src/list/key-set.ts';
import { type Receipt, signReceipt, verifyReceipt } from '../../src/list/receipt.ts';
import { forgeries, signRaw } from './forged-tokens.ts';
import { codeOf } from './series.ts';

const key = generateKey();
const stranger = generateKey();
const receipt: Receipt = {
  iss: 'relay-1',
  aud: 'https://exchange.example',
  sub: 'sender-numbers',
  epoch: '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44',
  version: 12,
  digest: 'ab'.repeat(32),
  count: 5,
  iat: 1_790_000_000,
};
const verify = (jws: string): Receipt =>
  verifyReceipt(jws, [stranger.publicJwk, key.publicJwk].slice(1), { issuer: receipt.aud });
const signed = (claims: object): string =>
  signRaw({ alg: 'ES256', typ: 'receipt+jwt', kid: key.kid }, { ...receipt, ...claims }, key);

describe('a receipt', () => {
  it('is read as the relay signed it', () => {
    expect(verify(signReceipt(receipt, key))).toEqual(receipt);
  });

  it('whose header names no key is of whichever registered key signed it, and of no other', () => {
    const unnamed = { alg: 'ES256', typ: 'receipt+jwt' };
    expect(verify(signRaw(unnamed, receipt, key))).toEqual(receipt);
    expect(codeOf(() => verify(signRaw(unnamed, receipt, stranger)))).toBe('bad_signature');
  });

  it('for another exchange is refused', () => {
    expect(codeOf(() => verify(signed({ aud: 'https://other.example' })))).toBe('wrong_issuer');
    expect(codeOf(() => verify(signed({ aud: [receipt.aud] })))).toBe('bad_claims');
  });

  it.each(forgeries('receipt+jwt', receipt, key, stranger))(
    'is refused when it is one $name',
    ({ token, code }) => {
      expect(codeOf(() => verify(token))).toBe(code);
    },
  );

  it.each(Object.keys(receipt))('is refused without its claim %s', (claim) => {
    expect(codeOf(() => verify(signed({ [claim]: undefined })))).toBe('bad_claims');
  });
});
