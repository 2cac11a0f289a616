// Scaling out on existing engines, with the engines themselves (nginx, PostgreSQL with a standby): `npm run test:scale`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/scale/*.scale.ts'],
    globalSetup: ['test/setup/global.ts'],
    pool: 'threads',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
