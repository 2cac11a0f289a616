// The audit record as the contract shows it: a page, or all of it to take away. Maps contract ↔ domain.
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { csvLine } from '../list/csv-line.ts';
import { chainEvents, type EventFilter, type EventRow, selectEvents } from './audit-queries.ts';
import { FIRST_HASH } from './chain.ts';

type AuditEvent = components['schemas']['AuditEvent'];

const EXPORT_BATCH = 1000;
const CSV_HEADER = [
  'position',
  'at',
  'operation',
  'actorKind',
  'actorId',
  'actorName',
  'organizationId',
  'address',
  'requestId',
  'target',
  'changes',
  'previousHash',
  'hash',
];

export function auditHandlers({ db }: { db: Kysely<DB> }): Pick<Handlers, 'listAuditEvents'> {
  return {
    async listAuditEvents({ query, accept }) {
      const { cursor, limit = 50, from, to, ...rest } = query;
      const filter = { ...rest, from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined };
      // What was answered before this was asked is in it.
      await chainEvents(db);
      if (accept === 'application/x-ndjson')
        return { status: 200, type: accept, stream: Readable.from(ndjson(db, filter)) };
      if (accept === 'text/csv') return { status: 200, type: accept, stream: Readable.from(csv(db, filter)) };
      const before = readCursor<readonly [number]>(cursor, ['number'])?.[0];
      const rows = await selectEvents(db, filter, 'newest', before, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toEvent, (row) => [row.position]) };
    },
  };
}

async function* all(db: Kysely<DB>, filter: EventFilter): AsyncGenerator<EventRow[]> {
  for (let after = 0; ; ) {
    const rows = await selectEvents(db, filter, 'oldest', after, EXPORT_BATCH);
    yield rows;
    if (rows.length < EXPORT_BATCH) return;
    after = rows.at(-1)?.position ?? after;
  }
}

async function* ndjson(db: Kysely<DB>, filter: EventFilter): AsyncGenerator<string> {
  for await (const rows of all(db, filter)) {
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(toEvent(row))}\n`).join('');
  }
}

async function* csv(db: Kysely<DB>, filter: EventFilter): AsyncGenerator<string> {
  yield csvLine(CSV_HEADER);
  for await (const rows of all(db, filter))
    yield rows.map((row) => csvLine(csvFields(toEvent(row)))).join('');
}

function csvFields({ actor, changes, ...event }: AuditEvent): (string | number | null)[] {
  return [
    event.position,
    event.at,
    event.operation,
    actor.kind,
    actor.id,
    actor.name,
    actor.organizationId,
    event.address,
    event.requestId,
    event.target,
    JSON.stringify(changes),
    event.previousHash,
    event.hash,
  ];
}

function toEvent(row: EventRow): AuditEvent {
  return {
    position: row.position,
    at: row.at.toISOString(),
    operation: row.operation,
    actor: {
      kind: row.actorKind as AuditEvent['actor']['kind'],
      id: row.actorId,
      name: row.actorName,
      organizationId: row.organizationId,
    },
    address: row.address,
    requestId: row.requestId,
    target: row.target,
    changes: row.changes,
    previousHash: row.previousHash?.toString('hex') ?? FIRST_HASH,
    hash: row.hash.toString('hex'),
  };
}
