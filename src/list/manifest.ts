// The manifest (format §7): the agency's signed word on the state of a list. Whether its version may follow
// the one in force is for the reader to judge (§9); here it is only read.
import {
  type Claims,
  claimThat,
  digestClaim,
  epochClaim,
  integerClaim,
  MAX_COUNT,
  objectClaim,
  secondsClaim,
  textClaim,
} from './claims.ts';
import { FormatError } from './format-error.ts';
import type { Jwk, SigningKey } from './jwk.ts';
import { signJws, verifyJws } from './jws.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

export const MANIFEST_TYPE = 'manifest+jwt';

/** Times in seconds since 1970, hashes in hex. */
export interface Manifest {
  iss: string;
  /** The list. */
  sub: string;
  iat: number;
  exp: number;
  epoch: string;
  version: number;
  /** Entries in this version. */
  count: number;
  digest: string;
  chain: string;
  publishedAt: number;
  /** The newest materialised snapshot; diffs lead on from its version. */
  snapshot: { version: number; sha256: string; bytes: number; count: number };
  /** The oldest version from which a diff is still served. */
  oldestDiff: number;
  /** The least number of seconds between two polls. */
  poll: number;
}

const MAX_LENGTH = 8192;
const MAX_POLL_SECONDS = 86_400;

/** The manifest as a compact JWS. */
export function signManifest(manifest: Manifest, key: SigningKey): string {
  return signJws(manifest, MANIFEST_TYPE, key);
}

/**
 * Reads a manifest that one of the keys signed, for this issuer and list. One past its `exp` is read all the
 * same: see `isStale`. Throws FormatError: those of `verifyJws`, `bad_claims`, `wrong_issuer`, `wrong_list`.
 */
export function verifyManifest(
  jws: string,
  expected: { keys: readonly Jwk[]; issuer: string; list: string },
): Manifest {
  const claims = verifyJws(jws, { typ: MANIFEST_TYPE, keys: expected.keys, maxLength: MAX_LENGTH });
  const manifest = readManifest(claims);
  if (manifest.iss !== expected.issuer) throw new FormatError('wrong_issuer', `issued by ${manifest.iss}`);
  if (manifest.sub !== expected.list) throw new FormatError('wrong_list', `of the list ${manifest.sub}`);
  return manifest;
}

/** Whether the manifest is past its `exp`: what it says stays in force, but may be out of date. */
export function isStale(manifest: Manifest, nowSeconds: number): boolean {
  return nowSeconds >= manifest.exp;
}

// format §7: readers ignore claims that they do not know.
function readManifest(claims: Claims): Manifest {
  const snapshot = objectClaim(claims, 'snapshot');
  const manifest: Manifest = {
    iss: textClaim(claims, 'iss', 512),
    sub: textClaim(claims, 'sub', 64),
    iat: secondsClaim(claims, 'iat'),
    exp: secondsClaim(claims, 'exp'),
    epoch: epochClaim(claims, 'epoch'),
    version: integerClaim(claims, 'version'),
    count: integerClaim(claims, 'count', 0, MAX_COUNT),
    digest: digestClaim(claims, 'digest'),
    chain: digestClaim(claims, 'chain'),
    publishedAt: secondsClaim(claims, 'publishedAt'),
    snapshot: {
      version: integerClaim(snapshot, 'version'),
      sha256: digestClaim(snapshot, 'sha256'),
      bytes: integerClaim(snapshot, 'bytes', SNAPSHOT_HEADER.length),
      count: integerClaim(snapshot, 'count', 0, MAX_COUNT),
    },
    oldestDiff: integerClaim(claims, 'oldestDiff'),
    poll: integerClaim(claims, 'poll', 0, MAX_POLL_SECONDS),
  };
  claimThat(manifest.exp > manifest.iat, 'exp is not after iat');
  claimThat(manifest.snapshot.version <= manifest.version, 'the snapshot is of a later version');
  claimThat(manifest.oldestDiff <= manifest.version, 'oldestDiff is a later version');
  claimThat(manifest.version > 0 || manifest.count === 0, 'version 0 is not empty');
  return manifest;
}
