// Signs the state of a list (format §8.4) and keeps the signature in the list's row: every reader and every
// instance sees the same bytes, and a manifest is never seen without the version it signs.
import type { Kysely, Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import type { SigningKey } from '../list/key-set.ts';
import { type Manifest, signManifest } from '../list/manifest.ts';
import { EMPTY_SNAPSHOT } from './founding.ts';
import type { HighWater } from './high-water.ts';
import type { ListRow, VersionRow } from './version-queries.ts';

export interface SignerOptions {
  issuer: string;
  /** The key that signs now, as the database that is given says. */
  signingKey: (db: Kysely<DB>) => Promise<SigningKey>;
  highWater: Pick<HighWater, 'check'>;
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

  /**
   * Signs the present state of a list; the caller holds its row's lock.
   * @throws Problem `keys_missing`, `history_set_back`
   */
  async sign(trx: Transaction<DB>, list: string): Promise<string> {
    const { now, lifeSeconds, signingKey, highWater } = this.#options;
    const row = await trx
      .selectFrom('list')
      .innerJoin('snapshot', (join) =>
        join
          .onRef('snapshot.list_id', '=', 'list.id')
          .onRef('snapshot.epoch', '=', 'list.epoch')
          .onRef('snapshot.version', '=', 'list.snapshot_version'),
      )
      .selectAll('list')
      .select(['snapshot.sha256', 'snapshot.bytes', 'snapshot.count as snapshot_count'])
      .where('list.id', '=', list)
      .executeTakeFirstOrThrow();
    await highWater.check(trx, row);
    const issuedAt = seconds(now());
    const snapshot = {
      version: row.snapshot_version,
      sha256: row.sha256.toString('hex'),
      bytes: row.bytes,
      count: row.snapshot_count,
    };
    const manifest = this.#manifest(row, row, { issuedAt, snapshot });
    const jws = signManifest(manifest, await signingKey(trx));
    const renewAt = new Date((issuedAt + Math.floor(lifeSeconds / 2)) * 1000);
    await trx
      .updateTable('list')
      .set({ manifest: jws, manifest_renew_at: renewAt })
      .where('id', '=', list)
      .execute();
    return jws;
  }

  /**
   * The manifest of a past version, as it was when it was published but for the snapshot that it names: signed with
   * the key of today, so that neither a rotation nor a stolen key takes from what it proves; with the times of then,
   * so that no relay takes it for news (format §6.4).
   */
  async signPast(db: Kysely<DB>, row: ListRow, version: VersionRow): Promise<string> {
    const { sha256, bytes, count } = EMPTY_SNAPSHOT;
    const snapshot = { version: 0, sha256: sha256.toString('hex'), bytes, count };
    const manifest = this.#manifest(row, version, { issuedAt: seconds(version.published_at), snapshot });
    return signManifest(manifest, await this.#options.signingKey(db));
  }

  #manifest(
    row: ListRow,
    state: Pick<VersionRow, 'version' | 'count' | 'digest' | 'chain' | 'published_at'>,
    { issuedAt, snapshot }: { issuedAt: number; snapshot: Manifest['snapshot'] },
  ): Manifest {
    const { issuer, lifeSeconds, pollSeconds } = this.#options;
    return {
      iss: issuer,
      sub: row.id,
      iat: issuedAt,
      exp: issuedAt + lifeSeconds,
      epoch: row.epoch,
      version: state.version,
      count: state.count,
      digest: state.digest.toString('hex'),
      chain: state.chain.toString('hex'),
      publishedAt: seconds(state.published_at),
      snapshot,
      oldestDiff: Math.min(row.oldest_version, state.version),
      poll: pollSeconds,
    };
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
      if (fresh(locked)) return locked.manifest ?? undefined;
      return this.sign(trx, list).catch((error: unknown) => {
        // What is signed stays good until it expires.
        const isForLackOfKeys = error instanceof Problem && error.code === 'keys_missing';
        if (isForLackOfKeys && locked.manifest !== null) return locked.manifest;
        throw error;
      });
    });
  }

  /** Signs every list anew: the keys or the issuer changed. */
  async signAll(trx: Transaction<DB>): Promise<void> {
    const lists = await trx.selectFrom('list').select('id').orderBy('id').forUpdate().execute();
    for (const { id } of lists) await this.sign(trx, id);
  }
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
