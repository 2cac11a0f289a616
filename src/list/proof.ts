// Proof that a value is, or is not, in a version, checked against its signed digest alone (format §5). What it
// does not refuse is certain; it needs neither the list nor anyone's word.
import { createHash } from 'node:crypto';
import { isDigest } from './digest.ts';
import { type Entry, isValue, parseLine } from './entry.ts';
import { FormatError } from './format-error.ts';
import { bitAt, LEAF_LINES, MAX_DEPTH } from './hash-trie.ts';
import { hashValue } from './value-hash.ts';

/** The leaf where a value's hash leads, in order, and the sibling hashes on the way, bottom up, in hex. */
export interface Proof {
  lines: string[];
  siblings: string[];
}

/**
 * What the proof says of the value in the version with this digest: its entry, or undefined where the value
 * is not listed. Throws FormatError `bad_proof` where it proves nothing.
 */
export function verifyProof(claim: Proof & { value: string; digest: string }): {
  present: Entry | undefined;
} {
  const { value, lines, siblings, digest } = claim;
  if (!isValue(value)) throw refusal('it is about no value');
  if (siblings.length > MAX_DEPTH || !siblings.every(isDigest)) throw refusal('malformed siblings');
  if (lines.length > LEAF_LINES && siblings.length < MAX_DEPTH) throw refusal('more lines than a leaf has');
  const hash = hashValue(value);
  const entries = readLeaf(lines);
  for (const entry of entries) {
    if (!sharesPrefix(hashValue(entry.value), hash, siblings.length)) throw refusal('a line of another leaf');
  }
  if (rootOf(lines, siblings, hash) !== digest) throw refusal('it leads to another digest');
  return { present: entries.find((entry) => entry.value === value) };
}

function readLeaf(lines: readonly string[]): Entry[] {
  try {
    return lines.map(parseLine);
  } catch (error) {
    throw new FormatError('bad_proof', 'malformed line', { cause: error });
  }
}

function sharesPrefix(a: number, b: number, bits: number): boolean {
  return bits === 0 || (a ^ b) >>> (32 - bits) === 0;
}

/** The root that follows from the leaf: its siblings folded in by the bits of the value's hash. */
function rootOf(lines: readonly string[], siblings: readonly string[], hash: number): string {
  const leaf = createHash('sha256').update('\0');
  for (const line of lines) leaf.update(`${line}\n`);
  let root = leaf.digest();
  for (const [step, sibling] of siblings.entries()) {
    const isRight = bitAt(hash, siblings.length - 1 - step) === 1;
    const other = Buffer.from(sibling, 'hex');
    root = createHash('sha256')
      .update('\x01')
      .update(isRight ? other : root)
      .update(isRight ? root : other)
      .digest();
  }
  return root.toString('hex');
}

function refusal(reason: string): FormatError {
  return new FormatError('bad_proof', `the proof proves nothing: ${reason}`);
}
