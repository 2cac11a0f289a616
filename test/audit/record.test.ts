// The audit record: chained without holes, told to auditors alone, and no change of it goes unseen.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const run = promisify(execFile);

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function verify() {
  const { credentialsFile } = await exchange.party('auditor');
  const args = ['--import', 'tsx', CLI, 'audit', 'verify', '--json', '--credentials', credentialsFile];
  return run(process.execPath, args).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
  );
}

test('says who did what, from where, before and after; a change of it is found and refused', async () => {
  const person = await exchange.person('reviewer');
  await person.put('/v1/protected/sender-numbers/15881234', { kind: 'bank' }).expect(200);
  const auditor = await exchange.party('auditor');
  const { body } = await auditor.get('/v1/audit-events?operation=protectValue').expect(200);
  expect(body.items[0]).toMatchObject({
    actor: { kind: 'person', id: person.id, name: 'reviewer one' },
    address: expect.stringContaining('127.0.0.1'),
    target: 'protected/sender-numbers/+8215881234',
    changes: [{ field: 'kind', before: null, after: 'bank' }],
  });
  const { email } = person;
  for (const who of ['reviewer one', email, person.id]) {
    const found = await auditor.get(`/v1/audit-events?actor=${encodeURIComponent(who)}`).expect(200);
    const names = found.body.items.map(({ actor }: { actor: { name: string } }) => actor.name);
    expect(new Set(names), who).toEqual(new Set(['reviewer one']));
  }
  const systems = await auditor.get('/v1/audit-events?operation=createClient').expect(200);
  expect(systems.body.items[0].actor.name).toMatch(/ · /);
  const whole = await verify();
  expect(whole.code).toBe(0);
  const { position } = body.items[0];
  const change = sql`update audit_event set target = 'x' where position = ${position}`;
  await expect(change.execute(exchange.db)).rejects.toThrow('append-only');
  await sql`alter table audit_event disable trigger all`.execute(exchange.db);
  await change.execute(exchange.db);
  await sql`alter table audit_event enable trigger all`.execute(exchange.db);
  const changed = await verify();
  expect(changed.code).toBe(1);
  expect(changed.text).toContain(`event ${position} was changed`);
}, 240_000);
