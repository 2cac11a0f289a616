// The console in a real browser: `npm run test:browser`. Needs Chromium (CHROMIUM names another than the system's).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/console/*.browser.ts'],
    globalSetup: ['test/setup/global.ts'],
    pool: 'threads',
    // One browser at a time: each test measures itself against what a person would wait.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
