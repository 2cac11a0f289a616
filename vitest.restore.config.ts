// Backups and restores with PostgreSQL's own programs (pg_dump, pg_restore, pg_basebackup): `npm run test:restore`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/restore/*.walk.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
});
