// `chadan status`: what a directory holds, verified, and how the last sync went.
import { printJson } from '../client/command.ts';
import { openRelay } from './relay.ts';
import type { ListStatus } from './relay-list.ts';

export interface StatusOptions {
  dir: string;
  json?: boolean;
}

/** Exit code: 0 verified and fresh, 1 something damaged, 2 something stale. A list that was never synced is neither. */
export async function statusCommand({ dir, json }: StatusOptions): Promise<number> {
  const relay = await openRelay({ dir });
  const all = await relay.status();
  for (const status of all) {
    if (json) printJson(status);
    else process.stdout.write(`${status.list}: ${describe(status)}\n`);
  }
  if (all.some(({ fault }) => fault && fault.code !== 'nothing_held')) return 1;
  return all.some(({ stale }) => stale) ? 2 : 0;
}

function describe({
  version,
  count,
  digest,
  publishedAt,
  expiresAt,
  stale,
  fault,
  notes,
}: ListStatus): string {
  if (fault) return fault.message;
  const lines = [
    `version ${version}, ${count} ${count === 1 ? 'entry' : 'entries'}, digest ${digest?.slice(0, 12)}`,
    `published ${publishedAt}, ${stale ? 'STALE since' : 'fresh until'} ${expiresAt}`,
  ];
  if (notes.confirmedAt) lines.push(`confirmed ${notes.confirmedAt}`);
  if (notes.failure) lines.push(`failed ${notes.failure.at}: ${notes.failure.message}`);
  if (notes.receipt && notes.receipt.state !== 'delivered') {
    lines.push(`receipt of version ${notes.receipt.version} ${notes.receipt.state} (${notes.receipt.code})`);
  }
  return lines.join('\n  ');
}
