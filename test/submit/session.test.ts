// The transaction of one submission when its connection ends.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../src/database/connection.ts';
import { translateDatabaseError } from '../../src/database/database-problem.ts';
import { Session } from '../../src/submit/session.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

test('a connection that ends while rows are sent fails that submission, and not the process', async () => {
  const database = connect({ url: exchange.databaseUrl });
  const rows = Buffer.from('x\n'.repeat(1_000_000));
  try {
    for (let round = 0; round < 40; round++) {
      const session = await Session.begin(database.pool);
      const { rows: backends } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
        session.db,
      );
      await sql`create temp table sent (line text) on commit drop`.execute(session.db);
      const terminate = () => sql`select pg_terminate_backend(${backends[0]?.pid})`.execute(exchange.db);
      // Before the first row and after it, heard of already or not.
      const terminated = round % 2 === 0 ? terminate() : undefined;
      if (round % 4 === 0) await terminated;
      const sent = session.copy('sent', rows).then(
        () => undefined,
        (error: unknown) => error,
      );
      await (terminated ?? terminate());
      expect(translateDatabaseError(await sent)?.status).toBe(503);
      await session.abandon();
    }
  } finally {
    await database.close();
  }
});
