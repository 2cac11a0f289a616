// The root-signed key set (format §8), kept in the database so that every instance serves the same. Its sequence
// only rises; it is signed anew when the key or the issuer changed, and when half of its life is over.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type KeySet, type SigningKey, signKeySet, verifyKeySet } from '../list/key-set.ts';

const LIFE_SECONDS = 90 * 86_400;
/** Any number that nothing else in this database locks. */
const LOCK = 7_323_001;

export interface KeySetOptions {
  issuer: string;
  rootKey: SigningKey;
  manifestKey: SigningKey;
  now: () => Date;
}

export class KeySetKeeper {
  readonly #options: KeySetOptions;
  #current: { jws: string; renewAtSeconds: number } | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /** The key set in force. */
  async current(db: Kysely<DB>): Promise<string> {
    if (this.#current && this.#seconds() < this.#current.renewAtSeconds) return this.#current.jws;
    return db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
      return this.#renew(trx);
    });
  }

  async #renew(trx: Transaction<DB>): Promise<string> {
    const row = await trx
      .selectFrom('key_set')
      .select(['jws', 'sequence'])
      .orderBy('sequence', 'desc')
      .executeTakeFirst();
    const held = row && this.#read(row.jws);
    if (row && held && this.#isGood(held)) {
      this.#current = { jws: row.jws, renewAtSeconds: renewAt(held) };
      return row.jws;
    }
    const { issuer, rootKey, manifestKey, now } = this.#options;
    const iat = this.#seconds();
    const sequence = (row?.sequence ?? 0) + 1;
    const keySet: KeySet = {
      iss: issuer,
      iat,
      exp: iat + LIFE_SECONDS,
      sequence,
      keys: [manifestKey.publicJwk],
    };
    const jws = signKeySet(keySet, rootKey);
    await trx.insertInto('key_set').values({ sequence, jws, created_at: now() }).execute();
    this.#current = { jws, renewAtSeconds: renewAt(keySet) };
    return jws;
  }

  /** What was signed with this root key; what another one signed must not be replaced in silence. */
  #read(jws: string): KeySet {
    const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as KeySet;
    // Verified with the clock at its issue: one that expired while no server ran is renewed, not refused.
    const expected = { issuer: payload.iss, minimumSequence: 0, nowSeconds: payload.iat };
    try {
      return verifyKeySet(jws, this.#options.rootKey.publicJwk, expected);
    } catch (cause) {
      throw new Error(
        'this exchange was founded with another root key: put back the keys directory of its first server',
        { cause },
      );
    }
  }

  #isGood(keySet: KeySet): boolean {
    const { issuer, manifestKey } = this.#options;
    return (
      keySet.iss === issuer &&
      keySet.keys.length === 1 &&
      keySet.keys[0]?.kid === manifestKey.kid &&
      this.#seconds() < renewAt(keySet)
    );
  }

  #seconds(): number {
    return Math.floor(this.#options.now().getTime() / 1000);
  }
}

function renewAt(keySet: KeySet): number {
  return keySet.iat + Math.floor((keySet.exp - keySet.iat) / 2);
}
