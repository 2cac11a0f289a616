// Signs the state of a list (format §7) and keeps the signature in the list's row: every reader and every
// instance sees the same bytes, and a manifest is never seen without the version it signs.
import type { Kysely, Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { SigningKey } from '../list/key-set.ts';
import { type Manifest, signManifest } from '../list/manifest.ts';

export interface SignerOptions {
  issuer: string;
  key: SigningKey;
  now: () => Date;
  lifeSeconds: number;
  /** Least seconds that readers leave between two polls. */
  pollSeconds: number;
}

export class ManifestSigner {
  readonly #options: SignerOptions;

  constructor(options: SignerOptions) {
    this.#options = options;
  }

  /** Signs the present state of a list; the caller holds its row's lock. */
  async sign(trx: Transaction<DB>, list: string): Promise<string> {
    const { issuer, key, now, lifeSeconds, pollSeconds } = this.#options;
    const row = await trx
      .selectFrom('list')
      .innerJoin('snapshot', (join) =>
        join
          .onRef('snapshot.list_id', '=', 'list.id')
          .onRef('snapshot.version', '=', 'list.snapshot_version'),
      )
      .selectAll('list')
      .select(['snapshot.sha256', 'snapshot.bytes', 'snapshot.count as snapshot_count'])
      .where('list.id', '=', list)
      .executeTakeFirstOrThrow();
    const issuedAt = seconds(now());
    const manifest: Manifest = {
      iss: issuer,
      sub: list,
      iat: issuedAt,
      exp: issuedAt + lifeSeconds,
      epoch: row.epoch,
      version: row.version,
      count: row.count,
      digest: row.digest.toString('hex'),
      chain: row.chain.toString('hex'),
      publishedAt: seconds(row.published_at),
      snapshot: {
        version: row.snapshot_version,
        sha256: row.sha256.toString('hex'),
        bytes: row.bytes,
        count: row.snapshot_count,
      },
      oldestDiff: row.oldest_version,
      poll: pollSeconds,
    };
    const jws = signManifest(manifest, key);
    const renewAt = new Date((issuedAt + Math.floor(lifeSeconds / 2)) * 1000);
    await trx
      .updateTable('list')
      .set({ manifest: jws, manifest_renew_at: renewAt })
      .where('id', '=', list)
      .execute();
    return jws;
  }

  /** The manifest in force; signed anew, unchanged in content, when half of its life is over. */
  async current(db: Kysely<DB>, list: string): Promise<string | undefined> {
    const fresh = (row: { manifest: string | null; manifest_renew_at: Date | null }) =>
      row.manifest !== null && row.manifest_renew_at !== null && row.manifest_renew_at > this.#options.now();
    const query = (at: Kysely<DB>) =>
      at.selectFrom('list').select(['manifest', 'manifest_renew_at']).where('id', '=', list);
    const row = await query(db).executeTakeFirst();
    if (!row || fresh(row)) return row?.manifest ?? undefined;
    return db.transaction().execute(async (trx) => {
      const locked = await query(trx).forUpdate().executeTakeFirstOrThrow();
      return fresh(locked) ? (locked.manifest ?? undefined) : this.sign(trx, list);
    });
  }

  /** Signs every list anew: the key or the issuer may have changed while no server ran. */
  async signAll(db: Kysely<DB>): Promise<void> {
    const lists = await db.selectFrom('list').select('id').orderBy('id').execute();
    for (const { id } of lists) {
      await db.transaction().execute(async (trx) => {
        await trx.selectFrom('list').select('id').where('id', '=', id).forUpdate().execute();
        await this.sign(trx, id);
      });
    }
  }
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
