// The digest of format §5 as it is defined, and the chain of §6. The tree is checked against this; it is for
// small lists and for whoever wants to read the definition.
import { createHash } from 'node:crypto';
import { compareLines } from './entry.ts';
import { FormatError } from './format-error.ts';
import { hashValue } from './value-hash.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const EPOCH = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text is a SHA-256 in lower-case hex, as digests, chains and checksums are written. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text);
}

/** Whether the text is a UUID in lower case, as epochs are written. */
export function isEpoch(text: unknown): text is string {
  return typeof text === 'string' && EPOCH.test(text);
}

/** The digest of a set of lines in any order, without newlines: 64 lower-case hex digits. */
export function digestOf(lines: Iterable<string>): string {
  const hashed = Array.from(lines, (line) => ({ line, hash: hashValue(line.slice(0, line.indexOf(','))) }));
  hashed.sort((a, b) => compareLines(a.line, b.line));
  return treeHash(hashed, 0).toString('hex');
}

function treeHash(lines: { line: string; hash: number }[], depth: number): Buffer {
  if (lines.length <= 64 || depth === 32) {
    return sha256('\0', ...lines.map(({ line }) => `${line}\n`));
  }
  const half = (bit: number) => lines.filter(({ hash }) => ((hash >>> (31 - depth)) & 1) === bit);
  return sha256('\x01', treeHash(half(0), depth + 1), treeHash(half(1), depth + 1));
}

/** chain(0) of an epoch (format §6), in hex. Throws FormatError `bad_digest` where it is no lower-case UUID. */
export function startChain(epoch: string): string {
  if (!isEpoch(epoch)) throw new FormatError('bad_digest', 'an epoch is a UUID in lower case');
  return sha256(epoch).toString('hex');
}

/** chain(v) from chain(v−1) and digest(v) (format §6), all in hex. Throws FormatError `bad_digest`. */
export function extendChain(chain: string, digest: string): string {
  if (!isDigest(chain) || !isDigest(digest)) {
    throw new FormatError('bad_digest', 'a chain and a digest are 64 lower-case hex digits');
  }
  return sha256(Buffer.from(chain, 'hex'), Buffer.from(digest, 'hex')).toString('hex');
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
