// What must never be otherwise: that the lists are what was published and signed, that the audit record holds, and that
// the database was not set back.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Kysely, sql } from 'kysely';
import { selectEvents } from '../audit/audit-queries.ts';
import { FIRST_HASH, hashEvent } from '../audit/chain.ts';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import type { ServerKeys } from '../keys/key-files.ts';
import { FormatError } from '../list/format-error.ts';
import { type KeySet, verifyKeySet } from '../list/key-set.ts';
import { isStale, verifyManifest } from '../list/manifest.ts';
import { snapshotName } from '../publish/artifact-forms.ts';
import { HighWater } from '../publish/high-water.ts';
import { kidsOf } from '../publish/key-set-keeper.ts';
import { ListMemory } from '../publish/list-memory.ts';
import { HIGH_WATER_FILE } from '../publish/signing.ts';
import type { ListRow } from '../publish/version-queries.ts';
import type { Settings } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const TAIL = 1000;
const UNCHAINED_SECONDS = 60;
const RESTORE =
  'if the database was restored, or a standby took over, run chadan restore-epoch; see docs/operations.md';

/** The last events of the audit record, recomputed. */
export async function checkAudit(db: Kysely<DB>, now: Date): Promise<Finding[]> {
  const events = (await selectEvents(db, {}, 'newest', undefined, TAIL)).toReversed();
  let previous = events[0]?.previousHash?.toString('hex') ?? FIRST_HASH;
  let position = (events[0]?.position ?? 1) - 1;
  for (const event of events) {
    const { at, actorKind: kind, actorId: id } = event;
    const hash = hashEvent({ ...event, at: at.toISOString(), kind, id }, previous);
    if (event.position !== position + 1 || event.hash.toString('hex') !== hash) {
      const advice =
        'keep the database as it is, and ask who could write to it; chadan audit verify reads all of it';
      return [fail('audit', `the record does not hold at event ${position + 1}`, advice)];
    }
    [previous, position] = [hash, event.position];
  }
  const findings = [ok('audit', `the last ${events.length} of ${position} events hold`)];
  const { rows } = await sql<{ oldest: Date | null }>`
    select min(at) as oldest from audit_event where position is null`.execute(db);
  const waits = (now.getTime() - (rows[0]?.oldest?.getTime() ?? now.getTime())) / 1000;
  if (waits > UNCHAINED_SECONDS) {
    const says = `events have waited ${Math.round(waits)} s for their place in the chain`;
    findings.push(warn('audit', says, 'start a server: each chains what was committed, every second'));
  }
  return findings;
}

/** What was signed beside what the database has (format §11.5). */
export async function checkHighWater(settings: Settings, db: Kysely<DB>, rows: ListRow[]): Promise<Finding> {
  const file = join(settings.dataDirectory, HIGH_WATER_FILE);
  const highWater = new HighWater(file, () => undefined);
  try {
    await highWater.load();
    for (const row of rows) await highWater.check(db, row);
    return ok('history', 'the database holds all that this host knows to have been signed');
  } catch (error) {
    if (error instanceof Problem) return fail('history', error.message, RESTORE);
    return fail('history', (error as Error).message, RESTORE);
  }
}

