// The first administrator: without one nobody could register anybody.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { exportPrivateJwk, generateKey, type PrivateJwk } from '../list/jwk.ts';
import { readPublicKey } from './public-key.ts';
import {
  hasAdministrator,
  insertClient,
  insertClientKey,
  insertOrganization,
  lockAdministrator,
  type OrganizationRow,
  selectFirstOrganization,
} from './queries.ts';

export interface Administrator {
  clientId: string;
  /** ES256, with its `kid`; it is held nowhere else. */
  privateKey: PrivateJwk;
}

export interface AdministratorOptions {
  db: Kysely<DB>;
  now: () => Date;
  /**
   * Writes the credentials down, before the client comes into being: a crash in between leaves a file that is good
   * for nothing and is written again at the next start, never an exchange whose only key is lost.
   */
  keep: (administrator: Administrator) => Promise<void>;
  /** Name of the operator's organisation, when there is none yet. */
  organization?: string;
}

const ORGANIZATION = 'operator';
const NAME = 'administrator';

/**
 * Makes an administrator where there is none that is not revoked: at the first start; and as the way back in for
 * whoever runs the server, should all be revoked. Of two servers that start at once, one makes it.
 * @returns the new administrator; undefined when there was one
 */
export function ensureAdministrator(options: AdministratorOptions): Promise<Administrator | undefined> {
  const { db, now, keep } = options;
  return db.transaction().execute(async (transaction) => {
    await lockAdministrator(transaction);
    if (await hasAdministrator(transaction)) return undefined;
    const operator = await ensureOperator(transaction, options.organization ?? ORGANIZATION, now());
    const administrator = await createAdministrator(transaction, operator.id, now());
    await keep(administrator);
    return administrator;
  });
}

async function ensureOperator(transaction: Kysely<DB>, name: string, at: Date): Promise<OrganizationRow> {
  const operator =
    (await selectFirstOrganization(transaction, 'operator')) ??
    (await insertOrganization(transaction, { name, kind: 'operator', at }));
  if (!operator) throw new Error(`there is an organisation named ${name} that is not the operator's`);
  return operator;
}

async function createAdministrator(
  transaction: Kysely<DB>,
  organizationId: string,
  at: Date,
): Promise<Administrator> {
  const privateKey = generateKey();
  const key = readPublicKey(privateKey.publicJwk);
  if (!key) throw new Error('a key that was just made is no P-256 key');
  // Revoked ones keep their names.
  for (let number = 1; ; number++) {
    const name = number === 1 ? NAME : `${NAME} ${number}`;
    const clientId = await insertClient(transaction, { organizationId, name, role: 'admin', at });
    if (clientId === undefined) continue;
    await insertClientKey(transaction, clientId, key, at);
    return { clientId, privateKey: exportPrivateJwk(privateKey) };
  }
}
