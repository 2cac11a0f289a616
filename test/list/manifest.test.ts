import { describe, expect, it } from 'vitest';
import { generateKey } from '../../src/list/key-set.ts';
import { isStale, type Manifest, signManifest, verifyManifest } from '../../src/list/manifest.ts';
import { forgeries, signRaw } from './forged-tokens.ts';
import { codeOf } from './series.ts';

const key = generateKey();
const older = generateKey();
const stranger = generateKey();
const manifest: Manifest = {
  iss: 'https://exchange.example',
  sub: 'sender-numbers',
  iat: 1_790_000_000,
  exp: 1_790_086_400,
  epoch: '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44',
  version: 12,
  count: 5,
  digest: 'ab'.repeat(32),
  chain: 'cd'.repeat(32),
  publishedAt: 1_789_999_000,
  snapshot: { version: 10, sha256: 'ef'.repeat(32), bytes: 200, count: 4 },
  oldestDiff: 3,
  poll: 10,
};
const expected = {
  keys: [older.publicJwk, key.publicJwk],
  issuer: 'https://exchange.example',
  list: 'sender-numbers',
};
const header = { alg: 'ES256', typ: 'manifest+jwt', kid: key.kid };
const verify = (jws: string): Manifest => verifyManifest(jws, expected);

describe('a manifest', () => {
  it('is read as it was signed, with any of the keys', () => {
    expect(verify(signManifest(manifest, key))).toEqual(manifest);
    expect(verify(signManifest(manifest, older))).toEqual(manifest);
  });

  it('carries its type and the name of its key', () => {
    const [head] = signManifest(manifest, key).split('.') as [string];
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual(header);
  });

  it('may carry claims that are not known yet', () => {
    const later = { ...manifest, region: 'kr', snapshot: { ...manifest.snapshot, url: '/x' } };
    expect(verify(signRaw(header, later, key))).toEqual(manifest);
  });

  it('past its time is read all the same, and called stale', () => {
    const read = verify(signManifest(manifest, key));
    expect(isStale(read, manifest.exp - 1)).toBe(false);
    expect(isStale(read, manifest.exp)).toBe(true);
  });

  it('that does not name its key is refused', () => {
    const unnamed = signRaw({ alg: 'ES256', typ: 'manifest+jwt' }, manifest, key);
    expect(codeOf(() => verify(unnamed))).toBe('unknown_kid');
  });

  it.each(forgeries('manifest+jwt', manifest, key, stranger))(
    'is refused when it is one $name',
    ({ token, code }) => {
      expect(codeOf(() => verify(token))).toBe(code);
    },
  );

  it.each(Object.keys(manifest))('is refused without its claim %s', (claim) => {
    const { [claim as keyof Manifest]: _, ...rest } = manifest;
    expect(codeOf(() => verify(signRaw(header, rest, key)))).toBe('bad_claims');
  });

  it.each([
    ...['version', 'count', 'iat', 'exp', 'publishedAt', 'oldestDiff', 'poll'].flatMap((claim) => [
      { [claim]: -1 },
      { [claim]: 1.5 },
      { [claim]: '7' },
      { [claim]: 2 ** 53 },
      { [claim]: null },
    ]),
    ...['digest', 'chain'].flatMap((claim) => [
      { [claim]: 'AB'.repeat(32) },
      { [claim]: 'ab'.repeat(31) },
      { [claim]: `${'ab'.repeat(32)}\n` },
      { [claim]: 7 },
    ]),
    { epoch: '7D0F9E0A-3C1B-4F57-9A65-0C2F6D1B8E44' },
    { epoch: 'x' },
    { snapshot: [] },
    { snapshot: 'x' },
    { snapshot: { ...manifest.snapshot, version: 13 } },
    { snapshot: { ...manifest.snapshot, sha256: 'x' } },
    { snapshot: { ...manifest.snapshot, bytes: 20 } },
    { snapshot: { ...manifest.snapshot, count: -1 } },
    { oldestDiff: 13 },
    { poll: 86_401 },
    { exp: manifest.iat },
    { count: 2 ** 32 },
    { version: 0, count: 1, oldestDiff: 0, snapshot: { ...manifest.snapshot, version: 0 } },
    { iss: 7 },
    { iss: 'x'.repeat(513) },
    { sub: ['sender-numbers'] },
  ])('is refused with %j', (claims) => {
    expect(codeOf(() => verify(signRaw(header, { ...manifest, ...claims }, key)))).toBe('bad_claims');
  });

  it('of another exchange or another list is refused', () => {
    expect(codeOf(() => verify(signManifest({ ...manifest, iss: 'https://exchange.example/' }, key)))).toBe(
      'wrong_issuer',
    );
    expect(codeOf(() => verify(signManifest({ ...manifest, sub: 'originator-codes' }, key)))).toBe(
      'wrong_list',
    );
  });

  it('is refused when it is no text at all', () => {
    expect(codeOf(() => verify(undefined as unknown as string))).toBe('bad_token');
  });
});
