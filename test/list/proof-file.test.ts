// A proof file is verified with the root key alone; the published answers hold.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatLine } from '../../src/list/entry.ts';
import type { Jwk } from '../../src/list/key-set.ts';
import { type ProofFile, verifyProofFile } from '../../src/list/proof-file.ts';
import { codeOf } from './series.ts';

interface Vectors {
  jws: { issuer: string; rootKey: Jwk; clientKey: Jwk };
  proofFiles: {
    valid: { name: string; file: ProofFile; line: string | null }[];
    invalid: { name: string; reason: string; file: ProofFile }[];
  };
}

const vectors = JSON.parse(
  readFileSync(new URL('../../docs/vectors/list-format.json', import.meta.url), 'utf8'),
) as Vectors;
const { issuer, rootKey, clientKey } = vectors.jws;

/** Codes of ours that stand for a reason of the format. */
const CODES: Record<string, string> = { proof: 'bad_proof', claims: 'wrong_list', header: 'wrong_type' };

describe('a proof file', () => {
  it.each(vectors.proofFiles.valid)('of a value that is $name is verified, long after', ({ file, line }) => {
    const { entry, manifest } = verifyProofFile(JSON.stringify(file), { rootKey, issuer });
    expect(entry ? formatLine(entry) : null).toBe(line);
    expect(manifest).toMatchObject({ iss: issuer, version: 2, count: 4 });
    expect(verifyProofFile(JSON.stringify(file), { rootKey }).manifest).toEqual(manifest);
  });

  it.each(vectors.proofFiles.invalid)('with $name is refused', ({ file, reason }) => {
    expect(codeOf(() => verifyProofFile(JSON.stringify(file), { rootKey }))).toBe(CODES[reason]);
  });

  it('is refused under another root key, and for another exchange', () => {
    const text = JSON.stringify(vectors.proofFiles.valid[0]?.file);
    expect(codeOf(() => verifyProofFile(text, { rootKey: clientKey }))).toBe('unknown_kid');
    expect(codeOf(() => verifyProofFile(text, { rootKey, issuer: 'https://elsewhere.example' }))).toBe(
      'wrong_issuer',
    );
  });
});
