// Contract ↔ domain for the keys that sign access tokens.
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { Problem } from '../http/problem.ts';
import { readPublicKey } from './public-key.ts';
import type { TokenKeyStore } from './token-keys.ts';

type Schemas = components['schemas'];

export function tokenKeyHandlers({
  tokenKeys,
}: {
  tokenKeys: TokenKeyStore;
}): Pick<Handlers, 'getTokenKeys' | 'listTokenKeys' | 'addTokenKey' | 'removeTokenKey'> {
  return {
    getTokenKeys: async () => {
      const keys = await tokenKeys.accepted();
      return { status: 200, body: { keys: keys.map(({ jwk }) => jwk) } };
    },
    listTokenKeys: async () => ({ status: 200, body: await describe(tokenKeys) }),
    addTokenKey: async ({ body, author }) => {
      const key = readPublicKey(body.publicKey);
      if (!key) {
        throw new Problem('invalid_request', 'The request is not as the contract says; see errors.', {
          errors: [
            { pointer: '/publicKey', code: 'invalid_key', detail: 'is no public key on the curve P-256' },
          ],
        });
      }
      await tokenKeys.add(key, author);
      return { status: 201, body: await describe(tokenKeys) };
    },
    removeTokenKey: async ({ path, author }) => {
      await tokenKeys.remove(path.kid, author);
      return { status: 204 };
    },
  };
}

async function describe(tokenKeys: TokenKeyStore): Promise<Schemas['TokenKeys']> {
  const rows = await tokenKeys.accepted();
  const { kid: signing } = await tokenKeys.signingKey();
  const items = rows.map(({ jwk, kid, createdAt }): Schemas['TokenKey'] => ({
    key: jwk,
    state: kid === signing ? 'signing' : 'accepted',
    here: tokenKeys.has(kid),
    createdAt: createdAt.toISOString(),
  }));
  return { items, next: null };
}
