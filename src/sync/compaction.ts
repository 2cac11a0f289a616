// Keeps opening cheap: when the diffs on disk outgrow the snapshot under them, the list is written as one new
// snapshot. It changes nothing of what is in force.
import type { ListInForce } from './list-in-force.ts';
import type { ListStore } from './store.ts';

const MAX_DIFFS = 100;
/** Diffs may weigh this share of the snapshot. */
const MAX_DIFF_SHARE = 1 / 3;
/** Less than this is never worth it. */
const MIN_DIFF_BYTES = 256 * 1024;

/** Writes a new base where it is due. Throws SyncError `store_failed`; then all is as it was. */
export async function compact(store: ListStore, inForce: ListInForce): Promise<ListInForce> {
  const { record } = inForce.current;
  const diffBytes = record.diffs.reduce((sum, { bytes }) => sum + bytes, 0);
  const isHeavy = diffBytes > Math.max(MIN_DIFF_BYTES, record.base.bytes * MAX_DIFF_SHARE);
  if (record.diffs.length <= MAX_DIFFS && !isHeavy) return inForce;
  const base = await store.writeFile('snapshot', String(inForce.manifest.version), inForce.tree.snapshot());
  return { ...inForce, current: await store.commit({ ...record, base, diffs: [] }) };
}