/** The key set in force, as relays read it. */
export function checkKeySet(
  { issuer }: Settings,
  keys: ServerKeys,
  jws: string,
  now: Date,
): { keySet: KeySet | undefined; findings: Finding[] } {
  const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as KeySet;
  const nowSeconds = now.getTime() / 1000;
  const findings: Finding[] = [];
  if (issuer !== undefined && payload.iss !== issuer) {
    const advice = `set CHADAN_ISSUER to ${payload.iss}, or start a server that holds the root key`;
    findings.push(fail('key set', `it was signed for ${payload.iss}, not ${issuer}`, advice));
  }
  try {
    const expected = { issuer: payload.iss, minimumSequence: 0, nowSeconds };
    const keySet = verifyKeySet(jws, keys.rootPublic, expected);
    const kids = kidsOf(keySet);
    const days = Math.floor((keySet.exp - nowSeconds) / 86_400);
    const says = `sequence ${keySet.sequence}, good for ${days} days`;
    if (nowSeconds > keySet.exp - (keySet.exp - keySet.iat) / 3)
      findings.push(warn('key set', says, 'sign and import a new one: chadan keys request, sign, import'));
    else findings.push(ok('key set', says));
    if (!kids.some((kid) => keys.manifest.has(kid)))
      findings.push(
        fail('signing', 'no manifest key in force is on this host', 'copy the key file from another host'),
      );
    else if (!keys.manifest.has(kids[0] as string))
      findings.push(
        warn('signing', 'the key that is to sign is not here', 'copy the newest manifest key file here'),
      );
    return { keySet, findings };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const advice = 'put back the keys of this exchange; an expired set is signed anew with the root key';
    return { keySet: undefined, findings: [...findings, fail('key set', error.message, advice)] };
  }
}

/** One list: its manifest is good, its entries are those of the signed digest, its snapshot's file is what is named. */
export async function checkList(
  { dataDirectory }: Settings,
  db: Kysely<DB>,
  row: ListRow,
  { keySet, now, quick }: { keySet: KeySet | undefined; now: Date; quick: boolean },
): Promise<Finding[]> {
  const findings = [checkManifest(row, keySet, now), await checkSnapshot(dataDirectory, db, row)];
  if (!quick) findings.push(await checkEntries(db, row));
  return findings;
}

function checkManifest(row: ListRow, keySet: KeySet | undefined, now: Date): Finding {
  const check = `${row.id} manifest`;
  if (row.manifest === null) return warn(check, 'is not signed yet', 'start a server: it signs at its start');
  if (!keySet) return warn(check, 'cannot be judged without a good key set', 'see key set');
  try {
    const { iss: issuer, keys } = keySet;
    const manifest = verifyManifest(row.manifest, { keys, issuer, list: row.id });
    const isOf = manifest.version === row.version && manifest.digest === row.digest.toString('hex');
    if (!isOf || manifest.epoch !== row.epoch)
      return fail(check, `says version ${manifest.version}, the list is at ${row.version}`, RESTORE);
    if (isStale(manifest, now.getTime() / 1000))
      return warn(check, 'has expired: relays hold it for stale', 'start a server: it signs anew by itself');
    return ok(check, `version ${row.version}, ${row.count} entries`);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return fail(check, error.message, 'restart the servers: each signs anew at its start');
  }
}

async function checkEntries(db: Kysely<DB>, row: ListRow): Promise<Finding> {
  const check = `${row.id} entries`;
  const memory = new ListMemory(db);
  try {
    const tree = await memory.exclusively(row.id, () => memory.treeAt(row));
    if (tree.count !== row.count) throw new Error(`there are ${tree.count} entries, not ${row.count}`);
    return ok(check, `are those of digest ${row.digest.toString('hex').slice(0, 12)}…`);
  } catch (error) {
    const advice = 'stop publishing; restore the database from a backup, then chadan restore-epoch';
    return fail(check, (error as Error).message, advice);
  }
}

async function checkSnapshot(dataDirectory: string, db: Kysely<DB>, row: ListRow): Promise<Finding> {
  const check = `${row.id} snapshot`;
  const version = row.snapshot_version;
  if (version === 0) return ok(check, 'none is due yet');
  const signed = await db
    .selectFrom('snapshot')
    .select('sha256')
    .where('list_id', '=', row.id)
    .where('epoch', '=', row.epoch)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  const file = join(dataDirectory, 'artifacts', snapshotName(row.id, row.epoch, version));
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return ok(check, `version ${version} is not on this host; a server makes or fetches it`);
  }
  if (hash.digest().equals(signed.sha256)) return ok(check, `version ${version} is what the manifest names`);
  return fail(
    check,
    `${file} is not what the manifest names`,
    'remove it: it is made again; and check the disk',
  );
}
