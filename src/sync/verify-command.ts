// `chadan verify`: everything in a directory recomputed, for whoever wants to know and not to believe.
import { printJson } from '../client/command.ts';
import { openRelay } from './relay.ts';
import type { ListStatus } from './relay-list.ts';

export interface VerifyOptions {
  dir: string;
  json?: boolean;
}

const NOTHING = 1;
const REFUSED = 3;

/** Exit code: 0 what is held is what was signed, 3 something is not, 1 nothing is held. */
export async function verifyCommand({ dir, json }: VerifyOptions): Promise<number> {
  // To open is to verify: signatures from the root key on, then count and digest of all lines (list-in-force.ts).
  const relay = await openRelay({ dir });
  const all = await relay.status();
  await relay.close();
  for (const status of all) {
    if (json) printJson(verdictOf(status));
    else process.stdout.write(`${status.list}: ${describe(status)}\n`);
  }
  if (all.some(({ fault }) => fault && fault.code !== 'nothing_held')) return REFUSED;
  return all.every(({ fault }) => fault) ? NOTHING : 0;
}

function verdictOf({ list, epoch, version, count, digest, stale, fault }: ListStatus): object {
  return {
    list,
    verified: fault === undefined,
    epoch,
    version,
    count,
    digest,
    stale,
    ...(fault && { fault }),
  };
}

function describe({ version, count, digest, fault, stale }: ListStatus): string {
  if (fault) return fault.code === 'nothing_held' ? 'nothing is held' : `NOT VERIFIED: ${fault.message}`;
  return `verified: version ${version}, ${count} entries, digest ${digest}${stale ? ', stale' : ''}`;
}
