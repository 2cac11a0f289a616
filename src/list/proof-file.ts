// A proof to be kept or handed on (format §6.5): the leaf and its way up, the manifest of that version, and the key set
// that vouches for the manifest. Whoever has the root key can verify it, years later and without a network.
import { textClaim } from './claims.ts';
import { type Entry, isValue } from './entry.ts';
import { FormatError } from './format-error.ts';
import { type Jwk, type KeySet, verifyKeySet } from './key-set.ts';
import { type Manifest, verifyManifest } from './manifest.ts';
import { type Proof, verifyProof } from './proof.ts';

export interface ProofFile extends Proof {
  list: string;
  epoch: string;
  version: number;
  value: string;
  /** The manifest of that version, a compact JWS. */
  manifest: string;
  /** The key set that has its key, a compact JWS. */
  keySet: string;
}

/** What a proof file shows. */
export interface ProvenFact {
  value: string;
  /** Undefined: the value is not in that version. */
  entry: Entry | undefined;
  manifest: Manifest;
  keySet: KeySet;
}

const MAX_LENGTH = 262_144;
/** In a leaf of colliding hashes there may be more than 64 lines, but no list has so many of one hash. */
const MAX_LINES = 1024;
const MAX_SIBLINGS = 32;

/**
 * Verifies the text of a proof file. Manifest and key set may have expired: the proof is of history. Whether the
 * keys are still trusted, a newer key set says.
 * @param trust keySet: one that is newer than that of the file, and judges in its place
 * @throws FormatError `bad_proof`, `too_large`; those of `verifyKeySet` and `verifyManifest`
 */
export function verifyProofFile(
  text: string,
  trust: { rootKey: Jwk; issuer?: string | undefined; keySet?: string | undefined },
): ProvenFact {
  const file = readProofFile(text);
  const keySet = readKeySet(trust.keySet ?? file.keySet, trust);
  const manifest = verifyManifest(file.manifest, { keys: keySet.keys, issuer: keySet.iss, list: file.list });
  // The signed word is the manifest's; what the file says beside it must be no other.
  if (manifest.epoch !== file.epoch || manifest.version !== file.version)
    throw refusal('its manifest is of another version');
  const { value, lines, siblings } = file;
  const { present } = verifyProof({ value, lines, siblings, digest: manifest.digest });
  return { value, entry: present, manifest, keySet };
}

/** At its own time: it is judged by its signature, not by its age. */
function readKeySet(jws: string, { rootKey, issuer }: { rootKey: Jwk; issuer?: string | undefined }): KeySet {
  const expected = { issuer: issuer ?? unverifiedIssuer(jws), minimumSequence: 0, nowSeconds: 0 };
  return verifyKeySet(jws, rootKey, expected);
}

/** Who is pinned by the root key alone signs for one exchange: which one, the key set says, once it is verified. */
function unverifiedIssuer(jws: string): string {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return textClaim((payload ?? {}) as Record<string, unknown>, 'iss', 512);
  } catch (cause) {
    throw new FormatError('bad_token', 'the key set is not a compact JWS', { cause });
  }
}

function readProofFile(text: string): ProofFile {
  if (text.length > MAX_LENGTH) throw new FormatError('too_large', `over ${MAX_LENGTH} characters`);
  const { list, epoch, version, value, lines, siblings, manifest, keySet } = parseObject(text);
  if (typeof list !== 'string' || typeof epoch !== 'string' || typeof version !== 'number')
    throw refusal('no list, epoch or version');
  if (typeof manifest !== 'string' || typeof keySet !== 'string') throw refusal('no manifest or key set');
  if (typeof value !== 'string' || !isValue(value)) throw refusal('it is about no value');
  if (!isTexts(lines, MAX_LINES) || !isTexts(siblings, MAX_SIBLINGS)) throw refusal('no lines or siblings');
  return { list, epoch, version, value, lines, siblings, manifest, keySet };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (cause) {
    throw new FormatError('bad_proof', 'the proof proves nothing: not JSON', { cause });
  }
  throw refusal('not an object');
}

function isTexts(value: unknown, most: number): value is string[] {
  return Array.isArray(value) && value.length <= most && value.every((one) => typeof one === 'string');
}

function refusal(reason: string): FormatError {
  return new FormatError('bad_proof', `the proof proves nothing: ${reason}`);
}
