// Receipts (format §9.7): what a relay signed that it holds, stored as given. A wrong one, and one of a history that
// is no more, is stored too, for the agency must see it, and then refused.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import { FormatError } from '../list/format-error.ts';
import type { Jwk } from '../list/key-set.ts';
import { type Receipt, verifyReceipt } from '../list/receipt.ts';
import { requireList } from './held-version.ts';
import { insertReceipt, selectClientKeys } from './receipt-queries.ts';
import { selectVersion } from './version-queries.ts';

const MAX_INTEGER = 2 ** 31 - 1;

export interface ReceiptDeps {
  db: Kysely<DB>;
  now: () => Date;
  issuer: string;
}

/**
 * Records a receipt of a client.
 * @throws Problem `not_found`, `invalid_receipt`, `epoch_gone`, `digest_mismatch`
 */
export async function recordReceipt(
  deps: ReceiptDeps,
  list: string,
  clientId: string,
  jws: string,
): Promise<void> {
  const row = await requireList(deps.db, list);
  const receipt = await readReceipt(deps, list, clientId, jws);
  if (receipt.epoch !== row.epoch) {
    await store(deps, receipt, jws, null);
    throw new Problem('epoch_gone', 'The list has another history now; what you hold is recorded.');
  }
  const version = receipt.version <= row.version && (await selectVersion(deps.db, row, receipt.version));
  if (!version) throw new Problem('invalid_receipt', 'There is no such version.');
  const matches = version.digest.toString('hex') === receipt.digest && version.count === receipt.count;
  await store(deps, receipt, jws, matches);
  if (!matches) {
    throw new Problem(
      'digest_mismatch',
      'This is not what was published as that version; it is recorded. Take the snapshot.',
    );
  }
}

function store(deps: ReceiptDeps, receipt: Receipt, jws: string, matches: boolean | null): Promise<void> {
  return insertReceipt(deps.db, {
    list: receipt.sub,
    clientId: receipt.iss,
    epoch: receipt.epoch,
    version: Math.min(receipt.version, MAX_INTEGER),
    digest: receipt.digest,
    count: Math.min(receipt.count, MAX_INTEGER), // a wrong one; the receipt itself says how wrong
    matches,
    issuedAt: new Date(receipt.iat * 1000),
    receivedAt: deps.now(),
    jws,
  });
}

async function readReceipt(deps: ReceiptDeps, list: string, clientId: string, jws: string): Promise<Receipt> {
  const keys = await selectClientKeys(deps.db, clientId);
  let receipt: Receipt;
  try {
    receipt = verifyReceipt(
      jws,
      keys.map(({ jwk }) => jwk as unknown as Jwk),
      { issuer: deps.issuer },
    );
  } catch (error) {
    if (error instanceof FormatError)
      throw new Problem('invalid_receipt', `The receipt is not good: ${error.message}.`, { cause: error });
    throw error;
  }
  if (receipt.iss !== clientId) throw new Problem('invalid_receipt', 'The receipt is of another client.');
  if (receipt.sub !== list) throw new Problem('invalid_receipt', 'The receipt is of another list.');
  return receipt;
}
