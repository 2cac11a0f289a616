// The vectors of the public format document hold for the code that publisher and relays run.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeDiffs, diffFromJson, formatDiff, parseDiff } from '../../src/list/diff.ts';
import { digestOf, extendChain, startChain } from '../../src/list/digest.ts';
import { FormatError } from '../../src/list/format-error.ts';
import { type Jwk, verifyKeySet } from '../../src/list/key-set.ts';
import { verifyManifest } from '../../src/list/manifest.ts';
import { type Proof, verifyProof } from '../../src/list/proof.ts';
import { verifyReceipt } from '../../src/list/receipt.ts';
import { ListTree } from '../../src/list/tree.ts';
import { hashValue } from '../../src/list/value-hash.ts';

interface Named {
  name: string;
}
interface Refused extends Named {
  reason: string;
}
interface Vectors {
  hashes: { value: string; hash: string }[];
  digests: (Named & { lines?: string[]; series?: number; digest: string })[];
  chains: { epoch: string; digests: string[]; chains: string[] }[];
  snapshots: {
    valid: (Named & { text: string; count: number; digest: string })[];
    invalid: (Refused & { text?: string; hex?: string })[];
  };
  diffs: {
    valid: (Named & { fromLines: string[]; csv: string; json: unknown; toDigest?: string })[];
    invalid: (Refused & { text: string })[];
    unfit: (Refused & { fromLines: string[]; csv: string })[];
    composed: (Named & { first: string; second: string; both: string })[];
  };
  proofs: {
    valid: (Named & { digest: string; value: string; proof: Proof; line: string | null })[];
    invalid: (Refused & { digest: string; value: string; proof: Proof })[];
  };
  jws: {
    issuer: string;
    time: number;
    rootKey: Jwk;
    clientKey: Jwk;
    keySet: { jws: string };
    manifest: { jws: string };
    receipt: { jws: string };
    invalidManifests: (Refused & { jws: string })[];
    invalidKeySets: (Refused & { jws: string })[];
  };
}

const file = new URL('../../docs/vectors/list-format.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const { jws } = vectors;
const readKeySet = (text: string, minimumSequence = 3) =>
  verifyKeySet(text, jws.rootKey, { issuer: jws.issuer, minimumSequence, nowSeconds: jws.time });
const readManifest = (text: string) =>
  verifyManifest(text, { keys: readKeySet(jws.keySet.jws).keys, issuer: jws.issuer, list: 'sender-numbers' });

it.each(vectors.hashes)('the hash of $value is $hash', ({ value, hash }) => {
  expect(hashValue(value).toString(16).padStart(8, '0')).toBe(hash);
});

it.each(vectors.digests.filter(({ lines }) => lines))(
  'the digest of the lines "$name"',
  ({ lines = [], digest }) => {
    expect(digestOf(lines)).toBe(digest);
    expect(ListTree.fromLines(lines).digest()).toBe(digest);
  },
);

it.each(vectors.chains)('the chain of the epoch $epoch', ({ epoch, digests, chains }) => {
  const made = [startChain(epoch)];
  for (const digest of digests) made.push(extendChain(made.at(-1) ?? '', digest));
  expect(made).toEqual(chains);
});

describe('a snapshot', () => {
  it.each(vectors.snapshots.valid)('is read: $name', ({ text, count, digest }) => {
    const tree = ListTree.fromSnapshot(Buffer.from(text));
    expect([tree.count, tree.digest()]).toEqual([count, digest]);
  });
  it.each(vectors.snapshots.invalid)('is refused: $name', ({ text, hex }) => {
    const bytes = hex === undefined ? Buffer.from(text ?? '') : Buffer.from(hex, 'hex');
    expect(() => ListTree.fromSnapshot(bytes)).toThrow(FormatError);
  });
});

describe('a diff', () => {
  it.each(vectors.diffs.valid)('is read as CSV and as JSON: $name', ({ csv, json }) => {
    expect(parseDiff(csv)).toEqual(diffFromJson(json));
    expect([...formatDiff(parseDiff(csv))].join('')).toBe(csv);
  });
  it.each(vectors.diffs.invalid)('is refused: $name', ({ text }) => {
    expect(() => parseDiff(text)).toThrow(FormatError);
  });
  it.each(vectors.diffs.unfit)('does not fit: $name', ({ fromLines, csv }) => {
    const tree = ListTree.fromLines(fromLines);
    expect(() => tree.apply(parseDiff(csv))).toThrow(FormatError);
    expect([...tree.lines()].sort()).toEqual([...fromLines].sort());
  });
  it.each(vectors.diffs.composed)('composes: $name', ({ first, second, both }) => {
    expect([...formatDiff(composeDiffs(parseDiff(first), parseDiff(second)))].join('')).toBe(both);
  });
});

describe('a proof', () => {
  it.each(vectors.proofs.valid)('is good: $name', ({ digest, value, proof }) => {
    expect(() => verifyProof({ ...proof, value, digest })).not.toThrow();
  });
  it.each(vectors.proofs.invalid)('is refused: $name', ({ digest, value, proof }) => {
    expect(() => verifyProof({ ...proof, value, digest })).toThrow(FormatError);
  });
});

describe('a signed text', () => {
  it('is read', () => {
    expect(readManifest(jws.manifest.jws).sub).toBe('sender-numbers');
    expect(verifyReceipt(jws.receipt.jws, [jws.clientKey], { issuer: jws.issuer }).iss).toBe('relay-1');
  });
  it.each(jws.invalidManifests)('is refused as a manifest: $name', ({ jws: text }) => {
    expect(() => readManifest(text)).toThrow(FormatError);
  });
  it.each(jws.invalidKeySets)('is refused as a key set: $name', ({ jws: text }) => {
    expect(() => readKeySet(text)).toThrow(FormatError);
  });
});
