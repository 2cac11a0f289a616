// tsx scripts/schema.ts --write | --check
// Migrates an empty PostgreSQL and writes, or compares, what follows from it: db/schema.sql for people to read,
// and the types that Kysely checks our queries with.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect } from 'kysely';
import { generate, PostgresDialect as TypesDialect } from 'kysely-codegen';
import pg from 'pg';
import { startEmbedded } from '../src/database/embedded.ts';
import { migrate } from '../src/database/migrate.ts';
import { dumpSchema } from './schema-dump.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DUMP = 'db/schema.sql';
const TYPES = 'src/database/generated/schema.ts';

/** Both files as they should be, by path. */
async function deriveFiles(): Promise<Map<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-schema-'));
  await chmod(directory, 0o711); // as root PostgreSQL runs as another user, who must come through
  const server = await startEmbedded({
    dataDir: join(directory, 'data'),
    overrides: { settings: { fsync: 'off' } },
  });
  // One connection, because dumpSchema sets its search path.
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: server.url, max: 1 }) }),
  });
  try {
    await migrate(db);
    return new Map([
      [DUMP, await dumpSchema(db)],
      [TYPES, await generateTypes(db)],
    ]);
  } finally {
    await db.destroy();
    await server.stop();
    await rm(server.directory, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }
}

// The same readings as src/database/value-types.ts: int8 is a number, a day is text.
function generateTypes(db: Kysely<unknown>): Promise<string> {
  return generate({
    // Its declarations see the CommonJS half of Kysely, whose class is another one to the compiler.
    db: db as unknown as Parameters<typeof generate>[0]['db'],
    dialect: new TypesDialect({ dateParser: 'string' }),
    excludePattern: '{migration_checksum,kysely_migration*}',
    outFile: null,
    typeMapping: { int8: 'number' },
  });
}

async function writeFiles(): Promise<void> {
  for (const [path, content] of await deriveFiles()) await writeFile(join(ROOT, path), content);
}

async function findStale(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, content] of await deriveFiles()) {
    const present = await readFile(join(ROOT, path), 'utf8').catch(() => undefined); // missing is stale too
    if (present !== content) stale.push(path);
  }
  return stale;
}

const [mode] = process.argv.slice(2);
if (mode === '--write') {
  await writeFiles();
} else if (mode === '--check') {
  const stale = await findStale();
  if (stale.length > 0) {
    console.error(`not what db/migrations make: ${stale.join(', ')}. Run: npx tsx scripts/schema.ts --write`);
    process.exitCode = 1;
  }
} else {
  console.error('usage: tsx scripts/schema.ts --write | --check');
  process.exitCode = 2;
}
