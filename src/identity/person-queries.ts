// SQL on people and their invitations.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { OrganizationKind, PersonRole } from './roles.ts';

export interface PersonRow {
  id: string;
  organizationId: string;
  organization: string;
  organizationKind: OrganizationKind;
  email: string;
  name: string;
  role: PersonRole;
  suspendedAt: Date | null;
  /** scrypt; null until the invitation is accepted. */
  password: string | null;
  /** Encrypted. */
  totpSecret: string | null;
  totpStep: number;
  passkeys: number;
  createdAt: Date;
  lastSignInAt: Date | null;
}

function people(where: RawBuilder<unknown>): RawBuilder<PersonRow> {
  return sql<PersonRow>`
    select p.id, p.organization_id as "organizationId", o.name as organization, o.kind as "organizationKind", p.email,
           p.name, p.role, p.suspended_at as "suspendedAt", p.password, p.totp_secret as "totpSecret",
           p.totp_step as "totpStep", (select count(*) from passkey k where k.person_id = p.id) as passkeys,
           p.created_at as "createdAt", p.last_sign_in_at as "lastSignInAt"
      from person p join organization o on o.id = p.organization_id ${where}`;
}

/** The new person's id; undefined when the address is taken. */
export async function insertPerson(
  db: Kysely<DB>,
  row: { organizationId: string; email: string; name: string; role: PersonRole; at: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into person (organization_id, email, name, role, created_at)
    values (${row.organizationId}, ${row.email}, ${row.name}, ${row.role}, ${row.at})
    on conflict (email) do nothing returning id`.execute(db);
  return rows[0]?.id;
}

export async function selectPerson(db: Kysely<DB>, id: string): Promise<PersonRow | undefined> {
  const { rows } = await people(sql`where p.id = ${id}`).execute(db);
  return rows[0];
}

/** The person, whom nobody else changes until the transaction ends. */
export async function lockPerson(db: Kysely<DB>, id: string): Promise<PersonRow | undefined> {
  const { rows } = await people(sql`where p.id = ${id} for update of p`).execute(db);
  return rows[0];
}

export async function selectPersonByEmail(db: Kysely<DB>, email: string): Promise<PersonRow | undefined> {
  const { rows } = await people(sql`where p.email = ${email.toLowerCase()}`).execute(db);
  return rows[0];
}

export async function selectPeople(
  db: Kysely<DB>,
  after: string | undefined,
  limit: number,
): Promise<PersonRow[]> {
  const where = after === undefined ? sql`` : sql`where p.email > ${after}`;
  const { rows } = await people(sql`${where} order by p.email limit ${limit}`).execute(db);
  return rows;
}

/** Administrators who can sign in. */
export async function countAdministrators(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from person
     where role = 'admin' and password is not null and suspended_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The administrator of the first start, who has not come yet. */
export async function selectAwaitedAdministrator(db: Kysely<DB>): Promise<PersonRow | undefined> {
  const { rows } = await people(
    sql`where p.role = 'admin' and p.password is null and p.suspended_at is null order by p.created_at limit 1`,
  ).execute(db);
  return rows[0];
}

export async function updatePerson(
  db: Kysely<DB>,
  id: string,
  change: { name: string; role: PersonRole; suspendedAt: Date | null },
): Promise<void> {
  await sql`
    update person set name = ${change.name}, role = ${change.role}, suspended_at = ${change.suspendedAt}
     where id = ${id}`.execute(db);
}

export async function updateCredentials(
  db: Kysely<DB>,
  id: string,
  row: { email: string; name: string; password: string; totpSecret: string; totpStep: number },
): Promise<void> {
  await sql`
    update person set email = ${row.email}, name = ${row.name}, password = ${row.password},
           totp_secret = ${row.totpSecret}, totp_step = ${row.totpStep}
     where id = ${id}`.execute(db);
}

export async function updatePassword(db: Kysely<DB>, id: string, password: string): Promise<void> {
  await sql`update person set password = ${password} where id = ${id}`.execute(db);
}

/** Takes a step of the authenticator; false when it, or a later one, was used before. */
export async function takeStep(db: Kysely<DB>, id: string, step: number): Promise<boolean> {
  const { rows } = await sql`
    update person set totp_step = ${step} where id = ${id} and totp_step < ${step} returning id`.execute(db);
  return rows.length > 0;
}

export interface InvitationRow {
  personId: string;
  totpSecret: string;
  expiresAt: Date;
}

/** Replaces an earlier invitation of the person. */
export async function replaceInvitation(
  db: Kysely<DB>,
  row: { tokenHash: Buffer; personId: string; totpSecret: string; at: Date; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into invitation (token_hash, person_id, totp_secret, created_at, expires_at)
    values (${row.tokenHash}, ${row.personId}, ${row.totpSecret}, ${row.at}, ${row.expiresAt})
    on conflict (person_id) do update
       set token_hash = excluded.token_hash, totp_secret = excluded.totp_secret, created_at = excluded.created_at,
           expires_at = excluded.expires_at`.execute(db);
}

export async function selectInvitation(
  db: Kysely<DB>,
  tokenHash: Buffer,
  now: Date,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    select person_id as "personId", totp_secret as "totpSecret", expires_at as "expiresAt"
      from invitation where token_hash = ${tokenHash} and expires_at > ${now}`.execute(db);
  return rows[0];
}

/** Whether the person has an invitation that can still be accepted. */
export async function hasInvitation(db: Kysely<DB>, personId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    select 1 from invitation where person_id = ${personId} and expires_at > ${now}`.execute(db);
  return rows.length > 0;
}

/** Takes the invitation away: of two who accept at once, one gets true. */
export async function takeInvitation(db: Kysely<DB>, tokenHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    delete from invitation where token_hash = ${tokenHash} returning person_id`.execute(db);
  return rows.length > 0;
}
