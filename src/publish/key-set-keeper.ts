// The root-signed key set (format §8), kept in the database so that every instance serves the same. Its sequence only
// rises. Its first key signs manifests; a server that does not hold that one yet signs with the next that it holds.
// Where the root key is here, the set is signed anew when half of its life is over; where not, it is imported.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import type { ServerKeys } from '../keys/key-files.ts';
import { type KeySetDraft, nextSequence, signDraft } from '../keys/key-set-draft.ts';
import { FormatError } from '../list/format-error.ts';
import { type KeySet, type SigningKey, verifyKeySet } from '../list/key-set.ts';
import type { HighWater } from './high-water.ts';

const LIFE_SECONDS = 90 * 86_400;
/** Any number that nothing else in this database locks. */
const LOCK = 7_323_001;
const MAX_SEQUENCE = 2 ** 31 - 1;

export interface KeySetOptions {
  issuer: string;
  keys: Pick<ServerKeys, 'root' | 'rootPublic' | 'manifest'>;
  highWater: HighWater;
  now: () => Date;
}

/** A key set that the root key signed. */
export interface SignedKeySet {
  jws: string;
  keySet: KeySet;
}

export interface KeySetChange {
  /** Null for the first. */
  before: KeySet | null;
  after: KeySet;
}

export class KeySetKeeper {
  readonly #options: KeySetOptions;
  #read: SignedKeySet | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /**
   * The key set in force, undefined before the first was imported.
   * @throws Error where another root key signed it
   */
  async inForce(db: Kysely<DB>): Promise<SignedKeySet | undefined> {
    const row = await db.selectFrom('key_set').select('jws').orderBy('sequence', 'desc').executeTakeFirst();
    if (row && row.jws !== this.#read?.jws) this.#read = { jws: row.jws, keySet: this.#verify(row.jws) };
    return row && this.#read;
  }

  /** As `inForce`, signed anew where that is due. Throws Problem `keys_missing` where there is none. */
  async current(db: Kysely<DB>): Promise<SignedKeySet> {
    const held = await this.renew(db);
    if (!held) throw keysMissing('No key set was imported yet.');
    return held;
  }

  /**
   * Signs the key set anew where it is due and the root key is here: the first one, one of another issuer, one whose
   * life is half over. Its keys stay.
   */
  async renew(db: Kysely<DB>): Promise<SignedKeySet | undefined> {
    const held = await this.inForce(db);
    if (held && this.#isGood(held.keySet)) return held;
    return this.#signUnless(db, ({ keySet }) => this.#isGood(keySet));
  }

  /** Signs the key set in force anew, due or not; its new sequence, or undefined where the root key is elsewhere. */
  async signAgain(db: Kysely<DB>): Promise<number | undefined> {
    if (!this.#options.keys.root) return undefined;
    return (await this.#signUnless(db, () => false))?.keySet.sequence;
  }

  async #signUnless(
    db: Kysely<DB>,
    isGood: (held: SignedKeySet) => boolean,
  ): Promise<SignedKeySet | undefined> {
    const { root } = this.#options.keys;
    if (!root) return this.inForce(db);
    return db.transaction().execute(async (trx) => {
      await lock(trx);
      const held = await this.inForce(trx); // another instance may have been faster
      if (held && isGood(held)) return held;
      const jws = signDraft(this.#draft(held?.keySet), root, this.#seconds(), LIFE_SECONDS);
      return this.#insert(trx, { jws, keySet: this.#verify(jws) });
    });
  }

  /**
   * Puts the newest key set that this server knows into force again, should the database have been set back behind it:
   * readers refuse a lower sequence, and a key that was dropped since must stay out.
   */
  async catchUp(db: Kysely<DB>): Promise<void> {
    const known = this.#options.highWater.keySet;
    const held = await this.inForce(db);
    if (known && known.sequence > (held?.keySet.sequence ?? 0))
      await this.#insert(db, { jws: known.jws, keySet: this.#verify(known.jws) });
    else if (held) this.#options.highWater.noteKeySet(held);
  }

  /**
   * Puts a key set into force that was signed elsewhere, and everything that `resign` signs with it, and records.
   * @param resign called in the same transaction, with all lists locked: no reader sees new keys and old signatures
   * @throws Problem `key_set_refused`, `key_set_rollback`, `keys_missing`
   */
  async import(
    db: Kysely<DB>,
    jws: string,
    resign: (trx: Transaction<DB>, change: KeySetChange) => Promise<void>,
  ): Promise<void> {
    const next = { jws, keySet: this.#accept(jws) };
    const kids = kidsOf(next.keySet);
    if (!(await this.#options.keys.manifest.firstOf(kids))) {
      throw keysMissing('This server holds the private half of none of these keys: copy the key file first.');
    }
    await db.transaction().execute(async (trx) => {
      // The order of a publication, which holds its list and then reads the keys.
      await trx.selectFrom('list').select('id').orderBy('id').forUpdate().execute();
      await lock(trx);
      const held = await this.inForce(trx);
      if (held?.jws === jws) return;
      if (held && next.keySet.sequence <= held.keySet.sequence) {
        throw new Problem(
          'key_set_rollback',
          `The key set in force has sequence ${held.keySet.sequence}, this one ${next.keySet.sequence}: sign a newer one.`,
        );
      }
      await this.#insert(trx, next);
      await resign(trx, { before: held?.keySet ?? null, after: next.keySet });
    });
    this.#options.highWater.noteKeySet(next);
  }

  /**
   * What signs manifests now: the first key of the set that this server holds.
   * @throws Problem `keys_missing`
   */
  async signingKey(db: Kysely<DB>): Promise<SigningKey> {
    const held = await this.inForce(db);
    if (!held) throw keysMissing('No key set was imported yet.');
    const key = await this.#options.keys.manifest.firstOf(kidsOf(held.keySet));
    if (!key) {
      throw keysMissing('This server holds the private half of no manifest key in force: copy the key file.');
    }
    return key;
  }

  async #insert(db: Kysely<DB>, signed: SignedKeySet): Promise<SignedKeySet> {
    const { sequence } = signed.keySet;
    await db
      .insertInto('key_set')
      .values({ sequence, jws: signed.jws, created_at: this.#options.now() })
      .onConflict((conflict) => conflict.doNothing()) // another server caught up at the same time
      .execute();
    return signed;
  }

  #draft(held: KeySet | undefined): KeySetDraft {
    const { issuer, keys } = this.#options;
    return {
      iss: issuer,
      sequence: nextSequence(held?.sequence ?? 0, this.#seconds()),
      keys: held?.keys ?? keys.manifest.keys.map(({ publicJwk }) => publicJwk),
    };
  }

  #accept(jws: string): KeySet {
    const { issuer, keys } = this.#options;
    try {
      const expected = { issuer, minimumSequence: 0, nowSeconds: this.#seconds() };
      const keySet = verifyKeySet(jws, keys.rootPublic, expected);
      if (keySet.sequence > MAX_SEQUENCE) throw new FormatError('bad_claims', 'the sequence is too high');
      return keySet;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new Problem('key_set_refused', `The key set is not good: ${error.message}.`, { cause: error });
    }
  }

  /** What was signed with this root key; what another one signed must not be replaced in silence. */
  #verify(jws: string): KeySet {
    const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as KeySet;
    // Verified with the clock at its issue: one that expired while no server ran is renewed, not refused.
    const expected = { issuer: payload.iss, minimumSequence: 0, nowSeconds: payload.iat };
    try {
      return verifyKeySet(jws, this.#options.keys.rootPublic, expected);
    } catch (cause) {
      throw new Error(
        'this exchange was founded with another root key: put back the keys directory of its first server',
        { cause },
      );
    }
  }

  #isGood(keySet: KeySet): boolean {
    return (
      keySet.iss === this.#options.issuer && this.#seconds() < keySet.iat + (keySet.exp - keySet.iat) / 2
    );
  }

  #seconds(): number {
    return Math.floor(this.#options.now().getTime() / 1000);
  }
}

/** The keys of a set by their names, the one that signs first. */
export function kidsOf(keySet: KeySet): string[] {
  return keySet.keys.map(({ kid }) => kid as string);
}

async function lock(trx: Transaction<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
}

function keysMissing(detail: string): Problem {
  return new Problem('keys_missing', detail, { headers: { 'Retry-After': '60' } });
}
