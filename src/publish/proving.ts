// Proofs of single values (format §6), with the manifest of their very version. That of the version in force comes
// from the tree that publishes, the others from trees of their own.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { notFound, Problem } from '../http/problem.ts';
import type { ListId } from '../list/entry.ts';
import type { Proof } from '../list/proof.ts';
import { requireHeld, requireList } from './held-version.ts';
import type { ListMemory } from './list-memory.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import type { PastTrees } from './past-trees.ts';
import { type ListRow, selectVersion } from './version-queries.ts';

export interface ProofDeps {
  db: Kysely<DB>;
  memory: ListMemory;
  past: PastTrees;
  signer: ManifestSigner;
}

interface ProvenValue extends Proof {
  list: ListId;
  epoch: string;
  version: number;
  value: string;
  manifest: string;
}

/** Each waits for the one before it, which may read millions of rows. */
const MAX_WAITING = 16;

/**
 * Proves a canonical value to be, or not to be, in a version.
 * @throws Problem `not_found`, `epoch_gone`, `version_gone`, `invalid_request`; `database_unavailable` where too
 *   many wait for proofs of past versions
 */
export async function proveValue(
  deps: ProofDeps,
  list: ListId,
  value: string,
  { version, epoch }: { version?: number | undefined; epoch?: string | undefined },
): Promise<ProvenValue> {
  if ((version === undefined) !== (epoch === undefined)) {
    throw new Problem('invalid_request', 'version and epoch go together.', {
      errors: [{ pointer: '?version', code: 'required', detail: 'goes with epoch' }],
    });
  }
  const row = await requireList(deps.db, list);
  if (version === undefined || epoch === undefined) return proveCurrent(deps, list, value);
  requireHeld(row, epoch, version);
  return version === row.version ? proveCurrent(deps, list, value) : provePast(deps, row, version, value);
}

function proveCurrent({ db, memory, signer }: ProofDeps, list: ListId, value: string): Promise<ProvenValue> {
  return memory.exclusively(list, async () => {
    await signer.current(db, list);
    // A version that was published in between has brought its manifest along, in the same row.
    const row = await requireList(db, list);
    const { epoch, version, manifest } = row;
    if (manifest === null) {
      throw new Problem('database_unavailable', 'A new epoch begins just now.', {
        headers: { 'Retry-After': '1' },
      });
    }
    const tree = await memory.treeAt(row);
    return { list, epoch, version, value, ...tree.prove(value), manifest };
  });
}

async function provePast(
  { db, past, signer }: ProofDeps,
  row: ListRow,
  version: number,
  value: string,
): Promise<ProvenValue> {
  if (past.waiting >= MAX_WAITING) {
    throw new Problem('database_unavailable', 'Too many proofs of past versions are asked for.', {
      headers: { 'Retry-After': '10' },
    });
  }
  const state = await selectVersion(db, row, version);
  if (!state) throw notFound('version');
  const { id, epoch, serial_base } = row;
  const proof = await past.prove({ id, epoch, version, digest: state.digest, serial_base }, value);
  const manifest = await signer.signPast(db, row, state);
  return { list: id as ListId, epoch, version, value, ...proof, manifest };
}
