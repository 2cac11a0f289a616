// SQL on sessions of people, on sign-ins under way, and on attempts that failed.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { PersonRole } from './roles.ts';

export type SignInMethod = 'password' | 'passkey' | 'provider' | 'invitation';

export interface SessionRow {
  id: string;
  personId: string;
  method: SignInMethod;
  address: string | null;
  userAgent: string | null;
  startedAt: Date;
  seenAt: Date;
  expiresAt: Date;
}

const sessionColumns = sql<SessionRow>`
  s.id, s.person_id as "personId", s.method, s.address, s.user_agent as "userAgent", s.started_at as "startedAt",
  s.seen_at as "seenAt", s.expires_at as "expiresAt"`;

export async function insertSession(
  db: Kysely<DB>,
  row: {
    secretHash: Buffer;
    personId: string;
    method: SignInMethod;
    address: string | null;
    userAgent: string | null;
    at: Date;
    expiresAt: Date;
  },
): Promise<SessionRow> {
  const { rows } = await sql<SessionRow>`
    with s as (
      insert into person_session (secret_hash, person_id, method, address, user_agent, started_at, seen_at, expires_at)
      values (${row.secretHash}, ${row.personId}, ${row.method}, ${row.address}, ${row.userAgent}, ${row.at}, ${row.at},
              ${row.expiresAt})
      returning *
    ), signed_in as (
      update person set last_sign_in_at = ${row.at} where id = ${row.personId}
    )
    select ${sessionColumns} from s`.execute(db);
  return rows[0] as SessionRow;
}

export interface LivingSession extends SessionRow {
  organizationId: string;
  role: PersonRole;
}

/** The session of a secret, while it lives and its person is not suspended. */
export async function selectSession(
  db: Kysely<DB>,
  secretHash: Buffer,
  now: Date,
  seenAfter: Date,
): Promise<LivingSession | undefined> {
  const { rows } = await sql<LivingSession>`
    select ${sessionColumns}, p.organization_id as "organizationId", p.role
      from person_session s join person p on p.id = s.person_id
     where s.secret_hash = ${secretHash} and s.expires_at > ${now} and s.seen_at > ${seenAfter}
       and p.suspended_at is null`.execute(db);
  return rows[0];
}

export async function touchSession(db: Kysely<DB>, id: string, now: Date): Promise<void> {
  await sql`update person_session set seen_at = ${now} where id = ${id} and seen_at < ${now}`.execute(db);
}

export async function selectSessions(
  db: Kysely<DB>,
  personId: string,
  now: Date,
  seenAfter: Date,
): Promise<SessionRow[]> {
  const { rows } = await sql<SessionRow>`
    select ${sessionColumns} from person_session s
     where s.person_id = ${personId} and s.expires_at > ${now} and s.seen_at > ${seenAfter}
     order by s.seen_at desc, s.id`.execute(db);
  return rows;
}

/** Ends one session of a person, all of them, or all but one; says how many. */
export async function deleteSessions(
  db: Kysely<DB>,
  personId: string,
  which: { only?: string; except?: string } = {},
): Promise<number> {
  let query = db.deleteFrom('person_session').where('person_id', '=', personId);
  if (which.only !== undefined) query = query.where('id', '=', which.only);
  if (which.except !== undefined) query = query.where('id', '<>', which.except);
  const result = await query.executeTakeFirst();
  return Number(result.numDeletedRows);
}

export interface SignInRequest {
  kind: 'passkey' | 'registration' | 'provider';
  personId: string | null;
  detail: Record<string, string>;
}

/** Keeps what a sign-in under way must find again; also takes away what nobody came back for. */
export async function insertSignInRequest(
  db: Kysely<DB>,
  keyHash: Buffer,
  request: SignInRequest,
  now: Date,
  expiresAt: Date,
): Promise<void> {
  await sql`
    with purged as (
      delete from sign_in_request where key_hash in (
        select key_hash from sign_in_request where expires_at < ${now} order by expires_at limit 20 for update skip locked)
    )
    insert into sign_in_request (key_hash, kind, person_id, detail, expires_at)
    values (${keyHash}, ${request.kind}, ${request.personId}, ${JSON.stringify(request.detail)}::jsonb, ${expiresAt})`.execute(
    db,
  );
}

/** Takes it away: each is good once. */
export async function takeSignInRequest(
  db: Kysely<DB>,
  keyHash: Buffer,
  kind: SignInRequest['kind'],
  now: Date,
): Promise<SignInRequest | undefined> {
  const { rows } = await sql<SignInRequest & { expiresAt: Date }>`
    delete from sign_in_request where key_hash = ${keyHash} and kind = ${kind}
    returning kind, person_id as "personId", detail, expires_at as "expiresAt"`.execute(db);
  const [request] = rows;
  return request && request.expiresAt > now ? request : undefined;
}

export interface Attempts {
  attempts: number;
  waitUntil: Date;
  lastAt: Date;
}

/** The attempts of a key, which nobody else counts until the transaction ends. */
export async function lockAttempts(trx: Kysely<DB>, keyHash: Buffer, now: Date): Promise<Attempts> {
  await sql`
    insert into sign_in_attempt (key_hash, attempts, wait_until, last_at) values (${keyHash}, 0, ${new Date(0)}, ${now})
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<Attempts>`
    select attempts, wait_until as "waitUntil", last_at as "lastAt" from sign_in_attempt
     where key_hash = ${keyHash} for update`.execute(trx);
  return rows[0] as Attempts;
}

export async function updateAttempts(trx: Kysely<DB>, keyHash: Buffer, row: Attempts): Promise<void> {
  await sql`
    update sign_in_attempt set attempts = ${row.attempts}, wait_until = ${row.waitUntil}, last_at = ${row.lastAt}
     where key_hash = ${keyHash}`.execute(trx);
}

/** One attempt less; who had to wait does not any more. */
export async function takeBackAttempt(db: Kysely<DB>, keyHash: Buffer): Promise<void> {
  await sql`
    update sign_in_attempt set attempts = greatest(0, attempts - 1), wait_until = ${new Date(0)}
     where key_hash = ${keyHash}`.execute(db);
}

/** After a success the count begins anew. */
export async function forgetAttempts(db: Kysely<DB>, keyHash: Buffer): Promise<void> {
  await sql`delete from sign_in_attempt where key_hash = ${keyHash}`.execute(db);
}
