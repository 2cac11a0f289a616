// Walks that need programs beyond npm (bash, curl), one after the other, for each builds the program:
// `npm run test:walk`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/walk/*.walk.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
