// Several hosts in one URL. What is done about a standby needs one: test/scale/failover.scale.ts.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/database/connection.ts';
import { DatabaseHosts } from '../../src/database/hosts.ts';
import { layLine } from '../server/database-line.ts';
import { createTestDatabase } from '../setup/database.ts';
import { freePort } from '../setup/programs.ts';

test.for([
  ['postgresql://u:p%40@a:1,b:2/d?x=1', ['postgresql://u:p%40@a:1/d?x=1', 'postgresql://u:p%40@b:2/d?x=1']],
  ['postgres://a,b/d?target_session_attrs=read-write', ['postgres://a/d', 'postgres://b/d']],
  [
    'postgres://u@[::1]:1,b/d?target_session_attrs=primary&x=a,b',
    ['postgres://u@[::1]:1/d?x=a,b', 'postgres://u@b/d?x=a,b'],
  ],
  ['postgres://u:a,b@c/d', ['postgres://u:a,b@c/d']],
  ['postgres://localhost/d?host=/tmp/a,b', ['postgres://localhost/d?host=/tmp/a,b']],
] as const)('%s is read as libpq does', ([url, urls]) => {
  expect(new DatabaseHosts(url).urls).toEqual(urls);
});

test('a host that is away is passed over, and the others are told of in the error', async () => {
  const database = await createTestDatabase();
  const line = await layLine(database.url);
  const dead = await freePort();
  const url = line.url.replace(/@127/, `@127.0.0.1:${dead},127`);
  const connection = connect({ url });
  onTestFinished(async () => {
    await connection.close();
    await line.close();
    await database.drop();
  });
  expect((await sql`select 1 as one`.execute(connection.db)).rows).toEqual([{ one: 1 }]);
  expect((await connection.pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
  await line.cut();
  const away = sql`select 1`.execute(connection.db);
  await expect(away).rejects.toThrow();
  await expect(sql`select 1`.execute(connection.db)).rejects.toThrow(
    new RegExp(
      `cannot connect to .* at 127.0.0.1:${dead} .*, .* at 127.0.0.1:[0-9]+ .*: connect ECONNREFUSED`,
    ),
  );
  await line.mend();
  expect((await sql`select 3 as three`.execute(connection.db)).rows).toEqual([{ three: 3 }]);
});
