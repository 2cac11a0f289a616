// The first start of an exchange: each list begins as version 0, empty, in an epoch of its own (format §6).
import { createHash, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { digestOf, startChain } from '../list/digest.ts';
import { LIST_IDS } from '../list/entry.ts';
import { SNAPSHOT_HEADER } from '../list/snapshot.ts';

/** What the manifest says of the snapshot of version 0, the header alone. */
export const EMPTY_SNAPSHOT = {
  sha256: createHash('sha256').update(SNAPSHOT_HEADER).digest(),
  bytes: Buffer.byteLength(SNAPSHOT_HEADER),
  count: 0,
};

/** Creates the lists that are not there yet; two servers may do so at the same time. */
export async function foundLists(db: Kysely<DB>, now: Date): Promise<void> {
  for (const id of LIST_IDS) {
    const epoch = randomUUID();
    const state = {
      version: 0,
      count: 0,
      digest: Buffer.from(digestOf([]), 'hex'),
      chain: Buffer.from(startChain(epoch), 'hex'),
      published_at: now,
    };
    await db.transaction().execute(async (trx) => {
      const created = await trx
        .insertInto('list')
        .values({ id, epoch, ...state })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!created) return;
      await trx
        .insertInto('version')
        .values({ list_id: id, epoch, serial: 0, ...state, added: 0, removed: 0 })
        .execute();
      await trx
        .insertInto('snapshot')
        .values({ list_id: id, epoch, version: 0, ...EMPTY_SNAPSHOT, created_at: now })
        .execute();
    });
  }
}
