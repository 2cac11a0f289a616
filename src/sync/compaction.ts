// Keeps opening cheap: when the diffs on disk outgrow the leaf file under them, or that is a snapshot of an older program,
// the list is written as one new leaf file. It changes nothing of what is in force.
import type { ListInForce } from './list-in-force.ts';
import { isSnapshot } from './list-record.ts';
import type { ListStore } from './store.ts';

const MAX_DIFFS = 100;
/** Diffs may weigh this share of what they lead on from. */
const MAX_DIFF_SHARE = 1 / 3;
/** Less than this is never worth it. */
const MIN_DIFF_BYTES = 256 * 1024;

/** Writes a new base where it is due. Throws SyncError `store_failed`; then all is as it was. */
export async function compact(store: ListStore, inForce: ListInForce): Promise<ListInForce> {
  const { record } = inForce.current;
  const diffBytes = record.diffs.reduce((sum, { bytes }) => sum + bytes, 0);
  const isHeavy = diffBytes > Math.max(MIN_DIFF_BYTES, record.base.bytes * MAX_DIFF_SHARE);
  if (record.diffs.length <= MAX_DIFFS && !isHeavy && !isSnapshot(record.base)) return inForce;
  const base = await store.writeFile('leaves', String(inForce.manifest.version), inForce.tree.leaves());
  return { ...inForce, current: await store.commit({ ...record, base, diffs: [] }) };
}
