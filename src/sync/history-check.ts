// Whether a signed state may follow another (format §9.3, §6): one history, going forward. A good signature is
// not enough for that, so this looks at nothing else.
import { extendChain, startChain } from '../list/digest.ts';
import type { ListId } from '../list/entry.ts';
import type { Manifest } from '../list/manifest.ts';
import { SyncError } from './sync-error.ts';

/** How far the clocks of an exchange's servers may be apart. */
const CLOCK_SECONDS = 60;

/**
 * Lets a manifest pass that may follow the one in force.
 * @throws SyncError `rollback`, `split_view`
 */
export function checkHistory(next: Manifest, held: Manifest | undefined, list: ListId): void {
  const isSameEpoch = held?.epoch === next.epoch;
  // Nothing is signed in an epoch once there is a newer one (format §7.1): this was signed before.
  if (held && !isSameEpoch && next.iat + CLOCK_SECONDS < held.iat) {
    throw new SyncError('rollback', `the epoch ${next.epoch} is older than the one in force`, { list });
  }
  // Of a new epoch the beginning is known: version 0, whose chain is the epoch's own (format §6).
  const { version, chain } = isSameEpoch ? held : { version: 0, chain: startChain(next.epoch) };
  if (next.version < version) {
    throw new SyncError(
      'rollback',
      `version ${next.version} is served after version ${version} was in force`,
      { list },
    );
  }
  const digestDiffers = isSameEpoch && next.version === version && next.digest !== held.digest;
  if (digestDiffers || (next.version === version && next.chain !== chain)) {
    throw new SyncError('split_view', `version ${version} is served with another history than the one held`, {
      list,
    });
  }
  // format §6: one step on, the chain must follow from the one held. Over more steps only the agency can tell.
  if (next.version === version + 1 && next.chain !== extendChain(chain, next.digest)) {
    throw new SyncError('split_view', `version ${next.version} does not follow from the version held`, {
      list,
    });
  }
}
