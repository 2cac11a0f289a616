// Gives candidates that came as one JSON body in the shape of the streamed formats. The contract has refused
// unknown fields and anything that is no object before.
import type { Hash } from 'node:crypto';
import type { ReadRow, RowFields } from './row-fields.ts';

/** The rows; the hash is fed with their JSON, written one way however the carrier had spaced it. */
export async function* readJsonRows(candidates: readonly RowFields[], hash: Hash): AsyncGenerator<ReadRow[]> {
  hash.update(JSON.stringify(candidates));
  yield candidates.map((fields) => ({ ok: true, fields }));
}
