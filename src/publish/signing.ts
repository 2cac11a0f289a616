// What a server signs with, put together: what it knows to have been signed, the key set, manifests, and the loop that
// keeps them fresh. Starting it refuses a database that was set back.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Database } from '../database/connection.ts';
import { Problem } from '../http/problem.ts';
import type { ServerKeys } from '../keys/key-files.ts';
import { HighWater } from './high-water.ts';
import { KeySetKeeper } from './key-set-keeper.ts';
import { ManifestSigner } from './manifest-signer.ts';
import { SignatureLoop } from './signature-loop.ts';

/** Name of the file of `HighWater` in the data directory. */
export const HIGH_WATER_FILE = 'signed.json';

export interface SigningOptions {
  database: Database;
  dataDirectory: string;
  issuer: string;
  keys: ServerKeys;
  now: () => Date;
  log: Logger;
  metrics: Registry;
  manifestLifeSeconds: number;
  pollSeconds: number;
  /** Told how each round of keeping signatures fresh ended. */
  onEnded: (ok: boolean) => void;
}

export interface Signing {
  keySet: KeySetKeeper;
  signer: ManifestSigner;
  stop(): Promise<void>;
}

/**
 * Signs what is due, and goes on.
 * @throws Problem `history_set_back`; Error where keys are not those of this exchange
 */
export async function startSigning(options: SigningOptions): Promise<Signing> {
  const { database, dataDirectory, issuer, keys, now, log, metrics } = options;
  const { db } = database;
  const highWater = new HighWater(join(dataDirectory, HIGH_WATER_FILE), (error) =>
    log.error(
      { err: error },
      'cannot write what was signed: a database that is set back would not be noticed',
    ),
  );
  await highWater.load();
  const keySet = new KeySetKeeper({ issuer, keys, highWater, now });
  const signer = new ManifestSigner({
    issuer,
    signingKey: (at) => keySet.signingKey(at),
    highWater,
    now,
    lifeSeconds: options.manifestLifeSeconds,
    pollSeconds: options.pollSeconds,
  });
  await keySet.catchUp(db);
  const held = await keySet.renew(db);
  if (held && held.keySet.iss !== issuer) {
    throw new Error(
      `the key set in force was signed for ${held.keySet.iss}: set CHADAN_ISSUER to that, or import one for ${issuer}`,
    );
  }
  if (held) {
    highWater.noteKeySet(held);
    await signAll(options, signer);
  }
  await highWater.start(database);
  await highWater.flush();
  const holds = (kid: string) => keys.manifest.has(kid);
  const loop = new SignatureLoop(
    { db, now, log, keySet, signer, holds, metrics, onEnded: options.onEnded },
    options.manifestLifeSeconds,
  );
  await loop.start();
  return {
    keySet,
    signer,
    async stop() {
      await loop.stop();
      await highWater.flush();
    },
  };
}

/** Issuer or keys may have changed while no server ran. Without the keys what is signed is still served. */
async function signAll({ database, log }: SigningOptions, signer: ManifestSigner): Promise<void> {
  try {
    await database.db.transaction().execute((trx) => signer.signAll(trx));
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'keys_missing') throw error;
    log.error(error.message);
  }
}
