// The hash of an audit event: over all that it says and the hash of the one before it (docs/audit.md). Pure; the
// exchange writes it, `chadan audit verify` recomputes it.
import { createHash } from 'node:crypto';

export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

export interface ChainedEvent {
  position: number;
  /** RFC 3339 in UTC with milliseconds. */
  at: string;
  operation: string;
  kind: string;
  id: string | null;
  organizationId: string | null;
  address: string | null;
  requestId: string | null;
  target: string;
  changes: readonly Change[];
}

/** What stands before the first event. */
export const FIRST_HASH = '0'.repeat(64);

/** SHA-256 in lower-case hex. An array, not an object: its order cannot differ. */
export function hashEvent(event: ChainedEvent, previousHash: string): string {
  const text = JSON.stringify([
    previousHash,
    event.position,
    event.at,
    event.operation,
    event.kind,
    event.id,
    event.organizationId,
    event.address,
    event.requestId,
    event.target,
    event.changes.map(({ field, before, after }) => [field, before, after]),
  ]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
