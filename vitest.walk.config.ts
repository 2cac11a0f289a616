// Walks that need programs beyond npm (bash, curl): `npm run test:walk`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/walk/*.walk.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
