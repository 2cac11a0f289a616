// The tables that grow for ever, over changes of month, and what lay in them before they had partitions.
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { chainEvents } from '../../src/audit/audit-queries.ts';
import { addAuditCommands } from '../../src/audit/commands.ts';
import { exchangeAuthor, recordAct } from '../../src/audit/record.ts';
import type { DB } from '../../src/database/generated/schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { makeMonths } from '../../src/database/months.ts';
import { foundLists } from '../../src/publish/founding.ts';
import { startSecond } from '../server/second-server.ts';
import { runWords } from '../setup/command.ts';
import { createDatabaseBefore } from '../setup/database.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { until } from '../setup/programs.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function partitions(db: Kysely<DB>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass order by 1`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

async function partitionOf(db: Kysely<DB>, target: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select tableoid::regclass::text as name from audit_event where target = ${target} order by id desc limit 1`.execute(
    db,
  );
  return rows[0]?.name;
}

async function protect(value: string): Promise<string | undefined> {
  const agency = await exchange.party('agency');
  await agency.put(`/v1/protected/sender-numbers/${value}`, { kind: 'bank' }).expect(200);
  return partitionOf(exchange.db, `protected/sender-numbers/+82${value}`);
}

async function verify() {
  exchange.setTime(new Date()); // the command has the clock of this machine
  const { credentialsFile } = await exchange.party('auditor');
  return runWords(addAuditCommands, ['audit', 'verify', '--credentials', credentialsFile]);
}

test('servers make the months ahead, and each event lies in its own', { timeout: 180_000 }, async () => {
  exchange.setTime(new Date('2031-01-31T23:59:30Z'));
  const second = await startSecond(exchange);
  onTestFinished(() => second.stop());
  await until(
    () => partitions(exchange.db, 'enforcement'),
    (names) => names.includes('enforcement_2031_04'), // the last that is made
    100_000,
  );
  expect(await protect('15770001')).toBe('audit_event_2031_01');
  exchange.setTime(new Date('2031-02-01T00:00:30Z'));
  expect(await protect('15770002')).toBe('audit_event_2031_02');
  expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('chain holds') });
});

test('a month that nobody made in time stays where its events are, and the next ones are made', async () => {
  exchange.setTime(new Date('2033-05-10T00:00:00Z'));
  expect(await protect('15770003')).toBe('audit_event_other');
  const made = await makeMonths(exchange.db, exchange.now());
  expect(made).toContain('enforcement_2033_05');
  expect(made).not.toContain('audit_event_2033_05');
  expect(await protect('15770004')).toBe('audit_event_other');
  exchange.setTime(new Date('2033-06-01T00:00:00Z'));
  expect(await protect('15770005')).toBe('audit_event_2033_06');
  expect(await makeMonths(exchange.db, exchange.now())).toEqual([
    'audit_event_2033_09',
    'candidate_2033_09',
    'enforcement_2033_09',
  ]);
  expect(await verify()).toMatchObject({ code: 0 });
});

test('no event of any month can be changed or taken away', async () => {
  for (const table of (await partitions(exchange.db, 'audit_event')).concat('audit_event')) {
    await expect(sql`truncate ${sql.table(table)}`.execute(exchange.db)).rejects.toThrow('append-only');
    const { rows } = await sql`select from ${sql.table(table)}`.execute(exchange.db);
    if (rows.length === 0) continue;
    await expect(sql`delete from ${sql.table(table)}`.execute(exchange.db)).rejects.toThrow('append-only');
  }
});

test('old reports of blocking go with their month, and the audit record says so', {
  timeout: 180_000,
}, async () => {
  const report = async (from: string, to: string) => {
    exchange.setTime(new Date(to));
    await makeMonths(exchange.db, exchange.now());
    const relay = await exchange.party('relay');
    const counts = [{ value: '+821023456789', blocked: 5 }];
    // Twice: the same stretch again changes nothing.
    for (let n = 0; n < 2; n++)
      await relay.post('/v1/lists/sender-numbers/enforcement', { from, to, counts }).expect(204);
  };
  await report('2036-01-31T23:00:00Z', '2036-02-01T00:00:00Z');
  await report('2036-03-01T00:00:00Z', '2036-03-01T01:00:00Z');
  const months = async () => {
    const { rows } = await sql<{ name: string }>`
      select tableoid::regclass::text as name from enforcement order by to_at`.execute(exchange.db);
    return rows.map(({ name }) => name);
  };
  expect(await months()).toEqual(['enforcement_2036_02', 'enforcement_2036_03']);
  exchange.setTime(new Date('2041-03-15T00:00:00Z'));
  const second = await startSecond(exchange);
  onTestFinished(() => second.stop());
  await until(months, (names) => names.length < 2, 100_000);
  expect(await months()).toEqual(['enforcement_2036_03']);
  const auditor = await exchange.party('auditor');
  const { body } = await auditor.get('/v1/audit-events?operation=dropEnforcement').expect(200);
  const targets = (body.items as { target: string }[]).map(({ target }) => target);
  expect(targets).toContain('enforcement/2036-02');
  expect(targets).not.toContain('enforcement/2036-03');
});

test('rows from before the partitions stay, and the chain goes on', async () => {
  const { db } = await createDatabaseBefore('0044');
  const author = exchangeAuthor('publishVersion');
  const act = (target: string, at: Date) => recordAct(db, author, { target, at });
  await act('before/1', new Date('2026-03-31T23:59:59.999Z'));
  await act('before/2', new Date());
  expect(await chainEvents(db)).toBe(2);
  await act('before/3', new Date());
  await foundLists(db, new Date());
  const report = () =>
    sql`
    insert into enforcement (list_id, value, client_id, from_at, to_at, blocked, received_at)
    select 'sender-numbers', '+821023456789', id, '2026-01-01', '2026-01-02', 5, now() from client
    on conflict (client_id, list_id, from_at, to_at, value) do nothing returning id`.execute(db);
  await sql`
    with relay as (insert into organization (name, kind) values ('Relay', 'relay') returning id)
    insert into client (organization_id, name, role) select id, 'system', 'relay' from relay`.execute(db);
  expect((await report()).rows).toEqual([{ id: 1 }]);
  await migrate(db);
  expect(await partitions(db, 'audit_event')).toEqual(['audit_event_first', 'audit_event_other']);
  expect(await partitions(db, 'enforcement')).toEqual(['enforcement_first', 'enforcement_other']);
  expect((await report()).rows).toEqual([]);
  const made = await makeMonths(db, new Date());
  expect(made.filter((name) => name.startsWith('audit_event'))).toHaveLength(3); // this month is in the first
  await act('after/1', new Date());
  expect(await partitionOf(db, 'after/1')).toBe('audit_event_first');
  expect(await chainEvents(db)).toBe(2);
  const rows = await db
    .selectFrom('audit_event')
    .select(['id', 'position', 'target'])
    .orderBy('id')
    .execute();
  expect(rows).toEqual([
    { id: 1, position: 1, target: 'before/1' },
    { id: 2, position: 2, target: 'before/2' },
    { id: 3, position: 3, target: 'before/3' },
    { id: 4, position: 4, target: 'after/1' },
  ]);
});
