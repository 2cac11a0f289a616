// All SQL that reads audit events, and that numbers and chains them.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type Change, FIRST_HASH, hashEvent } from './chain.ts';

export interface EventRow {
  position: number;
  at: Date;
  operation: string;
  actorKind: string;
  actorId: string | null;
  /** As it is today. */
  actorName: string | null;
  organizationId: string | null;
  address: string | null;
  requestId: string | null;
  target: string;
  changes: Change[];
  hash: Buffer;
  previousHash: Buffer | null;
}

export interface EventFilter {
  from?: Date | undefined;
  to?: Date | undefined;
  actor?: string | undefined;
  operation?: string | undefined;
  target?: string | undefined;
}

type UnchainedRow = Omit<EventRow, 'position' | 'actorName' | 'hash' | 'previousHash'> & { id: number };

const CHAIN_LOCK = 884_120_397_215;
const BATCH = 5000;

/**
 * Numbers and chains the events that are committed and have no number yet. One instance at a time does it; an
 * event that commits late gets a later number, so a reader that goes by position never misses one.
 * @returns how many
 */
export async function chainEvents(db: Kysely<DB>): Promise<number> {
  for (let chained = 0; ; ) {
    const count = await db.transaction().execute(chainBatch);
    chained += count;
    if (count < BATCH) return chained;
  }
}

async function chainBatch(trx: Kysely<DB>): Promise<number> {
  await sql`select pg_advisory_xact_lock(${CHAIN_LOCK}::bigint)`.execute(trx);
  // A statement of its own, after the lock: it sees what the holder before us chained.
  const { rows } = await sql<UnchainedRow>`
    select id, at, operation, actor_kind as "actorKind", actor_id as "actorId", organization_id as "organizationId",
           address, request_id as "requestId", target, changes
      from audit_event where position is null order by id limit ${BATCH}`.execute(trx);
  if (rows.length === 0) return 0;
  const last = await lastEvent(trx);
  let position = last?.position ?? 0;
  let hash = last?.hash.toString('hex') ?? FIRST_HASH;
  const numbered = rows.map((row) => {
    position += 1;
    hash = hashEvent(
      { ...row, position, at: row.at.toISOString(), kind: row.actorKind, id: row.actorId },
      hash,
    );
    return { id: row.id, at: row.at.toISOString(), position, hash };
  });
  await sql`
    update audit_event e set position = t.position, hash = decode(t.hash, 'hex')
      from json_to_recordset(${JSON.stringify(numbered)}::json) as t(id bigint, at timestamptz, position bigint, hash text)
     where e.id = t.id and e.at >= t.at and e.at < t.at + interval '1 ms' -- its month alone`.execute(trx);
  return rows.length;
}

async function lastEvent(db: Kysely<DB>): Promise<{ position: number; hash: Buffer } | undefined> {
  const { rows } = await sql<{ position: number; hash: Buffer }>`
    select position, hash from audit_event where position is not null order by position desc limit 1`.execute(
    db,
  );
  return rows[0];
}

/** Events in the order of position, newest or oldest first, beyond a position. */
export async function selectEvents(
  db: Kysely<DB>,
  filter: EventFilter,
  order: 'newest' | 'oldest',
  beyond: number | undefined,
  limit: number,
): Promise<EventRow[]> {
  const wanted: RawBuilder<unknown>[] = [sql`e.position is not null`];
  if (filter.from) wanted.push(sql`e.at >= ${filter.from}`);
  if (filter.to) wanted.push(sql`e.at < ${filter.to}`);
  if (filter.actor) wanted.push(sql`e.actor_id in ${idsOf(filter.actor)}`);
  if (filter.operation) wanted.push(sql`e.operation = ${filter.operation}`);
  if (filter.target) wanted.push(sql`e.target = ${filter.target}`);
  if (beyond !== undefined)
    wanted.push(order === 'newest' ? sql`e.position < ${beyond}` : sql`e.position > ${beyond}`);
  const { rows } = await sql<EventRow>`
    select e.position, e.at, e.operation, e.actor_kind as "actorKind", e.actor_id as "actorId",
           coalesce(p.name, o.name || ' · ' || c.name) as "actorName", e.organization_id as "organizationId", e.address,
           e.request_id as "requestId", e.target, e.changes, e.hash, b.hash as "previousHash"
      from audit_event e
      left join audit_event b on b.position = e.position - 1
      left join person p on e.actor_kind = 'person' and p.id::text = e.actor_id
      left join client c on e.actor_kind = 'client' and c.id::text = e.actor_id
      left join organization o on o.id = c.organization_id
     where ${sql.join(wanted, sql` and `)}
     order by e.position ${order === 'newest' ? sql`desc` : sql`asc`} limit ${limit}`.execute(db);
  return rows;
}

/** The ids of whoever has this name, e-mail or id. */
function idsOf(actor: string): RawBuilder<unknown> {
  return sql`(select ${actor} union all select id::text from person where ${actor} in (name, email)
              union all select id::text from client where name = ${actor})`;
}
