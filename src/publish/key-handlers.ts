// The keys that sign lists over HTTP: what is in force, and a new key set into force. Maps contract ↔ domain.
import type { Kysely } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import type { ServerKeys } from '../keys/key-files.ts';
import type { Jwk, KeySet } from '../list/key-set.ts';
import { type KeySetKeeper, kidsOf, type SignedKeySet } from './key-set-keeper.ts';
import type { ManifestSigner } from './manifest-signer.ts';

type Schemas = components['schemas'];

export interface KeyDeps {
  db: Kysely<DB>;
  now: () => Date;
  serverKeys: Pick<ServerKeys, 'root' | 'rootPublic' | 'manifest'>;
  keySet: KeySetKeeper;
  signer: ManifestSigner;
}

export function keyHandlers(deps: KeyDeps): Pick<Handlers, 'getKeySet' | 'importKeySet' | 'getSigningKeys'> {
  const { db, keySet, signer } = deps;
  return {
    async getKeySet() {
      const { jws } = await keySet.current(db);
      const headers = { 'Cache-Control': 'public, max-age=60' };
      return { status: 200, type: 'application/jwt', text: jws, headers };
    },

    async importKeySet({ body, author }) {
      await keySet.import(db, body.trim(), async (trx, { before, after }) => {
        await signer.signAll(trx);
        const changes = changesOf(before && stateOf(before), stateOf(after));
        await recordAct(trx, author, { target: 'keys', at: deps.now(), changes });
      });
      return { status: 204 };
    },

    async getSigningKeys() {
      return { status: 200, body: await describeKeys(deps, await keySet.inForce(db)) };
    },
  };
}

async function describeKeys(
  { serverKeys }: KeyDeps,
  held: SignedKeySet | undefined,
): Promise<Schemas['SigningKeys']> {
  const { root, rootPublic, manifest } = serverKeys;
  const kids = held ? kidsOf(held.keySet) : [];
  const signs = await manifest.firstOf(kids);
  const inForce = (held?.keySet.keys ?? []).map((key, at): Schemas['ManifestKey'] => ({
    key: toJsonWebKey(key),
    state: kids[at] === signs?.kid ? 'signing' : 'accepted',
    here: manifest.has(kids[at] as string),
  }));
  const unused = manifest.keys
    .filter(({ kid }) => !kids.includes(kid))
    .map(({ publicJwk }): Schemas['ManifestKey'] => ({
      key: toJsonWebKey(publicJwk),
      state: 'unused',
      here: true,
    }));
  return {
    rootKey: toJsonWebKey(rootPublic),
    rootKeyHere: root !== undefined,
    keySet: held?.jws ?? null,
    sequence: held?.keySet.sequence ?? null,
    expiresAt: held ? new Date(held.keySet.exp * 1000).toISOString() : null,
    manifestKeys: [...inForce, ...unused],
  };
}

/** What the audit record tells of a key set. */
function stateOf(keySet: KeySet) {
  return { sequence: keySet.sequence, keys: kidsOf(keySet) };
}

function toJsonWebKey({ kty, crv, x, y, kid }: Jwk): Schemas['JsonWebKey'] {
  return { kty, crv, x, y, ...(kid !== undefined && { kid }), use: 'sig', alg: 'ES256' };
}
