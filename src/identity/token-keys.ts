// The keys that sign access tokens. Their public halves are in the database, so that every server verifies what any of
// them signed; each signs with the newest whose private half it holds. What was read is used for 3 seconds at most.
import type { Kysely } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { Problem } from '../http/problem.ts';
import type { SigningKey } from '../list/jwk.ts';
import type { TokenKeys } from './access-token.ts';
import { type ClientKey, readPublicKey } from './public-key.ts';
import {
  hasTokenKeys,
  insertTokenKey,
  markTokenKeyRemoved,
  selectTokenKeys,
  type TokenKeyRow,
} from './token-key-queries.ts';

/** The private halves that a server holds. */
interface PrivateKeys {
  readonly keys: readonly SigningKey[];
  has(kid: string): boolean;
  firstOf(kids: readonly string[]): Promise<SigningKey | undefined>;
}

const MAX_AGE_MS = 3000;
/** A token of a key that is not known may be of a new one; whoever sends many asks the database no oftener. */
const LEAST_AGE_MS = 250;

export class TokenKeyStore implements TokenKeys {
  readonly #db: Kysely<DB>;
  readonly #now: () => Date;
  readonly #held: PrivateKeys;
  #reading: { startedAt: number; rows: Promise<TokenKeyRow[]> } | undefined;

  constructor(options: { db: Kysely<DB>; now: () => Date; held: PrivateKeys }) {
    this.#db = options.db;
    this.#now = options.now;
    this.#held = options.held;
  }

  /**
   * At the start of a server: the first one registers its keys.
   * @throws Error where this one holds none of those that are accepted
   */
  async found(): Promise<void> {
    if (!(await hasTokenKeys(this.#db))) {
      for (const { publicJwk } of this.#held.keys) {
        await insertTokenKey(this.#db, readPublicKey(publicJwk) as ClientKey, this.#now());
      }
    }
    await this.signingKey();
  }

  async signingKey(): Promise<SigningKey> {
    const rows = await this.#read(MAX_AGE_MS);
    const key = await this.#held.firstOf(rows.map(({ kid }) => kid));
    if (key) return key;
    const detail = 'This server holds no token key that is accepted: copy the key file.';
    throw new Problem('keys_missing', detail, { headers: { 'Retry-After': '60' } });
  }

  async find(kid: string): Promise<ClientKey | undefined> {
    for (const maxAgeMs of [MAX_AGE_MS, LEAST_AGE_MS]) {
      const row = (await this.#read(maxAgeMs)).find((one) => one.kid === kid);
      if (row) return row.jwk;
    }
    return undefined;
  }

  async accepted(): Promise<TokenKeyRow[]> {
    return this.#read(MAX_AGE_MS);
  }

  has(kid: string): boolean {
    return this.#held.has(kid);
  }

  /** Announces a public key. Throws Problem `already_exists`. */
  async add(key: ClientKey, author: Author): Promise<void> {
    const at = this.#now();
    const isNew = await this.#db.transaction().execute(async (trx) => {
      if (!(await insertTokenKey(trx, key, at))) return false;
      await recordAct(trx, author, {
        target: `token-keys/${key.kid}`,
        at,
        changes: changesOf(null, { accepted: true }),
      });
      return true;
    });
    this.#reading = undefined;
    if (!isNew) throw new Problem('already_exists', 'This key is, or was, a token key.');
  }

  /** Throws Problem `not_found`, `last_key`. */
  async remove(kid: string, author: Author): Promise<void> {
    this.#reading = undefined;
    const rows = await this.#read(0);
    if (!rows.some((row) => row.kid === kid)) throw new Problem('not_found', 'There is no such token key.');
    const others = rows.map((row) => row.kid).filter((one) => one !== kid);
    if (!(await this.#held.firstOf(others)))
      throw new Problem('last_key', 'This server holds no other token key: make one first.');
    const at = this.#now();
    await this.#db.transaction().execute(async (trx) => {
      await markTokenKeyRemoved(trx, kid, at);
      const changes = changesOf({ accepted: true }, { accepted: false });
      await recordAct(trx, author, { target: `token-keys/${kid}`, at, changes });
    });
    this.#reading = undefined;
  }

  #read(maxAgeMs: number): Promise<TokenKeyRow[]> {
    const age = this.#reading ? this.#now().getTime() - this.#reading.startedAt : -1;
    if (this.#reading && age >= 0 && age <= maxAgeMs) return this.#reading.rows;
    const reading = { startedAt: this.#now().getTime(), rows: selectTokenKeys(this.#db) };
    this.#reading = reading;
    // A failure is not kept; whoever waits for it hears of it.
    reading.rows.catch(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    return reading.rows;
  }
}
